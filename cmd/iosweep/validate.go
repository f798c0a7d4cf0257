package main

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/internal/units"
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

// mostValidated is the number of cells after which no further profile of a file is
// checked: a hundred profiles may have ten million.
const mostValidated = 200_000

// validate checks one file, by itself and with each of its profiles.
func (f experimentFlags) validate(cmd *cobra.Command, s streams, name string) error {
	e, src, err := f.load(cmd, name)
	if err != nil {
		return unwrapped(err)
	}
	for _, w := range e.Warnings {
		fmt.Fprintln(s.err, "warning: "+w.String())
	}
	for _, note := range notesOn(e) {
		fmt.Fprintln(s.err, "note: "+note)
	}
	cells, profiles := len(e.Cells), e.Profiles
	if f.profile != "" {
		profiles = nil
	}
	e = nil // so that its cells and those of a profile are not in memory at once
	sizes, unchecked := units.Count(cells, "cell"), len(profiles)
	for _, profile := range profiles {
		f.profile = profile
		n, err := f.cells(src)
		if err != nil {
			return fmt.Errorf("with --profile %s:\n%w", profile, err)
		}
		cells += n
		sizes += fmt.Sprintf(", %d with --profile %s", n, profile)
		if unchecked--; cells > mostValidated {
			break
		}
	}
	if unchecked > 0 {
		fmt.Fprintf(s.err, "warning: %s: not checked: the last %s, because those before have %d cells in all; check one with --profile NAME\n", name, units.Count(unchecked, "profile"), cells)
	}
	_, err = fmt.Fprintf(s.people(), "%s: ok, %s\n", name, sizes)
	return err
}

// cells returns how many cells a file has. It leaves no memory taken: the next profile
// may have as many.
func (f *experimentFlags) cells(src experimentSource) (int, error) {
	defer collectOften()()
	e, err := experiments.Parse(src.data, f.parserOptions(src))
	if err != nil {
		return 0, err
	}
	n := len(e.Cells)
	if e = nil; n > mostValidated/100 {
		debug.FreeOSMemory()
	}
	return n, nil
}

// unwrapped are the problems of a file without the sentence that introduces them.
func unwrapped(err error) error {
	if list := experiments.Problems(nil); errors.As(err, &list) {
		return list
	}
	return err
}
