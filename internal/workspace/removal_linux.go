package workspace

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
)

// A removal removes a tree below a workspace:
//
//   - It works relative to open directories, so a link that replaces a directory has no
//     effect.
//   - It does not enter a mount. os.RemoveAll does, and deletes the content of bind mounts.
//   - It records the paths that it cannot remove, and continues with the rest. A failure of
//     the file system does not depend on the path, so it is returned as an error instead.
//   - A tree may be deeper than the limit of open files, or than the longest path. Below
//     maxDepth a directory is first moved up into the workspace.
type removal struct {
	top      directory // the workspace
	failures []RemovalFailure
	fault    error    // failure of the file system
	moved    []string // names of the directories moved up into top
	count    int      // number of names tried for moved directories
}

const maxDepth = 32

// remove removes the file or tree at a name below the workspace. It succeeds if there is
// nothing at the name.
func (d directory) remove(name string) error {
	r := removal{top: d}
	err := d.at("remove", name, func(above directory, last string) error {
		r.entry(above, last, 0)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for len(r.moved) > 0 {
		next := r.moved[0]
		r.moved = r.moved[1:]
		r.entry(d, next, 0)
	}
	if r.fault != nil {
		return r.fault
	}
	return removalError(r.failures)
}

// entry removes one entry of a directory and reports whether it no longer exists.
func (r *removal) entry(above directory, name string, depth int) bool {
	err := unix.Unlinkat(above.fd(), name, 0)
	switch err {
	case nil, unix.ENOENT:
		return true
	case unix.EISDIR:
	default:
		return r.record(above, name, err)
	}
	if depth >= maxDepth {
		return r.moveUp(above, name)
	}
	dir, err := openToRemove(above, name)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist) || r.record(above, name, err)
	}
	before := len(r.failures)
	r.empty(dir, depth+1)
	dir.Close()
	err = unix.Unlinkat(above.fd(), name, unix.AT_REMOVEDIR)
	if err == nil || err == unix.ENOENT {
		return true
	}
	if err == unix.ENOTEMPTY && len(r.failures) > before {
		return false // the remaining entries are recorded already
	}
	return r.record(above, name, err)
}

// openToRemove opens a directory whose entries will be removed. Its owner need not have
// permission to read or write it.
func openToRemove(above directory, name string) (directory, error) {
	dir, err := above.open(name)
	if errors.Is(err, fs.ErrPermission) {
		if err := allow(above, name); err != nil {
			return directory{}, err
		}
		dir, err = above.open(name)
	}
	if err != nil {
		return directory{}, err
	}
	dir.allowOwner()
	return dir, nil
}

// allowOwner gives the owner all permissions on an open directory, because removing entries needs
// them. If this fails, removing reports the error.
func (d directory) allowOwner() {
	if info, err := d.file.Stat(); err == nil && info.Mode().Perm()&0o700 != 0o700 {
		_ = d.file.Chmod(info.Mode().Perm() | 0o700)
	}
}

// allow gives the owner all permissions on a directory that cannot be opened. fchmod(2) does
// not work on an O_PATH descriptor. But the descriptor has a path in /proc, which leads only
// to this directory (proc_pid_fd(5)).
func allow(above directory, name string) error {
	fd, err := dirio.Open(above.fd(), name, unix.O_PATH, false)
	if err != nil {
		return above.withFullPath(err)
	}
	defer unix.Close(fd)
	if err := unix.Chmod(fmt.Sprintf("/proc/self/fd/%d", fd), 0o700); err != nil {
		return &fs.PathError{Op: "chmod", Path: filepath.Join(above.Name(), name), Err: err}
	}
	return nil
}

// empty removes all entries of a directory. A directory that changes during the listing may
// hide entries (readdir(3)), so it is listed again until it is empty. Another process may keep
// writing there, so the number of attempts is limited.
func (r *removal) empty(dir directory, depth int) {
	const maxAttempts = 100
	failed := map[string]bool{}
	for range maxAttempts {
		found := 0
		if _, err := dir.file.Seek(0, io.SeekStart); err != nil {
			r.record(dir, ".", err)
			return
		}
		for {
			names, err := dir.file.Readdirnames(1024)
			for _, name := range names {
				if failed[name] {
					continue
				}
				found++
				if !r.entry(dir, name, depth) {
					failed[name] = true
				}
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				r.record(dir, ".", err)
				return
			}
		}
		if found == 0 {
			return
		}
	}
}

// moveUp moves a directory into the workspace itself, to be removed from there.
func (r *removal) moveUp(above directory, name string) bool {
	// Moving a directory changes its "..", so it needs write permission (rename(2)).
	dir, err := openToRemove(above, name)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist) || r.record(above, name, err)
	}
	dir.Close()
	for {
		r.count++
		to := fmt.Sprintf("moved-up-%d", r.count)
		err := unix.Renameat2(above.fd(), name, r.top.fd(), to, unix.RENAME_NOREPLACE)
		if err == unix.EINVAL { // NFS and others support no flags; without the flag only an empty directory is replaced
			err = unix.Renameat(above.fd(), name, r.top.fd(), to)
		}
		switch err {
		case nil:
			r.moved = append(r.moved, to)
			return true
		case unix.EEXIST, unix.ENOTEMPTY:
		default:
			return r.record(above, name, err)
		}
	}
}

// record adds a path that could not be removed, and returns false.
func (r *removal) record(above directory, name string, err error) bool {
	path, mounted := filepath.Join(above.Name(), name), false
	reason := err.Error()
	failed, ok := errors.AsType[*fs.PathError](err)
	if ok {
		reason = failed.Err.Error()
	} else {
		failed = &fs.PathError{Op: "remove", Path: path, Err: err}
	}
	switch {
	case errors.Is(err, unix.EROFS), errors.Is(err, unix.EIO), errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		r.fault = failed
	case errors.Is(err, unix.EXDEV), errors.Is(err, unix.EBUSY) && len(Mounts(path)) > 0:
		reason, mounted = "something is mounted there", true
	case errors.Is(err, unix.EBUSY):
		reason = "the file is in use"
	case errors.Is(err, unix.ENOTEMPTY):
		reason = "a process is still writing there"
	case errors.Is(err, unix.EPERM):
		reason = "operation not permitted (check with lsattr whether it is immutable)"
	}
	r.failures = append(r.failures, RemovalFailure{path, reason, mounted})
	return false
}

// isDirectory reports whether there is a directory at a name, on the same mount.
func (d directory) isDirectory(name string) bool {
	dir, err := openToRemove(d, name)
	if err != nil {
		return false
	}
	return dir.Close() == nil
}
