package dirio

import "os"

// ResidentFraction says which part of a file the page cache holds, by the means by
// which CachedFraction says it of all inputs.
func ResidentFraction(f *os.File, size int64) (float64, error) {
	pages, err := ResidentPages(f, size)
	if err != nil || size == 0 {
		return 0, err
	}
	return float64(pages) / float64(PagesOf(size)), nil
}

// DropFile has the kernel forget the pages of a file that has been synced, by the
// means by which DropCache has it forget all inputs. Whether it did, ResidentFraction
// says.
func DropFile(f *os.File) error { return DropPages(f) }

// PagesOf is how many pages a file of this size takes.
func PagesOf(size int64) int64 {
	page := int64(os.Getpagesize())
	return (size + page - 1) / page
}
