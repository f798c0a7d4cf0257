package workload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"iosweep/internal/dirio"
	"iosweep/internal/oneline"
	"iosweep/internal/parallel"
)

// surveyTree returns the manifest of an existing tree: its files in the order of their names,
// with size, checksum and permissions. It only reads the tree. Entries that are neither files
// nor directories are not part of the workload: a link could lead anywhere, and opening a pipe
// could block forever. If w.SkipUnreadable is set, neither are files and directories that this
// user may not read. A *TreeError describes a tree that cannot be a workload.
func surveyTree(ctx context.Context, w Workload) (*Manifest, error) {
	tree, err := dirio.OpenTree(w.From)
	if err != nil {
		return nil, fmt.Errorf("the workload's tree: %w", err)
	}
	defer tree.Close()
	var files, skipped []string
	var long longNames
	dirs, left, refused := map[string]bool{}, map[string]int{}, unreadable{}
	leaveOut := func(name, kind string) {
		skipped = append(skipped, name)
		left[kind]++
	}
	err = tree.WalkReadable(func(name string, kind fs.FileMode) (bool, error) {
		switch {
		case len(name) > dirio.MaxNameLength:
			long.add(name)
			return false, ctx.Err()
		case kind.IsDir():
			dirs[name] = true
		case kind.IsRegular():
			files = append(files, name)
		default:
			leaveOut(name, leftOutKind(kind))
		}
		return true, ctx.Err()
	}, func(name string, err error) error {
		delete(dirs, name)
		if w.SkipUnreadable {
			leaveOut(name, "unreadable directory")
		} else {
			refused[name] = err
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the workload's tree %s: %w", w.From, err)
	}
	slices.Sort(files) // by bytes, independent of the locale
	m, failed, err := surveyFiles(ctx, tree, files, w.SkipUnreadable, long.count+len(refused) > 0)
	if err != nil {
		return nil, err
	}
	for name, err := range failed {
		if w.SkipUnreadable && errors.Is(err, fs.ErrPermission) {
			leaveOut(name, "unreadable file")
		} else {
			refused[name] = err
		}
	}
	m.Dirs = slices.Sorted(maps.Keys(dirs)) // a parent is a prefix of its content, so it comes first
	slices.Sort(skipped)
	m.Skipped, m.LeftOut = skipped, left
	return m, treeError(m, long, refused)
}

// leftOutKind returns the kind of an entry that is never an item, for Manifest.LeftOut.
func leftOutKind(kind fs.FileMode) string {
	switch {
	case kind&fs.ModeSymlink != 0:
		return "link"
	case kind&fs.ModeNamedPipe != 0:
		return "pipe"
	case kind&fs.ModeSocket != 0:
		return "socket"
	case kind&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// surveyFiles reads the files of a tree. It returns the files that cannot be read, with the
// reasons. They are not in the manifest. Other kinds of files may have replaced the files since
// the walk, or they may be gone.
func surveyFiles(ctx context.Context, tree dirio.Directory, files []string, skipUnreadable, onlyOpen bool) (*Manifest, unreadable, error) {
	folders := make([]dirio.Cursor, parallel.Processors(len(files)))
	defer dirio.CloseCursors(folders)
	var mu sync.Mutex
	failed := unreadable{}
	var refused atomic.Bool // the tree is refused, so files are only opened, to find all problems
	refused.Store(onlyOpen)
	m, err := surveyItems(ctx, len(files), func(item int) string { return files[item] }, func(number int) func(int, *File) error {
		buf, folder := make([]byte, DigestBuffer), &folders[number]
		return func(item int, file *File) error {
			err := dirio.WithFile(tree, folder, file.Name, func(f dirio.File, found dirio.Status) (err error) {
				file.Mode = found.Mode.Perm()
				if !refused.Load() {
					file.Size, file.CRC, err = Digest(ctx, f, buf)
				}
				return err
			})
			if err == nil || ctx.Err() != nil {
				return ctx.Err()
			}
			if !skipUnreadable || !errors.Is(err, fs.ErrPermission) {
				refused.Store(true)
			}
			mu.Lock()
			defer mu.Unlock()
			failed[files[item]] = err
			file.Name = "" // it is not an item
			return nil
		}
	})
	return m, failed, err
}

// A TreeError lists the reasons why a tree cannot be a workload. A reason may have several
// lines.
type TreeError struct{ Reasons []string }

// Error returns one reason on each line.
func (e *TreeError) Error() string { return strings.Join(e.Reasons, "\n") }

// treeError returns a *TreeError, or nil if the manifest can be used.
func treeError(m *Manifest, long longNames, refused unreadable) error {
	var reasons []string
	if long.count > 0 {
		reasons = append(reasons, long.String())
	}
	if len(refused) > 0 {
		reasons = append(reasons, refused.String())
	}
	if reasons == nil && m.Len() == 0 {
		reasons = append(reasons, "the tree contains no files"+onlyOthers(m)+"; name a tree with at least one file")
	}
	if reasons == nil {
		return nil
	}
	return &TreeError{reasons}
}

// onlyOthers returns the number of entries in a tree without files.
func onlyOthers(m *Manifest) string {
	if n := len(m.Skipped); n > 0 {
		return fmt.Sprintf(", only links, special files and unreadable entries (%d)", n)
	}
	return ""
}

// longNames counts the names that programs could not open.
type longNames struct {
	first string
	count int
}

func (l *longNames) add(name string) {
	if l.count++; l.count == 1 || name < l.first {
		l.first = name
	}
}

func (l *longNames) String() string {
	text := fmt.Sprintf("the path %s has %d bytes below the tree, but programs can open only %d; move it up, or use a tree without it",
		oneline.Name(l.first), len(l.first), dirio.MaxNameLength)
	if l.count > 1 {
		text += fmt.Sprintf(" (there are %d such paths)", l.count)
	}
	return text
}

// unreadable contains the names of files and directories that cannot be read, with the reasons.
type unreadable map[string]error

// maxNamed is the number of names in a message. The message counts the others.
const maxNamed = 10

// String names the first entries, counts the others, and gives advice.
func (u unreadable) String() string {
	names := slices.Sorted(maps.Keys(u))
	var b strings.Builder
	them := "it"
	if len(names) == 1 {
		fmt.Fprintf(&b, "%s cannot be read: %s", oneline.Name(names[0]), reasonOf(u[names[0]]))
	} else {
		them = "them"
		fmt.Fprintf(&b, "%d files and directories of the tree cannot be read:", len(names))
		for _, name := range names[:min(len(names), maxNamed)] {
			fmt.Fprintf(&b, "\n  %s: %s", oneline.Name(name), reasonOf(u[name]))
		}
	}
	if more := len(names) - maxNamed; more > 0 {
		fmt.Fprintf(&b, "\n  and %d more", more)
	}
	denied := slices.ContainsFunc(names, func(name string) bool { return errors.Is(u[name], fs.ErrPermission) })
	if denied {
		fmt.Fprintf(&b, "\nmake %s readable, or leave %s out: --set workload.unreadable=skip (in the file: workload: {unreadable: skip})", them, them)
	} else {
		b.WriteString("\nno program may change the tree while iosweep reads it")
	}
	return b.String()
}

// reasonOf returns the reason of an error of a system call, without the name of the file.
func reasonOf(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "it is gone"
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err.Error()
	}
	return err.Error()
}
