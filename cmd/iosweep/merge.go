package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"iosweep/cluster"
	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/reports"
	"iosweep/runner"
)

// mergeOptions are the flags of `iosweep merge`.
type mergeOptions struct {
	resultsFlags
}

func newMerge(s streams) *cobra.Command {
	var opt mergeOptions
	cmd := &cobra.Command{
		Use:   "merge DIR",
		Short: "Make one journal and all reports of a sweep from its shards",
		Long: `Merge makes one journal from all attempts of a sweep, and then every report, as for a
run of one machine, with the results by node. Each round comes whole from the first
attempt that has it, so a speed-up never spans two nodes. Parts and duplicates are
counted and not used.

The result depends on the files of the attempts alone: merging again gives the same
files. While shards are missing, the exit code is 3 and the reports show the others. The
exit code is 1 if a cell failed or was skipped, as for a run of one machine.`,
		Example: `  iosweep merge /shared/night`,
		Args:    exactlyOne("DIR", sweepArg),
		RunE:    func(_ *cobra.Command, args []string) error { return opt.run(s, args[0]) },
	}
	opt.register(cmd)
	return cmd
}

// sweepArg describes the argument of the commands for a sweep.
const sweepArg = "the directory of a sweep, which iosweep submit makes"

func (opt *mergeOptions) run(s streams, dir string) error {
	if err := opt.check(); err != nil {
		return err
	}
	sweep, err := cluster.Open(dir)
	if err != nil {
		return err
	}
	m, err := sweep.Merge()
	if err != nil {
		return err
	}
	for _, problem := range m.Problems {
		fmt.Fprintln(s.err, "warning: "+problem)
	}
	// Merge does not ask Slurm, so shards that are not done may be queued or running.
	advice := fmt.Sprintf("\nto see why: iosweep status %[1]s\nto submit those that are not queued: iosweep submit %[1]s", oneline.ForShell(dir))
	if len(m.Log.Trials) == 0 {
		return incomplete(fmt.Errorf("no shard has a whole round yet%s", advice))
	}
	if err := journal.WriteFile(filepath.Join(dir, journal.FileName), m.Log); err != nil {
		return incomplete(err)
	}
	d := reports.New(m.Log)
	reportErr := writeReports(dir, d)
	for _, w := range d.Warnings {
		fmt.Fprintln(s.err, "warning: "+w)
	}
	if printErr := opt.print(s, d, dir, reportErr == nil); reportErr == nil {
		reportErr = printErr
	}
	if len(m.Missing) > 0 {
		return incomplete(errors.Join(fmt.Errorf("not done: %s%s", cluster.Describe(m.Missing), advice), reportErr))
	}
	return together(unwritten(reportErr), failuresOfSweep(m.Log))
}

// failuresOfSweep returns an error if a cell failed or was skipped. A sweep cannot be resumed, so there is no advice.
func failuresOfSweep(log *journal.Log) error {
	ending := endingOf(log)
	if ending.Failed+ending.Skipped+ending.Quarantined == 0 {
		return nil
	}
	return &exitError{exitFailures, errors.New(ending.String())}
}

// endingOf counts the failures of a merged run, as a run of one machine does.
func endingOf(log *journal.Log) runner.Ending {
	type slot struct {
		cell, round int
		phase       journal.Phase
	}
	ending := runner.Ending{Kind: journal.NoteFinished, Trials: len(log.Trials)}
	failed, wrong := map[slot]bool{}, map[slot]bool{}
	for i := range log.Trials {
		t := &log.Trials[i]
		at := slot{t.Cell, t.Round, t.Phase}
		failed[at] = t.Status != journal.OK
		wrong[at] = wrong[at] || t.FailedVerification()
	}
	for at := range failed {
		if failed[at] || wrong[at] {
			ending.Failed++
		}
	}
	for i := range log.Run.Cells {
		if c := &log.Run.Cells[i]; c.Skip != "" && !c.Optional {
			ending.Skipped++
		}
	}
	for i := range log.Notes {
		if log.Notes[i].Kind == journal.NoteQuarantined {
			ending.Quarantined++
		}
	}
	return ending
}
