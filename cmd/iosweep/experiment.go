package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/analysis/reproduce"
	"iosweep/bundle"
	"iosweep/experiments"
	"iosweep/internal/fault"
	"iosweep/internal/oneline"
	"iosweep/internal/python"
	"iosweep/internal/regular"
	"iosweep/journal"
	"iosweep/runner"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// experimentFlags are the flags of the commands that read an experiment.
type experimentFlags struct {
	profile   string
	set       []string
	only      []string
	budget    string
	workspace string
	seed      int64
	maxCells  int
	cpus      int // the value of cpus in the experiment; 0: the cpus of this machine
	// runNothing is set for a command that must not run even an interpreter to ask for its
	// version.
	runNothing bool
	ab         *experiments.AB // the revisions that iosweep ab compares
}

func (f *experimentFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.profile, "profile", "", "apply the profile `NAME`, which the experiment file defines under profiles")
	flags.StringArrayVar(&f.set, "set", nil, "override a key with `PATH=VALUE`, for example grid.workers=1,2,4 or trials.repeats=3 (repeatable)")
	flags.StringArrayVar(&f.only, "only", nil, "run only the cells that match `AXIS=VALUE,...` and their baselines, for example strategy=threads,workers=2,4 (repeatable)")
	flags.StringVar(&f.budget, "budget", "", budgetUsage)
	flags.StringVar(&f.workspace, "workspace", "", "`directory` under test; it selects the file system")
	flags.Int64Var(&f.seed, "seed", 0, "random seed (a whole `number`) of the trial order")
	flags.IntVar(&f.maxCells, "max-cells", experiments.DefaultMaxCells, "refuse a grid with more than this `number` of cells")
}

// budgetUsage describes the flag --budget of several commands.
const budgetUsage = "the longest `time` of one session, for example 8h"

// overrides returns all overrides as PATH=VALUE. The flags --budget, --workspace and
// --seed come last, so that they take precedence over --set. typed maps their overrides
// to the text of the command line, for messages.
func (f *experimentFlags) overrides(cmd *cobra.Command) (list []string, typed map[string]string) {
	list, typed = slices.Clone(f.set), map[string]string{}
	for _, short := range []struct{ flag, override, value string }{
		{"budget", "budget=" + f.budget, f.budget},
		{"workspace", "workspace=" + strconv.Quote(f.workspace), f.workspace},
		{"seed", "trials.seed=" + strconv.FormatInt(f.seed, 10), strconv.FormatInt(f.seed, 10)},
	} {
		if cmd.Flags().Changed(short.flag) {
			list = append(list, short.override)
			typed[short.override] = "--" + short.flag + " " + short.value
		}
	}
	return list, typed
}

// An experimentSource is the content of an experiment file and its place.
type experimentSource struct {
	file string // the file name in messages
	path string // absolute; empty for a built-in experiment
	here string // absolute directory of the file; for a built-in experiment, the working directory
	work string // absolute working directory
	data []byte

	overrides []string          // PATH=VALUE
	typed     map[string]string // the command-line text of some overrides

	bundle  string      // the path of the bundle of the experiment, as it was typed; empty: there is none
	bundled *bundledRun // nil unless the experiment was read from a bundle
}

// shipped reports whether the experiment is shipped with iosweep. Messages and pages call
// such an experiment built-in.
func (src experimentSource) shipped() bool { return src.path == "" }

// load reads and checks the experiment of this path or name.
func (f *experimentFlags) load(cmd *cobra.Command, name string) (*experiments.Experiment, experimentSource, error) {
	if cmd.Flags().Changed("max-cells") && f.maxCells < 1 {
		return nil, experimentSource{}, fmt.Errorf("--max-cells %d: it must be at least 1", f.maxCells)
	}
	src, err := findExperiment(name)
	if err != nil {
		return nil, src, err
	}
	if src.bundled != nil {
		typed, _ := f.overrides(cmd)
		src.bundled.apply(f, typed)
	}
	src.overrides, src.typed = f.overrides(cmd)
	defer collectOften()()
	e, err := experiments.Parse(src.data, f.parserOptions(src))
	if err != nil {
		return nil, src, invalid(err)
	}
	e.Warnings = slices.Concat(e.Warnings, src.warnBeside(e), src.warnMissing(e))
	return e, src, nil
}

// collectOften makes the garbage collector run more often, until end is called. It limits
// the memory that parsing a file with 100,000 cells takes.
func collectOften() (end func()) {
	before := debug.SetGCPercent(25)
	return func() { debug.SetGCPercent(before) }
}

// parserOptions returns the options to parse an experiment with.
func (f *experimentFlags) parserOptions(src experimentSource) experiments.Options {
	options := experiments.Options{
		File: src.file, Catalogue: catalogue.New(), CPUs: cmp.Or(f.cpus, runtime.NumCPU()), MaxCells: f.maxCells,
		Profile: f.profile, Set: src.overrides, Spelling: src.typed, Only: f.only, AB: f.ab,
	}
	if !f.runNothing {
		options.Interpreters = src.interpreters
	}
	return options
}

