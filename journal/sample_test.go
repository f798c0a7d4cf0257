package journal

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"time"
)

// typicalRun returns the header of a journal with this number of cells.
func typicalRun(cells int) *Run {
	r := &Run{Version: FormatVersion, ID: "20260102-030405-1a2b3c", Name: "typical", Repeats: 10, StartedAt: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)}
	for i := range cells {
		r.Cells = append(r.Cells, Cell{
			Name:   fmt.Sprintf("copy/strategy=threads/workers=%d/chunk_size=64", i+1),
			Levels: map[string]string{"operation": "copy", "strategy": "threads", "workers": fmt.Sprint(i + 1), "chunk_size": "64"},
			Files:  10000, Bytes: 1 << 30, Inputs: "0123456789abcdef",
		})
	}
	return r
}

// typicalTrial returns the n-th trial of such a run, with every measurement and a latency
// histogram of about 300 characters. Its line has about 1 KiB.
func typicalTrial(r *Run, n int, random *rand.Rand) *Trial {
	seconds := func(most float64) *float64 { return new(1e-9 + random.Float64()*most) }
	histogram := make([]byte, 150+random.IntN(150))
	for i := range histogram {
		histogram[i] = byte(random.Uint32())
	}
	cell := n % len(r.Cells)
	return &Trial{
		Trial: n + 1, Round: n/len(r.Cells) + 1, Phase: Measured, Cell: cell, Name: r.Cells[cell].Name, Attempt: 1, Status: OK,
		StartedAt: r.StartedAt.Add(time.Duration(n) * 1234567891),
		Measurement: &Measurement{
			Seconds: random.Float64(), Startup: seconds(0.01), Work: random.Float64(), FirstDone: seconds(0.1), Blocked: seconds(1),
			User: seconds(8), System: seconds(8), MaxRSS: new(random.Int64N(1 << 30)), SumRSS: new(random.Int64N(1 << 33)),
			VoluntarySwitches: new(random.Int64N(1 << 20)), InvoluntarySwitches: new(random.Int64N(1 << 12)),
			Files: 10000, Bytes: 1 << 30, OutputBytes: 1 << 30, CorruptItems: new(0),
			Latency:    base64.StdEncoding.EncodeToString(histogram),
			LatencyP50: seconds(0.001), LatencyP90: seconds(0.002), LatencyP99: seconds(0.01), LatencyMax: seconds(1),
			CachedFraction: seconds(1), StealFraction: seconds(0.01), Noise: "the machine was busy: load 3.2 of 2 cpus",
		},
	}
}

// seeded returns a generator with a fixed seed.
func seeded() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// typicalFile writes a journal of this number of typical trials, without syncing.
func typicalFile(path string, trials int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	out, random := bufio.NewWriter(f), seeded()
	run := typicalRun(50)
	entry := Entry{Run: run}
	for n := range trials + 1 {
		line, err := encodeLine(entry)
		if err != nil {
			return err
		}
		if _, err := out.Write(line); err != nil {
			return err
		}
		entry = Entry{Trial: typicalTrial(run, n, random)}
	}
	return out.Flush()
}
