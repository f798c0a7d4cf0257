package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iosweep/internal/durable"
)

// errPowerLost is the error of every operation after the power was cut.
var errPowerLost = errors.New("the power is lost")

// A strictFS is a file system in memory that guarantees no more than real file systems
// do. Tests cut the power after any operation and check every disk state that may result.
//
// The view of programs and the content of the disk differ. Only File.Sync guarantees that
// content reaches the disk, and only SyncDir guarantees it for names. Without them each
// change may or may not be on the disk after a power failure, independently and in any
// order. Of written data any prefix may be there, either with the full size and zeros for
// the rest, or without them.
//
// Every directory exists. A strictFS is not safe for concurrent use.
type strictFS struct {
	// Done lists the operations so far that changed something.
	Done []string

	cut     int // operations until the power fails; -1: it does not
	names   map[string]*inode
	onDisk  map[string]*inode
	pending []naming
}

// A naming is a change of one name; a nil file removes the name.
type naming struct {
	path string
	file *inode
}

var _ durable.FS = (*strictFS)(nil)

// newStrictFS returns a file system with these files, all synced, whose power does not
// fail.
func newStrictFS(files map[string][]byte) *strictFS {
	fsys := &strictFS{cut: -1, names: map[string]*inode{}, onDisk: map[string]*inode{}}
	for path, content := range files {
		file := &inode{content: bytes.Clone(content), synced: bytes.Clone(content)}
		fsys.names[path], fsys.onDisk[path] = file, file
	}
	return fsys
}

// CutPowerAfter cuts the power after this number of operations.
func (fsys *strictFS) CutPowerAfter(operations int) { fsys.cut = operations }

// begin records an operation. It returns an error if the power is already cut.
func (fsys *strictFS) begin(format string, a ...any) error {
	if fsys.cut >= 0 && len(fsys.Done) >= fsys.cut {
		return errPowerLost
	}
	fsys.Done = append(fsys.Done, fmt.Sprintf(format, a...))
	return nil
}

// OpenFile supports the flags os.O_CREATE and os.O_EXCL and ignores all others.
func (fsys *strictFS) OpenFile(path string, flag int, _ os.FileMode) (durable.File, error) {
	file := fsys.names[path]
	switch {
	case file == nil && flag&os.O_CREATE == 0:
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	case file != nil && flag&os.O_EXCL != 0:
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrExist}
	case file == nil:
		if err := fsys.begin("create %s", path); err != nil {
			return nil, err
		}
		file = &inode{}
		fsys.name(path, file)
	}
	return &handle{fsys, path, file}, nil
}

// Rename adds one name and removes the other. After a power failure either change may be
// missing.
func (fsys *strictFS) Rename(from, to string) error {
	file := fsys.names[from]
	if file == nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrNotExist}
	}
	if err := fsys.begin("rename %s to %s", from, to); err != nil {
		return err
	}
	fsys.name(to, file)
	fsys.name(from, nil)
	return nil
}

// Remove removes a name.
func (fsys *strictFS) Remove(path string) error {
	if fsys.names[path] == nil {
		return &fs.PathError{Op: "remove", Path: path, Err: fs.ErrNotExist}
	}
	if err := fsys.begin("remove %s", path); err != nil {
		return err
	}
	fsys.name(path, nil)
	return nil
}

// SyncDir writes the names in a directory to the disk.
func (fsys *strictFS) SyncDir(dir string) error {
	if err := fsys.begin("sync the names of %s", dir); err != nil {
		return err
	}
	var elsewhere []naming
	for _, n := range fsys.pending {
		if filepath.Dir(n.path) == dir {
			n.apply(fsys.onDisk)
		} else {
			elsewhere = append(elsewhere, n)
		}
	}
	fsys.pending = elsewhere
	return nil
}

func (fsys *strictFS) name(path string, file *inode) {
	n := naming{path, file}
	n.apply(fsys.names)
	fsys.pending = append(fsys.pending, n)
}

func (n naming) apply(names map[string]*inode) {
	if n.file == nil {
		delete(names, n.path)
		return
	}
	names[n.path] = n.file
}

// A handle is an open file.
type handle struct {
	fsys *strictFS
	path string
	file *inode
}