// invalid adds a heading to the problems of an experiment, which are one per line with
// file, line and column. It returns any other error unchanged. It also returns problems
// unchanged if a full or failing disk caused one of them.
func invalid(err error) error {
	var list experiments.Problems
	if !errors.As(err, &list) || fault.InChain(err) != "" {
		return err
	}
	what := "the experiment"
	if !slices.ContainsFunc(list, func(p experiments.Problem) bool { return p.At.Line > 0 || !strings.HasPrefix(p.At.File, "--") }) {
		what = "the command line"
	}
	return fmt.Errorf("%s is not valid\n%w", what, err)
}

// maxFile is the number of bytes read from a file. It is one more than the parser
// accepts, so that the parser can report a file that is too large.
const maxFile = experiments.MaxSource + 1

// findExperiment reads the file of this path or, if there is none, the built-in
// experiment of this name.
func findExperiment(name string) (experimentSource, error) {
	info, err := os.Stat(name)
	// A directory may have the name of an experiment, for example the directory of its results.
	if (errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir()) && slices.Contains(experiments.Shipped(), name) {
		return shippedExperiment(name)
	}
	if err == nil && info.IsDir() {
		return experimentSource{}, directoryError(name)
	}
	if err == nil && bundle.IsArchive(name) {
		return bundledExperiment(name)
	}
	f, err := regular.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return experimentSource{}, noExperiment(name)
	}
	if err != nil {
		return experimentSource{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return experimentSource{}, err
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return experimentSource{}, err
	}
	work, err := os.Getwd()
	return experimentSource{file: name, path: abs, here: hereOf(abs), work: work, data: data}, err
}

// hereOf returns the directory that {here} stands for in an experiment file. For the experiment of a
// results directory it is the directory with the copies of its scripts, if there are any.
func hereOf(path string) string {
	dir := filepath.Dir(path)
	if filepath.Base(path) != "experiment.yaml" {
		return dir
	}
	if _, err := os.Lstat(filepath.Join(dir, journal.FileName)); err != nil {
		return dir
	}
	return cmp.Or(runner.KeptHere(dir), dir)
}

// base returns the directories that relative paths of the experiment refer to.
func (src experimentSource) base() preflight.Base {
	return preflight.Base{Here: src.here, Dir: src.work}
}

// interpreters returns the levels that `found` on the axis python stands for.
func (src experimentSource) interpreters() []string {
	return python.Find(context.Background(), python.Place{Dir: src.work})
}

