package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/catalogue"
)

// A completer returns the words that can replace an incomplete one. args are the arguments before it.
type completer func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective)

const (
	noFiles = cobra.ShellCompDirectiveNoFileComp
	noSpace = noFiles | cobra.ShellCompDirectiveNoSpace
)

// mendBash corrects cobra's script for bash, which removes the part before the last = from a completed word. The word
// is quoted, but that part is not, so strategy=sequential,workers= would be inserted twice.
func mendBash(bash *cobra.Command) {
	const removal = `COMPREPLY[idx]=${COMPREPLY[idx]#"$word"}`
	bash.RunE = func(cmd *cobra.Command, _ []string) error {
		without, _ := cmd.Flags().GetBool("no-descriptions")
		var b strings.Builder
		if err := cmd.Root().GenBashCompletionV2(&b, !without); err != nil {
			return err
		}
		script := strings.Replace(b.String(), removal, removal+`; COMPREPLY[idx]=${COMPREPLY[idx]#"$(printf %q "$word")"}`, 1)
		_, err := io.WriteString(cmd.OutOrStdout(), script)
		return err
	}
}

// completeArguments adds completion of the arguments to all commands, by the names in their usage lines.
func completeArguments(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		if cmd.ValidArgsFunction != nil || cmd.ValidArgs != nil || cmd.Hidden {
			continue
		}
		var kinds []completer
		for _, word := range strings.Fields(cmd.Use)[1:] {
			word = strings.Trim(word, "()[].")
			switch {
			case cmd.Name() == "submit": // an experiment, or the directory of a sweep
				kinds = []completer{either(completeExperiment, completeRun)}
			case cmd.Name() == "ab" && word != "EXPERIMENT":
				kinds = append(kinds, completeNothing) // a revision
			case word == "EXPERIMENT":
				kinds = append(kinds, completeExperiment)
			case cmd.Name() == "verify":
				kinds = append(kinds, filesWith(".zip"))
			case cmd.Name() == "doctor":
				kinds = append(kinds, completeDirectory)
			case word == "FILE":
				kinds = append(kinds, filesWith(".yaml", ".yml"))
			case slices.Contains([]string{"DIR", "BASE", "NEW"}, word):
				kinds = append(kinds, completeRun)
			}
		}
		cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			switch i := len(args); {
			case i < len(kinds):
				return kinds[i](cmd, args, word)
			case strings.HasSuffix(cmd.Use, "...") && len(kinds) > 0:
				return kinds[len(kinds)-1](cmd, args, word)
			}
			return nil, noFiles
		}
	}
	for name, complete := range flagCompleters {
		for _, cmd := range root.Commands() {
			if _, known := cmd.GetFlagCompletionFunc(name); cmd.Flags().Lookup(name) != nil && !known {
				_ = cmd.RegisterFlagCompletionFunc(name, complete) // the flag exists
			}
		}
	}
}

// flagCompleters complete the values of flags with these names. A command may have one of its own.
var flagCompleters = map[string]completer{
	"only": completeFilter, "baseline": completeFilter, "set": completeSet, "profile": completeProfile,
	"workspace": completeDirectory, "earlier": completeRun, "base": completeRun, "new": completeRun, "extend": filesWith(".yaml", ".yml"),
	"progress": wordsOf(progressTrials, progressRounds, progressNone), "rows": wordsOf("all"), "format": completeFormat,
	"budget": completeNothing, "seed": completeNothing, "max-cells": completeNothing, "margin": completeNothing, "width": completeNothing,
	"font": completeNothing, "title": completeNothing, "license": completeNothing, "head": completeNothing, "partition": completeNothing,
	"constraint": completeNothing, "max-parallel": completeNothing, "time": completeNothing, "shard-time": completeNothing,
	"cpus": completeNothing, "tries": completeNothing,
}

func completeNothing(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, noFiles
}

func completeDirectory(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

func wordsOf(words ...string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return words, noFiles }
}

// completeFormat returns the formats of the output of a command.
func completeFormat(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	switch cmd.Name() {
	case "export":
		return formatNames(), noFiles
	case "compare":
		return []string{"text", "markdown", "csv", "json"}, noFiles
	case "ab":
		return []string{"text", "json", "markdown"}, noFiles
	}
	return []string{"text", "json"}, noFiles
}

// either returns the words of several completers.
func either(list ...completer) completer {
	return func(cmd *cobra.Command, args []string, word string) (words []string, directive cobra.ShellCompDirective) {
		for _, complete := range list {
			more, d := complete(cmd, args, word)
			words, directive = append(words, more...), directive|d
		}
		slices.Sort(words)
		return slices.Compact(words), directive
	}
}

// completeExperiment returns the built-in experiments, experiment files and bundles.
func completeExperiment(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	files, directive := filesWith(".yaml", ".yml", ".zip")(cmd, args, word)
	var words []string
	for _, name := range experiments.Shipped() {
		if strings.HasPrefix(name, word) {
			words = append(words, name)
		}
	}
	if words != nil {
		directive = noFiles
	}
	return append(words, files...), directive
}

// filesWith completes the paths of files with one of these extensions.
func filesWith(extensions ...string) completer {
	return func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		return paths(word, func(path string, isDir bool) bool { return !isDir && slices.Contains(extensions, filepath.Ext(path)) })
	}
}

