package reproduce

import (
	"slices"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/internal/format"
	"iosweep/journal"
)

// findingsOf returns the findings about a table against a run without trials. The first
// row of the table takes 63.4 s.
func findingsOf(rows ...analysistest.Row) []string {
	base := analysistest.Row{Method: "Sequential", Runs: "63.6 63.3 63.3", Mean: "63.4"}
	return New(analysis.New(analysistest.WithTable(analysistest.Log(1), "A table", append([]analysistest.Row{base}, rows...)...))).Findings
}

func TestPrintedMeanIsCheckedAgainstItsRuns(t *testing.T) {
	for _, test := range []struct {
		name string
		row  analysistest.Row
		want string // empty: no finding
	}{
		{"rounded down", analysistest.Row{Runs: "20.4 21.0 21.2", Mean: "20.86"}, ""},
		{"rounded", analysistest.Row{Runs: "21.8 21.3 21.2", Mean: "21.43"}, ""},
		{"coarse runs", analysistest.Row{Runs: "20 21 21", Mean: "21"}, ""},
		{"at the limit", analysistest.Row{Runs: "1.0", Mean: "1.1"}, ""},
		{"beyond the limit", analysistest.Row{Runs: "1.0", Mean: "1.2"}, "Row: the printed mean is 1.2 s, but its runs (1.0) average 1.0 s: 63.40× against Sequential, not 52.83×."},
		{"another number", analysistest.Row{Runs: "66.1 63.8 61.6", Mean: "62.36", Speedup: "1.02"}, "Row: the printed mean is 62.36 s, but its runs (66.1, 63.8, 61.6) average 63.83 s: 0.99× against Sequential, not 1.02×."},
		{"without a printed factor", analysistest.Row{Runs: "66.1 63.8 61.6", Mean: "62.36"}, "Row: the printed mean is 62.36 s, but its runs (66.1, 63.8, 61.6) average 63.83 s: 0.99× against Sequential, not 1.02×."},
		{"with a factor of the runs", analysistest.Row{Runs: "66.1 63.8 61.6", Mean: "62.36", Speedup: "0.99"}, "Row: the printed mean is 62.36 s, but its runs (66.1, 63.8, 61.6) average 63.83 s."},
		{"about", analysistest.Row{Runs: "66.1 63.8 61.6", Mean: "~60"}, "Row: the printed mean is ~60 s, but its runs (66.1, 63.8, 61.6) average 63.8 s; the two agree only if ~60 s means 55 to 65 s."},
		{"about the same", analysistest.Row{Runs: "60.1 60.3", Mean: "~60"}, ""},
		{"about, and beyond it", analysistest.Row{Runs: "6.1", Mean: "~60"}, "Row: the printed mean is ~60 s, but its runs (6.1) average 6.1 s: 10.39× against Sequential, not 1.06×."},
		{"no runs", analysistest.Row{Mean: "62.36"}, ""},
		{"no mean", analysistest.Row{Runs: "66.1 63.8 61.6"}, ""},
	} {
		test.row.Method = "Row"
		got := slices.DeleteFunc(findingsOf(test.row), func(s string) bool { return !strings.Contains(s, "printed mean") })
		if strings.Join(got, "|") != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestPrintedFactorIsCheckedAgainstItsSeconds(t *testing.T) {
	for _, test := range []struct{ name, base, runs, speedup, want string }{
		{"it follows", "63.4", "21.43", "2.96", ""},
		{"of coarse seconds", "200", "71", "2.5 3", ""},
		{"a range around it", "2.5", "1.4", "1.5 2", ""},
		{"a range below it", "10", "3.7", "2 2.5", "Threads: the printed speed-up is 2 to 2.5×, but 10 s / 3.7 s is 2.70×."},
		{"a factor that may be rounded", "10", "3.7", "2.5", ""},
		{"a factor that rounding does not explain", "10.0", "3.7", "2.5", "Threads: the printed speed-up is 2.5×, but 10.0 s / 3.7 s is 2.70×."},
		{"an inverted factor", "10.0", "5.0", "0.5", "Threads: the printed speed-up is 0.5×, but 10.0 s / 5.0 s is 2.00×."},
		{"about, in a range below it", "~10", "3.7", "2 2.5", "Threads: the printed speed-up is 2 to 2.5×, but ~10 s / 3.7 s is 2.70×; the two agree only if ~10 s means 5 to 15 s."},
		{"both about, and one is enough", "~10", "~3.7", "2 2.5", "Threads: the printed speed-up is 2 to 2.5×, but ~10 s / ~3.7 s is 2.70×; the two agree only if ~10 s means 5 to 15 s or ~3.7 s means 3.2 to 4.2 s."},
		{"both about, and both are needed", "~10", "~3.7", "1.2 1.3", "Threads: the printed speed-up is 1.2 to 1.3×, but ~10 s / ~3.7 s is 2.70×; the two agree only if ~10 s means 5 to 15 s and ~3.7 s means 3.2 to 4.2 s."},
		{"about, and it does not matter", "~200", "~71", "2.5 3", ""},
		{"about, and it follows", "~2.5", "1.4", "1.5 2", ""},
		{"about, and not enough", "~10", "3.7", "9", "Threads: the printed speed-up is 9×, but ~10 s / 3.7 s is 2.70×."},
		{"a factor of about", "10.0", "4.0", "~2.9", "Threads: the printed speed-up is ~2.9×, but 10.0 s / 4.0 s is 2.50×; the two agree only if ~2.9× means 2.4 to 3.4×."},
		{"zero seconds", "10.0", "0.0", "2", ""},
		{"no seconds", "10.0", "", "2", ""},
	} {
		log := analysistest.WithTable(analysistest.Log(1), "A table",
			analysistest.Row{Method: "Sequential", Runs: test.base},
			analysistest.Row{Method: "Threads", Runs: test.runs, Speedup: test.speedup})
		if got := strings.Join(New(analysis.New(log)).Findings, "|"); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestExpectedFailureIsReportedOnce(t *testing.T) {
	log := analysistest.SaveFiles()
	rows := log.Run.Published.Rows
	rows[2].Cells = append(rows[2].Cells, journal.PublishedCell{Cell: 8, Program: true})
	rows[1].Cells = append(rows[1].Cells, journal.PublishedCell{Cell: 8, Program: true})
	const want = `python-asyncio-as-published failed, as expected: verification: item 0 "data-0000.csv": missing; 200 of 200 items wrong (5 of 5 trials).`
	n := 0
	for _, f := range New(analysis.New(log)).Findings {
		if f == want {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the finding appears %d times, want 1", n)
	}
}

func TestBuiltInStrategyIsFasterThanClaimed(t *testing.T) {
	const sentence = "Threads, no lock: \"no difference\" holds for python-threads-collector (1.02×, 0.987–1.045), and not for threads, sink=parallel (1.93×, 1.91–1.96)"
	find := func(change func(*journal.Log)) string {
		log := analysistest.ZipFiles()
		change(log)
		return strings.Join(New(analysis.New(log)).Findings, "|")
	}
	row := func(l *journal.Log) *journal.PublishedRow { return &l.Run.Published.Rows[2] }
	for _, test := range []struct {
		name, want string
		change     func(*journal.Log)
	}{
		{"unchanged", sentence + ". Zipping does scale once compression leaves the lock.", func(*journal.Log) {}},
		{"with a sentence", sentence + ". It does.", func(l *journal.Log) { row(l).WhenFaster = "It does." }},
		{"without one", sentence + ".", func(l *journal.Log) { row(l).WhenFaster = "" }},
		{
			"without a program", "Threads, no lock: \"no difference\" does not hold for threads, sink=parallel (1.93×, 1.91–1.96).",
			func(l *journal.Log) { row(l).WhenFaster, row(l).Cells = "", row(l).Cells[2:] },
		},
		{
			"without a judged program", "Threads, no lock: \"no difference\" does not hold for threads, sink=parallel (1.93×, 1.91–1.96), and is undecided for python-threads-collector (0.986×).",
			func(l *journal.Log) {
				row(l).WhenFaster = ""
				l.Trials = slices.DeleteFunc(l.Trials, func(t journal.Trial) bool { return t.Cell == 4 && t.Round > 1 })
			},
		},
		{
			"a slower strategy", "",
			func(l *journal.Log) {
				for _, t := range l.Trials {
					if t.Cell == 6 {
						t.Measurement.Seconds *= 4
					}
				}
			},
		},
		{"a program that contradicts, too", "", func(l *journal.Log) { row(l).Cells[2].Program = true }},
	} {
		if got := find(test.change); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestRankFindingNeedsFourRowsAndAnOrder(t *testing.T) {
	ranks := func(log *journal.Log) string {
		list := New(analysis.New(log)).Findings
		return strings.Join(slices.DeleteFunc(list, func(s string) bool { return !strings.HasPrefix(s, "Ranks: ") }), "|")
	}
	const both = "Ranks: the published order and the order of the programs agree in 7 of 10 pairs (Kendall's tau-b 0.40). The published order and the order of iosweep's own strategies agree in 4 of 6 pairs (Kendall's tau-b 0.33)."
	if got := ranks(analysistest.SaveFiles()); got != both {
		t.Errorf("%q, want %q", got, both)
	}
	two := analysistest.SaveFiles()
	two.Run.Published.Rows[1].Cells = two.Run.Published.Rows[1].Cells[:1]
	if got, want := ranks(two), strings.Split(both, " The")[0]; got != want {
		t.Errorf("with two rows of built-in strategies: %q, want %q", got, want)
	}
	level := analysistest.SaveFiles()
	for i := range level.Run.Published.Rows {
		level.Run.Published.Rows[i].Claim = journal.ClaimNoDifference
	}
	if got := ranks(level); got != "" {
		t.Errorf("a table that claims no difference has no order: %q", got)
	}
}

func TestSeveralNamesAtMostFour(t *testing.T) {
	for _, test := range []struct{ names, want string }{
		{"", ""},
		{"a", "a"},
		{"a b", "a and b"},
		{"a b c d", "a, b, c and d"},
		{"a b c d e", "a, b, c and 2 more"},
	} {
		if got := format.Several(strings.Fields(test.names)); got != test.want {
			t.Errorf("%q: %q, want %q", test.names, got, test.want)
		}
	}
}

func TestExpectedFailureOfCellWithoutRowIsReported(t *testing.T) {
	log := analysistest.SaveFiles()
	log.Run.Published.Rows[5].Cells = nil
	list := New(analysis.New(log)).Findings
	if !slices.ContainsFunc(list, func(s string) bool { return strings.HasPrefix(s, "python-asyncio-as-published failed, as expected") }) {
		t.Errorf("no finding about the failure in %q", list)
	}
}

func TestPrintedSizesAreCheckedAgainstTheWorkload(t *testing.T) {
	size := func(value float64, unit float64, name string) *journal.PrintedSize {
		return &journal.PrintedSize{Figure: journal.Figure{Value: value, Unit: unit}, Name: name, About: unit >= value/10}
	}
	save := &journal.WorkloadSizes{Smallest: 239_034, Largest: 250_035, Total: 1_244_988_660}
	for _, test := range []struct {
		name        string
		file, total *journal.PrintedSize
		workload    *journal.WorkloadSizes
		want        string
	}{
		{"both differ", size(1e6, 1e6, "MB"), size(5e9, 1e9, "GB"), save, "The page says ~1 MB a file and ~5 GB in all. The workload has 0.239 to 0.250 MB a file and 1.24 GB in all."},
		{"one differs", size(2e5, 1e5, "kB"), size(5e9, 1e9, "GB"), save, "The page says ~200 kB a file and ~5 GB in all. The workload has 239 to 250 kB a file and 1.24 GB in all."},
		{"only the total is printed", nil, size(2e9, 1e7, "GB"), save, "The page says 2.00 GB in all. The workload has 1.24 GB in all."},
		{"only the size of a file is printed", size(5e5, 1e4, "MB"), nil, &journal.WorkloadSizes{Smallest: 4096, Largest: 4096, Total: 4096, Estimated: true}, "The page says 0.50 MB a file. The workload has about 0.00410 MB a file."},
		{"at the limit of a ~", size(4e5, 1e5, "kB"), nil, &journal.WorkloadSizes{Smallest: 300_000, Largest: 350_000}, ""},
		{"beyond it", size(4e5, 1e5, "kB"), nil, &journal.WorkloadSizes{Smallest: 300_000, Largest: 349_000}, "The page says ~400 kB a file. The workload has 300 to 349 kB a file."},
		{"they agree", size(2.4e5, 1e4, "MB"), size(1.24e9, 1e7, "GB"), save, ""},
		{"an unknown unit", size(7, 1, "stones"), nil, save, "The page says ~7 stones a file. The workload has 239,034 to 250,035 stones a file."},
		{"an unknown workload", size(1e6, 1e6, "MB"), nil, nil, ""},
		{"nothing printed", nil, nil, save, ""},
	} {
		table := journal.Published{Baseline: -1, FileSize: test.file, TotalSize: test.total, Workload: test.workload}
		if got := strings.Join(PrintedFindings(table), "|"); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestPrintedErrorIsComparedWithMeasuredErrors(t *testing.T) {
	const printed = "OSError: [Errno 24] Too many open files: 'tmp/data-2554.csv'"
	for _, test := range []struct {
		name, printed string
		findings      []string
		want          string
	}{
		{"another file", printed, []string{"exit status 1: OSError: [Errno 24] Too many open files: '{output}/data-0248.csv'"}, "Unbounded: the page prints an error at tmp/data-2554.csv, and here python-unbounded (descriptors=256) fails at data-0248.csv."},
		{"the same file", printed, []string{"exit status 1: too many: {output}/data-2554.csv"}, ""},
		{"several files", printed, []string{"at \"a/data-0248.csv\".", "at data-0247.csv", "at b/data-0248.csv"}, "Unbounded: the page prints an error at tmp/data-2554.csv, and here python-unbounded (descriptors=256) fails at data-0248.csv and data-0247.csv."},
		{"the same file and another", printed, []string{"at data-2554.csv", "at data-0247.csv"}, "Unbounded: the page prints an error at tmp/data-2554.csv, and here python-unbounded (descriptors=256) fails at data-2554.csv and data-0247.csv."},
		{"no file here", printed, []string{"exit status 1: Killed"}, ""},
		{"no file on the page", "Too many open files", []string{"at data-0248.csv"}, ""},
		{"no error on the page", "", []string{"at data-0248.csv"}, ""},
	} {
		cell := analysistest.Cell{Levels: "operation=write strategy=python-unbounded", Seconds: make([]float64, len(test.findings)), Change: func(t *journal.Trial) {
			t.Measurement = analysistest.Measurement(1)
			t.Status, t.Error, t.Measurement.Finding = journal.OK, "", test.findings[t.Round-1]
		}}
		log := analysistest.WithTable(analysistest.Log(len(test.findings), cell), "A page", analysistest.Row{Method: "Unbounded", Claim: journal.ClaimFails, Programs: analysistest.OneCell(0, -1)})
		log.Run.Published.Baseline = -1
		log.Run.Published.Rows[0].Error = test.printed
		log.Run.Cells[0].Custom, log.Run.Cells[0].Levels["descriptors"] = []string{"descriptors"}, "256"
		r := New(analysis.New(log))
		got := slices.DeleteFunc(r.Findings, func(s string) bool { return !strings.Contains(s, "the page") })
		if strings.Join(got, "|") != test.want || r.Methods[0].Attempts[0].Outcome != Reproduced {
			t.Errorf("%s: %q (%s), want %q", test.name, got, r.Methods[0].Attempts[0].Outcome, test.want)
		}
	}
}

// TestVariantsAreFindings checks that a variant is told with its figures, and changes neither
// the verdict of its row nor the ranks.
func TestVariantsAreFindings(t *testing.T) {
	load := func() *journal.Log {
		log := analysistest.Log(5,
			analysistest.Cell{Levels: "operation=read strategy=python-sequential", Seconds: []float64{1.01, 1.02, 0.99, 1, 1.01}},
			analysistest.Cell{Levels: "operation=read strategy=python-as-published", Seconds: []float64{0.64, 0.66, 0.65, 0.65, 0.66}},
			analysistest.Cell{Levels: "operation=read strategy=python-returning", Seconds: []float64{4.5, 4.6, 4.4, 4.5, 4.6}},
			analysistest.Cell{Levels: "operation=read strategy=threads", Seconds: []float64{0.1, 0.1, 0.1, 0.1, 0.1}},
		)
		analysistest.WithTable(log, "Lesson 6",
			analysistest.Row{Method: "Sequential", Runs: "~2.5", Programs: analysistest.OneCell(0, 0)},
			analysistest.Row{Method: "Processes and threads", Runs: "1.4", Speedup: "1.5 2", Programs: [][2]int{{1, 0}, {2, 0}}, Own: analysistest.OneCell(3, 0)},
		)
		log.Run.Published.Rows[1].Cells[1].Differs = "returns the texts, so each is sent from one process to another"
		return log
	}
	const differs = "python-returning returns the texts, so each is sent from one process to another: "
	for _, test := range []struct {
		name   string
		change func(*journal.Log)
		want   string
	}{
		{"a row that holds", func(*journal.Log) {}, `Processes and threads: "faster" holds for python-as-published (1.54×, 1.52–1.57). ` + differs + "0.223× (0.220–0.225)."},
		{"a row that does not", func(l *journal.Log) {
			for i := range l.Trials {
				if l.Trials[i].Cell == 1 {
					l.Trials[i].Measurement.Seconds *= 4
				}
			}
		}, `Processes and threads: "faster" does not hold for python-as-published (0.386×, 0.379–0.392). ` + differs + "0.223× (0.220–0.225)."},
		{"a row of variants", func(l *journal.Log) { l.Run.Published.Rows[1].Cells = l.Run.Published.Rows[1].Cells[1:2] }, "Processes and threads: " + differs + "0.223× (0.220–0.225)."},
		{"a program that fails beside it", func(l *journal.Log) {
			for i := range l.Trials {
				if l.Trials[i].Cell == 3 {
					l.Trials[i].Measurement.Finding = "nothing is there"
				}
			}
			l.Run.Published.Rows[1].Cells[2].Program = true
		}, `Processes and threads: "faster" holds for python-as-published (1.54×, 1.52–1.57). ` + differs + "0.223× (0.220–0.225)."},
		{"noise", func(l *journal.Log) { l.Trials[2].Measurement.Noise = "others" }, `Processes and threads: "faster" holds for python-as-published (1.54×, 1.52–1.57). ` + differs + "0.223× (0.220–0.225; the machine was not quiet in 1 of its 5 rounds)."},
		{"one round", func(l *journal.Log) { l.Trials = l.Trials[:4] }, `Processes and threads: "faster" is undecided for python-as-published (1.58×). ` + differs + "0.224×."},
		{"two interpreters", func(l *journal.Log) {
			l.Run.Published.Rows[1].Cells[2] = l.Run.Published.Rows[1].Cells[1]
			l.Run.Published.Rows[1].Cells[2].Cell = 3
			l.Run.Cells[2].Levels["python"], l.Run.Cells[3].Levels["python"] = "python3.12", "python3.13"
			l.Run.Cells[3].Levels["strategy"] = "python-returning"
		}, `Processes and threads: "faster" holds for python-as-published (1.54×, 1.52–1.57). ` + differs + "0.223× (0.220–0.225) with python=python3.12; 10.1× (9.92–10.20) with python=python3.13."},
		{"it was skipped", func(l *journal.Log) {
			l.Run.Cells[2].Skip = "no python3"
			l.Trials = slices.DeleteFunc(l.Trials, func(t journal.Trial) bool { return t.Cell == 2 })
		}, `Processes and threads: "faster" holds for python-as-published (1.54×, 1.52–1.57). ` + differs + "no figures, because it was skipped: no python3."},
		{"no baseline", func(l *journal.Log) { l.Run.Published.Rows[1].Cells[1].Baseline = -1 }, `Processes and threads: "faster" holds for python-as-published (1.54×, 1.52–1.57). ` + differs + "4.52 ± 0.10 s."},
		{"corruption", func(l *journal.Log) { l.Run.Published.Rows[1].Claim = journal.ClaimIntact }, `Processes and threads: "intact" holds for python-as-published (0 of 5,000 items corrupt). ` + differs + "0 of 5,000 items corrupt."},
		{"a failure", func(l *journal.Log) { l.Run.Published.Rows[1].Claim = journal.ClaimFails }, `Processes and threads: "fails" does not hold for python-as-published (1.54×, 1.52–1.57). ` + differs + "it succeeded in 5 trials."},
	} {
		log := load()
		test.change(log)
		r := New(analysis.New(log))
		if got := strings.Join(slices.DeleteFunc(slices.Clone(r.Findings), func(s string) bool { return !strings.Contains(s, "python-returning") }), "|"); got != test.want {
			t.Errorf("%s: %q,\nwant %q", test.name, got, test.want)
		}
		for _, c := range r.Contradicted() {
			if strings.Contains(c.Cell, "returning") {
				t.Errorf("%s: a variant contradicts its row: %s", test.name, c.Sentence)
			}
		}
		if reasons := strings.Join(r.Reasons(), " "); strings.Contains(reasons, "returning") {
			t.Errorf("%s: a variant has a reason: %s", test.name, reasons)
		}
	}
	r := New(analysis.New(load()))
	if published, measured, _ := r.ranked(true); len(published) != 2 || measured[1] < 1 {
		t.Errorf("ranks %v and %v, want the cell that judges the row", published, measured)
	}
}

func TestBreakEven(t *testing.T) {
	// run returns the findings about cells whose blocked time is the time of the foreground
	// divided by each factor, for sizes from a kilobyte to a gigabyte. If a factor is below 0, the
	// times scatter.
	run := func(measure, claim string, factors ...float64) string {
		var cells []analysistest.Cell
		var rows [][2]int
		for i, f := range factors {
			size := []string{"1000", "1000000", "1048576", "1000000000"}[i]
			base := []float64{1, 1.02, 0.99, 1.01, 1}
			times := []float64{1.01 / f, 1.01 / f, 0.99 / f, 1 / f, 1 / f}
			if f < 0 { // the times scatter
				times = []float64{-1.1 / f, -0.9 / f, -1.05 / f, -0.95 / f, -1.01 / f}
			}
			cells = append(cells,
				analysistest.Cell{Levels: "operation=write strategy=python-foreground size=" + size, Base: 2 * i, Seconds: base},
				analysistest.Cell{Levels: "operation=write strategy=python-thread size=" + size, Base: 2 * i, Seconds: times})
			rows = append(rows, [2]int{2*i + 1, 2 * i})
		}
		log := analysistest.WithTable(analysistest.Log(5, cells...), "A page",
			analysistest.Row{Method: "Foreground", Programs: analysistest.OneCell(0, 0)},
			analysistest.Row{Method: "Thread", Claim: claim, Programs: rows})
		log.Run.Published.Measure = measure
		list := New(analysis.New(log)).Findings
		return strings.Join(slices.DeleteFunc(list, func(s string) bool { return !strings.HasPrefix(s, "Thread: python-thread") }), "|")
	}
	for _, test := range []struct {
		name, measure string
		factors       []float64
		want          string
	}{
		{"rising", journal.MeasureBlocked, []float64{0.4, 0.5, 1.8, 9}, "Thread: python-thread blocks its caller for less time than python-foreground from size=1MiB on (1.80×, 1.78–1.82), and for more up to size=1MB (0.501×, 0.496–0.506)."},
		{"rising, with a gap", journal.MeasureSeconds, []float64{0.4, -1, 1.8, 9}, "Thread: python-thread is faster than python-foreground from size=1MiB on (1.80×, 1.78–1.82), and slower up to size=1KB (0.401×, 0.397–0.405). It is undecided at size=1MB (1.00×, 0.901–1.124)."},
		{"never slower", journal.MeasureSeconds, []float64{-1, 2}, "Thread: python-thread is faster than python-foreground from size=1MB on (2.00×, 1.98–2.02). It is undecided at size=1KB (1.00×, 0.901–1.124)."},
		{"falling", journal.MeasureSeconds, []float64{9, 1.8, 0.5}, "Thread: python-thread is faster than python-foreground up to size=1MB (1.80×, 1.78–1.82), and slower from size=1MiB on (0.501×, 0.496–0.506)."},
		{"within the tolerance", journal.MeasureSeconds, []float64{0.5, 1.025, 2}, "Thread: python-thread is faster than python-foreground from size=1MiB on (2.00×, 1.98–2.02), and slower up to size=1KB (0.501×, 0.496–0.506). There is no difference at size=1MB (1.03×, 1.02–1.04)."},
		{"only within the tolerance", journal.MeasureSeconds, []float64{0.5, 1.025}, ""},
		{"corrected, and not clear", journal.MeasureSeconds, []float64{-1.18, -1.18, 2}, "Thread: python-thread is faster than python-foreground from size=1MiB on (2.00×, 1.98–2.02). It is undecided at size=1MB (1.18×, 1.06–1.33; p = 0.0704 after correcting for 3 comparisons)."},
		{"alone, and clear", journal.MeasureSeconds, []float64{0.5, -1.2, 2}, "Thread: python-thread is faster than python-foreground from size=1MB on (1.20×, 1.08–1.35), and slower up to size=1KB (0.501×, 0.496–0.506)."},
		{"twice", journal.MeasureSeconds, []float64{0.5, 2, 0.5}, ""},
		{"always faster", journal.MeasureSeconds, []float64{2, 3, 4}, ""},
		{"never faster", journal.MeasureSeconds, []float64{0.5, -1}, ""},
		{"one size", journal.MeasureSeconds, []float64{2}, ""},
	} {
		for _, claim := range []string{journal.ClaimFaster, journal.ClaimNone} {
			if got := run(test.measure, claim, test.factors...); got != test.want {
				t.Errorf("%s, claim %s: %q,\nwant %q", test.name, claim, got, test.want)
			}
		}
	}
}
