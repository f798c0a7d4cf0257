package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// People forget the argument more often than anything else, so messages name it and
// say what it may be. Cobra only counts.

// one accepts exactly one argument, called name.
func one(name, whatItIs string) cobra.PositionalArgs {
	return between(1, 1, "needs one", name, whatItIs)
}

// atMostOne accepts no argument or one, called name.
func atMostOne(name, whatItIs string) cobra.PositionalArgs {
	return between(0, 1, "takes at most one", name, whatItIs)
}

func between(least, most int, rule, name, whatItIs string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if least <= len(args) && len(args) <= most {
			return filled(args, name, whatItIs)
		}
		return fmt.Errorf("%s %s %s, found %d arguments; %s is %s", cmd.Name(), rule, name, len(args), name, whatItIs)
	}
}

// Descriptions of arguments that several commands take.
const (
	anExperiment = "a path, or a name that iosweep list experiments shows"
	aRun         = "the results directory of a run"
)

// some accepts one or more arguments, called name.
func some(name, whatItIs string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return filled(args, name, whatItIs)
		}
		return fmt.Errorf("%s needs at least one %s: %s", cmd.Name(), name, whatItIs)
	}
}

// none accepts no argument.
func none(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%s takes no argument, found %q", cmd.Name(), args[0])
}

// filled refuses an empty argument, which a script's unset variable gives. As a path it
// would be the working directory.
func filled(args []string, name, whatItIs string) error {
	if slices.Contains(args, "") {
		return fmt.Errorf("%s is empty; it is %s", name, whatItIs)
	}
	return nil
}

// filledFlags refuses flags that are given and empty. The parser of experiments checks
// the workspace and the flags that may be repeated.
func filledFlags(cmd *cobra.Command, _ []string) error {
	for _, name := range []string{"out", "extend", "earlier", "profile", "budget", "format", "margin"} {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed && f.Value.String() == "" {
			return fmt.Errorf("--%s is empty; give it a value, or leave it out", name)
		}
	}
	return nil
}

// flagError puts an error of a flag into plain words.
func flagError(_ *cobra.Command, err error) error {
	text := err.Error()
	if before, _, ok := strings.Cut(text, ": strconv.ParseBool"); ok {
		return fmt.Errorf("%s: it is true or false", before)
	}
	if before, _, ok := strings.Cut(text, ": strconv."); ok {
		return fmt.Errorf("%s: it is a whole number", before)
	}
	return err
}

// requireTopics makes cobra's help and completion refuse what they do not know. They
// would print something else and exit with 0.
func requireTopics(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				if _, rest, err := root.Find(args); err != nil || len(rest) > 0 {
					return fmt.Errorf("help %s: there is no such command; iosweep help lists them", strings.Join(args, " "))
				}
				return nil
			}
		case "completion":
			var shells []string
			for _, shell := range cmd.Commands() {
				shells = append(shells, shell.Name())
			}
			cmd.Args = cobra.ArbitraryArgs
			cmd.RunE = func(_ *cobra.Command, args []string) error {
				return fmt.Errorf("completion needs one shell, found %q; it is one of %s", args, strings.Join(shells, ", "))
			}
		}
	}
}

// atMostOneOf accepts no argument or one of these words.
func atMostOneOf(words ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 || len(args) == 1 && slices.Contains(words, args[0]) {
			return nil
		}
		return fmt.Errorf("%s %s: expected nothing or one of %s", cmd.Name(), strings.Join(args, " "), strings.Join(words, ", "))
	}
}
