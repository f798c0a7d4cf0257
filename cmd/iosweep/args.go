package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/internal/lazyregexp"
	"iosweep/internal/units"
)

// The messages of cobra only count the arguments. The validators below also name the
// missing argument and describe it.

// exactlyOne accepts one argument. name and description appear in messages.
func exactlyOne(name, description string) cobra.PositionalArgs {
	return between(1, 1, "needs one", name, description)
}

// atMostOne accepts no argument or one.
func atMostOne(name, description string) cobra.PositionalArgs {
	return between(0, 1, "takes at most one", name, description)
}

func between(least, most int, rule, name, description string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if least <= len(args) && len(args) <= most {
			return refuseEmpty(args, name, description)
		}
		return fmt.Errorf("%s %s %s, found %s\n%s is %s", cmd.Name(), rule, name, units.Count(len(args), "argument"), name, description)
	}
}

// Descriptions of arguments that several commands take.
const (
	experimentArg = "the path of an experiment file or of a bundle, or a name from iosweep list experiments"
	runArg        = "the results directory of a run"
)

// atLeastOne accepts one or more arguments.
func atLeastOne(name, description string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return refuseEmpty(args, name, description)
		}
		return fmt.Errorf("%s needs at least one %s\n%s is %s", cmd.Name(), name, name, description)
	}
}

// noArgument accepts no argument.
func noArgument(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%s takes no argument, found %q", cmd.Name(), args[0])
}

// refuseEmpty returns an error if an argument is empty, as an unset shell variable is. An
// empty path would mean the working directory.
func refuseEmpty(args []string, name, description string) error {
	if slices.Contains(args, "") {
		return fmt.Errorf("%s is empty; it must be %s", name, description)
	}
	return nil
}

// refuseEmptyFlags returns an error if a flag is given an empty value. The workspace and
// the repeatable flags are checked by the parser of experiments.
func refuseEmptyFlags(cmd *cobra.Command, _ []string) error {
	for _, name := range []string{"out", "extend", "earlier", "profile", "budget", "format", "margin", "kind", "x", "y", "width", "font", "baseline", "rows", "progress", "fail-on", "partition", "constraint", "time", "head", "license"} {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed && (f.Value.String() == "" || f.Value.String() == "[]") { // an empty list has brackets
			return fmt.Errorf("--%s is empty; give it a value, or omit it", name)
		}
	}
	return nil
}

// flagError replaces an error of strconv by the values that the flag accepts, and adds
// advice to the error of an unknown flag.
func flagError(cmd *cobra.Command, err error) error {
	text := err.Error()
	if strings.HasPrefix(text, "unknown ") {
		if name, ok := strings.CutPrefix(text, "unknown flag: --"); ok {
			text += similarFlag(cmd, name)
		}
		return fmt.Errorf("%s\nto list the flags: %s --help", text, cmd.CommandPath())
	}
	if before, _, ok := strings.Cut(text, ": strconv.ParseBool"); ok {
		return fmt.Errorf("%s: it must be true or false", before)
	}
	if before, _, ok := strings.Cut(text, ": strconv."); ok {
		return fmt.Errorf("%s: it must be a whole number", before)
	}
	return err
}

// flagInUsage matches the name of a flag in the usage text of a command. To visit the flags
// themselves would take a direct dependency on the flag library of cobra.
var flagInUsage = lazyregexp.New(`(?m)^ +(?:-\w, )?--([a-z-]+)`)

// similarFlag returns a question with the flag that the user probably means. It returns "" if
// no flag and no key of an experiment is similar.
func similarFlag(cmd *cobra.Command, name string) string {
	name = strings.ReplaceAll(name, "_", "-")
	var flags []string
	for _, m := range flagInUsage().FindAllStringSubmatch(cmd.Flags().FlagUsages(), -1) {
		flags = append(flags, m[1])
	}
	meant := experiments.Similar(name, flags)
	if key := experiments.KeyPath(strings.ReplaceAll(name, "-", "_")); meant == "" && key != "" && cmd.Flags().Lookup("set") != nil {
		meant = "set " + key + "=VALUE"
	}
	if meant == "" {
		return ""
	}
	return ": did you mean --" + meant + "?"
}

// didYouMean returns a question with the word that is most similar to a refused one, for the
// place after the refused word in a message. It returns end if none is similar.
func didYouMean(word string, words []string, end string) string {
	if near := experiments.Similar(word, words); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return end
}

// exclusive matches the error of cobra for flags that exclude each other.
var exclusive = lazyregexp.New(`^if any flags in the group \[(\S+) (\S+)\] are set none of the others can be`)

// plainError replaces the error of cobra for flags that exclude each other, which names them
// twice.
func plainError(err error) error {
	if err == nil {
		return nil
	}
	if flags := exclusive().FindStringSubmatch(err.Error()); flags != nil {
		return fmt.Errorf("--%s and --%s cannot be used together", flags[1], flags[2])
	}
	return err
}

// requireTopics makes the help and completion commands of cobra refuse unknown topics. By
// default they print something else and exit with 0.
func requireTopics(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				if _, rest, err := root.Find(args); err != nil || len(rest) > 0 {
					return fmt.Errorf("help %s: there is no such command; iosweep help lists the commands", strings.Join(args, " "))
				}
				return nil
			}
		case "completion":
			var shells []string
			for _, shell := range cmd.Commands() {
				shells = append(shells, shell.Name())
				if shell.Name() == "bash" {
					mendBash(shell)
				}
			}
			cmd.Args = cobra.ArbitraryArgs
			cmd.RunE = func(_ *cobra.Command, args []string) error {
				return fmt.Errorf("completion needs one shell, found %s; expected one of %s", cmp.Or(strings.Join(args, " "), "none"), strings.Join(shells, ", "))
			}
		}
	}
}

// atMostOneOf accepts no argument, or one of these words.
func atMostOneOf(words ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 || len(args) == 1 && slices.Contains(words, args[0]) {
			return nil
		}
		return fmt.Errorf("%s %s: expected no argument, or one of %s", cmd.Name(), strings.Join(args, " "), strings.Join(words, ", "))
	}
}
