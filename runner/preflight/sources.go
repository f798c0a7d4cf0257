package preflight

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/runner/program"
)

// A Source is a revision of a program that cells run. It is built once, before the first trial.
type Source struct {
	journal.Source
	Argv     []string          // of the build, with all placeholders but {source} replaced; nil: nothing to build
	Worktree *program.Worktree // nil: a commit
	Shallow  bool              // the repository is a shallow clone

	clone, tree, files int64 // size
}

// Name names a source for people: its revision and the short hash of its commit.
func (s *Source) Name() string {
	switch {
	case s.Commit == "":
		return s.Revision
	case s.Commit == s.Revision:
		return ShortHash(s.Commit)
	}
	return fmt.Sprintf("%s (%s)", s.Revision, ShortHash(s.Commit))
}

// ShortHash returns the beginning of a hash, for people.
func ShortHash(hash string) string { return hash[:min(len(hash), 9)] }

// a sourceFinder finds the commits of the revisions that cells name, each once.
type sourceFinder struct {
	*Prepared
	l            *locator
	recorded     []journal.Source // of the run being resumed
	repositories map[string]*program.Repository
	found        map[string]int // index in Sources, or -1, by repository, revision and build
}

// findSources sets Sources, and the source of each cell. It adds a problem for each revision that
// does not exist.
func (p *Prepared) findSources(ctx context.Context, from Base, progress func(string)) error {
	e := p.Plan.Experiment
	p.sourceOf = make([]int, len(e.Cells))
	f := sourceFinder{
		Prepared: p, l: &locator{experiment: e, from: from}, recorded: from.Sources,
		repositories: map[string]*program.Repository{}, found: map[string]int{},
	}
	for i, c := range e.Cells {
		p.sourceOf[i] = -1
		cmd, ok := e.Command(c)
		if !ok || cmd.Source == nil || whyNoGit(cmd) != "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		key := strings.Join(append([]string{cmd.Source.Git, e.RevisionOf(c)}, cmd.Source.Build...), "\x00")
		at, known := f.found[key]
		if !known {
			if len(f.found) == 0 {
				progress("looking up the revisions in git")
			}
			at = f.find(ctx, cmd, e.RevisionOf(c))
			f.found[key] = at
		}
		p.sourceOf[i] = at
	}
	f.warnSameCommit()
	return f.l.err()
}

// warnSameCommit warns if the two revisions of `iosweep ab` are the same.
func (f *sourceFinder) warnSameCommit() {
	ab := f.Plan.Experiment.AB
	if ab == nil {
		return
	}
	is := func(name string) func(journal.Source) bool {
		return func(s journal.Source) bool { return s.Revision == name }
	}
	base, next := slices.IndexFunc(f.Revisions, is(ab.Base)), slices.IndexFunc(f.Revisions, is(ab.New))
	if base >= 0 && next >= 0 && f.Revisions[base].Identity() == f.Revisions[next].Identity() {
		f.SourceWarnings = append(f.SourceWarnings, fmt.Sprintf("The revisions %s and %s are the same commit, %s: a difference between them is noise.", ab.Base, ab.New, ShortHash(f.Revisions[base].Commit)))
	}
}

// find returns the index of a source. If a name stands for the same commit as another, both share
// one build. It returns -1 after a problem.
func (f *sourceFinder) find(ctx context.Context, cmd experiments.Command, revision string) int {
	path := below(f.l.from.Here, cmd.Source.Git)
	repo, known := f.repositories[path]
	if !known {
		var err error
		if repo, err = program.Open(ctx, path); err != nil && ctx.Err() == nil {
			f.l.add("commands."+cmd.Name, "source.git %q: %v", cmd.Source.Git, err)
		}
		f.repositories[path] = repo
	}
	if repo == nil {
		return -1
	}
	s := Source{Shallow: repo.Shallow}
	var err error
	switch recorded := f.recordedSource(repo, revision); {
	case revision == experiments.Worktree:
		if s.Worktree, err = repo.Worktree(ctx, revision); err == nil {
			s.Source = s.Worktree.Source
			s.tree, s.files = s.Worktree.Bytes, int64(len(s.Worktree.Files))
			f.warnLeftOut(s.Name(), s.Worktree.LeftOut)
		}
	case recorded != nil:
		s.Source = *recorded
		err = f.checkRecorded(ctx, repo, recorded)
	default:
		s.Source, err = repo.Commit(ctx, revision)
	}
	if err == nil {
		err = f.measure(ctx, repo, &s)
	}
	if ctx.Err() != nil {
		return -1
	}
	if err != nil {
		f.l.add("grid."+experiments.Revision.String(), "revision %q: %s", revision, describeUnknown(err))
		return -1
	}
	s.Build = cmd.Source.Build
	if s.Build != nil {
		s.Argv = cmd.Source.ArgvOfBuild(map[string]string{"source": "{source}", "here": f.l.from.Here, "cpus": fmt.Sprint(f.Machine.CPUs)})
	}
	same := func(o Source) bool {
		return o.Git == s.Git && o.Identity() == s.Identity() && slices.Equal(o.Build, s.Build)
	}
	f.Revisions = append(f.Revisions, s.Source)
	if at := slices.IndexFunc(f.Sources, same); at >= 0 {
		return at
	}
	f.Sources = append(f.Sources, s)
	return len(f.Sources) - 1
}

