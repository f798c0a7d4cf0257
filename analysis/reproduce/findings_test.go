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
