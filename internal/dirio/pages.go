package dirio

import "os"

// ResidentFraction returns the fraction of a file that is in the page cache, from 0 to 1.
func ResidentFraction(f *os.File, size int64) (float64, error) {
	pages, err := ResidentPages(f, size)
	if err != nil || size == 0 {
		return 0, err
	}
	return float64(pages) / float64(PagesOf(size)), nil
}

// PagesOf returns the number of pages of a file of this size.
func PagesOf(size int64) int64 {
	page := int64(os.Getpagesize())
	return (size + page - 1) / page
}

// A descriptor is an open file of any type.
type descriptor interface {
	Fd() uintptr
}