// measure sets the size of a source, and warns about the submodules of a commit.
func (f *sourceFinder) measure(ctx context.Context, repo *program.Repository, s *Source) error {
	hash := s.Commit
	if s.Worktree != nil {
		hash = ""
	}
	clone, tree, files, err := repo.Size(ctx, hash)
	if err != nil {
		return err
	}
	s.clone = clone
	if s.Worktree != nil {
		return nil
	}
	s.tree, s.files = tree, files
	modules, err := repo.Submodules(ctx, hash)
	f.warnLeftOut(s.Name(), modules)
	return err
}

// warnLeftOut warns about the entries of a source that its clone does not have.
func (f *sourceFinder) warnLeftOut(name string, entries []string) {
	if len(entries) == 0 {
		return
	}
	what := entries[0]
	if more := len(entries) - 1; more > 0 {
		what += fmt.Sprintf(" and %d more", more)
	}
	f.SourceWarnings = append(f.SourceWarnings, fmt.Sprintf("The revision %s is built without %s: iosweep fetches no submodules, and copies only files and links.", name, what))
}

// recordedSource returns the source of a revision in the run being resumed; nil: none.
func (f *sourceFinder) recordedSource(repo *program.Repository, revision string) *journal.Source {
	for i := range f.recorded {
		if s := &f.recorded[i]; s.Git == repo.Path && s.Revision == revision && s.Tree == "" {
			return s
		}
	}
	return nil
}

// checkRecorded checks that a commit of the run being resumed still exists. A name that stands for
// another commit now is a warning: the run continues with its own commit.
func (f *sourceFinder) checkRecorded(ctx context.Context, repo *program.Repository, s *journal.Source) error {
	if !repo.Has(ctx, s.Commit) {
		return fmt.Errorf("the run began with the commit %s, which %s no longer has; fetch it again, or start a new run", s.Commit, repo.Path)
	}
	switch now, err := repo.Commit(ctx, s.Revision); {
	case err != nil:
		f.SourceWarnings = append(f.SourceWarnings, fmt.Sprintf("The revision %s no longer exists: the run continues with its commit %s.", s.Revision, ShortHash(s.Commit)))
	case now.Commit != s.Commit:
		f.SourceWarnings = append(f.SourceWarnings, fmt.Sprintf("The revision %s is now the commit %s: the run continues with %s, as it began.", s.Revision, ShortHash(now.Commit), ShortHash(s.Commit)))
	}
	return nil
}

// describeUnknown adds advice to the error of a revision that does not exist.
func describeUnknown(err error) string {
	unknown, ok := errors.AsType[*program.UnknownError](err)
	if !ok || unknown.Unborn {
		return err.Error()
	}
	text, separator := err.Error(), "; "
	if near := nearestRevision(unknown.Name, unknown.Branches); near != "" {
		text, separator = text+fmt.Sprintf(": did you mean %q?", near), " "
	}
	const most = 8
	if list := unknown.Branches; len(list) > 0 {
		text += separator + "it has " + strings.Join(list[:min(len(list), most)], ", ")
		if more := len(list) - most; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
	}
	if unknown.Repository.Shallow {
		text += fmt.Sprintf("; it is a shallow clone, which lacks most commits: git -C %s fetch --unshallow (in GitHub's actions/checkout: fetch-depth: 0)", unknown.Repository.Path)
	}
	return text
}

// nearestRevision returns the name that is most similar to an unknown one. A clone has the branches
// of its origin under another name.
func nearestRevision(name string, known []string) string {
	for _, other := range known {
		if strings.HasSuffix(other, "/"+name) {
			return other
		}
	}
	return experiments.Nearest(name, known)
}

// whyNoGit returns the reason why the source of a command cannot be built, or "".
func whyNoGit(c experiments.Command) string {
	if c.Source == nil {
		return ""
	}
	if _, err := exec.LookPath("git"); err != nil {
		return fmt.Sprintf("git is not installed (the source of the command %q needs it)", c.Name)
	}
	return ""
}

// SourceOf returns the index in Sources of a cell's source, or -1.
func (p *Prepared) SourceOf(cell int) int { return p.sourceOf[cell] }

// sourcesNeed returns the space for the clones of all sources. The files of a build come on top: no
// one knows their size.
func (p *Prepared) sourcesNeed(block int64) (sum operations.Footprint) {
	for i := range p.Sources {
		s := &p.Sources[i]
		sum = sum.Plus(operations.Footprint{Bytes: s.clone + s.tree + s.files*block, Files: s.files})
	}
	return sum
}
