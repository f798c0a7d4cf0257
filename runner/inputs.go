package runner

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"iosweep/internal/workspace"
)

// fingerprint covers the names, kinds, sizes and times of change of all that is
// below a directory. Content is not read: that would take as long as the trial,
// and who changes it without a trace does so on purpose.
//
// It is the exclusive or of a digest of each entry, for no two of them have one
// path: so they may come in the order in which the system has them, and a directory
// of a million need not stand in memory to be sorted.
func fingerprint(dir string) (sum [sha256.Size]byte, err error) {
	info, err := os.Lstat(dir)
	if err != nil {
		return sum, err
	}
	mix(&sum, dir, info)
	return sum, fingerprintBelow(dir, &sum)
}

// fingerprintBelow adds what is below a directory.
func fingerprintBelow(dir string, sum *[sha256.Size]byte) error {
	dirs, err := fingerprintEntries(dir, sum)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if err := fingerprintBelow(dir, sum); err != nil {
			return err
		}
	}
	return nil
}

// fingerprintEntries adds what a directory holds and returns the directories in it:
// to go down into one before this one is closed would cost a descriptor a level.
func fingerprintEntries(dir string, sum *[sha256.Size]byte) (dirs []string, err error) {
	const batch = 1024
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	for {
		entries, err := d.ReadDir(batch)
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			info, err := e.Info()
			if err != nil {
				return nil, err
			}
			mix(sum, path, info)
			if e.IsDir() {
				dirs = append(dirs, path)
			}
		}
		if err == io.EOF {
			return dirs, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// mix adds an entry.
func mix(sum *[sha256.Size]byte, path string, info fs.FileInfo) {
	line := fmt.Appendf(nil, "%q %v %d %d %v", path, info.Mode(), info.Size(), info.ModTime().UnixNano(), changedAt(info))
	for i, b := range sha256.Sum256(line) {
		sum[i] ^= b
	}
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
	return s.discard(path)
}

// lastChanged names what was changed last below a directory, and when, as the end of a
// sentence. It is for after a change, so it may take its time. Of what is gone, the
// directory that it was in has changed.
func lastChanged(dir string) string {
	var latest time.Time
	last := ""
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil // what cannot be listed has been named by its parent
		}
		if info, err := e.Info(); err == nil && changeTime(info).After(latest) {
			latest, last = changeTime(info), path
		}
		return nil
	})
	if last == "" {
		return ""
	}
	return fmt.Sprintf(": last changed is %s, at %s", last, latest.Format(time.TimeOnly+".000"))
}
