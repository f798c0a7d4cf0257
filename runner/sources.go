package runner

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/dirio"
	"iosweep/internal/fault"
	"iosweep/internal/oneline"
	"iosweep/internal/units"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/runner/preflight"
	"iosweep/runner/program"
	"iosweep/runner/trial"
)

// sourcesName is the directory of the sources in the run directory. The directories in it have names
// of equal length: the length of a path changes the memory layout of a program, and so its time.
const sourcesName = "sources"

// A builtSource is the directory in which a source was cloned and built.
type builtSource struct {
	dir   string          // empty: not built, or removed after a change
	state dirio.TreeState // after the build
}

// buildSources clones and builds every source that a remaining trial needs. The cells of a source
// that cannot be built are skipped, and a new header of the journal has the reason.
func (r *run) buildSources(ctx context.Context, planned journal.Run) error {
	r.sources = make([]builtSource, len(r.Sources))
	failed := map[int]string{}
	for i := range r.Sources {
		if !r.needsSource(i) {
			continue
		}
		why, err := r.buildSource(ctx, i)
		if err != nil || ctx.Err() != nil {
			return err
		}
		if why != "" {
			r.opt.Progress.Preparing("skipping its cells: " + why)
			failed[i] = why
		}
	}
	if len(failed) == 0 {
		return nil
	}
	for i := range r.Cells {
		if why := failed[r.SourceOf(i)]; why != "" && r.Cells[i].Skip == "" {
			r.Cells[i].Skip, r.Merged[r.Index[i]].Skip = why, why
			r.tracker.Skip(i)
		}
	}
	header := r.header(planned)
	if err := r.reviseHeader(header); err != nil {
		return err
	}
	return r.writePlan()
}

// needsSource reports whether a trial remains for a cell of a source.
func (r *run) needsSource(source int) bool {
	for i := range r.Cells {
		if r.SourceOf(i) == source && r.Cells[i].Skip == "" && !r.tracker.IsQuarantined(i) && r.tracker.Remaining(i) > 0 {
			return true
		}
	}
	return false
}

// sourceStore returns the store whose run directory has the sources.
func (r *run) sourceStore() *store { return r.stores[r.Workspaces[0]] }

// buildSource clones and builds a source. why is the reason why it could not be built. An error is
// a failure of the machine.
func (r *run) buildSource(ctx context.Context, i int) (why string, err error) {
	s, ws := &r.Sources[i], r.sourceStore().ws
	r.madeSources++
	dir, err := ws.Make(fmt.Sprintf("%s/%03d", sourcesName, r.madeSources))
	if err != nil {
		return "", err
	}
	r.opt.Progress.Preparing("cloning " + s.Name() + " of " + s.Git)
	built := journal.Build{Source: s.Identity()}
	why, err = r.makeSource(ctx, s, dir, &built)
	if err == nil && why == "" && ctx.Err() == nil {
		built.Programs, why, err = r.programsOf(i, dir)
	}
	switch {
	case ctx.Err() != nil:
		return "", nil
	case fault.InChain(err) != "":
		// A build can fill the disk. If there is space without its files, the build is the cause.
		if err := ws.RemoveTree(dir); err != nil {
			return "", err
		}
		if r.CheckSpace(r.opt.Out, func(string) {}) != nil {
			return "", err
		}
		return err.Error() + "; there is enough space without its files", nil
	case err != nil:
		return "", err
	case why != "":
		return why, r.sourceStore().discard(dir)
	}
	state, err := dirio.StateOf(ctx, ws, dir)
	if err != nil {
		return "", err
	}
	r.sources[i] = builtSource{dir, state}
	return "", r.noteBuilt(s, built)
}

// makeSource runs the steps that clone and build a source.
func (r *run) makeSource(ctx context.Context, s *preflight.Source, dir string, built *journal.Build) (why string, err error) {
	for _, step := range program.CloneSteps(s.Source, dir, s.Shallow) {
		if _, why, err = r.step(ctx, "git "+step.Argv[len(step.Argv)-1], step); why != "" || err != nil || ctx.Err() != nil {
			return prefixed("cloning "+s.Name()+" failed: ", why), err
		}
	}
	if s.Worktree != nil {
		switch err := s.Worktree.Copy(ctx, r.sourceStore().ws, dir); {
		case errors.Is(err, program.ErrTreeChanged):
			return "", fmt.Errorf("copying %s of %s: %w; do not edit it until the build has begun", s.Revision, s.Git, err)
		case err != nil:
			return "", fmt.Errorf("copying %s of %s: %w", s.Revision, s.Git, err)
		}
	} else if err := r.warnFiltered(ctx, s, dir); err != nil {
		return "", err
	}
	if s.Argv == nil {
		return "", nil
	}
	argv := make([]string, len(s.Argv))
	for i, arg := range s.Argv {
		argv[i] = strings.ReplaceAll(arg, "{source}", dir)
	}
	r.opt.Progress.Preparing("building " + s.Name() + ": " + commandLine(argv))
	built.Seconds, why, err = r.guardedBuild(ctx, program.Step{Argv: argv, Dir: dir})
	return prefixed("the build of "+s.Name()+" failed: ", why), err
}