func (h *handle) ReadAt(p []byte, at int64) (int, error) {
	if at >= int64(len(h.file.content)) {
		return 0, io.EOF
	}
	n := copy(p, h.file.content[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *handle) WriteAt(p []byte, at int64) (int, error) {
	if err := h.fsys.begin("write %d bytes to %s at %d", len(p), h.path, at); err != nil {
		return 0, err
	}
	h.file.change(change{at: at, data: append([]byte{}, p...)})
	return len(p), nil
}

func (h *handle) Truncate(size int64) error {
	if err := h.fsys.begin("truncate %s to %d", h.path, size); err != nil {
		return err
	}
	h.file.change(change{at: size})
	return nil
}

func (h *handle) Sync() error {
	if err := h.fsys.begin("sync %s", h.path); err != nil {
		return err
	}
	h.file.synced, h.file.pending = bytes.Clone(h.file.content), nil
	return nil
}

func (h *handle) Close() error { return nil }

// An inode is a file without its name.
type inode struct {
	content []byte // as programs see it
	synced  []byte // as it is certainly on the disk
	pending []change
}

// A change writes data at an offset. Without data it sets the size of the file.
type change struct {
	at   int64
	data []byte
}

func (f *inode) change(c change) {
	f.content = c.apply(f.content)
	f.pending = append(f.pending, c)
}

// apply applies the change to a copy.
func (c change) apply(content []byte) []byte {
	size := int64(len(content))
	if c.data == nil {
		size = c.at
	}
	changed := make([]byte, max(size, c.at+int64(len(c.data))))
	copy(changed, content)
	copy(changed[c.at:], c.data)
	return changed
}

// onDisk yields every content that the disk may have: with any subset of the pending
// changes, and the last of them torn.
func (f *inode) onDisk() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		seen := map[string]bool{}
		for subset := range 1 << len(f.pending) {
			before, last := f.synced, change{at: int64(len(f.synced))}
			for i, c := range f.pending {
				if subset>>i&1 == 1 {
					before, last = last.apply(before), c
				}
			}
			for _, content := range last.torn(before) {
				if !seen[string(content)] {
					seen[string(content)] = true
					if !yield(content) {
						return
					}
				}
			}
		}
	}
}

// torn returns the contents that a change may leave, including the complete one.
func (c change) torn(before []byte) [][]byte {
	whole := c.apply(before)
	list := [][]byte{whole}
	for _, cut := range cuts(len(c.data)) {
		short := change{at: c.at, data: c.data[:cut]}.apply(before)
		grown := append(bytes.Clone(short), make([]byte, len(whole)-len(short))...)
		list = append(list, short, grown)
	}
	// The disk may also have written later sectors and not the earlier ones.
	for at := c.at/sectorSize*sectorSize + sectorSize; at < c.at+int64(len(c.data)); at += sectorSize {
		late := make([]byte, len(whole))
		copy(late, before)
		copy(late[at:], whole[at:])
		list = append(list, late)
	}
	return list
}

// cuts returns lengths to which data of n bytes may be cut: 0, 1, n-1 and some between.
func cuts(n int) []int {
	list := []int{0}
	for cut := 1; cut < n-1; cut += max(1, n/32) {
		list = append(list, cut)
	}
	return append(list, max(0, n-1))
}

// Disks yields every disk state that may result if the power fails now, as files by path.
func (fsys *strictFS) Disks() iter.Seq[map[string][]byte] {
	return func(yield func(map[string][]byte) bool) {
		for subset := range 1 << len(fsys.pending) {
			names := maps.Clone(fsys.onDisk)
			for i, n := range fsys.pending {
				if subset>>i&1 == 1 {
					n.apply(names)
				}
			}
			if !contents(names, slices.Sorted(maps.Keys(names)), map[string][]byte{}, yield) {
				return
			}
		}
	}
}

// contents combines every possible content of the files at paths with the files already
// on disk. It returns false if yield asked to stop.
func contents(names map[string]*inode, paths []string, disk map[string][]byte, yield func(map[string][]byte) bool) bool {
	if len(paths) == 0 {
		return yield(maps.Clone(disk))
	}
	for content := range names[paths[0]].onDisk() {
		disk[paths[0]] = content
		if !contents(names, paths[1:], disk, yield) {
			return false
		}
	}
	return true
}