// completeRun completes the results directories of runs, and those below results.
func completeRun(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	isRun := func(path string, isDir bool) bool {
		_, err := os.Lstat(filepath.Join(path, journal.FileName))
		return isDir && err == nil
	}
	words, directive := paths(word, isRun)
	if word == "" {
		if below, _ := paths("results/", isRun); len(below) > 0 {
			return append(slices.DeleteFunc(words, func(w string) bool { return w == "results/" }), below...), noFiles
		}
	}
	return words, directive
}

// paths returns the paths that begin with a word and are wanted, and the other directories with a slash.
func paths(word string, wanted func(path string, isDir bool) bool) (list []string, directive cobra.ShellCompDirective) {
	if strings.HasPrefix(word, "~") || strings.HasPrefix(word, "$") {
		return nil, cobra.ShellCompDirectiveDefault // only the shell knows these directories
	}
	dir, base := filepath.Split(word)
	entries, _ := os.ReadDir(filepath.Clean(dir + ".")) // without a directory, there is nothing to complete
	directive = noFiles
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || strings.HasPrefix(name, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		info, err := os.Stat(dir + name)
		switch {
		case err != nil:
		case wanted(dir+name, info.IsDir()):
			list = append(list, dir+name)
		case info.IsDir():
			list = append(list, dir+name+"/")
			directive = noSpace
		}
	}
	return list, directive
}

// levelsFor returns the levels of each axis of the run or experiment that the arguments name, or else those that
// exist.
func levelsFor(cmd *cobra.Command, args []string) (axes []string, levels map[string][]string) {
	levels = map[string][]string{}
	add := func(axis, level string) {
		if !slices.Contains(axes, axis) {
			axes = append(axes, axis)
		}
		if !slices.Contains(levels[axis], level) {
			levels[axis] = append(levels[axis], level)
		}
	}
	addCells := func(cells []journal.Cell) {
		for i := range cells {
			for axis, level := range cells[i].Levels {
				add(axis, level)
			}
		}
	}
	for _, arg := range args {
		if log, err := readRun(arg); err == nil {
			addCells(log.Run.Cells)
		}
	}
	if len(args) > 0 && len(axes) == 0 {
		flags := experimentFlags{runNothing: true, maxCells: experiments.DefaultMaxCells}
		if e, _, err := flags.load(cmd, args[len(args)-1]); err == nil {
			for _, c := range e.Cells {
				for axis, level := range e.FactorsOf(c) {
					add(axis, level)
				}
			}
		}
	}
	// The cells have no choice on an axis with one level.
	axes = slices.DeleteFunc(axes, func(axis string) bool { return len(levels[axis]) < 2 })
	if len(axes) == 0 {
		for _, a := range experiments.Axes() {
			axes = append(axes, a.String())
		}
		c := catalogue.New()
		for _, o := range c.Operations {
			add(experiments.Operation.String(), o.Name)
		}
		for _, s := range c.Strategies {
			add(experiments.Strategy.String(), s.Name)
		}
	}
	slices.Sort(axes)
	return axes, levels
}

// completeFilter completes AXIS=VALUE,... Commas separate the levels of an axis, and axes.
func completeFilter(cmd *cobra.Command, args []string, word string) (list []string, directive cobra.ShellCompDirective) {
	axes, levels := levelsFor(cmd, args)
	done, part := "", word
	if i := strings.LastIndexByte(word, ','); i >= 0 {
		done, part = word[:i+1], word[i+1:]
	}
	axis, level, named := strings.Cut(part, "=")
	if named {
		for _, l := range levels[axis] {
			if strings.HasPrefix(l, level) {
				list = append(list, done+axis+"="+l)
			}
		}
		return list, noSpace
	}
	used := map[string]bool{}
	last := ""
	for _, item := range strings.Split(done, ",") {
		if a, l, ok := strings.Cut(item, "="); ok {
			last, item = a, l
			used[a] = true
		}
		used[last+"="+item] = true
	}
	for _, l := range levels[last] {
		if strings.HasPrefix(l, part) && !used[last+"="+l] {
			list = append(list, done+l)
		}
	}
	for _, a := range axes {
		if strings.HasPrefix(a, part) && !used[a] {
			list = append(list, done+a+"=")
		}
	}
	return list, noSpace
}

// completeSet completes PATH=VALUE.
func completeSet(_ *cobra.Command, _ []string, word string) (list []string, directive cobra.ShellCompDirective) {
	path, value, hasValue := strings.Cut(word, "=")
	for _, k := range experiments.Keys() {
		switch {
		case hasValue && k.Path == path:
			for _, w := range valuesOf(k) {
				if strings.HasPrefix(w, value) {
					list = append(list, path+"="+w)
				}
			}
			return list, noSpace
		case !hasValue && strings.HasPrefix(k.Path, word):
			list = append(list, k.Path+"=\t"+k.Doc)
		}
	}
	return list, noSpace
}

// valuesOf returns the words that are values of a key.
func valuesOf(k experiments.KeyInfo) []string {
	c := catalogue.New()
	names := k.Words
	switch k.Path {
	case "grid." + experiments.Operation.String():
		for _, o := range c.Operations {
			names = append(names, o.Name)
		}
	case "grid." + experiments.Strategy.String():
		for _, s := range c.Strategies {
			names = append(names, s.Name)
		}
	}
	return names
}

// completeProfile returns the profiles of an experiment.
func completeProfile(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, noFiles
	}
	flags := experimentFlags{runNothing: true, maxCells: experiments.DefaultMaxCells}
	e, _, err := flags.load(cmd, args[0])
	if err != nil {
		return nil, noFiles
	}
	return e.Profiles, noFiles
}
