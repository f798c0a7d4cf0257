package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/journal"
)

// writeBenchmarks writes one line per good trial in the format of Go's benchmarks, for
// benchstat and similar tools. See https://go.dev/design/14313-benchmark-format.
//
// benchstat compares lines that have the same name and the same configuration, and makes a
// table for each configuration. So the name describes how a cell works, and the configuration
// describes the workload. Values that differ between any two runs, such as the host, the time
// and the version, are in comments: in the configuration they would prevent every comparison.
//
// It does not use benchfmt.Writer of golang.org/x/perf, which writes 41668649 ns as
// 4.1668649e+07. No Go benchmark does that, and it is hard to read.
func writeBenchmarks(w io.Writer, d *Content) error {
	out := bufio.NewWriter(oneline.Writer(w)) // its first error sticks until Flush
	writeComments(out, d)
	units := append(benchmarkUnits(), metricUnits(&d.Run)...)
	writeUnits(out, d, units)
	known, axes := map[string]string{}, d.configAxes()
	for _, s := range d.Cells() {
		if len(s.Good) == 0 {
			continue
		}
		for _, part := range d.measuredOn(s) {
			writeConfig(out, known, d.benchmarkConfig(s, part.machine, axes))
			name := d.benchmarkName(s, part.machine)
			for _, t := range part.good {
				fmt.Fprintf(out, "Benchmark%s 1%s\n", name, valuesOf(t.Measurement, units))
			}
		}
	}
	return out.Flush()
}

// A machinePart has the good trials of a cell on one machine.
type machinePart struct {
	machine *journal.Machine
	good    []*journal.Trial
}

// measuredOn returns the trials of a cell by machine. Only a run on a cluster has several.
func (d *Content) measuredOn(s *analysis.Summary) []machinePart {
	parts := d.ResultsByNode(s)
	if len(parts) == 0 {
		return []machinePart{{&d.Run.Machine, s.Good}}
	}
	var list []machinePart
	for _, part := range parts {
		if len(part.Good) > 0 {
			list = append(list, machinePart{&part.Node.Machine, part.Good})
		}
	}
	return list
}

// writeComments writes the facts that are not part of the configuration. The format has no
// comments: readers skip every line that they do not recognize.
func writeComments(out io.Writer, d *Content) {
	comment := func(format string, args ...any) {
		fmt.Fprintf(out, "# %s\n", oneline.Of(fmt.Sprintf(format, args...)))
	}
	r := &d.Run
	m := d.Machine()
	where, kernel := "host "+cmp.Or(m.Host, "unknown"), "kernel "+cmp.Or(m.Kernel, "unknown")
	if len(r.Nodes) > 1 {
		where = "nodes " + nodeNames(r)
		if m.Kernel == "" {
			kernel = "several kernels"
		}
	}
	comment("iosweep %s, run %s of %s on %s, %s", cmp.Or(r.Iosweep, "of an unknown version"), r.ID, format.Moment(r.StartedAt), where, kernel)
	if flags := flagsInMarkdown(*r); flags != "" {
		comment("overrides: %s", flags)
	}
	for _, s := range d.Cells() {
		if s.ExpectedFailures > 0 {
			comment("%s did not do the work in %d of %s, as the experiment expects: do not compare its time", exportedName(s), s.ExpectedFailures, format.Count(s.Seconds.N, "good trial"))
		}
	}
	for _, omission := range notExported(d) {
		comment("%s", omission)
	}
	for _, w := range d.Warnings {
		comment("warning: %s", w)
	}
}

// A setting is a line of the configuration. It applies until another line sets its key.
type setting struct{ key, value string }

// writeConfig writes the settings that changed. An empty value removes a key.
func writeConfig(out io.Writer, known map[string]string, settings []setting) {
	blank := "\n"
	for _, s := range settings {
		if known[s.key] == s.value {
			continue
		}
		fmt.Fprintf(out, "%s%s:%s\n", blank, s.key, strings.TrimRight(" "+s.value, " "))
		known[s.key], blank = s.value, ""
	}
	if blank == "" {
		fmt.Fprintln(out)
	}
}

// configAxes returns the axes that describe the workload. A single workspace is left out: it
// is only a place with free space.
func (d *Content) configAxes() []string {
	workspace := experiments.Workspace.String()
	several := len(analysis.Levels(workspace, d.Cells())) > 1
	return slices.DeleteFunc(slices.Clone(d.Factors), func(name string) bool {
		return !analysis.IsShared(name) || name == workspace && !several
	})
}

// benchmarkConfig returns the configuration of a cell: the machine and the workload. A cell that
// failed as expected has a status. So benchstat puts it in a table of its own, and compares its
// time with no cell that did the work.
func (d *Content) benchmarkConfig(s *analysis.Summary, m *journal.Machine, axes []string) []setting {
	status := ""
	if s.ExpectedFailures > 0 {
		status = string(analysis.StatusXFail)
	}
	list := []setting{{"status", status}, {"goos", m.OS}, {"cpu", m.CPUModel}, {"filesystem", m.Filesystem}, {"experiment", d.Run.Name}}
	for _, name := range axes {
		list = append(list, setting{name, s.Cell.Levels[name]})
	}
	for i := range list {
		list[i].value = configValue(list[i].value)
	}
	return list
}

// configValue returns a value unchanged if a reader can read it back. It escapes values with a
// percent sign, with blanks around them, or with characters that would break the line.
func configValue(value string) string {
	if strings.TrimSpace(value) == value && oneline.Of(value) == value && !strings.Contains(value, "%") {
		return value
	}
	return escaped(value)
}

