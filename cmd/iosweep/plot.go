package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/experiments"
	"iosweep/internal/durable"
	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/reports/plot"
)

// plotOptions are the flags of `iosweep plot`.
type plotOptions struct {
	kind, x, y, format, width, font, title, out string

	only []string
}

func newPlot(s streams) *cobra.Command {
	var opt plotOptions
	cmd := &cobra.Command{
		Use:   "plot DIR",
		Short: "Draw one picture of a run, for a paper or a slide",
		Long: `Plot draws one picture from the journal of a run. It changes nothing in DIR, which may
also be a journal file. The kinds are:

  effects    the share of each axis in the differences between cells
  speedup    speed-ups over the axis x, as lines; without levels of x, one row per cell
  time       the trials of each cell, one row per cell; with --x the means, as lines,
             and with --y the means of a metric, or of the seconds
  heatmap    speed-ups for each pair of levels of x and y
  trials     all trials in the order of execution
  order      the times of each cell in the order of the trials, with the trend
  latency    percentiles of the time of an item
  ceiling    how much of a limit of the machine each cell reaches
  published  published and measured speed-ups

With --y and the name of a metric, or seconds, the kind is time unless --kind is given.
The picture has all cells that match --only. If they give several pictures, plot lists
the filters that select one. The width is in mm, cm, in or px, and the font size in pt:
the labels of the axes have it, and all other texts are in proportion. A picture in mm,
cm or in has 300 dots per inch as PNG. With --title "" it has neither a title nor the
line of conditions, for a figure with a caption.`,
		Example: `  iosweep plot results/run --kind speedup -o speedup.png
  iosweep plot results/run --kind speedup --only operation=copy --width 84mm --font 8pt --title "" -o copy.pdf
  iosweep plot results/run --x workers --y throughput -o throughput.png
  iosweep plot results/run --kind heatmap --x workers --y size -o - --format svg`,
		Args: exactlyOne("DIR", runOrJournalArg),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.run(s, args[0], cmd.Flags().Changed)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opt.kind, "kind", "speedup", "`kind` of picture: "+strings.Join(plotKinds(), ", "))
	// The library completes the value of a flag with a name of one letter only if it has a short form.
	flags.StringVarP(&opt.x, "x", "x", "", "`axis` of the levels from left to right (default: reports.x of the experiment)")
	flags.StringVarP(&opt.y, "y", "y", "", "`axis` of the levels from bottom to top, for a heatmap (default chunk_size), or a figure for the kind time: seconds or a metric")
	flags.StringArrayVar(&opt.only, "only", nil, "show only the cells that match `AXIS=VALUE,...`, for example operation=copy,workers=2,4 (repeatable)")
	flags.StringVar(&opt.format, "format", "", "`format` of the picture: "+strings.Join(plotFormats(), ", ")+" (default: by the name of the file, or png)")
	flags.StringVar(&opt.width, "width", "1200px", "`width` of the picture, such as 84mm, 3.3in or 1200px")
	flags.StringVar(&opt.font, "font", "", "font `size`, such as 8pt (default 10.5pt, or 8pt below a width of 800px)")
	flags.StringVar(&opt.title, "title", "", "`title` instead of the usual one and its conditions; \"\" for none")
	flags.StringVarP(&opt.out, "out", "o", "-", "`file` to write; - is standard output")
	for flag, words := range map[string]func(args []string) []string{
		"kind": func([]string) []string { return plotKinds() }, "format": func([]string) []string { return plotFormats() },
		"x": axesOfRun, "y": func(args []string) []string { return append(axesOfRun(args), figuresOfRun(args)...) },
	} {
		complete := func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return words(args), cobra.ShellCompDirectiveNoFileComp
		}
		if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err) // there is no such flag
		}
	}
	return cmd
}

func plotKinds() (names []string) {
	for _, k := range plot.Kinds {
		if k.Name != plot.Published {
			names = append(names, k.Name)
		}
	}
	return append(names, plot.Published) // the last, because few runs have it
}

func plotFormats() (names []string) {
	for _, f := range plot.Formats {
		names = append(names, f.Name)
	}
	return names
}

