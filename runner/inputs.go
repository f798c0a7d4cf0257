package runner

import (
	"fmt"
	"path/filepath"
	"time"

	"iosweep/internal/dirio"
	"iosweep/internal/workspace"
)

// shares reports whether a directory is an input of more than one trial.
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
	return s.discard(path)
}

// lastChanged names what changed last in a tree, and when, as the end of a sentence.
func lastChanged(tree string, now dirio.TreeState) string {
	return fmt.Sprintf(": last changed is %s, at %s", filepath.Join(tree, filepath.FromSlash(now.Changed)), now.At.Format(time.TimeOnly+".000"))
}
