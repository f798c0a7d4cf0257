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

// writeBenchmarks writes the format of Go's benchmarks, for benchstat and its kin: one line
// per good trial. See https://go.dev/design/14313-benchmark-format.
//
// benchstat compares what has the same name and the same configuration, and makes a
// table for each configuration. So how a cell works stands in the name, what it works
// on in the configuration, and what differs between any two runs, such as the host,
// the time and the version, in comments: else no run could be compared with another.
//
// Not benchfmt.Writer of golang.org/x/perf: it writes 41668649 ns as 4.1668649e+07,
// which no Go benchmark does, and nobody likes to read.
func writeBenchmarks(w io.Writer, d *Content) error {
	out := bufio.NewWriter(oneline.Writer(w)) // its first error sticks until Flush
	writeComments(out, d)
	units := benchmarkUnits()
	writeUnits(out, d, units)
	known, axes := map[string]string{}, d.configured()
	for _, s := range d.Cells() {
		if len(s.Good) == 0 {
			continue
		}
		writeConfig(out, known, d.benchmarkConfig(s, axes))
		name := d.benchmarkName(s)
		for _, t := range s.Good {
			fmt.Fprintf(out, "Benchmark%s 1%s\n", name, valuesOf(t.Measurement, units))
		}
	}
	return out.Flush()
}

// writeComments says what is in no configuration. A line is a comment because it is
// nothing else.
func writeComments(out io.Writer, d *Content) {
	comment := func(format string, args ...any) {
		fmt.Fprintf(out, "# %s\n", oneline.Of(fmt.Sprintf(format, args...)))
	}
	r := &d.Run
	comment("iosweep %s, run %s of %s on host %s, kernel %s", cmp.Or(r.Iosweep, "of an unknown version"), r.ID, format.Moment(r.StartedAt),
		cmp.Or(r.Machine.Host, "unknown"), cmp.Or(r.Machine.Kernel, "unknown"))
	if flags := commandLine(*r); flags != "" {
		comment("over the file were laid: %s", flags)
	}
	for _, s := range d.Cells() {
		if s.Undone > 0 {
			comment("%s did not do the work in %d of %s, as is expected of it: its time proves nothing", exportedName(s), s.Undone, format.Count(s.Seconds.N, "good trial"))
		}
	}
	for _, omission := range notExported(d) {
		comment("%s", omission)
	}
	for _, w := range d.Warnings {
		comment("warning: %s", w)
	}
}

// A setting is a line of the configuration; it holds until there is another.
type setting struct{ key, value string }

// writeConfig writes what has changed. An empty value is none.
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

// configured are the axes that say what the work is done on. Of a single workspace the
// path says no more than where somebody happened to have room.
func (d *Content) configured() []string {
	workspace := experiments.Workspace.String()
	several := len(analysis.Levels(workspace, d.Cells())) > 1
	return slices.DeleteFunc(slices.Clone(d.Factors), func(name string) bool {
		return !analysis.IsShared(name) || name == workspace && !several
	})
}

// benchmarkConfig is what a cell works on, and where.
func (d *Content) benchmarkConfig(s *analysis.Summary, axes []string) []setting {
	m := &d.Run.Machine
	list := []setting{{"goos", m.OS}, {"cpu", m.CPUModel}, {"filesystem", m.Filesystem}, {"experiment", d.Run.Name}}
	for _, name := range axes {
		list = append(list, setting{name, s.Cell.Levels[name]})
	}
	for i := range list {
		list[i].value = configValue(list[i].value)
	}
	return list
}

// configValue is a value as it is, unless its line would end in it, or the reader
// would take its first blanks for none.
func configValue(value string) string {
	if strings.TrimSpace(value) == value && oneline.Of(value) == value && !strings.Contains(value, "%") {
		return value
	}
	return escaped(value)
}

// benchmarkName is how a cell works: Copy/strategy=threads/workers=4-8. The cpus end
// each name, so that no reader takes the 2 of a level "cp-2" for them.
func (d *Content) benchmarkName(s *analysis.Summary) string {
	var b strings.Builder
	operation := s.Cell.Levels[experiments.Operation.String()]
	b.WriteString(escaped(capitalised(cmp.Or(operation, "cell"))))
	for _, name := range analysis.Without(d.Factors, experiments.Operation.String()) {
		if level := s.Cell.Levels[name]; level != "" && !analysis.IsShared(name) {
			b.WriteString("/" + escaped(name) + "=" + escaped(level))
		}
	}
	if s.Cell.Retired {
		b.WriteString("/retired=yes") // another of the same levels may have taken its place
	}
	fmt.Fprintf(&b, "-%d", max(1, d.Run.Machine.CPUs))
	return b.String()
}

func capitalised(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}

// escaped writes what would end a part of a name, or the name, as in a URL: %20 for a
// blank. A percent sign is escaped too, so that no two levels come out the same.
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

// A benchmarkUnit is a figure of a trial as Go's benchmarks have it.
type benchmarkUnit struct {
	name string
	// better is whether "higher" or "lower" figures are; empty for the units that
	// everybody knows.
	better string
	of     func(*journal.Measurement) *float64
}

// benchmarkUnits are all of them, in the order of a line. benchstat knows "sec" for a
// time, and prints it in the unit that fits. Of times only that of the trial is in
// ns/op, as everybody expects: benchstat's reader takes 0 user-ns/op, which the kernel
// says of short trials, for another unit than 5 user-ns/op.
func benchmarkUnits() []benchmarkUnit {
	type m = *journal.Measurement
	return []benchmarkUnit{
		// Rounded to what was measured, before it was divided.
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

// rate is work per second; there is none where no work was done, or in no time.
func rate(m *journal.Measurement, work float64) *float64 {
	if m.Finding != "" || work == 0 || m.Seconds <= 0 {
		return nil
	}
	return new(work / m.Seconds)
}

// valuesOf are the figures of a trial as its line has them.
func valuesOf(m *journal.Measurement, units []benchmarkUnit) string {
	var b strings.Builder
	for _, u := range units {
		if x := u.of(m); x != nil {
			b.WriteString(" " + strconv.FormatFloat(*x, 'f', -1, 64) + " " + u.name)
		}
	}
	return b.String()
}

// writeUnits says which figures are better, of the units that the lines have.
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
