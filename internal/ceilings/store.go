package ceilings

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/durable"
	"iosweep/internal/regular"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/journal"
)

// pathOf returns the path of the file with the ceilings of a directory. Its name identifies the machine
// and the file system. A machine with another kernel or other processors has other limits.
func pathOf(dir string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir, err = workspace.Resolve(dir)
	if err != nil {
		return "", err
	}
	space, err := sysinfo.SpaceOf(dir)
	if err != nil {
		return "", err
	}
	m, f := sysinfo.Read(), sysinfo.FilesystemOf(dir)
	id := fmt.Sprintf("%q %q %q %d", m.Host, m.Kernel, m.CPUModel, m.CPUs)
	if f.Type != "" {
		id += fmt.Sprintf(" %q %q %q", f.Type, f.Device, f.Mount)
	} else {
		id += fmt.Sprintf(" %d", space.FileSystem)
	}
	sum := sha256.Sum256([]byte(id))
	return filepath.Join(cache, "iosweep", "limits-"+hex.EncodeToString(sum[:8])+".json"), nil
}

// Save keeps the ceilings of a directory, and returns the path of their file. If an earlier measurement
// of a limit was higher, it keeps that one, and sets it in the result.
func Save(dir string, r *Result) (string, error) {
	path, err := pathOf(dir)
	if err != nil {
		return "", err
	}
	if before, err := Load(dir); err == nil && before != nil { // a damaged file is replaced
		for i, spec := range all {
			if earlier, now := *spec.field(before), spec.field(&r.Ceilings); earlier != nil && (*now == nil || *earlier > **now) {
				*now, r.Limits[i].Earlier = earlier, *earlier
			}
		}
	}
	data, err := json.MarshalIndent(r.Ceilings, "", " ")
	if err != nil {
		return "", err
	}
	if err := workspace.CreateCache(filepath.Dir(path)); err != nil {
		return "", err
	}
	return path, durable.WriteFile(path, append(data, '\n'))
}

// maxFile is the maximum size of a file with ceilings.
const maxFile = 1 << 16

// Load returns the ceilings of a directory. It returns nil if they were not measured, or if there is no
// cache directory.
func Load(dir string) (*journal.Ceilings, error) {
	path, err := pathOf(dir)
	if err != nil {
		return nil, nil // a system user may have no home directory
	}
	data, err := regular.ReadFile(path, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var c journal.Ceilings
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &c, nil
}
