//go:build !linux || portable

package operations

// isLinked says whether an open file has a second name.
func isLinked(f openFile) (bool, error) {
	info, err := f.Stat()
	return err == nil && linked(info), err
}
