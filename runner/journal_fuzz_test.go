package runner

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/analysis/compare"
	"iosweep/analysis/gate"
	"iosweep/experiments"
	"iosweep/internal/sysinfo"
	"iosweep/journal"
	"iosweep/reports"
	"iosweep/reports/table"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// A realJournal is a journal from the test data of package journal.
type realJournal struct {
	data   []byte
	source string // of its experiment
	read   *reports.Content
}

func realJournals(t testing.TB) (list []realJournal) {
	t.Helper()
	paths, err := filepath.Glob("../journal/testdata/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found %d journals: %v", len(paths), err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		log, err := journal.Read(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, realJournal{data, log.Run.Origin.Source, reports.New(log)})
	}
	return list
}

// FuzzJournal changes journals and corrects their checksums. A changed journal is either refused
// as damaged, or every reader of journals must accept it: resuming the run, each report, each
// export, and comparing it.
func FuzzJournal(f *testing.F) {
	journals := realJournals(f)
	for i := range journals {
		f.Add(uint8(i), []byte{})
		f.Add(uint8(i), []byte{0, 10, 0, 1, 0, 7, 1, 0, 0, 0})
	}
	f.Fuzz(func(t *testing.T, which uint8, program []byte) {
		original := journals[int(which)%len(journals)]
		data := mutated(original.data, program[:min(len(program), 16*change)])
		log, err := journal.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		resume(t, log, log.Run.Origin.Source)
		if original.source != log.Run.Origin.Source {
			resume(t, log, original.source)
		}
		d := reports.New(log)
		report(t, d, crc32.ChecksumIEEE(data)%64 == 0) // drawing takes by far the most time
		compareWith(t, d, original.read)
		compareWith(t, original.read, d)
		compareWith(t, d, d)
	})
}

// resume does the steps of resuming a run that come before the first write.
func resume(t *testing.T, log *journal.Log, source string) {
	t.Helper()
	run := &log.Run
	e, err := experiments.Parse([]byte(source), experiments.Options{
		File: "x.yaml", Catalogue: catalogue.New(), CPUs: 2, MaxCells: 1000, Profile: run.Profile, Set: run.Overrides, Only: run.Only,
	})
	if err != nil || len(e.Cells)*(e.Trials.Repeats+e.Trials.Warmup) > 1<<16 {
		return
	}
	plan, opt := schedule.NewPlan(e), Options{Overrides: run.Overrides, Only: run.Only, Origin: run.Origin}
	planned, err := planHeader(plan, preflight.PlannedCells(e), opt)
	if err != nil {
		return // a script is missing
	}
	planned.ID = run.ID
	prep := &preflight.Prepared{Plan: plan, ID: run.ID, Cells: preflight.PlannedCells(e), Machine: sysinfo.Machine{CPUs: 2}}
	_ = (&ChangedError{schedule.Changes(run, &planned)}).Error()
	_ = sameMachine(run.Machine, planned.Machine)
	_ = resumeWarnings(log, planned.Machine, "devel")
	_ = log.Finished()
	for _, opt.RetryFailed = range []bool{false, true} {
		r := newRun(prep, opt, schedule.MapCells(run, &planned))
		r.replay(log)
		_ = r.ending(journal.NoteFinished).String()
		r.forecast = schedule.NewForecast(r.tracker)
		r.forecast.Remaining()
		header := r.header(planned)
		w, err := journal.Create(filepath.Join(t.TempDir(), journal.FileName))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Append(journal.Entry{Run: &header}), w.Close()); err != nil {
			t.Errorf("the run cannot continue: %v", err)
		}
	}
}

// report makes all reports and exports.
func report(t *testing.T, d *reports.Content, pictures bool) {
	t.Helper()
	_ = d.Timings()
	_ = d.Published.Contradicted()
	if pictures {
		if err := reports.WriteAll(t.TempDir(), func(dir string) error { return os.Mkdir(dir, 0o755) }, d); err != nil {
			t.Error(err)
		}
	}
	for _, width := range []int{80, 140} {
		if err := reports.Terminal(io.Discard, d, table.Options{Width: width, Colour: width > 80}); err != nil {
			t.Error(err)
		}
	}
	for _, r := range reports.All {
		written(t, d, r, strings.TrimPrefix(filepath.Ext(r.Name), "."))
	}
	for _, format := range reports.Formats {
		if format.Name == "markdown" && !pictures {
			continue // this format contains pictures
		}
		written(t, d, format, strings.Replace(format.Name, "hyperfine", "json", 1))
		if format.Omissions != nil {
			_ = format.Omissions(d)
		}
	}
}

func written(t *testing.T, d *reports.Content, r reports.Report, extension string) {
	t.Helper()
	var out bytes.Buffer
	if err := r.Write(&out, d); err != nil {
		t.Errorf("%s: %v", r.Name, err)
	}
	wellFormed(t, r.Name, extension, out.Bytes())
}

// wellFormed fails the test if other programs could not parse the data.
func wellFormed(t *testing.T, name, extension string, data []byte) {
	t.Helper()
	switch extension {
	case "json":
		if !json.Valid(data) {
			t.Errorf("%s is not valid JSON: %.2000s", name, data)
		}
	case "csv":
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Errorf("%s is not valid CSV: %v", name, err)
		}
		for _, row := range rows {
			for i, cell := range row {
				if cell == "NaN" || cell == "+Inf" || cell == "-Inf" {
					t.Errorf("%s: %s is %s in %q", name, rows[0][i], cell, row)
				}
			}
		}
	}
}

// compareWith compares two runs, if they are comparable.
func compareWith(t *testing.T, base, next *reports.Content) {
	t.Helper()
	c, err := compare.Compare(base.Data, next.Data, compare.CompareOptions{BaseName: "base", NewName: "new", Margin: 0.02})
	if err != nil {
		return
	}
	_ = c.SumUp()
	_ = c.Gated()
	for _, word := range []gate.Word{gate.Slower, gate.Failed, gate.Missing} {
		_ = c.Matching(word)
	}
	for extension, write := range map[string]func(io.Writer, *compare.Comparison) error{
		"csv": reports.WriteComparisonCSV, "json": reports.WriteComparisonJSON, "md": reports.WriteComparisonMarkdown,
		"txt": func(w io.Writer, c *compare.Comparison) error {
			return reports.ComparisonTable(w, c, table.Options{Width: 80})
		},
	} {
		var out bytes.Buffer
		if err := write(&out, c); err != nil {
			t.Errorf("comparison as %s: %v", extension, err)
		}
		wellFormed(t, "the comparison", extension, out.Bytes())
	}
}