// guardedBuild runs a build, which must write only to its own directory. Like runGuarded it looks at
// the run directory alone, and repairs what the build has changed there.
func (r *run) guardedBuild(ctx context.Context, build program.Step) (seconds float64, why string, err error) {
	store := r.sourceStore()
	spec := &trial.Spec{Setting: trial.Setting{Site: operations.Site{Output: build.Dir}}}
	before := store.listing(ctx, spec)
	seconds, why, err = r.step(ctx, build.Argv[0], build)
	if err != nil || ctx.Err() != nil {
		return seconds, why, err
	}
	record := journal.Trial{Status: journal.Failed, Error: why}
	if violations := before.violations(store.listing(ctx, spec)); len(violations) > 0 {
		addFailure(&record, "it wrote outside its directory: "+describe(violations, build.Dir)+"; it must write only to {source}")
		if err := store.repair(build.Dir, violations); err != nil {
			return seconds, "", err
		}
	}
	err = r.checkSources(ctx, "it", &record)
	return seconds, strings.TrimPrefix(record.Error, "; "), err
}

// commandLine returns an argv as a shell would read it.
func commandLine(argv []string) string {
	words := make([]string, len(argv))
	for i, arg := range argv {
		words[i] = oneline.ForShell(arg)
	}
	return strings.Join(words, " ")
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// step runs a program that makes a source, under the rules of a trial. It has the timeout of a
// trial, and leaves no process.
func (r *run) step(ctx context.Context, name string, s program.Step) (seconds float64, why string, err error) {
	ws := r.sourceStore().ws
	spec := &trial.Spec{
		Setting: trial.Setting{Workspace: ws.Path(), RunID: r.session},
		Build:   &trial.Command{Name: name, Argv: s.Argv, Env: s.Env, Dir: s.Dir, OneOutput: true, WithoutGit: true},
	}
	var record journal.Trial
	for range maxSuspensions + 1 {
		record = journal.Trial{Status: journal.Failed}
		suspended, _ := r.launcher.Run(ctx, spec, ws, &record)
		if suspended == "" || ctx.Err() != nil {
			break
		}
		record.Error = suspended
	}
	switch {
	case ctx.Err() != nil:
		return 0, "", nil
	case record.Void:
		return 0, "", fault.Mark(errors.New(record.Error), fault.Full)
	case record.Status == journal.OK:
		return record.Measurement.Seconds, "", nil
	}
	r.showOutput(record.Stderr)
	return 0, describeFailure(record.Error, record.Stderr), nil
}

// showOutput shows the last lines of a failed build.
func (r *run) showOutput(output string) {
	const most = 20
	for _, line := range lastLines(output, most) {
		r.opt.Progress.Preparing("  " + oneline.Of(line))
	}
}

// lastLines returns the last lines of a text that are not blank.
func lastLines(text string, most int) []string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
	return lines[max(0, len(lines)-most):]
}

// describeFailure returns the error of a build with the last lines of its output, as a reason for
// skipped cells. The error ends with the last line already.
func describeFailure(text, output string) string {
	const most, longest = 6, 1000
	lines := lastLines(output, most)
	if len(lines) == 0 {
		return text
	}
	last := strings.TrimSpace(lines[len(lines)-1])
	text = strings.TrimSuffix(text, ": "+oneline.Of(last))
	tail := strings.Join(lines, " | ")
	if len(tail) > longest {
		tail = "..." + strings.ToValidUTF8(tail[len(tail)-longest:], "")
	}
	return oneline.Of(text + "; its output ends with: " + tail)
}

// warnFiltered notes the files whose filter was not applied.
func (r *run) warnFiltered(ctx context.Context, s *preflight.Source, dir string) error {
	filters, err := program.Filtered(ctx, dir)
	if err != nil {
		return err
	}
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		text := fmt.Sprintf("The revision %s has %s with the filter %s of git, which is not applied", s.Name(), units.Count(filters[name], "file"), oneline.Of(name))
		if name == "lfs" {
			text += ": they are the pointers of Git LFS, and not the content"
		}
		texts = append(texts, text+".")
	}
	return r.warn(texts...)
}

