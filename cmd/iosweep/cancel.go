package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"iosweep/cluster"
	"iosweep/internal/oneline"
	"iosweep/internal/units"
)

func newCancel(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "cancel DIR",
		Short: "Cancel the queued and running jobs of a sweep",
		Long: `Cancel ends the jobs of a sweep on Slurm, and waits until it has none of them. Completed
trials are kept. iosweep submit DIR continues the sweep.`,
		Example: `  iosweep cancel /shared/night`,
		Args:    exactlyOne("DIR", sweepArg),
		RunE: func(cmd *cobra.Command, args []string) error {
			sweep, err := cluster.Open(args[0])
			if err != nil {
				return err
			}
			ctx, withSignal := withSignals(cmd.Context())
			said := false
			n, err := sweep.Cancel(ctx, func(left int) {
				if !said {
					fmt.Fprintf(s.err, "waiting for %s to end\n", units.Count(left, "job"))
				}
				said = true
			})
			if err != nil {
				return withSignal(slurmFailed(err))
			}
			fmt.Fprintf(s.out, "%s cancelled; the files in %s are kept\n", units.Count(n, "job"), oneline.Name(args[0]))
			return nil
		},
	}
}