// TestStrictFSFindsEveryMistake writes a file in ways that a power failure can undo or
// halve. The file system is useless unless it reveals each of them.
func TestStrictFSFindsEveryMistake(t *testing.T) {
	const path, temp = "out/f", "out/temp"
	create := func(t *testing.T, fsys *strictFS, path string, sync bool) {
		t.Helper()
		f, err := fsys.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt([]byte("new"), 0); err != nil {
			t.Fatal(err)
		}
		if sync {
			if err := f.Sync(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		name string
		do   func(t *testing.T, fsys *strictFS)
		want string // contents of path that a disk may have, sorted; "absent" for none
	}{
		{"nothing", func(*testing.T, *strictFS) {}, "old"},
		{"a rename of an unsynced file", func(t *testing.T, fsys *strictFS) {
			create(t, fsys, temp, false)
			fsys.Rename(temp, path)
			fsys.SyncDir("out")
		}, ", \x00\x00\x00, n, n\x00\x00, ne, ne\x00, new"},
		{"a rename without a sync of the directory", func(t *testing.T, fsys *strictFS) {
			create(t, fsys, temp, true)
			fsys.Rename(temp, path)
		}, "new, old"},
		{"a rename with both", func(t *testing.T, fsys *strictFS) {
			create(t, fsys, temp, true)
			fsys.Rename(temp, path)
			fsys.SyncDir("out")
		}, "new"},
		{"a removal without a sync of the directory", func(_ *testing.T, fsys *strictFS) {
			fsys.Remove(path)
		}, "absent, old"},
		{"a removal before the new file", func(t *testing.T, fsys *strictFS) {
			fsys.Remove(path)
			create(t, fsys, path, true)
		}, "absent, new, old"},
		{"a sync of another directory", func(_ *testing.T, fsys *strictFS) {
			fsys.Remove(path)
			fsys.SyncDir("other")
		}, "absent, old"},
		{"an overwriting in place", func(_ *testing.T, fsys *strictFS) {
			f, _ := fsys.OpenFile(path, os.O_RDWR, 0)
			f.WriteAt([]byte("NEW"), 0)
		}, "NEW, NEd, Nld, old"},
		{"a truncation and a write, in any order", func(_ *testing.T, fsys *strictFS) {
			f, _ := fsys.OpenFile(path, os.O_RDWR, 0)
			f.Truncate(0)
			f.WriteAt([]byte("xy"), 0)
		}, ", \x00\x00, x, x\x00, xld, xy, xyd, old"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fsys := newStrictFS(map[string][]byte{path: []byte("old")})
			test.do(t, fsys)
			found := map[string]bool{}
			for disk := range fsys.Disks() {
				content, ok := disk[path]
				if !ok {
					content = []byte("absent")
				}
				found[string(content)] = true
			}
			want := strings.Split(test.want, ", ")
			for _, w := range want {
				if !found[w] {
					t.Errorf("no disk has %q", w)
				}
				delete(found, w)
			}
			for left := range found {
				t.Errorf("a disk has %q", left)
			}
		})
	}
}

func TestNoOperationWithoutPower(t *testing.T) {
	fsys := newStrictFS(nil)
	fsys.CutPowerAfter(2)
	f, err := fsys.OpenFile("out/f", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if err := fsys.SyncDir("out"); err != nil {
		t.Fatal(err)
	}
	_, wrote := f.WriteAt([]byte("late"), 0)
	for what, err := range map[string]error{
		"write": wrote, "truncate": f.Truncate(9), "sync": f.Sync(), "remove": fsys.Remove("out/f"),
		"rename": fsys.Rename("out/f", "out/g"), "sync of names": fsys.SyncDir("out"),
	} {
		if !errors.Is(err, errPowerLost) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for disk := range fsys.Disks() {
		if content, ok := disk["out/f"]; !ok || len(content) > 0 || len(disk) != 1 {
			t.Errorf("the disk has %q", disk)
		}
	}
}
