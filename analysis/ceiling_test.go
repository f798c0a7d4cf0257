package analysis

import (
	"math"
	"strings"
	"testing"
	"time"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// measured are the limits of a machine for the workspace /data.
func measured() []journal.Ceilings {
	return []journal.Ceilings{{
		Workspace: "/data", MeasuredAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		MemoryCopy: new(10e9), Creates: new(50_000.0), SequentialReads: new(1e9), RandomReads: new(100_000.0),
	}}
}

// oneCell returns the analysis of a cell of two trials of a second, with these items.
func oneCell(levels string, files int, bytes int64, change func(*journal.Log)) *Data {
	log := analysistest.Log(2, analysistest.Cell{Levels: levels, Seconds: []float64{1, 1}, Change: func(t *journal.Trial) {
		t.Measurement.Files, t.Measurement.Bytes = files, bytes
	}})
	log.Run.Workspaces, log.Run.Ceilings = []string{"/data"}, measured()
	log.Run.Cells[0].Files, log.Run.Cells[0].Bytes = files, bytes
	log.Run.Cells[0].Levels["workspace"] = "/data"
	if change != nil {
		change(log)
	}
	return New(log)
}

func TestCeilings(t *testing.T) {
	cell := func(change func(*journal.Cell)) func(*journal.Log) {
		return func(log *journal.Log) { change(&log.Run.Cells[0]) }
	}
	for name, c := range map[string]struct {
		levels string
		files  int
		bytes  int64
		change func(*journal.Log)
		want   float64 // 0: none
		limit  string
	}{
		"large direct reads":                 {"operation=read cache=direct", 100, 940e6, nil, 0.94, "sequential reads"},
		"small cold reads":                   {"operation=read cache=cold", 60_000, 60_000 * 4096, nil, 0.6, "reads of 4 KiB"},
		"small files that lie in order":      {"operation=read cache=cold", 160_000, 160_000 * 4096, nil, 0.65536, "sequential reads"},
		"files of 5 KiB":                     {"operation=read cache=cold", 60_000, 60_000 * 5120, nil, 0.3072, "sequential reads"},
		"a distribution with larger files":   {"operation=read cache=cold", 60_000, 60_000 * 4096, cell(func(c *journal.Cell) { c.Largest = 1 << 20 }), 0.24576, "sequential reads"},
		"cold zip":                           {"operation=zip cache=cold", 10, 500e6, nil, 0.5, "sequential reads"},
		"cold unzip reads less":              {"operation=unzip cache=cold layout=per-worker", 10, 500e6, nil, 0, ""},
		"cold copy of many files":            {"operation=copy cache=cold", 40_000, 40_000 * 100, nil, 0.8, "creates"},
		"writes into one directory":          {"operation=write layout=shared", 25_000, 1e6, nil, 0.5, "creates"},
		"writes into a directory per worker": {"operation=write layout=per-worker", 25_000, 1e6, nil, 0, ""},
		"writes into nested directories":     {"operation=write layout=shared", 25_000, 1e6, cell(func(c *journal.Cell) { c.Directories = 9 }), 0, ""},
		"writes of a tree":                   {"operation=write layout=shared from=/src", 25_000, 1e6, nil, 0, ""},
		"appends":                            {"operation=append", 25_000, 1e6, nil, 0, ""},
		"warm reads":                         {"operation=read cache=warm", 10, 5e9, nil, 0.5, "memory copies"},
		"warm reads of a program":            {"operation=read cache=warm", 10, 5e9, cell(func(c *journal.Cell) { c.Command = "c0ffee" }), 0, ""},
		"reads of a program":                 {"operation=read cache=cold", 10, 5e8, cell(func(c *journal.Cell) { c.Command = "c0ffee" }), 0.5, "sequential reads"},
		"a little faster than the limit":     {"operation=read cache=direct", 10, 105e7, nil, 1.05, "sequential reads"},
		"much faster than the limit":         {"operation=read cache=direct", 10, 2e9, nil, 0, ""},
		"an operation of the experiment":     {"operation=import cache=cold", 10, 5e8, nil, 0, ""},
		"empty files":                        {"operation=read cache=cold", 1000, 0, nil, 0, ""},
		"another workspace": {"operation=read cache=direct", 10, 5e8, func(log *journal.Log) {
			log.Run.Workspaces = []string{"/data", "/fast"}
			log.Run.Cells[0].Levels["workspace"] = "/fast"
		}, 0, ""},
		"a merged run":                  {"operation=read cache=direct", 10, 5e8, func(log *journal.Log) { log.Run.Nodes = []journal.Node{{Name: "n1"}} }, 0, ""},
		"an older journal":              {"operation=read cache=direct", 10, 5e8, func(log *journal.Log) { log.Run.Ceilings = nil }, 0, ""},
		"a limit that was not measured": {"operation=read cache=direct", 10, 5e8, func(log *journal.Log) { log.Run.Ceilings[0].SequentialReads = nil }, 0, ""},
		"an expected failure":           {"operation=read cache=direct", 10, 5e8, func(log *journal.Log) { log.Trials[0].Measurement.Finding = "exit status 1" }, 0, ""},
	} {
		s := oneCell(c.levels, c.files, c.bytes, c.change).Summaries[0]
		if got := s.Ceiling.Fraction; got.OK != (c.want > 0) || math.Abs(got.X-c.want) > 1e-9 || s.Ceiling.Name != c.limit {
			t.Errorf("%s: got %+v of %q, want %v of %q", name, got, s.Ceiling.Name, c.want, c.limit)
		}
	}
}

// TestCeilingInterval checks the interval of cells whose times scatter and, in one case, include 0.
func TestCeilingInterval(t *testing.T) {
	for _, c := range []struct {
		seconds []float64
		open    bool
	}{{[]float64{1, 1.1, 0.9}, false}, {[]float64{1, 9}, true}} {
		log := analysistest.Log(len(c.seconds), analysistest.Cell{Levels: "operation=read cache=direct", Seconds: c.seconds, Change: func(t *journal.Trial) {
			t.Measurement.Files, t.Measurement.Bytes = 10, 5e8
		}})
		log.Run.Workspaces, log.Run.Ceilings = []string{"/data"}, measured()
		s := &New(log).Summaries[0]
		f, ci := s.Ceiling.Fraction.X, s.Ceiling.CI
		if ci.Open != c.open || ci.OK == c.open || ci.OK && !(ci.Low < f && f < ci.High) {
			t.Errorf("%v: got the interval %+v of %v, want an open one: %v", c.seconds, ci, f, c.open)
		}
	}
}

// TestCeilingSentence checks which cell the answers of a table name.
func TestCeilingSentence(t *testing.T) {
	cell := func(levels string, rate float64) analysistest.Cell {
		return analysistest.Cell{Levels: "operation=read cache=direct " + levels, Seconds: []float64{1, 1.01, 0.99}, Change: func(t *journal.Trial) {
			t.Measurement.Files, t.Measurement.Bytes = 10, int64(rate*t.Measurement.Seconds)
		}}
	}
	for name, c := range map[string]struct {
		cells []analysistest.Cell
		want  string
	}{
		"several are near":     {[]analysistest.Cell{cell("strategy=sequential", 0.4e9), cell("strategy=threads workers=8", 0.99e9), cell("strategy=threads workers=2", 0.94e9)}, "2 workers (threads) already reach 94% of what this disk can do (sequential reads)."},
		"one worker is enough": {[]analysistest.Cell{cell("strategy=sequential", 0.9e9), cell("strategy=threads workers=8", 0.99e9)}, "sequential already reaches 90% of what this disk can do (sequential reads)."},
		"none is near":         {[]analysistest.Cell{cell("strategy=sequential", 0.2e9), cell("strategy=threads workers=8", 0.6e9)}, "threads comes closest to a limit: it reaches 60% of what this disk can do (sequential reads)."},
		"all are far":          {[]analysistest.Cell{cell("strategy=sequential", 0.2e9), cell("strategy=threads workers=8", 0.4e9)}, ""},
		"none applies":         {[]analysistest.Cell{cell("strategy=sequential", 3e9), cell("strategy=threads workers=8", 5e9)}, ""},
	} {
		log := analysistest.Log(3, c.cells...)
		log.Run.Workspaces, log.Run.Ceilings = []string{"/data"}, measured()
		answers := strings.Join(New(log).Tables[0].Answers, "\n")
		if c.want == "" && strings.Contains(answers, "what this") || !strings.Contains(answers, c.want) {
			t.Errorf("%s: got %q, want the sentence %q", name, answers, c.want)
		}
	}
}
