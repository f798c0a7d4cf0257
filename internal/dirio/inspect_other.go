//go:build !linux || portable

package dirio

import "io/fs"

// inspect returns what an open file is.
func inspect(f File) (Status, error) {
	info, err := f.Stat()
	if err != nil {
		return Status{}, err
	}
	return Status{info.Mode(), isLinked(info)}, nil
}

// modeOf is the mode of what has a name in the folder. No link is followed.
func (f Folder) modeOf(name string) (fs.FileMode, error) {
	info, err := f.root.Lstat(name)
	if err != nil {
		return 0, err
	}
	return info.Mode(), nil
}
