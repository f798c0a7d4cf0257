package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"iosweep/cluster"
	"iosweep/experiments"
	"iosweep/internal/oneline"
	"iosweep/internal/regular"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

func newShard(s streams) *cobra.Command {
	var trust bool
	cmd := &cobra.Command{
		Use:   "shard DIR N",
		Short: "Run one shard of a sweep on this machine",
		Long: `Shard runs the shard N of a sweep that iosweep submit has made in DIR. It is the job of
the sweep, and any launcher can run it: each shard is one command, on a machine of its
own. It continues after the rounds that earlier attempts have whole.

The exit code is 0 if the shard is done. If an earlier attempt has done it, nothing runs.
SIGTERM makes it abandon the running trial and end with exit code 143. Run it again to
continue.`,
		Example: `  iosweep shard /shared/night 3`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("shard needs DIR and N, found %s\nDIR is the directory of a sweep, and N the number of a shard", units.Count(len(args), "argument"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runShard(cmd, s, args[0], args[1], trust) },
	}
	cmd.Flags().BoolVar(&trust, "trust-workspace", false, "accept a workspace that other users could replace by another directory")
	return cmd
}

func runShard(cmd *cobra.Command, s streams, dir, number string, trust bool) error {
	sweep, err := cluster.Open(dir)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n >= len(sweep.Shards) {
		return fmt.Errorf("there is no shard %q: %s has the shards 0 to %d", number, dir, len(sweep.Shards)-1)
	}
	ctx, withSignal := withSignals(cmd.Context())
	j := shardJob{sweep: sweep, job: cluster.ThisJob(), trust: trust || sweep.Trust, show: newProgress(s.err, progressRounds)}
	j.attempt = sweep.NewAttempt(n, j.job.Name, j.job.Restarts)
	err = j.run(ctx)
	j.show.Close()
	return withSignal(err)
}

// A shardJob is an attempt of a shard in this process.
type shardJob struct {
	sweep   *cluster.Sweep
	job     cluster.Job
	node    journal.Node
	attempt *cluster.Attempt
	from    []*cluster.Attempt // whose rounds are not run again
	trust   bool
	show    *progress
}

// run runs the attempt. If it cannot, a file has the reason, because the output of a job is seldom read.
func (j *shardJob) run(ctx context.Context) error {
	err := j.runAttempt(ctx)
	if err == nil || ctx.Err() != nil || isStopped(err) {
		return err
	}
	failure := cluster.Failure{Node: j.job.Node, At: time.Now().UTC(), Why: oneline.Of(strings.ReplaceAll(err.Error(), "\n", "; "))}
	if skipped, ok := errors.AsType[*skippedError](err); ok {
		failure.Skips = skipped.cells
	}
	err = errors.Join(err, j.attempt.Fail(failure))
	if _, coded := errors.AsType[*exitError](err); !coded {
		err = incomplete(err)
	}
	return err
}

// A stoppedError reports that an attempt was asked to end, or yielded to another one.
type stoppedError struct{ error }

func isStopped(err error) bool {
	_, ok := errors.AsType[*stoppedError](err)
	return ok
}

func (j *shardJob) runAttempt(ctx context.Context) error {
	sweep, n := j.sweep, j.attempt.Shard
	if err := j.checkProgram(); err != nil {
		return err
	}
	if done, err := sweep.FinishLate(n); err != nil {
		return err
	} else if done {
		j.show.Preparing(fmt.Sprintf("shard %d is done", n))
		return nil
	}
	j.node = j.job.ThisNode()
	if err := j.job.CheckWhole(ctx, &j.node); err != nil {
		return err
	}
	e, err := parseSweep(sweep)
	if err != nil {
		return err
	}
	whole := schedule.NewPlan(e)
	if whole.Hash != sweep.Run.PlanHash {
		return fmt.Errorf("the plan of %s is not the one that was submitted (%.12s, now %.12s)\nsubmit the experiment to a new directory", sweep.Dir, sweep.Run.PlanHash, whole.Hash)
	}
	earlier, from, err := sweep.Earlier(n)
	if err != nil {
		return err
	}
	j.from = from
	shard := sweep.Shards[n]
	prep, err := preflight.Prepare(ctx, whole.Part(shard.Cells, shard.First, shard.Last), preflight.Base{Here: sweep.Here, Dir: sweep.Run.Origin.Dir}, j.show.Preparing)
	if err != nil {
		return interrupted(invalid(err), notStarted)
	}
	if err := j.checkSkipped(prep.Cells); err != nil {
		return err
	}
	j.show.names = cellNamesOf(prep.Cells)
	j.node.Machine = runner.MachineOf(prep)
	ending, err := runner.Run(ctx, prep, j.options(ctx, e, earlier))
	return j.conclude(ending, err)
}

// options returns the options of the run.
func (j *shardJob) options(ctx context.Context, e *experiments.Experiment, earlier *journal.Log) runner.Options {
	sweep := j.sweep
	opt := runner.Options{
		Origin: sweep.Run.Origin, Overrides: sweep.Run.Overrides, Only: sweep.Run.Only, Here: sweep.Here, Out: sweep.Dir, Version: version(),
		TrustWorkspace: j.trust, Progress: j.show,
	}
	shard := &runner.Shard{
		Journal: j.attempt.Journal(), Earlier: earlier,
		Attempt: journal.Attempt{Shard: j.attempt.Shard, Binary: sweep.Binary, Node: j.node},
		Check:   func(run *journal.Run) error { return j.checkInputs(run) },
		Yield: func() string {
			if newer := sweep.Newer(j.attempt); newer != nil {
				return fmt.Sprintf("a newer attempt of the shard runs on %s (%s)", newer.Node(), newer.Name)
			}
			return ""
		},
	}
	shard.Deadline = j.job.Deadline(ctx)
	shard.Killed = sweep.KilledOn(j.node.Machine.Host)
	opt.Shard = shard
	return opt
}

// checkProgram refuses another program than the one that was submitted, and an edited experiment.
func (j *shardJob) checkProgram() error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	sum, err := cluster.Sum(program)
	if err != nil {
		return err
	}
	if sum != j.sweep.Binary {
		return fmt.Errorf("%s is not the iosweep of this sweep: its SHA-256 is %.16s, and the sweep has %.16s; results of two programs do not belong in one table\nrun %s", program, sum, j.sweep.Binary, oneline.ForShell(j.sweep.Program()))
	}
	data, err := regular.ReadFile(filepath.Join(j.sweep.Dir, "experiment.yaml"), experiments.MaxSource)
	if err == nil && !journal.SameSource(string(data), j.sweep.Run.Origin.Source) {
		return fmt.Errorf("%s was edited since the sweep was submitted: the plan of a sweep does not change\nrestore it, or submit the edited file to a new directory", filepath.Join(j.sweep.Dir, "experiment.yaml"))
	}
	return err
}

