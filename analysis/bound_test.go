package analysis

import (
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// recorded has the figures of trials of one second on two cpus. The cells are real ones.
type recorded struct {
	cpu    float64  // user and system
	delay  *float64 // of runnable threads
	device *float64 // busy fraction
	others float64  // cpus
}

func (r recorded) apply(m *journal.Measurement) {
	m.Observed, m.CPUs, m.User, m.System = new(1.0), new(2.0), new(r.cpu), new(0.0)
	m.RunDelay, m.DeviceBusy, m.Others = r.delay, r.device, new(r.others)
}

func TestBoundOfRecordedCells(t *testing.T) {
	const threads, ring, contender = "strategy=threads workers=2", "strategy=io_uring workers=32 threads=1", "strategy=program"
	for name, c := range map[string]struct {
		levels      string
		concurrency int
		file        string // the file system
		recorded
		want Bound
	}{
		"spin on both cpus":                      {threads, 2, "ext4", recorded{1.96, new(0.02), new(0.001), 0}, BoundCPU},
		"spin of one worker":                     {"strategy=sequential", 1, "ext4", recorded{0.98, new(0.05), new(0.0), 0}, BoundCPU},
		"spin while others use the cpus":         {threads, 2, "ext4", recorded{0.9, new(1.05), new(0.0), 1.1}, BoundCPU},
		"spin of more goroutines than cpus":      {"strategy=threads workers=32", 32, "ext4", recorded{1.9, new(0.0), new(0.0), 0}, BoundCPU},
		"spin of one ring":                       {ring, 32, "ext4", recorded{0.97, new(0.0), new(0.1), 0}, BoundCPU},
		"spin in memory":                         {threads, 2, "tmpfs", recorded{1.9, new(0.0), nil, 0}, BoundCPU},
		"spin on a file system without a device": {threads, 2, "btrfs", recorded{1.9, new(0.0), nil, 0}, BoundCPU},
		"reads at depth":                         {"strategy=threads workers=32", 32, "ext4", recorded{0.31, new(0.05), new(0.97), 0}, BoundDevice},
		"reads at depth beside others":           {"strategy=threads workers=32", 32, "ext4", recorded{0.31, new(1.9), new(0.97), 1.6}, BoundDevice},
		"a reader that others delay":             {"strategy=sequential", 1, "ext4", recorded{0.19, new(0.48), new(0.43), 1.7}, BoundDevice},
		"a reader that others mostly stop":       {"strategy=sequential", 1, "ext4", recorded{0.1, new(0.8), new(0.2), 1.9}, ""},
		"a lock while others use the cpus":       {threads, 2, "ext4", recorded{0.7, new(0.5), new(0.0), 0.8}, BoundWaiting},
		"four processes on two cpus":             {"strategy=processes workers=4", 4, "ext4", recorded{1.98, new(2.0), new(0.4), 0}, BoundCPU},
		"a program that reads beside others":     {contender, 0, "ext4", recorded{0.5, nil, new(0.9), 1.4}, BoundDevice},
		"reads of one worker":                    {"strategy=sequential", 1, "ext4", recorded{0.2, new(0.01), new(0.8), 0}, BoundDevice},
		"one lock for two workers":               {threads, 2, "ext4", recorded{1.1, new(0.02), new(0.0), 0}, BoundWaiting},
		"one lock in memory":                     {threads, 2, "tmpfs", recorded{1.1, new(0.02), nil, 0}, BoundWaiting},
		"timers":                                 {"strategy=threads workers=64", 64, "ext4", recorded{0.02, new(0.01), new(0.01), 0}, BoundWaiting},
		"a server, on an unknown device":         {threads, 2, "nfs4", recorded{0.1, new(0.0), nil, 0}, ""},
		"reads and checksums in turn":            {"strategy=sequential", 1, "ext4", recorded{0.5, new(0.01), new(0.5), 0}, BoundMixed},
		"reads and checksums at the same time":   {"strategy=threads workers=8", 8, "ext4", recorded{1.8, new(0.5), new(0.95), 0}, BoundMixed},
		"a program of one thread":                {contender, 0, "ext4", recorded{0.93, nil, new(0.0), 0}, BoundCPU},
		"a program of many threads":              {contender, 0, "ext4", recorded{1.9, nil, new(0.0), 0}, BoundCPU},
		"a program that sleeps":                  {contender, 0, "ext4", recorded{0.01, nil, new(0.0), 0}, BoundWaiting},
		"a program beside others that use a cpu": {contender, 0, "ext4", recorded{0.6, nil, new(0.0), 0.5}, BoundWaiting},
		"a program beside others that use all":   {contender, 0, "ext4", recorded{0.6, nil, new(0.0), 1.4}, ""},
		"a strategy without a limit, that spins": {"strategy=async", 0, "ext4", recorded{1.9, new(0.0), new(0.0), 0}, BoundCPU},
		"a strategy without a limit, that waits": {"strategy=async", 0, "ext4", recorded{0.9, new(0.0), new(0.0), 0}, BoundWaiting},
	} {
		t.Run(name, func(t *testing.T) {
			log := analysistest.Log(2, analysistest.Cell{Levels: "operation=read " + c.levels, Seconds: []float64{1, 1}, Change: func(t *journal.Trial) {
				c.apply(t.Measurement)
			}})
			log.Run.Machine.Filesystem = c.file
			log.Run.Cells[0].Concurrency = c.concurrency
			if c.levels == contender {
				log.Run.Cells[0].Command = "c0ffee"
			}
			if got := New(log).Summaries[0].BoundBy; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestBoundNeedsFigures checks cells whose figures are missing, or do not tell anything.
func TestBoundNeedsFigures(t *testing.T) {
	spin := recorded{1.96, new(0.02), new(0.0), 0}
	wait := recorded{0.1, new(0.0), new(0.0), 0}
	for name, c := range map[string]struct {
		change func(*journal.Trial)
		want   Bound
	}{
		"an older journal":       {func(*journal.Trial) {}, ""},
		"no cpu time":            {func(t *journal.Trial) { spin.apply(t.Measurement); t.Measurement.User = nil }, ""},
		"an expected failure":    {func(t *journal.Trial) { spin.apply(t.Measurement); t.Measurement.Finding = "exit status 1" }, ""},
		"no good trial":          {func(t *journal.Trial) { spin.apply(t.Measurement); t.Status = journal.Failed }, ""},
		"short trials that spin": {func(t *journal.Trial) { spin.apply(t.Measurement); shorten(t.Measurement) }, BoundCPU},
		"short trials that wait": {func(t *journal.Trial) { wait.apply(t.Measurement); shorten(t.Measurement) }, ""},
		"one trial of an old run": {func(t *journal.Trial) {
			if t.Round == 2 {
				spin.apply(t.Measurement)
			}
		}, BoundCPU},
	} {
		log := analysistest.Log(2, analysistest.Cell{Levels: "operation=read strategy=threads workers=2", Seconds: []float64{1, 1}, Change: c.change})
		if got := New(log).Summaries[0].BoundBy; got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// shorten makes a trial take a millisecond, with the same fractions.
func shorten(m *journal.Measurement) {
	const part = 0.001
	*m.Observed, *m.User, *m.RunDelay = part, part**m.User, part**m.RunDelay
}
