package main

import "github.com/spf13/cobra"

// newRoot returns the program's commands.
func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "iosweep",
		Short: "Run declarative experiments on concurrent file I/O",
		Long: `iosweep runs a grid of file operations, strategies, worker counts and chunk
sizes from one YAML file: repeated trials on real files, every outcome verified,
and a table of speed-ups with honest intervals.

  iosweep run quickstart                 a first table, in under a minute
  iosweep reproduce zip-files            a published table, measured here
  iosweep resume results/my-run          go on with a run that was cut short
  iosweep init my-experiment.yaml        a commented file to start from
  iosweep list                           what can be combined with what

Exit codes: 0 every trial good; 1 done, but a cell failed or was skipped, or an output
cannot be written; 2 usage or an invalid file; 3 incomplete (budget, a disk that is full
or fails, a run that others changed, --fail-fast): resume goes on;
4 reproduce found that a published row is contradicted, or compare what --fail-on names;
129, 130, 131 and 143 ended by SIGHUP, SIGINT, SIGQUIT and SIGTERM, with all that was measured kept.`,
		PersistentPreRunE: filledFlags,
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.AddCommand(
		newRun(s), newResume(s), newReproduce(s), newCompare(s), newPlan(s), newValidate(s), newReport(s), newExport(s), newDoctor(s), newList(s), newInit(s), newSchema(s),
		newVersion(s), newTrial(s), newWorker(s),
	)
	root.SetVersionTemplate(versionLine())
	root.SetFlagErrorFunc(flagError)
	requireTopics(root)
	return root
}
