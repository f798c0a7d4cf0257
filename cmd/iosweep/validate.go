package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func newValidate(s streams) *cobra.Command {
	var flags experimentFlags
	cmd := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check experiment files and print every problem",
		Long: `Validate checks files by themselves: keys, levels, the grid, baselines, commands.
What depends on the machine (that a tree, a workspace, a program is there) is
checked by plan and run.`,
		Args: some("FILE", anExperiment),
		RunE: func(cmd *cobra.Command, args []string) error {
			bad := 0
			for _, name := range args {
				e, _, err := flags.load(cmd, name)
				if err != nil {
					bad++
					fmt.Fprintln(s.err, unwrapped(err))
					continue
				}
				for _, w := range e.Warnings {
					fmt.Fprintln(s.err, "warning: "+w.String())
				}
				fmt.Fprintf(s.out, "%s: ok, %s\n", name, count(len(e.Cells), "cell"))
			}
			if bad > 0 {
				return &exit{exitUsage, fmt.Errorf("%d of %d files are not valid", bad, len(args))}
			}
			return nil
		},
	}
	flags.register(cmd)
	return cmd
}

// unwrapped is an error without the sentence that introduces it.
func unwrapped(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}
