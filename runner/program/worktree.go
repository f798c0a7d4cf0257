package program

import (
	"context"
	"crypto/sha1" // git names objects by it
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/journal"
)

// A Worktree contains the files of a working tree that git tracks or does not ignore.
type Worktree struct {
	journal.Source
	Files []WorktreeFile // by name
	Bytes int64
	// LeftOut are the submodules, other repositories, and special files in the tree.
	LeftOut []string
}

// A WorktreeFile is a file or a symbolic link.
type WorktreeFile struct {
	Name   string // slash-separated
	Mode   fs.FileMode
	Target string // of a link
}

// Worktree describes the working tree of a repository, for a level of the axis revision. It reads
// every file, because the tree is identified by a checksum of all contents.
func (r *Repository) Worktree(ctx context.Context, revision string) (*Worktree, error) {
	if r.Bare {
		return nil, fmt.Errorf("%s is a bare repository, which has no working tree; name a branch, a tag or a commit", r.Path)
	}
	w := &Worktree{Source: journal.Source{Git: r.Path, Revision: revision}}
	var committed map[string]treeEntry
	head, err := r.Commit(ctx, "HEAD")
	unknown, unborn := errors.AsType[*UnknownError](err)
	switch {
	case unborn && unknown.Unborn:
	case err != nil:
		return nil, err
	default:
		w.Commit, w.Subject = head.Commit, head.Subject
		if committed, err = r.tree(ctx, head.Commit); err != nil {
			return nil, err
		}
	}
	out, err := git(ctx, r.Path, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(r.Path)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	names := slices.Compact(slices.Sorted(strings.SplitSeq(strings.TrimRight(out, "\x00"), "\x00")))
	sum, same := sha256.New(), 0
	for _, name := range withoutResults(names, committed) {
		file, size, err := w.describe(root, name)
		if err != nil {
			return nil, err
		}
		if file == nil {
			continue
		}
		content, object, err := sums(ctx, root, file, size, len(w.Commit))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(sum, "%q %o %s\n", name, file.Mode, content)
		if e, ok := committed[name]; ok && e.hash == object && e.mode == gitMode(file.Mode) {
			same++
		}
		w.Files, w.Bytes = append(w.Files, *file), w.Bytes+size
	}
	for _, e := range committed {
		if e.mode == submodule {
			same++ // it is left out
		}
	}
	w.Tree = hex.EncodeToString(sum.Sum(nil))
	// A file of the commit that differs or is gone counts once, and so does a new file.
	changed := len(committed) - same
	for _, f := range w.Files {
		if _, ok := committed[f.Name]; !ok {
			changed++
		}
	}
	w.Changed = changed
	return w, nil
}

// withoutResults removes the files of iosweep from the names of a tree: run directories, and results
// directories, which have a journal. Otherwise a run whose results are in the repository would
// change the tree that it builds. Files of the commit stay.
func withoutResults(names []string, committed map[string]treeEntry) []string {
	results := map[string]bool{}
	for _, name := range names {
		if _, ok := committed[name]; !ok && path.Base(name) == journal.FileName {
			results[path.Dir(name)] = true
		}
	}
	return slices.DeleteFunc(names, func(name string) bool {
		if _, ok := committed[name]; ok {
			return false
		}
		for dir := strings.TrimSuffix(name, "/"); dir != "."; dir = path.Dir(dir) {
			if results[dir] || strings.HasPrefix(path.Base(dir), runDirectory) {
				return true
			}
		}
		return results["."]
	})
}

// runDirectory is the beginning of the name of every run directory; see package workspace.
const runDirectory = ".iosweep-"

// describe returns a file of the tree. It returns nil for a name that is left out.
func (w *Worktree) describe(root *os.Root, name string) (*WorktreeFile, int64, error) {
	local := filepath.FromSlash(name)
	if name == "" || !filepath.IsLocal(local) {
		return nil, 0, nil
	}
	if slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool { return strings.EqualFold(part, ".git") }) {
		w.LeftOut = append(w.LeftOut, name)
		return nil, 0, nil
	}
	// A directory of the commit may be a link now. Git takes the files below it for deleted.
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if info, err := root.Lstat(filepath.FromSlash(dir)); err != nil || !info.IsDir() {
			return nil, 0, nil
		}
	}
	info, err := root.Lstat(local)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, nil
	case err != nil:
		return nil, 0, err
	}
	file := &WorktreeFile{Name: name, Mode: info.Mode()}
	switch {
	case info.Mode().IsRegular():
		return file, info.Size(), nil
	case info.Mode()&fs.ModeSymlink != 0:
		file.Mode = fs.ModeSymlink
		file.Target, err = root.Readlink(local)
		return file, int64(len(file.Target)), err
	}
	w.LeftOut = append(w.LeftOut, strings.TrimSuffix(name, "/"))
	return nil, 0, nil
}

// gitMode returns the mode of a file in a commit.
func gitMode(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "120000"
	case mode&0o100 != 0:
		return "100755"
	}
	return "100644"
}

// sums returns the SHA-256 of a file's content, and the name that git gives to the content: a
// checksum in the algorithm of the repository, whose digits tell which.
func sums(ctx context.Context, root *os.Root, f *WorktreeFile, size int64, digits int) (content, object string, err error) {
	var in io.Reader = strings.NewReader(f.Target)
	if f.Mode.IsRegular() {
		file, err := root.Open(filepath.FromSlash(f.Name))
		if err != nil {
			return "", "", err
		}
		defer file.Close()
		in = file
	}
	ours := sha256.New()
	var theirs hash.Hash = sha1.New()
	if digits == 2*sha256.Size {
		theirs = sha256.New()
	}
	fmt.Fprintf(theirs, "blob %d\x00", size)
	if _, err := io.Copy(io.MultiWriter(ours, theirs), in); err != nil {
		return "", "", fmt.Errorf("%s: %w", f.Name, err)
	}
	return hex.EncodeToString(ours.Sum(nil)), hex.EncodeToString(theirs.Sum(nil)), ctx.Err()
}
