package main

import (
	"context"

	"github.com/spf13/cobra"

	"iosweep/runner/trial"
)

// newTrial returns the command of the child process of one trial. It is hidden,
// because a run starts it.
func newTrial(s streams) *cobra.Command {
	return &cobra.Command{
		Use:    "trial",
		Short:  "Do one trial: a spec on standard input, a measurement on standard output",
		Hidden: true,
		Args:   none,
		RunE:   func(cmd *cobra.Command, _ []string) error { return trial.Trial(cmd.Context(), s.in, bare(s.out)) },
	}
}

// newWorker returns the command of one process of a strategy that has processes. It
// is hidden, because a trial starts it.
func newWorker(s streams) *cobra.Command {
	return &cobra.Command{
		Use:    "worker",
		Short:  "Do the tasks that come over standard input",
		Hidden: true,
		Args:   none,
		RunE:   func(cmd *cobra.Command, _ []string) error { return work(cmd.Context(), s) },
	}
}

func work(ctx context.Context, s streams) error {
	if err := trial.Worker(ctx, s.in, bare(s.out)); err != nil {
		return &exit{code: exitFailures} // the parent knows why
	}
	return nil
}
