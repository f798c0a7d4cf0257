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
files. While shards are missing, the exit code is 3 and the reports show the others.`,
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
		return incomplete(errors.Join(fmt.Errorf("%s not done%s", cluster.Describe(m.Missing), advice), reportErr))
	}
	return unwritten(reportErr)
}
