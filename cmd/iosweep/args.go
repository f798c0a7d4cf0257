package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// What people forget most often is the argument, so its name and what it may be
// are said; cobra only counts.

// one is exactly one argument, called name.
func one(name, whatItIs string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fmt.Errorf("%s needs one %s, found %d arguments; %s is %s", cmd.Name(), name, len(args), name, whatItIs)
	}
}

// What the arguments of several commands are.
const (
	anExperiment = "a path, or a name that iosweep list experiments shows"
	aRun         = "the results directory of a run"
)

// some is at least one argument, called name.
func some(name, whatItIs string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return nil
		}
		return fmt.Errorf("%s needs at least one %s: %s", cmd.Name(), name, whatItIs)
	}
}

// atMostOneOf is no argument or one of these words.
func atMostOneOf(words ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 || len(args) == 1 && slices.Contains(words, args[0]) {
			return nil
		}
		return fmt.Errorf("%s %s: expected nothing or one of %s", cmd.Name(), strings.Join(args, " "), strings.Join(words, ", "))
	}
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
