package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"iosweep/experiments"
)

func newValidate(s streams) *cobra.Command {
	var flags experimentFlags
	cmd := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check experiment files and print every problem",
		Long: `Validate checks files by themselves: keys, levels, the grid, baselines, commands.
What depends on the machine (that a tree, a workspace, a program is there) is
checked by plan and run. Without --profile, every profile is checked too.`,
		Args: some("FILE", anExperiment),
		RunE: func(cmd *cobra.Command, args []string) error {
			bad := 0
			for _, name := range args {
				if err := flags.validate(cmd, s, name); err != nil {
					bad++
					fmt.Fprintln(s.err, err)
				}
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

// validate checks one file, by itself and with each of its profiles.
func (f experimentFlags) validate(cmd *cobra.Command, s streams, name string) error {
	e, _, err := f.load(cmd, name)
	if err != nil {
		return unwrapped(err)
	}
	for _, w := range e.Warnings {
		fmt.Fprintln(s.err, "warning: "+w.String())
	}
	for _, note := range notesOn(e) {
		fmt.Fprintln(s.err, "note: "+note)
	}
	sizes := count(len(e.Cells), "cell")
	if f.profile == "" {
		for _, profile := range e.Profiles {
			f.profile = profile
			laid, _, err := f.load(cmd, name)
			if err != nil {
				return fmt.Errorf("with --profile %s:\n%w", profile, unwrapped(err))
			}
			sizes += fmt.Sprintf(", %d with --profile %s", len(laid.Cells), profile)
		}
	}
	_, err = fmt.Fprintf(s.people(), "%s: ok, %s\n", name, sizes)
	return err
}

// unwrapped are the problems of a file without the sentence that introduces them.
func unwrapped(err error) error {
	if list := experiments.Problems(nil); errors.As(err, &list) {
		return list
	}
	return err
}
