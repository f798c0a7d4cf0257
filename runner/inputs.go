package runner

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"path/filepath"

	"iosweep/internal/workspace"
)

// fingerprint covers the names, kinds, sizes and times of change of all that is
// below a directory. Content is not read: that would take as long as the trial,
// and who changes it without a trace does so on purpose.
func fingerprint(dir string) ([sha256.Size]byte, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil {
			fmt.Fprintf(h, "%q %v %d %d\n", path, info.Mode(), info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	return [sha256.Size]byte(h.Sum(nil)), err
}

// shares says whether a directory is an input of more than one trial.
func (s *store) shares(dir string) bool {
	for _, shared := range s.inputs {
		if shared == dir {
			return true
		}
	}
	return false
}

// forget removes what stands at a path, be it inputs, a manifest or neither; the
// next trial that needs what trials share makes it anew.
func (s *store) forget(path string) error {
	for k, dir := range s.inputs {
		if workspace.Inside(dir, path) {
			delete(s.inputs, k)
		}
	}
	for w, manifest := range s.manifests {
		if workspace.Inside(manifest, path) {
			delete(s.manifests, w)
		}
	}
	return s.ws.Clear(path)
}
