package operations

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/regular"
)

// onlyFile opens the one regular file that the output directory has to hold, and
// nothing else: the operation was given the file to write, not the directory that it
// is in.
func onlyFile(site Site, name string) (*os.File, error) {
	dir, err := openDirectory(site, site.Output)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	var strays tally
	found := false
	err = dir.Walk(func(at string, kind fs.FileMode) (bool, error) {
		switch {
		case at != name:
			strays.add(strays.count, func() string { return fmt.Sprintf("%s %q", regular.Kind(kind), at) })
		case !kind.IsRegular():
			return false, fmt.Errorf("%s is a %s: a file has to stand there", filepath.Join(site.Output, name), regular.Kind(kind))
		default:
			found = true
		}
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	if strays.count > 0 {
		return nil, fmt.Errorf("%s stands beside %s; entries too many: %d; the operation has to write to {output} alone, which is the file",
			strays.text, name, strays.count)
	}
	if !found {
		return nil, fmt.Errorf("%s: missing", filepath.Join(site.Output, name))
	}
	return dir.Regular(name)
}
