package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/journal"
	"iosweep/runner"
)

// sampleNames are names of cells that differ in two places.
var sampleNames = []string{
	"copy/strategy=processes/workers=2/chunk_size=16/cache=cold",
	"copy/strategy=processes/workers=20/chunk_size=16/cache=cold",
	"copy/strategy=processes+threads/workers=2/chunk_size=16/cache=cold",
	"copy/strategy=processes+threads/workers=20/chunk_size=16/cache=cold",
}

// TestCellNamesStayDistinct shortens names to all widths. They fit, and all differ.
func TestCellNamesStayDistinct(t *testing.T) {
	var cells []journal.Cell
	for _, name := range append(sampleNames, "copy/strategy=日本語日本語日本語/workers=2", "copy/strategy=日本語日本語日本/workers=2") {
		cells = append(cells, journal.Cell{Name: name})
	}
	names := cellNamesOf(cells)
	for width := 6; width < 80; width++ {
		short := map[string]bool{}
		for _, c := range cells {
			got := names.fit(c.Name, width)
			if short[got] = true; text.StringWidth(got) > width {
				t.Errorf("%q has more than %d columns", got, width)
			}
		}
		if len(short) != len(cells) {
			t.Errorf("%d columns: %d cells have the names %v", width, len(cells), short)
		}
	}
	if got, want := names.fit(sampleNames[2], 57), "strategy=processes+threads/workers=2/chunk_size=16/cache=cold"; got == want {
		t.Errorf("%q does not fit", got)
	}
}

// TestBar draws the progress line at several widths.
func TestBar(t *testing.T) {
	var cells []journal.Cell
	for _, name := range sampleNames {
		cells = append(cells, journal.Cell{Name: name})
	}
	p := progress{names: cellNamesOf(cells), last: "1.04 ms, "}
	at := runner.TrialInfo{Number: 13, Of: 24, Phase: journal.Measured, Round: 3, Remaining: 79_400 * time.Millisecond}
	for width, want := range map[int]string{
		110: " 50% |█████     | (12/24) 1m20s left, 1.04 ms, measured 3, strategy=processes+threads/workers=2",
		62:  "(12/24) 1m20s left, 1.04 ms, processes+threads/2",
		40:  "(12/24) 1m20s left, processes+threads/2",
	} {
		got := p.bar(at, sampleNames[2], width)
		if diff := cmp.Diff(want, got); diff != "" || text.StringWidth(got) > width {
			t.Errorf("%d columns (-want +got):\n%s", width, diff)
		}
	}
}

// TestTimesLeft checks that the rest of a budget stands beside the remaining time of the plan.
func TestTimesLeft(t *testing.T) {
	for _, test := range []struct {
		plan, budget time.Duration
		want         string
	}{
		{79_400 * time.Millisecond, 0, "1m20s left"},
		{time.Hour, 10 * time.Minute, "1h0m0s left, 10m0s left of the budget"},
		{0, time.Second, "time left unknown, 1s left of the budget"},
	} {
		if got := timesLeft(runner.TrialInfo{Remaining: test.plan, Budget: test.budget}); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// TestBarWithoutNames draws a line before the names of the cells are known.
func TestBarWithoutNames(t *testing.T) {
	p := progress{}
	if got := p.bar(runner.TrialInfo{Number: 1, Of: 24}, sampleNames[0], 40); text.StringWidth(got) > 40 {
		t.Errorf("%q has more than 40 columns", got)
	}
}

// TestWrap breaks messages between words. A command at the end of a line stays whole.
func TestWrap(t *testing.T) {
	for in, want := range map[string]string{
		"short\n": "short\n",
		"warning: Before the run other processes used 2.13 cpus\n": "warning: Before the run\n  other processes used\n  2.13 cpus\n",
		"to continue: iosweep resume results/x-20260101\n":         "to continue:\n  iosweep resume results/x-20260101\n",
		"a /path/that/has/more/than/24/columns here\n":             "a /path/that/has/more/than/24/columns\n  here\n",
		"no end of line, but more than 24 columns":                 "no end of line, but more\n  than 24 columns",
	} {
		if diff := cmp.Diff(want, wrap(in, 24)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
	for _, line := range strings.Split(wrap(strings.Repeat("日本語 ", 30), 40), "\n") {
		if text.StringWidth(line) > 40 {
			t.Errorf("%q has more than 40 columns", line)
		}
	}
}

// TestLastRoundHasALine: in a log, the first and the last round have a line, however short the run is.
func TestLastRoundHasALine(t *testing.T) {
	good := journal.Trial{Status: journal.OK, Measurement: &journal.Measurement{Seconds: 1}}
	for _, test := range []struct {
		detail string
		trials int // of the 6 trials of 3 rounds, before the session ends
		want   string
	}{
		{progressRounds, 6, "[2/6] measured 1: 2 trials, 4s left\n[6/6] measured 3: 2 trials\n"},
		{progressRounds, 5, "[2/6] measured 1: 2 trials, 4s left\n[5/6] measured 3: 1 trial\n"},
		{progressRounds, 4, "[2/6] measured 1: 2 trials, 4s left\n[4/6] measured 2: 2 trials\n"},
		{progressRounds, 1, "[1/6] measured 1: 1 trial\n"},
		{progressRounds, 0, ""},
		{progressNone, 6, ""},
	} {
		var b strings.Builder
		p := newProgress(&b, test.detail)
		for i := range test.trials {
			at := runner.TrialInfo{Number: i + 1, Of: 6, Phase: journal.Measured, Round: i/2 + 1, Remaining: time.Duration(6-i) * time.Second}
			p.Begun(at)
			p.Ended(at, good)
		}
		p.Close()
		p.Close()
		if diff := cmp.Diff(test.want, b.String()); diff != "" {
			t.Errorf("%s, %d trials (-want +got):\n%s", test.detail, test.trials, diff)
		}
	}
	var b strings.Builder
	p := newProgress(&b, progressRounds)
	p.Begun(runner.TrialInfo{Number: 3, Of: 6, Phase: journal.Measured, Round: 2})
	p.Close()
	if b.String() != "" {
		t.Errorf("an interrupted trial has the line %q", b.String())
	}
}

// TestTimeLeftDecreases: during a trial the line is drawn again with less time left.
func TestTimeLeftDecreases(t *testing.T) {
	var b strings.Builder
	p := newProgress(&b, progressRounds)
	p.live = true
	p.Begun(runner.TrialInfo{Number: 1, Of: 2, Phase: journal.Measured, Round: 1, Remaining: time.Hour})
	p.redraw(p.begun.Add(10 * time.Minute))
	p.redraw(p.begun.Add(2 * time.Hour))
	p.Warn("something")
	p.redraw(p.begun.Add(3 * time.Hour)) // the line is not there, so it is not drawn
	p.Close()
	got := b.String()
	for _, want := range []string{"1h0m0s left", "50m0s left", "(0/2) 1s left"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if !strings.HasSuffix(got, "warning: something\n") {
		t.Errorf("the line is drawn after a warning: %q", got)
	}
}
