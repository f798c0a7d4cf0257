package workspace

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// ResolveNew is the absolute path, free of symbolic links, that a directory
// will have once it is made. Its parents need not exist yet either.
func ResolveNew(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	parent := filepath.Dir(abs)
	if !errors.Is(err, fs.ErrNotExist) || parent == abs {
		return real, err
	}
	if real, err = ResolveNew(parent); err != nil {
		return "", err
	}
	return filepath.Join(real, filepath.Base(abs)), nil
}
