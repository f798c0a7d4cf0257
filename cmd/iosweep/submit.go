package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"iosweep/cluster"
	"iosweep/experiments"
	"iosweep/internal/oneline"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// submitOptions are the flags of `iosweep submit`.
type submitOptions struct {
	experimentFlags
	out         string
	print       bool
	partition   string
	constraint  string
	maxParallel int
	time        string
	shardTime   time.Duration
	earlier     string
	tries       int
	trust       bool
}

func newSubmit(s streams) *cobra.Command {
	var opt submitOptions
	cmd := &cobra.Command{
		Use:   "submit EXPERIMENT | DIR",
		Short: "Run an experiment on the nodes of a Slurm cluster, or submit its missing shards",
		Long: `Submit divides the plan of an experiment into shards, and submits them to Slurm as job
arrays. A shard is a table: a baseline and all cells that are compared with it. Each
runs on a whole node. The directory of --out gets the plan and a copy of this program.
It must be on a file system that all nodes share. merge makes the reports from it.

With a directory of an earlier submit, it submits the shards that are not done and not
queued. Submitting twice is safe. Nodes on which attempts of a shard failed are left out,
as long as there are others. After three attempts without a new round (--tries), a shard
is not submitted again.

With --print it submits nothing, and prints a command line for each shard instead. Any
other launcher can run these, each on a machine of its own.`,
		Example: `  iosweep submit overnight.yaml --partition batch --time 2h -o /shared/night
  iosweep status /shared/night
  iosweep submit /shared/night
  iosweep merge /shared/night
  iosweep submit overnight.yaml --print -o /shared/night | parallel -j 1 --sshloginfile nodes`,
		Args: exactlyOne("EXPERIMENT or DIR", experimentArg+", or the directory of an earlier submit"),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.run(cmd, s, args[0]) },
	}
	opt.register(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&opt.out, "out", "o", "", "the new `directory` of the sweep, on a shared file system (default results/NAME-YYYYMMDD-HHMMSS)")
	flags.BoolVar(&opt.print, "print", false, "print a command line for each shard, and submit nothing")
	flags.StringVar(&opt.partition, "partition", "", "the `partition` of Slurm (default: the default partition of the cluster)")
	flags.StringVar(&opt.constraint, "constraint", "", "run only on nodes with these `features`, so that all have equal hardware")
	flags.IntVar(&opt.maxParallel, "max-parallel", 0, "run at most this `number` of shards at once (default: no limit)")
	flags.StringVar(&opt.time, "time", "", "the `time` limit of a job, such as 2h or 2:00:00 (default: the limit of the partition)")
	flags.DurationVar(&opt.shardTime, "shard-time", 30*time.Minute, "divide a table by rounds if the forecast is longer than this `time`")
	flags.StringVar(&opt.earlier, "earlier", "", "take the forecast from the run in this results `directory` (default: a recent run of the experiment in results)")
	flags.IntVar(&opt.cpus, "cpus", runtime.NumCPU(), "the `number` of cpus of a node, which cpus stands for in the experiment (default: the cpus of this machine)")
	flags.IntVar(&opt.tries, "tries", cluster.DefaultTries, "submit a shard until this `number` of attempts have added nothing")
	flags.BoolVar(&opt.trust, "trust-workspace", false, "accept a workspace that other users could replace by another directory")
	flags.Lookup("cpus").DefValue = "0" // hides it: the usage has the default
	return cmd
}

func (opt *submitOptions) run(cmd *cobra.Command, s streams, arg string) error {
	limit, err := parseTimeLimit(opt.time)
	if err != nil {
		return err
	}
	switch {
	case opt.maxParallel < 0:
		return fmt.Errorf("--max-parallel %d: it must be at least 1", opt.maxParallel)
	case opt.tries < 1:
		return fmt.Errorf("--tries %d: it must be at least 1", opt.tries)
	case opt.cpus < 1:
		return fmt.Errorf("--cpus %d: it must be at least 1", opt.cpus)
	case opt.shardTime <= 0:
		return fmt.Errorf("--shard-time %v: it must be more than 0", opt.shardTime)
	}
	if _, err := exec.LookPath("sbatch"); err != nil && !opt.print {
		return errors.New("sbatch is not in PATH, so this machine cannot submit jobs to Slurm\nrun iosweep submit on a machine of the cluster; for other launchers, --print writes a command line for each shard")
	}
	ctx, withSignal := withSignals(cmd.Context())
	var sweep *cluster.Sweep
	if cluster.IsSweep(arg) {
		if err := onlyOfExperiment(cmd); err != nil {
			return err
		}
		if sweep, err = cluster.Open(arg); err != nil {
			return err
		}
		if err := opt.checkLines(sweep.Dir); err != nil {
			return err
		}
	} else if sweep, err = opt.freeze(cmd, s, arg, limit); err != nil {
		return err
	}
	settings := opt.settings(cmd, sweep, limit)
	return withSignal(opt.submit(ctx, s, sweep, settings))
}

