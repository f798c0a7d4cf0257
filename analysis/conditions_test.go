package analysis_test

import (
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// TestConditionsOfTables checks what the head of a table says about all of its cells.
func TestConditionsOfTables(t *testing.T) {
	python := func(version string) journal.Python {
		return journal.Python{Version: version, Implementation: "CPython"}
	}
	for _, test := range []struct {
		name   string
		levels [2]string // of the baseline and of another cell
		change func(*journal.Log)
		want   string
	}{
		{
			"generated files",
			[2]string{"strategy=sequential cache=cold sync=end layout=shared", "strategy=threads cache=cold sync=end layout=shared"},
			nil,
			"5,000 files, 229 MiB (rows); cold cache; sync at the end; shared layout; working directory (ext4)",
		},
		{
			"a size",
			[2]string{"strategy=sequential content=bytes size=16384 sync=none", "strategy=threads content=bytes size=16384 sync=none"},
			nil,
			"5,000 files of 16KiB, 229 MiB (bytes); no sync; working directory (ext4)",
		},
		{
			"a distribution of sizes",
			[2]string{"strategy=sequential content=bytes size=lognormal(16384,2)", "strategy=threads content=bytes size=lognormal(16384,2)"},
			func(log *journal.Log) {
				for i := range log.Run.Cells {
					log.Run.Cells[i].Median, log.Run.Cells[i].Largest = 16384, 5<<20
				}
			},
			"5,000 files, 229 MiB, median 16.0 KiB, largest 5.00 MiB (bytes); working directory (ext4)",
		},
		{
			"a factor varies",
			[2]string{"strategy=threads layout=shared cache=warm", "strategy=threads layout=per-worker cache=warm"},
			nil,
			"5,000 files, 229 MiB (rows); warm cache; working directory (ext4)",
		},
		{
			"one cell has the axis",
			[2]string{"strategy=sequential sync=file", "strategy=cp sync=file level=9"},
			nil,
			"5,000 files, 229 MiB (rows); compression level 9; sync after each file; working directory (ext4)",
		},
		{"a tree", [2]string{"strategy=sequential content= from=photos", "strategy=threads content= from=photos"}, func(log *journal.Log) {
			for i := range log.Run.Cells {
				log.Run.Cells[i].LeftOut = map[string]int{"pipe": 1, "link": 50, "unreadable directory": 2}
			}
		}, "5,000 files, 229 MiB from photos (left out: 50 links, 1 pipe, 2 unreadable directories); working directory (ext4)"},
		{
			"different items",
			[2]string{"strategy=sequential", "strategy=threads"},
			func(log *journal.Log) { log.Run.Cells[1].Files = 10 },
			"working directory (ext4)",
		},
		{"an unknown file system", [2]string{"strategy=sequential workspace=/data", "strategy=threads workspace=/data"}, func(log *journal.Log) {
			log.Run.Workspaces = []string{"/fast", "/data"}
		}, "5,000 files, 229 MiB (rows); workspace /data"},
		{"several file systems", [2]string{"strategy=sequential workspace=../data/", "strategy=threads workspace=../data/"}, func(log *journal.Log) {
			log.Run.Origin.Dir = "/home"
			log.Run.Workspaces, log.Run.Filesystems = []string{"/fast", "/data"}, []string{"tmpfs", "xfs"}
		}, "5,000 files, 229 MiB (rows); workspace ../data/ (xfs)"},
		{"an interpreter", [2]string{"strategy=sequential", "strategy=pool"}, func(log *journal.Log) {
			log.Notes = []journal.Note{{Kind: journal.NoteInterpreter, Interpreter: &journal.Interpreter{Program: "python3", Python: python("3.11.7"), Commands: []string{"pool"}}}}
		}, "5,000 files, 229 MiB (rows); working directory (ext4); CPython 3.11.7"},
		{"several interpreters", [2]string{"strategy=pool python=a", "strategy=pool python=b"}, func(log *journal.Log) {
			for program, version := range map[string]string{"a": "3.11.7", "b": "3.12.1"} {
				log.Notes = append(log.Notes, journal.Note{Kind: journal.NoteInterpreter, Interpreter: &journal.Interpreter{Program: program, Placeholder: true, Python: python(version), Commands: []string{"pool"}}})
			}
		}, "5,000 files, 229 MiB (rows); working directory (ext4)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var cells []analysistest.Cell
			for _, levels := range test.levels {
				cells = append(cells, analysistest.Cell{Levels: "operation=write " + levels, Seconds: []float64{1}})
			}
			log := analysistest.Log(1, cells...)
			if test.change != nil {
				test.change(log)
			}
			if got := analysis.New(log).Tables[0].ConditionsSentence(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