// axesOfRun returns the axes on which the cells of a run differ, or all axes if the arguments of the
// command line name no run.
func axesOfRun(args []string) (names []string) {
	if len(args) > 0 {
		if log, err := readRun(args[0]); err == nil {
			d := analysis.New(log)
			return analysis.Varying(d.Factors, d.Cells())
		}
	}
	for _, a := range experiments.Axes() {
		names = append(names, a.String())
	}
	return names
}

// figuresOfRun returns the figures that the kind time can show.
func figuresOfRun(args []string) (names []string) {
	run := &journal.Run{}
	if len(args) > 0 {
		if log, err := readRun(args[0]); err == nil {
			run = &log.Run
		}
	}
	return figuresOf(run)
}

// figuresOf returns the names of the figures of a run.
func figuresOf(run *journal.Run) (names []string) {
	for _, f := range analysis.Figures(run) {
		names = append(names, f.Key())
	}
	return names
}

func (opt *plotOptions) run(s streams, dir string, changed func(string) bool) error {
	kind, format, size, err := opt.check(s, changed)
	if err != nil {
		return err
	}
	log, err := readRun(dir)
	if err != nil {
		return err
	}
	d := analysis.New(log)
	figure := opt.figure(&log.Run)
	if figure != nil && !changed("kind") {
		kind = kindNamed("time")
	}
	x, y := opt.x, opt.y
	if figure != nil && kind.Name == "time" {
		x, y = cmp.Or(x, log.Run.X), "" // the figure is on the y axis
	}
	published := reproduce.New(d)
	if kind.Name == plot.Published && len(opt.only) > 0 {
		return fmt.Errorf("--kind %s shows the whole published table: remove --only", plot.Published)
	}
	if opt.x != "" && opt.x == y {
		return fmt.Errorf("--x and --y are both %s: name two axes", opt.x)
	}
	for _, a := range []struct{ flag, axis string }{{"x", opt.x}, {"y", y}} {
		if err := checkAxis(d, kind, a.flag, a.axis); err != nil {
			return err
		}
	}
	if len(opt.only) > 0 {
		if err := d.Only(opt.only); err != nil {
			return err
		}
	}
	sketches := kind.Sketch(plot.Source{Data: d, Published: published, X: x, Y: y, Figure: figure, Whole: true})
	switch {
	case len(sketches) == 0:
		return opt.nothing(kind, d)
	case len(sketches) > 1:
		return opt.several(d, sketches)
	}
	data, warnings, err := sketches[0].Encode(size, format)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		fmt.Fprintln(s.err, "warning: "+w)
	}
	if opt.out == "-" {
		_, err = s.data().Write(data)
		return err
	}
	if err := durable.WriteFile(opt.out, data); err != nil {
		return unwritten(err)
	}
	return nil
}

// check checks the flags that need no run.
func (opt *plotOptions) check(s streams, changed func(string) bool) (kind plot.Kind, format plot.Format, size plot.Size, err error) {
	at := slices.Index(plotKinds(), opt.kind)
	if at < 0 {
		return kind, format, size, fmt.Errorf("--kind %q%s it must be one of %s", opt.kind, didYouMean(opt.kind, plotKinds(), ":"), strings.Join(plotKinds(), ", "))
	}
	kind = kindNamed(opt.kind)
	extension := strings.ToLower(strings.TrimPrefix(filepath.Ext(opt.out), "."))
	name := cmp.Or(opt.format, "png")
	if opt.out != "-" && opt.format == "" {
		name = extension
	}
	at = slices.Index(plotFormats(), name)
	switch {
	case at < 0 && opt.format == "":
		return kind, format, size, fmt.Errorf("-o %s: the name does not end with the format; write .%s, or add --format", opt.out, strings.Join(plotFormats(), ", ."))
	case at < 0:
		return kind, format, size, fmt.Errorf("--format %q%s it must be one of %s", name, didYouMean(name, plotFormats(), ":"), strings.Join(plotFormats(), ", "))
	case opt.out != "-" && extension != name && slices.Contains(plotFormats(), extension):
		return kind, format, size, fmt.Errorf("--format %s and -o %s are different formats: remove --format, or name the file .%s", name, opt.out, name)
	case opt.out == "-" && name != "svg" && ttyOf(s.out) != nil:
		return kind, format, size, fmt.Errorf("a terminal cannot show %s: name a file with -o, for example -o picture.%s", name, name)
	}
	format = plot.Formats[at]
	if info, err := os.Stat(opt.out); opt.out != "-" && err == nil && !info.Mode().IsRegular() {
		return kind, format, size, fmt.Errorf("-o %s is not a regular file: choose another name", opt.out)
	}
	if size.Width, size.Physical, err = plot.ParseLength(opt.width); err != nil {
		return kind, format, size, fmt.Errorf("--width %w", err)
	}
	if opt.font != "" {
		if size.Font, _, err = plot.ParseLength(opt.font); err != nil {
			return kind, format, size, fmt.Errorf("--font %w", err)
		}
	}
	if changed("title") {
		size.Title = &opt.title
	}
	return kind, format, size, nil
}

