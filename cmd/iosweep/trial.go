package main

import (
	"context"

	"github.com/spf13/cobra"

	"iosweep/runner/trial"
)

// newTrial returns the command of the child process of one trial. A run starts it.
func newTrial(s streams) *cobra.Command {
	return hidden("trial", "Do one trial: a spec on standard input, a measurement on standard output", func(ctx context.Context) error {
		return trial.Trial(ctx, s.in, bare(s.out))
	})
}

// newWorker returns the command of one process of a strategy that has processes. A
// trial starts it.
func newWorker(s streams) *cobra.Command {
	return hidden("worker", "Do the tasks that come over standard input", func(ctx context.Context) error {
		if err := trial.Worker(ctx, s.in, bare(s.out)); err != nil {
			return &exit{code: exitFailures} // the parent knows why
		}
		return nil
	})
}

// hidden returns a command that no person gives.
func hidden(use, short string, run func(context.Context) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Hidden: true, Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) },
	}
}