// A skippedError reports that a node cannot run some cells of a shard.
type skippedError struct {
	error
	cells []string
}

// checkSkipped refuses a node that cannot run a cell, because another node may be able to. If an earlier attempt
// has refused the same cells, they are skipped, as on one machine.
func (j *shardJob) checkSkipped(cells []journal.Cell) error {
	list, err := j.sweep.Attempts(j.attempt.Shard)
	if err != nil {
		return err
	}
	refused := func(name string) bool {
		return slices.ContainsFunc(list, func(a *cluster.Attempt) bool { return a.Failure != nil && slices.Contains(a.Failure.Skips, name) })
	}
	var names, why []string
	known := true
	for i := range cells {
		c := &cells[i]
		if c.Skip == "" || c.Optional {
			continue
		}
		names = append(names, c.Name)
		known = known && refused(c.Name)
		if !slices.Contains(why, c.Skip) {
			why = append(why, c.Skip)
		}
	}
	if len(names) == 0 || known {
		return nil
	}
	return &skippedError{fmt.Errorf("the node %s cannot run %s of this shard: %s\ninstall it there; if a second attempt cannot run them either, they are skipped", j.job.Node, units.Count(len(names), "cell"), strings.Join(why, "; ")), names}
}

// checkInputs refuses inputs that differ from the inputs of earlier attempts.
func (j *shardJob) checkInputs(run *journal.Run) error {
	for _, a := range j.from {
		if cell := cluster.OtherInputs(&a.Run, run); cell != "" {
			return fmt.Errorf("the inputs of %s on %s differ from the inputs on %s, where an earlier attempt measured: results of different inputs do not belong in one cell", cell, j.job.Node, a.Node())
		}
	}
	return nil
}

// conclude marks the shard as done, or returns an error that says how the attempt ended.
func (j *shardJob) conclude(ending runner.Ending, err error) error {
	switch {
	case err != nil:
		return incomplete(err)
	case ending.Kind == journal.NoteFinished:
		return j.attempt.Finish(j.from)
	case ending.Kind == journal.NoteFault:
		return incomplete(fmt.Errorf("stopped: the machine failed (%s)\n%s", ending.Why, ending))
	}
	return incomplete(&stoppedError{fmt.Errorf("stopped: %s\nthe completed trials are kept\nto continue: iosweep submit %s", strings.TrimPrefix(ending.Why+": "+ending.String(), ": "), oneline.ForShell(j.sweep.Dir))})
}
