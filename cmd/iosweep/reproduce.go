package main

import "github.com/spf13/cobra"

func newReproduce(s streams) *cobra.Command {
	var opt runOptions
	opt.options.Reproduce = true
	cmd := &cobra.Command{
		Use:   "reproduce EXPERIMENT",
		Short: "Run an experiment and hold it against its published table",
		Long: `Reproduce runs an experiment whose file has a section ` + "`published`" + `, as run does, and
gives every published row a verdict for each cell that does what it says: reproduced,
contradicted, limited (this machine has fewer cpus than the published speed-up
needs) or inconclusive. The table stands on standard output, in report.md and in
published.csv.

It exits with 4 if a row is contradicted by its own published method, which is a
program of its own. That a strategy of iosweep's does better or worse is a result
like any other.`,
		Example: `  iosweep reproduce save-files --profile quick
  iosweep reproduce zip-files --workspace /mnt/disk -o results/zip`,
		Args: one("EXPERIMENT", anExperiment),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.run(cmd, s, args[0]) },
	}
	opt.register(cmd)
	return cmd
}