// benchmarkName returns a name that describes how a cell works, such as
// Copy/strategy=threads/workers=4-8. Every name ends with the number of cpus. Without it a
// reader would read the 2 of a level "cp-2" as that number.
func (d *Content) benchmarkName(s *analysis.Summary, m *journal.Machine) string {
	var b strings.Builder
	operation := s.Cell.Levels[experiments.Operation.String()]
	b.WriteString(escaped(capitalised(cmp.Or(operation, "cell"))))
	for _, name := range analysis.Without(d.Factors, experiments.Operation.String()) {
		if level := s.Cell.Levels[name]; level != "" && !analysis.IsShared(name) {
			b.WriteString("/" + escaped(name) + "=" + escaped(level))
		}
	}
	if s.Cell.Retired {
		b.WriteString("/retired=yes") // another cell may now have the same levels
	}
	fmt.Fprintf(&b, "-%d", max(1, m.CPUs))
	return b.String()
}

func capitalised(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}

// escaped writes the characters that would end a name, or a part of it, as in a URL: %20 for
// a blank. It also escapes percent signs, so that different levels stay different.
func escaped(level string) string {
	var b strings.Builder
	for i := 0; i < len(level); {
		r, size := utf8.DecodeRuneInString(level[i:])
		if r == '/' || r == '%' || r == unicode.ReplacementChar || unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			for _, c := range []byte(level[i : i+size]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		} else {
			b.WriteString(level[i : i+size])
		}
		i += size
	}
	return b.String()
}

// A benchmarkUnit is a figure of a trial in the form of Go's benchmarks.
type benchmarkUnit struct {
	name string
	// better is "higher" or "lower"; empty for the units that benchstat knows.
	better string
	of     func(*journal.Measurement) *float64 // nil if the trial does not have the figure
}

// benchmarkUnits returns all units, in the order of a line. benchstat knows "sec" as a time,
// and prints it in a unit that fits. Only the time of the trial is in ns/op, as in every Go
// benchmark. The other times are not: the kernel reports 0 for short trials, and benchstat's
// reader treats 0 user-ns/op and 5 user-ns/op as different units.
func benchmarkUnits() []benchmarkUnit {
	type m = *journal.Measurement
	return []benchmarkUnit{
		// Rounded to the nanoseconds that were measured before the conversion to seconds.
		{"ns/op", "", func(m m) *float64 { return new(math.Round(m.Seconds * 1e9)) }},
		{"MB/s", "", func(m m) *float64 { return rate(m, float64(m.Bytes)/1e6) }},
		{"files/s", "higher", func(m m) *float64 { return rate(m, float64(m.Files)) }},
		{"blocked-sec/op", "lower", func(m m) *float64 { return m.Blocked }},
		{"user-sec/op", "lower", func(m m) *float64 { return m.User }},
		{"sys-sec/op", "lower", func(m m) *float64 { return m.System }},
		{"p50-sec", "lower", func(m m) *float64 { return m.LatencyP50 }},
		{"p99-sec", "lower", func(m m) *float64 { return m.LatencyP99 }},
		{"peak-RSS-bytes", "lower", func(m m) *float64 { return analysis.AsFloat(m.MaxRSS) }},
		{"stored-B/op", "lower", func(m m) *float64 { return analysis.AsFloat(m.Stored) }},
		{"corrupt-items/op", "lower", func(m m) *float64 { return analysis.AsFloat(m.CorruptItems) }},
	}
}

// metricUnits returns the metrics of a run as units such as throughput-MB/s. The name is a part of the
// unit, because benchstat compares the values of one unit.
func metricUnits(run *journal.Run) (list []benchmarkUnit) {
	for _, m := range run.Metrics {
		name := m.Name
		if m.Unit != "" {
			name += "-" + strings.Join(strings.Fields(m.Unit), "-")
		}
		list = append(list, benchmarkUnit{name, m.Better, func(measured *journal.Measurement) *float64 {
			if x, ok := measured.Figure(m); ok {
				return &x
			}
			return nil
		}})
	}
	return list
}

// rate returns the work per second, or nil if no work was done or it took no time.
func rate(m *journal.Measurement, work float64) *float64 {
	if m.Finding != "" || work == 0 || m.Seconds <= 0 {
		return nil
	}
	return new(work / m.Seconds)
}

// valuesOf returns the figures of a trial as they appear in its line.
func valuesOf(m *journal.Measurement, units []benchmarkUnit) string {
	var b strings.Builder
	for _, u := range units {
		if x := u.of(m); x != nil {
			b.WriteString(" " + strconv.FormatFloat(*x, 'f', -1, 64) + " " + u.name)
		}
	}
	return b.String()
}

// writeUnits writes, for the units in the lines, whether higher or lower values are better.
func writeUnits(out io.Writer, d *Content, units []benchmarkUnit) {
	fmt.Fprintln(out)
	for _, u := range units {
		if u.better != "" && d.hasUnit(u) {
			fmt.Fprintf(out, "Unit %s better=%s\n", u.name, u.better)
		}
	}
}

func (d *Content) hasUnit(u benchmarkUnit) bool {
	return slices.ContainsFunc(d.Cells(), func(s *analysis.Summary) bool {
		return slices.ContainsFunc(s.Good, func(t *journal.Trial) bool { return u.of(t.Measurement) != nil })
	})
}
