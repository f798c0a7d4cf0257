package program

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/internal/lazyregexp"
	"iosweep/internal/oneline"
	"iosweep/journal"
)

// A Repository is a git repository on this machine, which is only read.
type Repository struct {
	Path    string // absolute, without symbolic links
	Bare    bool   // it has no working tree
	Shallow bool   // it lacks the commits before some commit
}

// Open describes the repository at a path. The path must be the top directory of its working tree,
// or a bare repository.
func Open(ctx context.Context, path string) (*Repository, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, fmt.Errorf("%w; name the directory of a git repository", err)
	}
	out, err := git(ctx, real, "rev-parse", "--is-bare-repository", "--is-shallow-repository", "--is-inside-work-tree", "--absolute-git-dir")
	switch text := messages(err); {
	case err == nil:
	case strings.Contains(text, "dubious ownership") || strings.Contains(text, "unsafe repository"):
		return nil, fmt.Errorf("%s belongs to another user, and git refuses to read it; if you trust that user: git config --global --add safe.directory %s", real, oneline.ForShell(real))
	case strings.Contains(text, "not a git repository"):
		return nil, fmt.Errorf("%s is not a git repository; name the directory of one, or make one: git init", real)
	default:
		return nil, fmt.Errorf("%s: %w", real, err)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != 4 {
		return nil, fmt.Errorf("%s: git rev-parse answered %q", real, oneline.Of(out))
	}
	r := &Repository{Path: real, Bare: lines[0] == "true", Shallow: lines[1] == "true"}
	top := lines[3] // of a bare repository
	if lines[2] == "true" {
		if out, err = git(ctx, real, "rev-parse", "--show-toplevel"); err != nil {
			return nil, fmt.Errorf("%s: %w", real, err)
		}
		top = strings.TrimSuffix(out, "\n")
	}
	found, err := filepath.EvalSymlinks(filepath.FromSlash(top))
	if !r.Bare && lines[2] == "false" { // it is the directory .git, or below it
		found, top = "", filepath.Dir(top)
	}
	if err != nil || found != real {
		return nil, fmt.Errorf("%s is inside the git repository %s; name the repository itself", real, top)
	}
	return r, nil
}

// An UnknownError reports that a repository has no revision of a name.
type UnknownError struct {
	Repository *Repository
	Name       string
	Unborn     bool     // the repository has no commit
	Branches   []string // the branches, tags and remote branches that it has
}

func (e *UnknownError) Error() string {
	if e.Unborn {
		return fmt.Sprintf("%s has no commit yet; commit its files, or use the level worktree", e.Repository.Path)
	}
	return fmt.Sprintf("%s has no branch, tag or commit %q", e.Repository.Path, e.Name)
}

// commitHash matches the name of an object in SHA-1 and SHA-256.
var commitHash = lazyregexp.New(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// Commit returns the commit of a revision. A tag stands for the commit that it names.
func (r *Repository) Commit(ctx context.Context, name string) (s journal.Source, err error) {
	if strings.HasPrefix(name, "-") { // git would take it for an option
		return s, &UnknownError{Repository: r, Name: name}
	}
	out, err := git(ctx, r.Path, "rev-parse", "--verify", "--end-of-options", name+"^{commit}")
	hash := strings.TrimSpace(out)
	if messages(err) == "" && err != nil {
		return s, err
	}
	if err != nil || !commitHash().MatchString(hash) {
		unknown := &UnknownError{Repository: r, Name: name, Branches: r.branches(ctx)}
		if unknown.Branches == nil {
			_, err := git(ctx, r.Path, "rev-parse", "--verify", "--quiet", "HEAD")
			unknown.Unborn = err != nil
		}
		return s, unknown
	}
	subject, err := r.subject(ctx, hash)
	return journal.Source{Git: r.Path, Revision: name, Commit: hash, Subject: subject}, err
}

// subject returns the first line of a commit's message. `git log` would show it too, but may start
// the program that checks signatures.
func (r *Repository) subject(ctx context.Context, hash string) (string, error) {
	text, err := git(ctx, r.Path, "cat-file", "commit", hash)
	_, message, _ := strings.Cut(text, "\n\n")
	line, _, _ := strings.Cut(strings.TrimLeft(message, "\n"), "\n")
	const longest = 200
	line = oneline.Of(line)
	if len(line) > longest {
		line = strings.ToValidUTF8(line[:longest], "") + "..."
	}
	return line, err
}

// branches returns the short names of all branches and tags, branches first. It returns nil if
// there are none, or git fails.
func (r *Repository) branches(ctx context.Context) (list []string) {
	out, err := git(ctx, r.Path, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads", "refs/tags", "refs/remotes")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(out) {
		if name := strings.TrimSuffix(line, "\n"); !strings.HasSuffix(name, "/HEAD") {
			list = append(list, oneline.Of(name))
		}
	}
	return list
}

// Has reports whether the repository contains a commit.
func (r *Repository) Has(ctx context.Context, hash string) bool {
	_, err := git(ctx, r.Path, "cat-file", "-e", hash+"^{commit}")
	return err == nil
}

// Size returns the bytes that a clone of the repository takes, and the bytes and the number of the
// files of a commit.
func (r *Repository) Size(ctx context.Context, hash string) (clone, tree, files int64, err error) {
	out, err := git(ctx, r.Path, "count-objects", "-v")
	if err != nil {
		return 0, 0, 0, err
	}
	for line := range strings.Lines(out) {
		var kib int64
		for _, format := range []string{"size: %d", "size-pack: %d"} {
			if _, err := fmt.Sscanf(line, format, &kib); err == nil {
				clone += kib << 10
			}
		}
	}
	if hash == "" {
		return clone, 0, 0, nil
	}
	entries, err := r.tree(ctx, hash)
	for _, e := range entries {
		tree += e.size
	}
	return clone, tree, int64(len(entries)), err
}

// A treeEntry is a file of a commit.
type treeEntry struct {
	mode string // 100644, 100755, 120000 (a link) or 160000 (a submodule)
	hash string
	size int64
}

// submodule is the mode of an entry that stands for the commit of another repository.
const submodule = "160000"

// tree returns the files of a commit by name.
func (r *Repository) tree(ctx context.Context, hash string) (map[string]treeEntry, error) {
	out, err := git(ctx, r.Path, "ls-tree", "-r", "-l", "-z", "--full-tree", hash)
	if err != nil {
		return nil, err
	}
	list := map[string]treeEntry{}
	for line := range strings.SplitSeq(out, "\x00") {
		about, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(about)
		if !ok || len(fields) != 4 {
			continue
		}
		e := treeEntry{mode: fields[0], hash: fields[2]}
		_, _ = fmt.Sscan(fields[3], &e.size) // "-" for a submodule
		list[name] = e
	}
	return list, nil
}

// Submodules lists the paths of the submodules of a commit, sorted.
func (r *Repository) Submodules(ctx context.Context, hash string) (list []string, err error) {
	entries, err := r.tree(ctx, hash)
	for name, e := range entries {
		if e.mode == submodule {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list, err
}
