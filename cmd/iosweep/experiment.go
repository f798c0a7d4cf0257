package main

import (
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
	"iosweep/experiments"
	"iosweep/internal/fault"
	"iosweep/internal/regular"
	"iosweep/journal"
	"iosweep/runner"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// experimentFlags are the flags of every command that reads an experiment.
type experimentFlags struct {
	profile   string
	set       []string
	only      []string
	budget    string
	workspace string
	seed      int64
	maxCells  int
}

func (f *experimentFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.profile, "profile", "", "lay a profile of the experiment over it, as in quick: `NAME` under profiles")
	flags.StringArrayVar(&f.set, "set", nil, "override a key: `PATH=VALUE`, as in grid.workers=1,2,4 or trials.repeats=3 (repeatable)")
	flags.StringArrayVar(&f.only, "only", nil, "run only the cells that match `AXIS=VALUE,...`, as in strategy=threads,workers=2,4, and their baselines (repeatable)")
	flags.StringVar(&f.budget, "budget", "", "stop before this much `time` has passed, as in 8h")
	flags.StringVar(&f.workspace, "workspace", "", "the `directory`, so the file system, under test")
	flags.Int64Var(&f.seed, "seed", 0, "of the order of trials")
	flags.IntVar(&f.maxCells, "max-cells", experiments.DefaultMaxCells, "refuse a grid of more cells")
}

// overrides returns all overrides as PATH=VALUE, and how those were typed that have
// a flag of their own. They come last: a person who writes both means the plain one.
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

// An experimentSource is an experiment file and where it was found.
type experimentSource struct {
	file string // as it stands in messages
	path string // absolute; empty for one that comes with iosweep
	here string // the directory of the file, absolute; of a shipped one, the working directory
	work string // the working directory, absolute
	data []byte

	overrides []string          // PATH=VALUE
	typed     map[string]string // how some of them were written
}

// shipped reports whether the experiment comes with iosweep.
func (src experimentSource) shipped() bool { return src.path == "" }

// load reads and checks the experiment that an argument names.
func (f *experimentFlags) load(cmd *cobra.Command, name string) (*experiments.Experiment, experimentSource, error) {
	if cmd.Flags().Changed("max-cells") && f.maxCells < 1 {
		return nil, experimentSource{}, fmt.Errorf("--max-cells %d: it is at least 1", f.maxCells)
	}
	src, err := findExperiment(name)
	if err != nil {
		return nil, src, err
	}
	src.overrides, src.typed = f.overrides(cmd)
	defer collectOften()()
	e, err := experiments.Parse(src.data, f.parserOptions(src))
	if err != nil {
		return nil, src, invalid(err)
	}
	return e, src, nil
}

// collectOften keeps the garbage of a file of a megabyte from piling up beside its
// 100,000 cells while it is checked. The function that it returns ends that.
func collectOften() (end func()) {
	before := debug.SetGCPercent(25)
	return func() { debug.SetGCPercent(before) }
}

// parserOptions returns those that an experiment is parsed with.
func (f *experimentFlags) parserOptions(src experimentSource) experiments.Options {
	return experiments.Options{
		File: src.file, Catalogue: catalogue.New(), CPUs: runtime.NumCPU(), MaxCells: f.maxCells,
		Profile: f.profile, Set: src.overrides, Spelling: src.typed, Only: f.only,
	}
}

// invalid returns the error of an experiment that is refused: its problems, each on
// a line that an editor can follow. A full disk makes no experiment invalid.
func invalid(err error) error {
	var list experiments.Problems
	if !errors.As(err, &list) || fault.Within(err) != "" {
		return err
	}
	return fmt.Errorf("the experiment is not valid\n%w", err)
}

// maxFile is how much of a file is read: one byte more than the parser accepts, so that
// it can say that there is more.
const maxFile = experiments.MaxSource + 1

// findExperiment reads the file with that path, or else the shipped experiment
// of that name.
func findExperiment(name string) (experimentSource, error) {
	info, err := os.Stat(name)
	// A directory may well be called like an experiment: it may hold its results.
	if (errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir()) && slices.Contains(experiments.Shipped(), name) {
		return shippedExperiment(name)
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
	return experimentSource{file: name, path: abs, here: filepath.Dir(abs), work: work, data: data}, err
}

// base returns where relative paths of the experiment begin.
func (src experimentSource) base() preflight.Base {
	return preflight.Base{Here: src.here, Dir: src.work}
}

// noExperiment returns an error that says what was probably meant: a path, or a name.
func noExperiment(name string) error {
	if filepath.Base(name) != name || filepath.Ext(name) != "" {
		return fmt.Errorf("no such file: %s", name)
	}
	meant := ""
	if near := experiments.Nearest(name, experiments.Shipped()); near != "" {
		meant = fmt.Sprintf("did you mean %q? ", near)
	}
	return fmt.Errorf("no experiment %q: %sit is neither a file nor one that comes with iosweep (%s)",
		name, meant, strings.Join(experiments.Shipped(), ", "))
}

func shippedExperiment(name string) (experimentSource, error) {
	data, err := experiments.ReadShipped(name)
	if err != nil {
		return experimentSource{}, err
	}
	here, err := os.Getwd()
	return experimentSource{file: name + ".yaml", here: here, work: here, data: data}, err
}

// checkBeside refuses commands whose files are not beside the experiment.
func (src experimentSource) checkBeside(e *experiments.Experiment) error {
	if src.shipped() {
		return nil
	}
	var list experiments.Problems
	files := e.ScriptPaths()
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if _, err := os.Stat(filepath.Join(src.here, filepath.FromSlash(path))); err != nil {
			list = append(list, experiments.Problem{
				At: e.PositionOf("commands." + files[path]),
				Message: fmt.Sprintf("the command %q runs {here}/%s, and there is no such file in %s (the scripts of an experiment that comes with iosweep lie in the results of its runs)",
					files[path], path, src.here),
			})
		}
	}
	if list == nil {
		return nil
	}
	return invalid(list)
}

// runOptions adds to the options of a run what follows from its experiment. The scripts
// of a shipped one go into the results, because a run keeps what it ran.
func (src experimentSource) runOptions(opt runner.Options, e *experiments.Experiment, out string) (runner.Options, error) {
	opt.Origin = journal.Origin{Source: string(src.data), File: src.path, Dir: src.work}
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

// notesOn returns what is odd about the published table of an experiment by itself.
// The person who copied it wants to know before a night of measuring.
func notesOn(e *experiments.Experiment) []string {
	if table := schedule.PublishedTable(e); table != nil {
		return reproduce.PrintedFindings(*table)
	}
	return nil
}

// shippedByName returns an experiment that comes with iosweep, without overrides.
func shippedByName(name string) (*experiments.Experiment, error) {
	src, err := shippedExperiment(name)
	if err != nil {
		return nil, err
	}
	return experiments.Parse(src.data, experiments.Options{
		File: src.file, Catalogue: catalogue.New(), CPUs: runtime.NumCPU(),
	})
}
