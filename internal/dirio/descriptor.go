package dirio

// A descriptor is an open file, however it was opened.
type descriptor interface {
	Fd() uintptr
}
