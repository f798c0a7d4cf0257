package main

import "github.com/spf13/cobra"

// newRoot returns the root command with all subcommands.
func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "iosweep",
		Short: "Run declarative experiments on concurrent file I/O",
		Long: `iosweep reads a grid of file operations, strategies, worker counts and chunk sizes
from one YAML file. It runs each combination in repeated trials on real files,
verifies every outcome, and prints a table of speed-ups with 95% intervals.

  iosweep run quickstart                 print a first table in less than a minute
  iosweep reproduce zip-files            measure a published table on this machine
  iosweep resume results/my-run          continue a run that stopped early
  iosweep submit my.yaml -o /shared/run  run it on the nodes of a Slurm cluster
  iosweep init my-experiment.yaml        write a commented file to start from
  iosweep list                           list operations, strategies and experiments

Exit codes:
  0  all trials succeeded
  1  the run is complete, but a cell failed or was skipped, or an output cannot be written;
     report --check: a file differs from the journal, or there is none; verify: a check failed
  2  wrong usage, or an invalid experiment file
  3  the run is incomplete: the budget is spent, a disk is full or fails, others changed
     the files of the run, or --fail-fast stopped it; iosweep resume continues the run
  4  a cell has an outcome that --fail-on names; reproduce: a published row is contradicted
  129, 130, 131, 143  ended by SIGHUP, SIGINT, SIGQUIT or SIGTERM; completed trials are kept`,
		PersistentPreRunE: refuseEmptyFlags,
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.AddCommand(
		newRun(s), newResume(s), newReproduce(s), newAB(s), newCompare(s), newPlan(s), newValidate(s), newReport(s), newPlot(s), newExport(s), newBundle(s), newVerify(s), newDoctor(s), newList(s), newInit(s), newSchema(s),
		newSubmit(s), newShard(s), newStatus(s), newMerge(s), newCancel(s),
		newVersion(s), newTrial(s), newWorker(s),
	)
	if manPages != nil {
		root.AddCommand(manPages(root))
	}
	root.SetVersionTemplate(versionLine())
	root.SetFlagErrorFunc(flagError)
	requireTopics(root)
	return root
}

// manPages returns the command that writes the man pages. It is nil unless iosweep is built with the tag man.
var manPages func(root *cobra.Command) *cobra.Command
