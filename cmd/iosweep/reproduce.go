package main

import "github.com/spf13/cobra"

func newReproduce(s streams) *cobra.Command {
	var opt runOptions
	opt.options.Reproduce = true
	cmd := &cobra.Command{
		Use:   "reproduce EXPERIMENT",
		Short: "Run an experiment and compare it with its published table",
		Long: `Reproduce runs an experiment whose file has a section ` + "`published`" + `. It then compares
each published row with the cells that do the same work, and gives one verdict for
each pair: reproduced, contradicted, limited (this machine has fewer cpus than the
published speed-up needs) or inconclusive. A variant, a cell that does the work of a
row in another way, gets no verdict. Reproduce prints the table, and writes it to
report.md and published.csv.

The exit code is 4 if a row is contradicted by its published method, which is a
separate program. Differences between the row and iosweep's own strategies do not
change the exit code.`,
		Example: `  iosweep reproduce save-files --profile quick
  iosweep reproduce zip-files --workspace /mnt/disk -o results/zip`,
		Args: exactlyOne("EXPERIMENT", experimentArg),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.run(cmd, s, args[0]) },
	}
	opt.register(cmd)
	return cmd
}
