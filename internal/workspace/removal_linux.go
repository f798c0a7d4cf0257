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
//   - It works relative to open directories, so that a link put in the place of one
//     leads nowhere.
//   - It does not descend into what is mounted in the tree. os.RemoveAll does, and
//     empties what somebody has bound there.
//   - What cannot be removed is noted, and the removal goes on with the rest. A file
//     system that fails is another matter: it is no fault of what is there.
//   - A tree may be deeper than a process may have files open, and deeper than a
//     path may be long. Below maxDepth a directory is first moved up into the
//     workspace.
type removal struct {
	top   directory // of the workspace
	left  []RemovalFailure
	fault error    // of the file system
	moved []string // names in top of what was moved up
	count int      // of names that were tried for that
}

const maxDepth = 32

// remove removes what stands at a name below the workspace. Nothing there: all is well.
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
	return removalError(r.left)
}

// entry removes one entry of a directory and reports whether it is gone.
func (r *removal) entry(above directory, name string, depth int) bool {
	err := unix.Unlinkat(above.fd(), name, 0)
	switch err {
	case nil, unix.ENOENT:
		return true
	case unix.EISDIR:
	default:
		return r.leave(above, name, err)
	}
	if depth >= maxDepth {
		return r.moveUp(above, name)
	}
	dir, err := openToRemove(above, name)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist) || r.leave(above, name, err)
	}
	before := len(r.left)
	r.empty(dir, depth+1)
	dir.Close()
	err = unix.Unlinkat(above.fd(), name, unix.AT_REMOVEDIR)
	if err == nil || err == unix.ENOENT {
		return true
	}
	if err == unix.ENOTEMPTY && len(r.left) > before {
		return false // what is left in it has been noted
	}
	return r.leave(above, name, err)
}

// openToRemove opens a directory to be emptied, also one that its owner may not
// read or write.
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
	// Without these bits nothing can be removed from it. That this fails shows then.
	if info, err := dir.file.Stat(); err == nil && info.Mode().Perm()&0o700 != 0o700 {
		_ = dir.file.Chmod(info.Mode().Perm() | 0o700)
	}
	return dir, nil
}

// allow gives its owner all rights on a directory that cannot be opened. A
// descriptor for its description alone takes no fchmod(2), but has a path in /proc
// that leads to it and to nothing else (proc_pid_fd(5)).
func allow(above directory, name string) error {
	fd, err := dirio.Open(above.fd(), name, unix.O_PATH, false)
	if err != nil {
		return above.locate(err)
	}
	defer unix.Close(fd)
	if err := unix.Chmod(fmt.Sprintf("/proc/self/fd/%d", fd), 0o700); err != nil {
		return &fs.PathError{Op: "chmod", Path: filepath.Join(above.Name(), name), Err: err}
	}
	return nil
}

// empty removes all entries of a directory. A directory that is changed while it is
// listed may hide some (readdir(3)), so it is listed again until it has no more.
// Somebody may still write there, so that is given up at some time.
func (r *removal) empty(dir directory, depth int) {
	const most = 100
	noted := map[string]bool{}
	for range most {
		found := 0
		if _, err := dir.file.Seek(0, io.SeekStart); err != nil {
			r.leave(dir, ".", err)
			return
		}
		for {
			names, err := dir.file.Readdirnames(1024)
			for _, name := range names {
				if noted[name] {
					continue
				}
				found++
				if !r.entry(dir, name, depth) {
					noted[name] = true
				}
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				r.leave(dir, ".", err)
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
	// A directory is moved only by who may write it: its ".." changes (rename(2)).
	dir, err := openToRemove(above, name)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist) || r.leave(above, name, err)
	}
	dir.Close()
	for {
		r.count++
		to := fmt.Sprintf("moved-up-%d", r.count)
		err := unix.Renameat2(above.fd(), name, r.top.fd(), to, unix.RENAME_NOREPLACE)
		if err == unix.EINVAL { // NFS and others know no flags; an empty directory alone would be replaced
			err = unix.Renameat(above.fd(), name, r.top.fd(), to)
		}
		switch err {
		case nil:
			r.moved = append(r.moved, to)
			return true
		case unix.EEXIST, unix.ENOTEMPTY:
		default:
			return r.leave(above, name, err)
		}
	}
}

// leave notes what could not be removed.
func (r *removal) leave(above directory, name string, err error) bool {
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
		reason = "it is in use"
	case errors.Is(err, unix.ENOTEMPTY):
		reason = "a process still writes there"
	case errors.Is(err, unix.EPERM):
		reason = "operation not permitted (it may be immutable: lsattr shows that)"
	}
	r.left = append(r.left, RemovalFailure{path, reason, mounted})
	return false
}

// isDirectory reports whether a directory stands at a name, on the same mount.
func (d directory) isDirectory(name string) bool {
	dir, err := openToRemove(d, name)
	if err != nil {
		return false
	}
	return dir.Close() == nil
}