// settings returns the settings of the jobs, from the first submit and the flags.
func (opt *submitOptions) settings(cmd *cobra.Command, sweep *cluster.Sweep, limit time.Duration) cluster.Options {
	settings, flags := sweep.Slurm, cmd.Flags()
	if flags.Changed("partition") {
		settings.Partition = opt.partition
	}
	if flags.Changed("constraint") {
		settings.Constraint = opt.constraint
	}
	if flags.Changed("max-parallel") {
		settings.MaxParallel = opt.maxParallel
	}
	if flags.Changed("time") {
		settings.Time = limit
	}
	return settings
}

// onlyOfExperiment refuses the flags that belong to an experiment if a sweep is submitted again: its plan never
// changes.
func onlyOfExperiment(cmd *cobra.Command) error {
	for _, name := range []string{"profile", "set", "only", "budget", "workspace", "seed", "max-cells", "out", "shard-time", "earlier", "cpus", "trust-workspace"} {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s belongs to the first submit: the plan of a sweep does not change\nto measure another plan, submit the experiment to a new directory", name)
		}
	}
	return nil
}

// freeze makes the directory of a new sweep.
func (opt *submitOptions) freeze(cmd *cobra.Command, s streams, name string, limit time.Duration) (*cluster.Sweep, error) {
	e, src, err := opt.load(cmd, name)
	if err != nil {
		return nil, err
	}
	if err := src.checkScripts(e); err != nil {
		return nil, err
	}
	show := newProgress(s.err, progressRounds)
	for _, w := range e.Warnings {
		show.Warn(w.String())
	}
	if e.Budget > 0 {
		show.Warn("the budget does not apply to a sweep on a cluster: --time limits its jobs")
	}
	out := newResultsName(opt.out, e.Name).unused()
	if cluster.IsSweep(out) {
		return nil, fmt.Errorf("%s contains another sweep; name a new directory with --out, or continue that sweep: iosweep submit %s", out, oneline.ForShell(out))
	}
	if err := runner.Vacant(out); err != nil {
		return nil, err
	}
	if err := opt.checkLines(out); err != nil {
		return nil, err
	}
	plan := schedule.NewPlan(e)
	seconds, err := opt.forecast(show, e)
	if err != nil {
		return nil, err
	}
	shards := cluster.Cut(plan, seconds, opt.shardTime)
	if err := cluster.CheckTime(plan, shards, seconds, limit); err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if err := runner.CreateResults(out); err != nil {
		return nil, err
	}
	options, err := src.runOptions(runner.Options{Only: opt.only}, e, out)
	if err != nil {
		return nil, err
	}
	header, here, warning, err := runner.Freeze(plan, options)
	if err != nil {
		return nil, err
	}
	if warning != "" {
		show.Warn(warning)
	}
	header.ID, header.Machine.CPUs, header.StartedAt = preflight.NewID(), opt.cpus, time.Now().UTC()
	sweep, err := cluster.Freeze(out, program, cluster.Plan{
		Run: header, Here: here, Trust: opt.trust, Shards: shards,
		Slurm: cluster.Options{Partition: opt.partition, Constraint: opt.constraint, MaxParallel: opt.maxParallel, Time: limit},
	})
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.err, "%s with %s in %s: %s in %s\n", units.Count(len(shards), "shard"), units.Count(len(e.Cells), "cell"), units.Count(plan.Rounds, "round"), units.Count(plan.Trials(), "trial"), out)
	return sweep, nil
}

// checkLines refuses a directory whose name breaks the lines of --print: no quotes of sh make it one line.
func (opt *submitOptions) checkLines(dir string) error {
	abs, err := filepath.Abs(dir)
	if err == nil && opt.print && strings.ContainsAny(abs, "\n\r") {
		err = fmt.Errorf("--print writes a line for each shard, and %q has a line break; name another directory", abs)
	}
	return err
}

// forecast returns the seconds of a trial of each cell, from an earlier run, or nil.
func (opt *submitOptions) forecast(show *progress, e *experiments.Experiment) ([]float64, error) {
	before, err := findEarlier(opt.earlier, e.Name, preflight.PlannedCells(e))
	if err != nil || before == nil {
		return nil, err
	}
	show.Preparing(fmt.Sprintf("the forecast is from %s", before.dir))
	return before.seconds, nil
}

