package reports

import (
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

func TestReportSaysWhenItWasResumed(t *testing.T) {
	for _, test := range []struct {
		resumed int
		want    string
	}{
		{0, ""},
		{1, " It was measured in 2 sittings, resumed on 14 March 2025 at 17:30 UTC.\n"},
		{2, " It was measured in 3 sittings, resumed on 14 March 2025 at 17:30 UTC and on 15 March 2025 at 02:30 UTC.\n"},
		{3, " It was measured in 4 sittings, resumed 3 times, first on 14 March 2025 at 17:30 UTC and last on 15 March 2025 at 11:30 UTC.\n"},
	} {
		w := pair(1)
		for range test.resumed {
			w.Resume(1)
		}
		md := markdownOf(t, New(w.Log))
		if !strings.Contains(md, test.want) || strings.Contains(md, "sittings") != (test.want != "") {
			t.Errorf("resumed %d times: no %q in %s", test.resumed, test.want, md)
		}
	}
}

// splitWarnings are those of a run's tables.
func splitWarnings(d *Data) (list []string) {
	for _, w := range d.Warnings {
		if strings.Contains(w, "another sitting") {
			list = append(list, w)
		}
	}
	return list
}

func TestSplitRoundsAreWarnedOf(t *testing.T) {
	const all = "write: measured in another sitting than the baseline: threads (3 of 3 rounds). What changed between the sittings is part of these speed-ups: pairing by round does not cancel it, and where most rounds are so there is no verdict."
	for _, test := range []struct {
		name  string
		write func(*analysistest.Diary)
		want  string
	}{
		{"one sitting", func(w *analysistest.Diary) { w.In(1).Good(0, 1).In(2).Good(0, 1).In(3).Good(0, 1) }, ""},
		{"interrupted within a round", func(w *analysistest.Diary) { w.In(1).Good(0, 1).In(2).Good(0).Resume(1).Good(1).In(3).Good(0, 1) }, ""},
		{"interrupted between rounds", func(w *analysistest.Diary) { w.In(1).Good(0, 1).Resume(1).In(2).Good(0, 1).In(3).Good(0, 1) }, ""},
		{"extended", func(w *analysistest.Diary) {
			w.In(1).Good(0).In(2).Good(0).In(3).Good(0).Resume(1).In(1).Good(1).In(2).Good(1).In(3).Good(1)
		}, all},
		{"interrupted in two rounds", func(w *analysistest.Diary) {
			w.In(1).Good(0).Resume(1).Good(1).In(2).Good(0).Resume(1).Good(1).In(3).Good(0, 1)
		}, strings.Replace(all, "3 of 3", "2 of 3", 1)},
		{"tried again later", func(w *analysistest.Diary) {
			w.In(1).Good(0).Bad(1, journal.Timeout, "1m").In(2).Good(0).Bad(1, journal.Timeout, "1m").In(3).Good(0, 1)
			w.Resume(1).In(1).Good(1).In(2).Good(1)
		}, strings.Replace(all, "3 of 3", "2 of 3", 1)},
		{"tried again in vain", func(w *analysistest.Diary) {
			w.In(1).Good(0).Bad(1, journal.Timeout, "1m").In(2).Good(0).Bad(1, journal.Timeout, "1m").In(3).Good(0, 1)
			w.Resume(1).In(1).Bad(1, journal.Timeout, "1m").In(2).Bad(1, journal.Timeout, "1m")
		}, ""},
	} {
		w := pair(3)
		test.write(w)
		w.Note(journal.NoteFinished, "")
		d := New(w.Log)
		if got := strings.Join(splitWarnings(d.Data), "\n"); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if verdict := d.Summaries[1].Verdict; test.want != "" && verdict != estimate.Inconclusive || test.name == "one sitting" && verdict != estimate.Faster {
			t.Errorf("%s: the verdict is %q", test.name, verdict)
		}
	}
}

// TestAClockThatJumpedSplitsNothing: the second sitting is of yesterday, by the
// machine's clock.
func TestAClockThatJumpedSplitsNothing(t *testing.T) {
	w := pair(3)
	w.In(1).Good(0, 1).Resume(1)
	w.Now = analysistest.Morning.AddDate(0, 0, -1)
	w.In(2).Good(0, 1).In(3).Good(0, 1).Note(journal.NoteFinished, "")
	if got := splitWarnings(NewData(w.Log)); got != nil {
		t.Errorf("%q", got)
	}
}

// TestWhatTookItsPlaceIsTold: a contender that was edited is another cell of the
// same name, and the old one is not drawn beside it.
func TestWhatTookItsPlaceIsTold(t *testing.T) {
	cp := analysistest.Cell{Levels: "operation=copy strategy=cp", Seconds: []float64{2}}
	w := analysistest.NewDiary(2, analysistest.Cell{Levels: "operation=copy strategy=sequential", Seconds: []float64{8}}, cp, cp)
	w.Run.Cells[1].Retired = true
	w.In(1).Good(0, 1).In(2).Good(0, 1).Resume(1).In(1).Good(2).In(2).Good(2).Note(journal.NoteFinished, "")
	d := New(w.Log)
	table := tableOf(t, d, TableOptions{Width: 120})
	if strings.Count(table, "\n cp ") != 2 || strings.Count(table, "(retired)") != 1 {
		t.Errorf("the table does not tell one cp from the other:\n%s", table)
	}
	if cells := d.measuredGroups()[0].Cells; len(cells) != 2 || cells[1].Index != 2 {
		t.Errorf("%d cells are drawn", len(cells))
	}
	if n := len(d.Groups()[0].Cells); n != 3 {
		t.Errorf("the group has %d cells, want 3", n)
	}
	w.Run.Cells[0].Retired = true
	w.Run.Cells[2].Baseline = 2
	md := markdownOf(t, New(w.Log))
	if !strings.Contains(md, "\n## copy (retired)\n") || !strings.Contains(md, "\n## copy\n") {
		t.Errorf("two tables are called the same:\n%s", md)
	}
}

func TestSuspendedTrialsAreCounted(t *testing.T) {
	w := pair(1)
	w.Good(0, 1).Note(journal.NoteRepeated, "x").Note(journal.NoteRepeated, "y").Note(journal.NoteFinished, "")
	wantWarning(t, NewData(w.Log), "2 trials were suspended and done again.")
}
