package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/operations"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/strategies"
)

func newList(s streams) *cobra.Command {
	sections := []string{"operations", "strategies", "axes", "experiments"}
	return &cobra.Command{
		Use:   "list [operations|strategies|axes|experiments] [EXPERIMENT]",
		Short: "List operations, strategies, their valid combinations, axes and built-in experiments",
		Long: `List operations, strategies, their valid combinations, axes and built-in
experiments.

With EXPERIMENT, operations also has the operations that its file defines.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 && args[0] == "operations" {
				return refuseEmpty(args, "EXPERIMENT", experimentArg)
			}
			return atMostOneOf(sections...)(cmd, args)
		},
		ValidArgs: sections,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return list(s.people(), args)
			}
			flags := experimentFlags{runNothing: true}
			e, _, err := flags.load(cmd, args[1])
			if err != nil {
				return err
			}
			return listOperations(s.people(), e.Operations...)
		},
	}
}

// list prints the requested section, or all sections.
func list(w io.Writer, requested []string) error {
	separator := ""
	for _, section := range []struct {
		name  string
		print func(io.Writer) error
	}{{"operations", func(w io.Writer) error { return listOperations(w) }}, {"strategies", listStrategies}, {"pairs", listPairs}, {"axes", listAxes}, {"experiments", listExperiments}} {
		if len(requested) > 0 && requested[0] != section.name {
			continue
		}
		fmt.Fprint(w, separator)
		separator = "\n"
		if err := section.print(w); err != nil {
			return err
		}
	}
	return nil
}

// A listing is a table in the style that all listings share. On a terminal its last column breaks
// between words.
type listing struct {
	table.Writer
	terminal int   // width; 0: not a terminal
	widths   []int // of the columns
}

// shortestText is the smallest width of a last column that breaks between words.
const shortestText = 15

func (l *listing) AppendRow(row table.Row, config ...table.RowConfig) {
	for i, cell := range row {
		l.widths[i] = max(l.widths[i], text.StringWidthWithoutEscSequences(fmt.Sprint(cell)))
	}
	l.Writer.AppendRow(row, config...)
}

func (l *listing) Render() string {
	last := len(l.widths) - 1
	room := l.terminal - 2*len(l.widths) // each column has a blank on both sides
	for _, width := range l.widths[:last] {
		room -= width
	}
	if l.terminal > 0 && room >= shortestText {
		l.SetColumnConfigs([]table.ColumnConfig{{Number: last + 1, WidthMax: room, WidthMaxEnforcer: text.WrapSoft}})
	}
	return l.Writer.Render()
}

// newTable returns an empty listing.
func newTable(w io.Writer, header ...any) *listing {
	l := &listing{terminal: widthOf(w, 0)}
	for _, title := range header {
		l.widths = append(l.widths, len(fmt.Sprint(title)))
	}
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.OptionsNoBordersAndSeparators
	t.Style().Format.Header = 0
	t.SuppressTrailingSpaces()
	t.AppendHeader(header)
	l.Writer = t
	return l
}

// listOperations prints the built-in operations, and the operations that a file defines.
func listOperations(w io.Writer, own ...experiments.OwnOperation) error {
	t := newTable(w, "OPERATION", "AXES", "SINKS", "WHAT IT DOES")
	for _, op := range operations.All {
		i := op.Info()
		t.AppendRow(table.Row{i.Name, strings.Join(i.Axes, " "), strings.Join(i.Sinks, " "), i.About})
	}
	for i := range own {
		op := &own[i]
		about := cmp.Or(op.About, "run a command of the experiment")
		if !op.Verifies() {
			about += " (not verified)"
		}
		info := operations.Own{Name: op.Name, Needs: preflight.NeedsOf(op)}.Info()
		t.AppendRow(table.Row{op.Name, strings.Join(info.Axes, " "), "", about})
	}
	t.Render()
	return nil
}

func listStrategies(w io.Writer) error {
	t := newTable(w, "STRATEGY", "AXES", "WHAT IT DOES")
	for _, s := range strategies.All {
		i := s.Info()
		t.AppendRow(table.Row{i.Name, strings.Join(i.Axes, " "), i.About})
	}
	t.Render()
	return nil
}

// listPairs prints which strategies can do which operations, and the reasons for the
// unsupported pairs.
func listPairs(w io.Writer) error {
	header := []any{"STRATEGY"}
	for _, op := range operations.All {
		header = append(header, op.Info().Name)
	}
	t := newTable(w, header...)
	var reasons []string
	for _, s := range strategies.All {
		row := table.Row{s.Info().Name}
		for _, op := range operations.All {
			why := strategies.Unsupported(s, op.Info())
			row = append(row, pairMark(why, op.Info(), s.Info()))
			if why != "" {
				reasons = append(reasons, fmt.Sprintf("%s cannot do %s: %s", s.Info().Name, op.Info().Name, why))
			}
		}
		t.AppendRow(row)
	}
	t.Render()
	_, err := fmt.Fprintf(w, "\n+ supported   s supported, with the axis sink   - not supported\n%s\n", strings.Join(reasons, "\n"))
	return err
}

func pairMark(why string, op operations.Info, s strategies.Info) string {
	switch {
	case why != "":
		return "-"
	case len(op.Sinks) > 0 && slices.Contains(s.Axes, "sink"):
		return "s"
	}
	return "+"
}

// listAxes prints a paragraph for each axis. A table would be too wide for most terminals.
func listAxes(w io.Writer) error {
	catalogue := catalogue.New()
	for i, a := range catalogue.DescribeAxes() {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, a.Name)
		for _, line := range []string{a.Meaning, "levels: " + a.Levels, "default: " + a.Default, "used by: " + a.Users} {
			printIndented(w, strings.ReplaceAll(line, "`", ""))
		}
	}
	return nil
}

// printIndented prints a line, broken between words at the width of the terminal.
func printIndented(w io.Writer, line string) {
	const indent = "  "
	for line := range strings.Lines(text.WrapSoft(line, widthOf(w, fileWidth)-len(indent))) {
		fmt.Fprintln(w, indent+strings.TrimRight(line, " \n"))
	}
}

func listExperiments(w io.Writer) error {
	t := newTable(w, "EXPERIMENT", "TITLE", "PROFILES", "RUN IT WITH")
	for _, name := range experiments.Shipped() {
		e, err := shippedByName(name)
		if err != nil {
			return err
		}
		with := "run"
		if e.Published != nil {
			with = "reproduce"
		}
		t.AppendRow(table.Row{name, e.Title, strings.Join(e.Profiles, " "), with})
	}
	t.Render()
	return nil
}
