package workspace

import (
	"fmt"
	"os"

	"iosweep/internal/regular"
)

// Check finds what is no longer as this process made it: the path leads to another
// directory, the marker is another file or holds something else, something is mounted
// over the directory. Programs that are given paths would then work elsewhere. Linux
// alone tells of mounts.
func (w *Workspace) Check() error {
	self, err := w.dir.stat()
	if err != nil {
		return err
	}
	now, err := os.Lstat(w.path)
	switch {
	case err != nil:
		return fmt.Errorf("the run's directory is no longer where it was: %w", err)
	case !now.IsDir() || !os.SameFile(now, self):
		return fmt.Errorf("%s is no longer the run's directory but %s put in its place", w.path, regular.KindOf(now.Mode()))
	}
	if w.mounted() {
		return fmt.Errorf("something is mounted over %s", w.path)
	}
	if w.marker != nil {
		marker, err := w.dir.lstat(Marker)
		if err != nil {
			return fmt.Errorf("the marker of the run's directory is gone: %w", err)
		}
		ours, err := w.marker.Stat()
		if err == nil && !os.SameFile(marker, ours) {
			err = fmt.Errorf("the marker of the run's directory, %s/%s, was replaced", w.path, Marker)
		}
		if err != nil {
			return err
		}
	}
	return w.checkMarker()
}
