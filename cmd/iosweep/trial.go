package main

import (
	"context"

	"github.com/spf13/cobra"

	"iosweep/runner/trial"
)

// newTrial returns the hidden command that runs one trial. A run starts it as a child
// process.
func newTrial(s streams) *cobra.Command {
	return hidden("trial", "Run one trial: read its spec from standard input, write a measurement to standard output", func(ctx context.Context) error {
		return trial.Trial(ctx, s.in, bare(s.out))
	})
}

// newWorker returns the hidden command of a worker process. A trial starts it.
func newWorker(s streams) *cobra.Command {
	return hidden("worker", "Run the tasks from standard input", func(ctx context.Context) error {
		if err := trial.Worker(ctx, s.in, bare(s.out)); err != nil {
			return &exitError{code: exitFailures} // the parent has the error
		}
		return nil
	})
}

// hidden returns a command for internal use, which help does not list.
func hidden(use, short string, run func(context.Context) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Hidden: true, Args: noArgument, SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) },
	}
}
