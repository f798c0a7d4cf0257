package reproduce

import (
	"fmt"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// A judged is a table with two rows, and a run of two programs on a machine with 4 cpus.
// The first row is a baseline of 100 s, the second row is judged.
type judged struct {
	row      analysistest.Row
	seconds  []float64 // of the cell; the baseline takes 9.9, 10 and 10.1 s
	baseline []float64 // seconds of the baseline, if they differ
	skip     string
	change   func(*journal.Trial) // changes each trial of the cell
	setup    func(*journal.Log)
}

// attempt returns the attempt at the judged row.
func (j judged) attempt() *Attempt {
	base := j.baseline
	if base == nil {
		base = []float64{9.9, 10, 10.1}
	}
	log := analysistest.Log(3,
		analysistest.Cell{Levels: "operation=write strategy=python-sequential", Seconds: base},
		analysistest.Cell{Levels: "operation=write strategy=python-threads", Seconds: j.seconds, Skip: j.skip, Change: j.change},
	)
	log.Run.Machine.CPUs = 4
	j.row.Method = "Threads"
	if j.row.Programs == nil {
		j.row.Programs = analysistest.OneCell(1, 0)
	}
	analysistest.WithTable(log, "A table", analysistest.Row{Method: "Sequential", Runs: "100", Programs: analysistest.OneCell(0, 0)}, j.row)
	if j.setup != nil {
		j.setup(log)
	}
	return New(analysis.New(log)).Methods[1].Attempts[0]
}

// times returns times that are the times of the baseline divided by a factor, with a
// deviation of up to one part in a thousand.
func times(factor float64) []float64 {
	return []float64{9.9 / factor * 1.001, 10 / factor, 10.1 / factor * 0.999}
}

func TestOutcomesOfTime(t *testing.T) {
	corrupt := func(t *journal.Trial) { t.Measurement.Finding = "verification: nothing is there" }
	concurrency := func(n int) func(*journal.Log) {
		return func(l *journal.Log) { l.Run.Cells[1].Concurrency = n }
	}
	for _, test := range []struct {
		name    string
		of      judged
		outcome Outcome
		size    Size
		reason  string // part of the reason; empty: no reason
	}{
		{"faster, by its seconds", judged{row: analysistest.Row{Runs: "50"}, seconds: times(2)}, Reproduced, AsPublished, ""},
		{"faster, by its factor", judged{row: analysistest.Row{Runs: "99", Speedup: "2.0"}, seconds: times(2)}, Reproduced, AsPublished, ""},
		{"faster, in words", judged{row: analysistest.Row{Claim: "faster"}, seconds: times(2)}, Reproduced, "", ""},
		{"faster in words, whatever its seconds", judged{row: analysistest.Row{Claim: "faster", Runs: "100"}, seconds: times(2)}, Reproduced, Larger, ""},
		{"slower in words, and about faster in figures", judged{row: analysistest.Row{Claim: "slower", Speedup: "~1.2"}, seconds: times(0.5)}, Reproduced, "", ""},
		{"faster than published", judged{row: analysistest.Row{Runs: "50"}, seconds: times(3)}, Reproduced, Larger, ""},
		{"faster, but less than published", judged{row: analysistest.Row{Runs: "50"}, seconds: times(1.5)}, Reproduced, Smaller, ""},
		{"faster, at the limit of the size", judged{row: analysistest.Row{Runs: "50"}, seconds: times(2.1)}, Reproduced, SizeUncertain, ""},
		{"a range, within it", judged{row: analysistest.Row{Speedup: "1.5 3"}, seconds: times(2)}, Reproduced, AsPublished, ""},
		{"a range, beyond it", judged{row: analysistest.Row{Speedup: "1.5 1.8"}, seconds: times(2)}, Reproduced, Larger, ""},
		{"a range that begins within the tolerance claims nothing", judged{row: analysistest.Row{Speedup: "1.01 3"}, seconds: times(1)}, "", "", ""},
		{"a little slower is no difference", judged{row: analysistest.Row{Runs: "200"}, seconds: times(0.97)}, Contradicted, "", "is no difference"},
		{"faster is not no difference", judged{row: analysistest.Row{Runs: "50"}, seconds: times(1)}, Contradicted, "", "is no difference"},
		{"faster is not slower", judged{row: analysistest.Row{Runs: "50"}, seconds: times(0.5)}, Contradicted, "", "is slower"},
		{"slower", judged{row: analysistest.Row{Runs: "200"}, seconds: times(0.5)}, Reproduced, AsPublished, ""},
		{"slower than published", judged{row: analysistest.Row{Runs: "200"}, seconds: times(0.25)}, Reproduced, Larger, ""},
		{"slower, but less than published", judged{row: analysistest.Row{Runs: "200"}, seconds: times(0.8)}, Reproduced, Smaller, ""},
		{"slower is not faster", judged{row: analysistest.Row{Runs: "200"}, seconds: times(2)}, Contradicted, "", "is faster"},
		{"no difference", judged{row: analysistest.Row{Runs: "101"}, seconds: times(0.98)}, Reproduced, "", ""},
		{"no difference, in words", judged{row: analysistest.Row{Claim: "no difference", Runs: "50"}, seconds: times(1)}, Reproduced, "", ""},
		{"no difference is not faster", judged{row: analysistest.Row{Runs: "101"}, seconds: times(1.2)}, Contradicted, "", "1.20× (1.197–1.203) is faster"},
		{"on both sides of the limit", judged{row: analysistest.Row{Runs: "101"}, seconds: times(1.05)}, Undecided, "", "the interval allows for no difference and faster"},
		{"a wide interval", judged{row: analysistest.Row{Runs: "50"}, seconds: []float64{7, 9, 10}}, Undecided, "", "the interval allows for slower, no difference and faster"},
		{"neither claimed nor its opposite", judged{row: analysistest.Row{Runs: "50"}, seconds: []float64{10.1, 10.5, 10.3}}, Contradicted, "", "is not faster"},
		{"an open interval", judged{row: analysistest.Row{Runs: "50"}, seconds: []float64{0.1, 0.1, 30}}, Undecided, "", "do not bound"},
		{"a scattered baseline", judged{row: analysistest.Row{Runs: "50"}, seconds: []float64{9, 9.1, 9}, baseline: []float64{1, 10, 40}}, Undecided, "", "scatter as widely as they last"},
		{"one round", judged{row: analysistest.Row{Runs: "50"}, seconds: []float64{5}}, Undecided, "", "1 round in which both"},
		{"failed", judged{row: analysistest.Row{Runs: "50"}, seconds: []float64{5, 0, 5}}, Undecided, "", "1 of 3 trials failed: file-00017.csv"},
		{"never run", judged{row: analysistest.Row{Runs: "50"}}, Undecided, "", "it has no good trial"},
		{"skipped", judged{row: analysistest.Row{Runs: "50"}, skip: "no python3"}, Undecided, "", "it was skipped: no python3"},
		{"optional and skipped", judged{
			row: analysistest.Row{Runs: "50"}, skip: "no python3",
			setup: func(l *journal.Log) { l.Run.Cells[1].Optional = true },
		}, Undecided, "", "it was skipped: optional: no python3"},
		{"not done, as expected", judged{row: analysistest.Row{Runs: "50"}, seconds: times(2), change: corrupt}, Undecided, "", "did not do the work in 3 of 3 good trials"},
		{"its baseline failed", judged{row: analysistest.Row{Runs: "50"}, seconds: times(2), baseline: []float64{0, 10, 10}}, Undecided, "", "of its baseline write/strategy=python-sequential: 1 of 3 trials failed"},
		{"its baseline was not done", judged{row: analysistest.Row{Runs: "50"}, seconds: times(2), setup: func(l *journal.Log) { corrupt(&l.Trials[0]) }}, Undecided, "", "of its baseline write/strategy=python-sequential: it did not do the work in 1 of 3"},
		{"no baseline", judged{row: analysistest.Row{Runs: "50", Programs: analysistest.OneCell(1, -1)}, seconds: times(2)}, Undecided, "", "no baseline"},
		{"the baseline itself", judged{row: analysistest.Row{Runs: "50", Programs: analysistest.OneCell(1, 1)}, seconds: times(2)}, Undecided, "", "it is the baseline itself"},
		{"an unknown claim", judged{row: analysistest.Row{Claim: "greener"}, seconds: times(2)}, Undecided, "", `"greener" is no claim`},
		{"a row without a claim", judged{row: analysistest.Row{}, seconds: times(2)}, "", "", ""},
		{"more than the cpus, and the same per cpu", judged{row: analysistest.Row{Runs: "12.5"}, seconds: times(4), setup: concurrency(8)}, Limited, AsPublished, "8.00× takes more than 4 cpus; per cpu that is 1.00× published and"},
		{"unknown concurrency", judged{row: analysistest.Row{Runs: "12.5"}, seconds: times(2), setup: concurrency(0)}, Limited, Smaller, "per cpu that is 1.00× published and 0.49"},
		{"more workers than published cpus", judged{row: analysistest.Row{Runs: "20"}, seconds: times(3.9), setup: concurrency(100)}, Limited, Larger, "per cpu that is 0.62× published"},
		{"fewer workers than cpus", judged{row: analysistest.Row{Runs: "20"}, seconds: times(2), setup: concurrency(2)}, Limited, Smaller, "per cpu that is 2.50× published and 0.99"},
		{"unknown published cpus", judged{row: analysistest.Row{Runs: "12.5"}, seconds: times(4), setup: func(l *journal.Log) { l.Run.Published.CPUs = 0 }}, Limited, SizeUncertain, "is not known"},
		{"more than the cpus, and reached", judged{row: analysistest.Row{Runs: "12.5"}, seconds: times(8)}, Reproduced, AsPublished, ""},
		{"more than the cpus, and contradicted", judged{row: analysistest.Row{Runs: "12.5"}, seconds: times(1)}, Contradicted, "", "is no difference"},
		{"blocked time needs no cpus", judged{row: analysistest.Row{Runs: "1"}, seconds: times(10), setup: func(l *journal.Log) { l.Run.Published.Measure = journal.MeasureBlocked }}, Reproduced, Smaller, ""},
		{"on one cpu", judged{row: analysistest.Row{Runs: "50"}, seconds: times(0.8), setup: func(l *journal.Log) { l.Run.Machine.CPUs = 1 }}, Undecided, "", "1 cpu"},
		{"less than the cpus", judged{row: analysistest.Row{Runs: "30"}, seconds: times(2)}, Reproduced, Smaller, ""},
		{"a range that begins below the cpus", judged{row: analysistest.Row{Speedup: "3 8"}, seconds: times(2)}, Reproduced, Smaller, ""},
		{"unknown cpus here", judged{row: analysistest.Row{Runs: "12.5"}, seconds: times(2), setup: func(l *journal.Log) { l.Run.Machine.CPUs = 0 }}, Reproduced, Smaller, ""},
		{"much slower needs no cpus", judged{row: analysistest.Row{Speedup: "0.01"}, seconds: times(0.1)}, Reproduced, Smaller, ""},
	} {
		a := test.of.attempt()
		if a.Outcome != test.outcome || a.Size != test.size || (test.reason == "") != (a.Reason == "") || !strings.Contains(a.Reason, test.reason) {
			t.Errorf("%s: %q, %q because %q; want %q, %q because %q", test.name, a.Outcome, a.Size, a.Reason, test.outcome, test.size, test.reason)
		}
	}
}

func TestOutcomesOfCorruption(t *testing.T) {
	counts := func(n ...int) func(*journal.Trial) {
		return func(t *journal.Trial) {
			if t.Measurement != nil {
				t.Measurement.CorruptItems = &n[t.Round-1]
			}
		}
	}
	failAsExpected := func(t *journal.Trial) { t.Measurement.Finding = "verification: nothing is there" }
	fine := []float64{1, 1, 1}
	for _, test := range []struct {
		name, claim string
		seconds     []float64
		change      func(*journal.Trial)
		outcome     Outcome
		corrupt     estimate.Value
		reason      string
	}{
		{"verified is intact", journal.ClaimIntact, fine, nil, Reproduced, estimate.Of(0), ""},
		{"counted and intact", journal.ClaimIntact, fine, counts(0, 0, 0), Reproduced, estimate.Of(0), ""},
		{"one trial is enough", journal.ClaimIntact, fine[:1], nil, Reproduced, estimate.Of(0), ""},
		{"one corrupt trial", journal.ClaimIntact, fine, counts(0, 3, 0), Contradicted, estimate.Of(1), "items were corrupt in 1 of 3 good trials"},
		{"one corrupt trial, and one failed", journal.ClaimIntact, []float64{1, 1, 0}, counts(0, 3, 0), Contradicted, estimate.Of(1.5), "items were corrupt in 1 of 2 good trials"},
		{"intact, but one failed", journal.ClaimIntact, []float64{1, 0, 1}, nil, Undecided, estimate.Of(0), "1 of 3 trials failed"},
		{"all corrupt", journal.ClaimCorrupt, fine, counts(3, 1, 2), Reproduced, estimate.Of(2), ""},
		{"none corrupt", journal.ClaimCorrupt, fine, counts(0, 0, 0), Undecided, estimate.Of(0), "no item was corrupt in 3 good trials"},
		{"verified is not corrupt", journal.ClaimCorrupt, fine, nil, Undecided, estimate.Of(0), "no item was corrupt in 3 good trials"},
		{"some corrupt", journal.ClaimCorrupt, fine, counts(0, 3, 0), Reproduced, estimate.Of(1), ""},
		{"not done, as expected", journal.ClaimIntact, fine, failAsExpected, Undecided, estimate.Of(0), "did not do the work in 3 of 3"},
		{"never run", journal.ClaimCorrupt, nil, nil, Undecided, estimate.Value{}, "it has no good trial"},
	} {
		a := judged{row: analysistest.Row{Claim: test.claim, Programs: analysistest.OneCell(1, -1)}, seconds: test.seconds, change: test.change}.attempt()
		if a.Outcome != test.outcome || a.Corrupt != test.corrupt || (test.reason == "") != (a.Reason == "") || !strings.Contains(a.Reason, test.reason) {
			t.Errorf("%s: %q, %v because %q; want %q, %v because %q", test.name, a.Outcome, a.Corrupt, a.Reason, test.outcome, test.corrupt, test.reason)
		}
	}
}

// TestCorrectionForTheNumberOfRows checks a row whose interval excludes the claim. It is
// contradicted in a table of one row, and not in a table of several rows that decide nothing.
func TestCorrectionForTheNumberOfRows(t *testing.T) {
	cells := []analysistest.Cell{
		{Levels: "operation=write strategy=python-sequential", Seconds: []float64{10, 10.2, 9.8, 10.1, 9.9}},
		{Levels: "operation=write strategy=python-judged", Seconds: []float64{10.2, 10, 9.7, 10.4, 9.7}},
	}
	rows := []analysistest.Row{
		{Method: "Sequential", Programs: analysistest.OneCell(0, 0)},
		{Method: "Judged", Claim: journal.ClaimFaster, Programs: analysistest.OneCell(1, 0)},
	}
	attempt := func(rows ...analysistest.Row) *Attempt {
		return New(analysis.New(analysistest.WithTable(analysistest.Log(5, cells...), "A table", rows...))).Methods[1].Attempts[0]
	}
	alone := attempt(rows...)
	if alone.Outcome != Contradicted || alone.Adjusted != alone.P || alone.Comparisons != 1 {
		t.Fatalf("alone: %q because %q, p = %v, adjusted %v of %d", alone.Outcome, alone.Reason, alone.P, alone.Adjusted, alone.Comparisons)
	}
	for i := range 5 {
		cells = append(cells, analysistest.Cell{Levels: fmt.Sprintf("operation=write strategy=python-%d", i), Seconds: []float64{9.4, 9.9, 9.0, 10, 9.4}})
		rows = append(rows, analysistest.Row{Method: fmt.Sprint(i), Claim: journal.ClaimFaster, Programs: analysistest.OneCell(i+2, 0)})
	}
	among := attempt(rows...)
	if among.P != alone.P || among.Adjusted.X < 0.05 || among.Outcome != Undecided || !among.Open ||
		!strings.Contains(among.Reason, "is no difference, but after correcting for 6 comparisons p = 0.") {
		t.Errorf("among six: %q because %q, p = %v, adjusted %v", among.Outcome, among.Reason, among.P, among.Adjusted)
	}
	for i := range rows[2:] {
		rows[i+2].Own, rows[i+2].Programs = rows[i+2].Programs, nil
	}
	if own := attempt(rows...); own.Outcome != Contradicted {
		t.Errorf("among strategies of iosweep: %q because %q, adjusted %v", own.Outcome, own.Reason, own.Adjusted)
	}
}

// TestNoiseIsReported checks that a verdict names the rounds in which the machine was not quiet,
// for the cell or its baseline.
func TestNoiseIsReported(t *testing.T) {
	noise := func(l *journal.Log) {
		for i := range l.Trials {
			if tr := &l.Trials[i]; tr.Cell == 0 && tr.Round == 1 || tr.Cell == 1 && tr.Round < 3 {
				tr.Measurement.Noise = "other processes used 0.9 cpus"
			}
		}
	}
	const clause = "(the machine was not quiet in 2 of its 3 rounds)"
	for _, test := range []struct {
		row     analysistest.Row
		seconds []float64
		outcome Outcome
		noisy   bool
	}{
		{analysistest.Row{Runs: "50"}, times(1), Contradicted, true},
		{analysistest.Row{Runs: "50"}, []float64{7, 9, 10}, Undecided, true},
		{analysistest.Row{Runs: "50"}, times(2), Reproduced, false},
		{analysistest.Row{Runs: "12.5"}, times(4), Limited, true},
	} {
		a := judged{row: test.row, seconds: test.seconds, setup: noise}.attempt()
		if a.Outcome != test.outcome || a.Noisy != 2 || a.Rounds != 3 || strings.Contains(a.Reason, clause) != test.noisy {
			t.Errorf("%q because %q, %d of %d rounds noisy", a.Outcome, a.Reason, a.Noisy, a.Rounds)
		}
	}
	quiet := judged{row: analysistest.Row{Runs: "50"}, seconds: times(1)}.attempt()
	if quiet.Noisy != 0 || strings.Contains(quiet.Reason, "quiet") {
		t.Errorf("without noise: %d noisy rounds, %q", quiet.Noisy, quiet.Reason)
	}
}

func TestClaimThatAProgramFails(t *testing.T) {
	as := func(finding string) func(*journal.Trial) {
		return func(t *journal.Trial) {
			if t.Measurement != nil {
				t.Measurement.Finding = finding
			}
		}
	}
	failing := func(text string) func(*journal.Trial) {
		return func(t *journal.Trial) {
			if t.Measurement == nil {
				t.Error = text
				return
			}
			t.Measurement.Finding = "exit status 1: OSError: Too many open files: 'data-0248.csv'"
		}
	}
	for _, test := range []struct {
		name    string
		seconds []float64
		change  func(*journal.Trial)
		outcome Outcome
		reason  string
	}{
		{"every trial fails", []float64{1, 1, 1}, as("exit status 1: no"), Reproduced, ""},
		{"one succeeds", []float64{1, 0, 1}, failing("x" + journal.ExitedWithoutError + " (stderr: nothing)"), Contradicted, "it succeeded in 1 of 3 trials"},
		{"one passes verification", []float64{1, 0, 1}, failing(journal.Unverified + "x" + journal.PassedVerification), Contradicted, "it succeeded in 1 of 3 trials"},
		{"one fails in another way", []float64{1, 0, 1}, failing("x, but did not: exit status 1 (ModuleNotFoundError)"), Undecided, "1 of 3 trials failed"},
		{"its command expects no failure", []float64{1, 1, 1}, nil, Contradicted, "it succeeded in 3 of 3 trials"},
		{"never run", nil, nil, Undecided, "no good trial"},
	} {
		a := judged{row: analysistest.Row{Claim: journal.ClaimFails, Programs: analysistest.OneCell(1, -1)}, seconds: test.seconds, change: test.change}.attempt()
		if a.Outcome != test.outcome || (test.reason == "") != (a.Reason == "") || !strings.Contains(a.Reason, test.reason) {
			t.Errorf("%s: %q because %q, want %q because %q", test.name, a.Outcome, a.Reason, test.outcome, test.reason)
		}
	}
}

func TestRowsThatAreNotJudged(t *testing.T) {
	if a := (judged{row: analysistest.Row{Claim: journal.ClaimNone, Runs: "10"}, seconds: times(2)}).attempt(); a.Outcome != "" || a.Reason != "" || !a.Speedup.CI.OK {
		t.Errorf("without a claim: %q because %q, %+v", a.Outcome, a.Reason, a.Speedup)
	}
	variant := func(l *journal.Log) { l.Run.Published.Rows[1].Cells[0].Differs = "returns the texts" }
	a := judged{row: analysistest.Row{Runs: "50"}, seconds: times(0.5), setup: variant}.attempt()
	if a.Outcome != Variant || a.Adjusted.OK || !strings.Contains(a.Reason, "returns the texts") {
		t.Errorf("a variant: %q because %q, adjusted p %v", a.Outcome, a.Reason, a.Adjusted)
	}
}

func TestBaselineHasNoClaimAboutTime(t *testing.T) {
	for _, claim := range []string{"", journal.ClaimFaster} {
		log := analysistest.SaveFiles()
		log.Run.Published.Rows[0].Claim = claim
		m := New(analysis.New(log)).Methods[0]
		if a := m.Attempts[0]; m.Claim != "" || a.Outcome != "" || a.Speedup.Value.X != 1 || a.Speedup.CI.OK {
			t.Errorf("the baseline claims %q: %q, %+v", m.Claim, a.Outcome, a.Speedup)
		}
	}
}

func TestBlockedTimeIsCompared(t *testing.T) {
	half := func(t *journal.Trial) { t.Measurement.Blocked = new(t.Measurement.Seconds / 2) }
	blocked := judged{row: analysistest.Row{Runs: "50"}, seconds: times(1), change: half, setup: func(l *journal.Log) { l.Run.Published.Measure = journal.MeasureBlocked }}
	if a := blocked.attempt(); a.Outcome != Reproduced || a.Seconds.Mean.X > 5.1 {
		t.Errorf("%q, %v s blocked", a.Outcome, a.Seconds.Mean.X)
	}
	blocked.setup = nil
	if a := blocked.attempt(); a.Outcome != Contradicted || a.Seconds.Mean.X < 9.9 {
		t.Errorf("with the measure of seconds: %q, %v s", a.Outcome, a.Seconds.Mean.X)
	}
}

// TestSpeedUpUsesTheBaselineOfTheRow checks that the baseline of an attempt is a cell of
// its own kind. In summary.csv all cells of a table have the same baseline.
func TestSpeedUpUsesTheBaselineOfTheRow(t *testing.T) {
	d := New(analysis.New(analysistest.SaveFiles()))
	a := d.Methods[2].Attempts[0]
	if got, inTable := a.Speedup.Value.X, a.Cell.Speedup.Value.X; got < 1.5 || inTable > 0.5 || a.Baseline.Index != 0 {
		t.Errorf("%v against %s; in its table %v", got, a.Baseline.Cell.Name, inTable)
	}
}
