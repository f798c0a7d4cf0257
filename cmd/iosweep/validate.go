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
		Long: `Validate checks keys, levels, the grid, baselines and commands of experiment files. It
does not look at the machine: plan and run check whether a tree, a workspace or a
program exists. Without --profile, validate also checks every profile of a file.`,
		Args: atLeastOne("FILE", experimentArg),
		RunE: func(cmd *cobra.Command, args []string) error {
			bad := 0
			for _, name := range args {
				if err := flags.validate(cmd, s, name); err != nil {
					bad++
					fmt.Fprintln(s.err, err)
				}
			}
			if bad > 0 {
				return &exitError{exitUsage, fmt.Errorf("%d of %s %s not valid", bad, units.Count(len(args), "file"), are(bad))}
			}
			return nil
		},
	}
	flags.register(cmd)
	return cmd
}

// are returns the verb for a number of things.
func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// mostValidated limits the number of cells in one file. If the checked profiles have more
// cells together, the remaining profiles are not checked. 100 profiles can have 10 million
// cells together.
const mostValidated = 200_000

// validate checks one file, without a profile and with each of its profiles.
func (f experimentFlags) validate(cmd *cobra.Command, s streams, name string) error {
	f.runNothing = true
	e, src, err := f.load(cmd, name)
	if err != nil {
		return unwrapped(err)
	}
	for _, w := range e.Warnings {
		fmt.Fprintln(s.err, "warning: "+w.String())
	}
	for _, note := range publishedNotes(e) {
		fmt.Fprintln(s.err, "note: "+note)
	}
	cells, profiles := len(e.Cells), e.Profiles
	if f.profile != "" {
		profiles = nil
	}
	e = nil // frees its cells before a profile is parsed
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
		fmt.Fprintf(s.err, "warning: %s: did not check the last %s, because the others have %d cells together; to check one: --profile NAME\n", name, units.Count(unchecked, "profile"), cells)
	}
	_, err = fmt.Fprintf(s.people(), "%s: ok, %s\n", name, sizes)
	return err
}

// cells returns the number of cells of a file. It frees the memory of a large file at
// once, because the next profile may need as much.
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

// unwrapped returns the problems of a file without the heading that invalid adds.
func unwrapped(err error) error {
	if list := experiments.Problems(nil); errors.As(err, &list) {
		return list
	}
	return err
}