// figure returns the figure that --y names, or nil.
func (opt *plotOptions) figure(run *journal.Run) *analysis.Figure {
	for _, f := range analysis.Figures(run) {
		if f.Key() == opt.y {
			return &f
		}
	}
	return nil
}

// kindNamed returns the kind of this name, which exists.
func kindNamed(name string) plot.Kind {
	return plot.Kinds[slices.IndexFunc(plot.Kinds, func(k plot.Kind) bool { return k.Name == name })]
}

// checkAxis checks the axis of --x or --y.
func checkAxis(d *analysis.Data, kind plot.Kind, flag, axis string) error {
	most := map[string]int{"x": 1, "y": 2}[flag]
	varying := analysis.Varying(d.Factors, d.Cells())
	switch {
	case axis == "":
		return nil
	case kind.Name == "time" && flag == "y":
		figures := figuresOf(&d.Run)
		return fmt.Errorf("--y %q%s the kind time shows one of %s", axis, didYouMean(axis, figures, ":"), strings.Join(figures, ", "))
	case kind.Axes < most:
		return fmt.Errorf("--%s: the kind %s has no such axis; remove the flag", flag, kind.Name)
	case !slices.Contains(d.Factors, axis):
		return fmt.Errorf("--%s %q%s it must be an axis of the run: %s", flag, axis, didYouMean(axis, varying, ":"), strings.Join(varying, ", "))
	case len(analysis.Levels(axis, d.Cells())) < 2:
		return fmt.Errorf("--%s %s: all cells of the run have the same level; the axes with several levels are %s", flag, axis, strings.Join(varying, ", "))
	}
	return nil
}

// nothing returns the error for a run without a picture of this kind.
func (opt *plotOptions) nothing(kind plot.Kind, d *analysis.Data) error {
	why := "no cell has a good trial with the values of this kind"
	switch {
	case kind.Name == plot.Published:
		why = "the experiment has no published table"
	case kind.Name == "heatmap":
		why = fmt.Sprintf("no table has cells with several levels of both %s and %s", cmp.Or(opt.x, "workers"), cmp.Or(opt.y, "chunk_size"))
		if axes := analysis.Varying(d.Factors, d.Cells()); len(axes) > 1 {
			why += "; choose axes with --x and --y from " + strings.Join(axes, ", ")
		}
	}
	return fmt.Errorf("the run gives no picture of the kind %s: %s", kind.Name, why)
}

// several returns the error for a filter that gives several pictures. It lists what selects each.
func (opt *plotOptions) several(d *analysis.Data, sketches []plot.Sketch) error {
	const most = 12
	text := fmt.Sprintf("the cells give %d pictures of the kind %s; choose one with --only:", len(sketches), opt.kind)
	filters := plot.Narrow(d, sketches, strings.Join(opt.only, ","))
	for i, f := range filters[:min(len(filters), most)] {
		if f == "" {
			text += "\n  a part of the axes of: " + oneline.Of(sketches[i].Alt)
			continue
		}
		if strings.ContainsAny(f, `"' `) {
			f = "'" + strings.ReplaceAll(f, "'", `'\''`) + "'"
		}
		text += "\n  --only " + f
	}
	if more := len(filters) - most; more > 0 {
		text += fmt.Sprintf("\n  and %d more", more)
	}
	return fmt.Errorf("%s", text)
}