// directoryError returns the error for an argument that is a directory. It names the command for a
// run in the directory, or the first experiment files in it.
func directoryError(dir string) error {
	text := fmt.Sprintf("%s is a directory; expected %s", dir, experimentArg)
	if _, err := os.Lstat(filepath.Join(dir, journal.FileName)); err == nil {
		return fmt.Errorf("%s\nit contains a run; to continue it: iosweep resume %s", text, oneline.ForShell(dir))
	}
	var files []string
	entries, _ := os.ReadDir(dir) // the names are only advice
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext == ".yaml" || ext == ".yml" {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	const most = 5
	if n := len(files) - most; n > 0 {
		files = append(files[:most], fmt.Sprintf("and %d more", n))
	}
	if len(files) > 0 {
		text += "\nit contains " + strings.Join(files, ", ")
	}
	return errors.New(text)
}

// noExperiment returns the error for an argument that is neither a file nor a name. It
// suggests a similar name.
func noExperiment(name string) error {
	if filepath.Base(name) != name || filepath.Ext(name) != "" {
		advice := ""
		if ext := filepath.Ext(name); ext == ".yaml" || ext == ".yml" {
			advice = "; to create it: iosweep init " + oneline.ForShell(name)
		}
		return fmt.Errorf("no such file: %s%s", name, advice)
	}
	meant := didYouMean(name, experiments.Shipped(), "")
	return fmt.Errorf("no experiment %q%s\ngive %s\nbuilt-in experiments: %s",
		name, meant, experimentArg, strings.Join(experiments.Shipped(), ", "))
}

// shippedExperiment reads a built-in experiment.
func shippedExperiment(name string) (experimentSource, error) {
	data, err := experiments.ReadShipped(name)
	if err != nil {
		return experimentSource{}, err
	}
	here, err := os.Getwd()
	return experimentSource{file: name + ".yaml", here: here, work: here, data: data}, err
}

// missingScripts returns the files {here}/NAME that commands name and that do not exist: those that
// are arguments of their own, or the others. The value is a command.
func (src experimentSource) missingScripts(e *experiments.Experiment, whole bool) map[string]string {
	missing, found := map[string]string{}, map[string]bool{}
	if src.shipped() {
		return missing
	}
	for c, script := range e.Scripts() {
		if script.Whole != whole || found[script.Path] {
			continue
		}
		found[script.Path] = true
		if _, err := os.Stat(filepath.Join(src.here, filepath.FromSlash(script.Path))); err != nil {
			missing[script.Path] = c.Name
		}
	}
	return missing
}

// checkScripts returns an error if an argument of a command is a file {here}/NAME that does not
// exist.
func (src experimentSource) checkScripts(e *experiments.Experiment) error {
	missing := src.missingScripts(e, true)
	var list experiments.Problems
	for _, path := range slices.Sorted(maps.Keys(missing)) {
		list = append(list, experiments.Problem{
			At: e.PositionOf("commands." + missing[path]),
			Message: fmt.Sprintf("the command %q runs {here}/%s, which does not exist; {here} is the directory of the experiment file, %s: copy %s to it, or correct the path",
				missing[path], path, src.here, path),
		})
	}
	if list == nil {
		return nil
	}
	return invalid(list)
}

// warnMissing returns a warning for each file {here}/NAME that does not exist and that a command
// names within an argument or in env. The program may make such a file.
func (src experimentSource) warnMissing(e *experiments.Experiment) (list experiments.Problems) {
	missing := src.missingScripts(e, false)
	for _, path := range slices.Sorted(maps.Keys(missing)) {
		list = append(list, experiments.Problem{
			At:      e.PositionOf("commands." + missing[path]),
			Message: fmt.Sprintf("the command %q names {here}/%s, which does not exist; {here} is the directory of the experiment file, %s", missing[path], path, src.here),
		})
	}
	return list
}

// warnBeside looks for files beside the experiment file, which means in the same directory.
// It returns a warning for each argument of a command that names such a file but has no
// {here}. A command runs in another directory and would not find the file. The placeholder
// {here} stands for the directory of the experiment file. A command with that directory as an
// argument, such as env -C {here}, can find its files.
func (src experimentSource) warnBeside(e *experiments.Experiment) (list experiments.Problems) {
	if src.shipped() {
		return nil
	}
	type use struct{ command, arg string }
	seen := map[use]bool{}
	for c, argv := range e.KnownArgvs() {
		if slices.Contains(c.Run, "{here}") {
			continue // it may go there
		}
		for i, arg := range argv {
			u := use{c.Name, arg}
			// A program without a directory is in PATH.
			if seen[u] || !filepath.IsLocal(arg) || strings.ContainsAny(arg, " \n") || i == 0 && filepath.Base(arg) == arg {
				continue
			}
			seen[u] = true
			if info, err := os.Stat(filepath.Join(src.here, arg)); err != nil || !info.Mode().IsRegular() {
				continue
			}
			list = append(list, experiments.Problem{
				At:      e.PositionOf("commands." + c.Name),
				Message: fmt.Sprintf("the command %q runs in another directory, and may not find %s there; for the file beside the experiment file, write {here}/%s", c.Name, arg, filepath.ToSlash(c.Run[i])),
			})
		}
	}
	return list
}

// runOptions adds the options that depend on the experiment. The scripts of a built-in
// experiment are copied to the results directory, so that the run keeps the code it ran.
func (src experimentSource) runOptions(opt runner.Options, e *experiments.Experiment, out string) (runner.Options, error) {
	opt.Origin = journal.Origin{Source: string(src.data), File: src.path, Dir: src.work, Bundle: src.bundle}
	opt.Overrides, opt.Here, opt.Out, opt.Version = src.overrides, src.here, out, version()
	if !src.shipped() {
		return opt, nil
	}
	var err error
	if opt.Scripts, err = e.ShippedScripts(); err != nil {
		return opt, err
	}
	opt.Here, err = filepath.Abs(out)
	return opt, err
}

// publishedNotes returns findings about the published table of an experiment that need
// no measurement, such as contradictions between its numbers. A user wants to see them
// before a long run.
func publishedNotes(e *experiments.Experiment) []string {
	if table := schedule.PublishedTable(e); table != nil {
		return reproduce.PrintedFindings(*table)
	}
	return nil
}

// shippedByName parses a built-in experiment without overrides.
func shippedByName(name string) (*experiments.Experiment, error) {
	src, err := shippedExperiment(name)
	if err != nil {
		return nil, err
	}
	return experiments.Parse(src.data, experiments.Options{
		File: src.file, Catalogue: catalogue.New(), CPUs: runtime.NumCPU(),
	})
}

// abOf returns the revisions that a run of iosweep ab compares; nil: another command began it.
func abOf(run *journal.Run) *experiments.AB {
	if run.AB == nil {
		return nil
	}
	return new(experiments.AB(*run.AB))
}
