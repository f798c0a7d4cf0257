package program

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"iosweep/journal"
)

// A Step is a program that makes the directory of a source.
type Step struct {
	Argv []string
	Env  []string // in addition to the environment without the variables of git
	Dir  string   // its working directory
}

// CloneSteps returns the git commands that clone a source into an empty directory. A clone shares
// no file with the repository, because a program of a trial could change it. The clone of a working
// tree has the commit of HEAD and no files yet.
func CloneSteps(s journal.Source, dir string, shallow bool) (steps []Step) {
	add := func(env []string, args ...string) {
		steps = append(steps, Step{append(append([]string{"git"}, safeSettings...), args...), append(environ("file"), env...), dir})
	}
	if s.Commit == "" {
		add(isolated, "init", "--quiet", "--template=", ".")
		return steps
	}
	add(nil, "clone", "--quiet", "--no-hardlinks", "--no-checkout", "--no-recurse-submodules", "--template=", "--", s.Git, ".")
	if shallow { // such a clone has only what branches and tags lead to
		add(nil, "-c", "protocol.version=2", "fetch", "--quiet", "--no-recurse-submodules", "origin", s.Commit)
	}
	if s.Tree != "" {
		add(isolated, "update-ref", "--no-deref", "HEAD", s.Commit)
		add(isolated, "read-tree", s.Commit)
		return steps
	}
	add(isolated, "-c", "core.attributesFile="+os.DevNull, "-c", "core.autocrlf=false", "checkout", "--quiet", "--detach", s.Commit)
	return steps
}

// Filtered lists the filters that the attributes of the files of a clone name, such as lfs. They
// were not applied, because a filter is a program that the repository chooses.
func Filtered(ctx context.Context, dir string) (filters map[string]int, err error) {
	names, err := git(ctx, dir, "ls-files", "-z")
	if err != nil {
		return nil, err
	}
	out, err := gitInput(ctx, dir, names, "check-attr", "-z", "--stdin", "filter")
	if err != nil {
		return nil, err
	}
	filters = map[string]int{}
	fields := strings.Split(out, "\x00") // path, attribute, value
	for i := 2; i < len(fields); i += 3 {
		if value := fields[i]; value != "unspecified" && value != "unset" {
			filters[value]++
		}
	}
	return filters, nil
}

// A directory can be filled without following links out of it.
type directory interface {
	Mkdir(path string) error
	OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error)
	Symlink(target, path string) error
}

// inRun makes directories through the workspace, which refuses a path outside the run directory.
type inRun struct{ Dirs directory }

// ErrTreeChanged reports that a working tree is no longer the one that was described.
var ErrTreeChanged = errors.New("the working tree was changed meanwhile")

// Copy copies the files of the tree into a directory. It returns ErrTreeChanged if a file has changed
// since the tree was described.
func (w *Worktree) Copy(ctx context.Context, to directory, dir string) error {
	root, err := os.OpenRoot(w.Git)
	if err != nil {
		return err
	}
	defer root.Close()
	made := map[string]bool{".": true}
	var mkdir func(name string) error
	mkdir = func(name string) error {
		if made[name] {
			return nil
		}
		if err := mkdir(path.Dir(name)); err != nil {
			return err
		}
		made[name] = true
		return inRun{to}.Dirs.Mkdir(filepath.Join(dir, filepath.FromSlash(name)))
	}
	for i := range w.Files {
		f := &w.Files[i]
		if err := mkdir(path.Dir(f.Name)); err != nil {
			return err
		}
		if err := f.copy(root, to, filepath.Join(dir, filepath.FromSlash(f.Name))); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	again := &Repository{Path: w.Git}
	switch now, err := again.Worktree(ctx, w.Revision); {
	case err != nil:
		return err
	case now.Tree != w.Tree:
		return ErrTreeChanged
	}
	return nil
}

func (f *WorktreeFile) copy(root *os.Root, to directory, path string) (err error) {
	if f.Target != "" || !f.Mode.IsRegular() {
		return to.Symlink(f.Target, path)
	}
	in, err := root.Open(filepath.FromSlash(f.Name))
	if errors.Is(err, fs.ErrNotExist) {
		return ErrTreeChanged
	}
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := to.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.ReadFrom(in)
	return errors.Join(err, out.Chmod(f.Mode.Perm()), out.Close())
}