// programsOf returns the checksums of the files of a source that the argvs of its cells name. The
// build must have made the program of each cell.
func (r *run) programsOf(source int, dir string) (sums map[string]string, why string, err error) {
	e := r.Plan.Experiment
	sums = map[string]string{}
	for i, c := range e.Cells {
		if r.SourceOf(i) != source {
			continue
		}
		cmd, _ := e.Command(c)
		values := maps.Collect(e.FactorsOf(c))
		values["source"], values[experiments.Revision.String()] = dir, e.RevisionOf(c)
		for k, arg := range cmd.Argv(values) {
			name, err := filepath.Rel(dir, arg)
			if err != nil || !filepath.IsAbs(arg) || !workspace.Inside(arg, dir) || sums[name] != "" {
				continue
			}
			info, err := os.Stat(arg)
			switch {
			case k > 0 && (err != nil || !info.Mode().IsRegular()):
				continue // it is no file, or the program makes it
			case errors.Is(err, fs.ErrNotExist):
				return nil, fmt.Sprintf("the build of %s has not made %s, the program of the command %q", r.Sources[source].Name(), name, cmd.Name), nil
			case err != nil:
				return nil, "", err
			case k == 0 && (!info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0):
				return nil, fmt.Sprintf("%s in %s, the program of the command %q, is not executable", name, r.Sources[source].Name(), cmd.Name), nil
			}
			content, err := contentOf(arg)
			if err != nil {
				return nil, "", err
			}
			sums[filepath.ToSlash(name)] = hex.EncodeToString(content[:])
		}
	}
	return sums, "", nil
}

// noteBuilt notes a build, and warns if an earlier session has built other programs from the same
// source.
func (r *run) noteBuilt(s *preflight.Source, built journal.Build) error {
	var changed []string
	if before, ok := r.earlierBuilds[built.Source]; ok {
		for _, name := range slices.Sorted(maps.Keys(built.Programs)) {
			if was, ok := before.Programs[name]; ok && was != built.Programs[name] {
				changed = append(changed, fmt.Sprintf("The build of %s has made another %s than before (sha256 %s, before %s): its content may depend on the directory or the time of the build.",
					s.Name(), name, preflight.ShortHash(built.Programs[name]), preflight.ShortHash(was)))
			}
		}
	}
	r.earlierBuilds[built.Source] = built
	text := "built " + s.Name() + " of " + s.Git
	if s.Argv == nil {
		text = "cloned " + s.Name() + " of " + s.Git
	}
	if err := r.note(journal.Note{Kind: journal.NoteBuilt, Text: text, Build: &built}); err != nil {
		return err
	}
	return r.warn(changed...)
}

// sourceDir returns the directory of a cell's source. It builds the source again if a trial has
// changed it. It returns "" if the cell has no source.
func (r *run) sourceDir(ctx context.Context, cell int) (string, error) {
	i := r.SourceOf(cell)
	if i < 0 {
		return "", nil
	}
	if r.sources[i].dir == "" {
		why, err := r.buildSource(ctx, i)
		if err == nil && why != "" {
			err = errors.New(why)
		}
		if err != nil {
			return "", err
		}
	}
	return r.sources[i].dir, nil
}

// checkSources adds a failure to the record of a contender that has changed a source, its own or
// another. The source is then built again before its next trial.
func (r *run) checkSources(ctx context.Context, name string, record *journal.Trial) error {
	for i := range r.sources {
		b := &r.sources[i]
		if b.dir == "" {
			continue
		}
		now, err := dirio.StateOf(ctx, r.sourceStore().ws, b.dir)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil && now.Sum == b.state.Sum {
			continue
		}
		what := "it is gone, or cannot be read"
		if err == nil {
			what = "the latest change is of " + oneline.Name(now.Changed)
		}
		text := fmt.Sprintf("%s changed the directory in which %s was built: %s; it must not change {source}", name, r.Sources[i].Name(), what)
		if strings.Contains(now.Changed, "__pycache__") {
			text += " (for Python: env: {PYTHONDONTWRITEBYTECODE: \"1\"})"
		}
		addFailure(record, text)
		dir := b.dir
		*b = builtSource{}
		if err := r.sourceStore().discard(dir); err != nil {
			return err
		}
	}
	return nil
}

// mergeSources returns the sources of a plan, and the sources of a previous run that its retired
// cells refer to.
func mergeSources(previous, planned []journal.Source) []journal.Source {
	list := slices.Clone(planned)
	for _, s := range previous {
		same := func(o journal.Source) bool {
			return o.Git == s.Git && o.Revision == s.Revision && o.Identity() == s.Identity() && slices.Equal(o.Build, s.Build)
		}
		if !slices.ContainsFunc(list, same) {
			list = append(list, s)
		}
	}
	return list
}