// submit submits or prints the missing shards of a sweep.
func (opt *submitOptions) submit(ctx context.Context, s streams, sweep *cluster.Sweep, settings cluster.Options) error {
	if !opt.print {
		// A second submit would not see a job array that sbatch is about to submit. On a file system without locks
		// the directory stays unlocked.
		lock, err := journal.Lock(sweep.Arrays())
		if locked, ok := errors.AsType[*journal.LockedError](err); ok {
			return incomplete(fmt.Errorf("another iosweep submit is working on this sweep: %w", locked))
		}
		if err == nil {
			defer lock.Release()
		}
	}
	left, err := sweep.Remaining(ctx, !opt.print, opt.tries)
	if err != nil {
		return slurmFailed(err)
	}
	dir := oneline.ForShell(sweep.Dir)
	if opt.print {
		for _, m := range left.Missing {
			for _, n := range m.Shards {
				fmt.Fprintf(s.out, "%s shard %s %d\n", oneline.ForShell(sweep.Program()), dir, n)
			}
		}
		adviseAfter(s, sweep, left)
		return nil
	}
	if left.Done+left.Queued > 0 {
		fmt.Fprintf(s.err, "%s done, %d waiting or running\n", units.Count(left.Done, "shard"), left.Queued)
	}
	err = sweep.Submit(ctx, left, settings, func(a cluster.Submitted) {
		without := ""
		if len(a.Without) > 0 {
			without = fmt.Sprintf(", without %s, where attempts failed", strings.Join(a.Without, ", "))
		}
		fmt.Fprintf(s.out, "job %s: %s%s\n", a.Job, cluster.Describe(a.Shards()), without)
	})
	if err != nil {
		if rejected, ok := errors.AsType[*cluster.RejectedError](err); ok && len(rejected.Before) == 0 && !cluster.IsUnreachable(err) {
			return fmt.Errorf("%w\nto try again: iosweep submit %s, with other flags such as --partition, --constraint or --time", err, dir)
		}
		return incomplete(fmt.Errorf("%w\nto submit the others: iosweep submit %s", err, dir))
	}
	if len(left.GivenUp) > 0 {
		return incomplete(fmt.Errorf("%s failed in %d attempts: no further attempt is submitted\nthe reasons: iosweep status %s\nto try again: iosweep submit %s --tries %d",
			cluster.Describe(left.GivenUp), opt.tries, dir, dir, opt.tries+1))
	}
	adviseAfter(s, sweep, left)
	return nil
}

// adviseAfter prints the next command after a submit.
func adviseAfter(s streams, sweep *cluster.Sweep, left *cluster.Remaining) {
	dir := oneline.ForShell(sweep.Dir)
	if left.Done == len(sweep.Shards) {
		fmt.Fprintf(s.err, "all shards are done\nto make the reports: iosweep merge %s\n", dir)
		return
	}
	fmt.Fprintf(s.err, "to see how far it is: iosweep status %s\n", dir)
}

// slurmFailed returns an error with the exit code of a run that cannot continue if Slurm does not answer.
func slurmFailed(err error) error {
	if cluster.IsUnreachable(err) {
		return incomplete(err)
	}
	return err
}

// slurmTime matches the time formats of sbatch(1), with so few digits that no sum overflows.
var slurmTime = regexp.MustCompile(`^(?:(\d{1,4})-)?(\d{1,6})(?::(\d{1,6}))?(?::(\d{1,6}))?$`)

// parseTimeLimit reads a duration such as 2h, or a time in the syntax of Slurm: minutes, minutes:seconds,
// hours:minutes:seconds, days-hours, days-hours:minutes or days-hours:minutes:seconds.
func parseTimeLimit(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	limit, err := time.ParseDuration(text)
	if f := slurmTime.FindStringSubmatch(text); err != nil && f != nil {
		number := func(i int) time.Duration {
			n, _ := strconv.Atoi(f[i])
			return time.Duration(n)
		}
		switch {
		case f[1] != "":
			limit = number(1)*24*time.Hour + number(2)*time.Hour + number(3)*time.Minute + number(4)*time.Second
		case f[4] != "":
			limit = number(2)*time.Hour + number(3)*time.Minute + number(4)*time.Second
		default:
			limit = number(2)*time.Minute + number(3)*time.Second
		}
		err = nil
	}
	if err != nil || limit < time.Minute {
		return 0, fmt.Errorf("--time %q: it must be a time of at least a minute, such as 90m, 2h or 2:00:00", text)
	}
	return limit.Truncate(time.Second), nil
}

// parseSweep parses the experiment of a sweep as it was submitted.
func parseSweep(sweep *cluster.Sweep) (*experiments.Experiment, error) {
	run := &sweep.Run
	var interpreters func() []string
	if len(run.Found) > 0 {
		interpreters = func() []string { return run.Found }
	}
	e, err := experiments.Parse([]byte(run.Origin.Source), experiments.Options{
		File: filepath.Join(sweep.Dir, "experiment.yaml"), Catalogue: catalogue.New(), CPUs: run.Machine.CPUs,
		MaxCells: math.MaxInt, MaxTrials: math.MaxInt64, // submit has checked the limits, on a grid that --only makes smaller
		Profile: run.Profile, Set: run.Overrides, AB: abOf(run), Only: run.Only, Interpreters: interpreters,
	})
	return e, invalid(err)
}
