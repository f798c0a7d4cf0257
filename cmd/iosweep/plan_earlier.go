package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner"
)

// An earlierRun is a run whose measurements estimate how long a plan takes and how much
// its trials vary.
type earlierRun struct {
	dir      string
	run      journal.Run
	measured int // the number of planned cells that the run has measured
	// score is measured plus the number of cells whose spread is known. It ranks runs: a
	// probe has one trial of each cell, so it knows no spread.
	score int
	// seconds is the time of one trial of each planned cell. A cell that was not measured has the
	// average of the others, and a skipped cell has 0.
	seconds []float64
	// spread is the median spread of the cells. For compared cells it is the spread of
	// pairs of trials, without the variation that the trials of a round share. It is
	// undefined if no cell has two trials.
	spread estimate.Value
	// next are the runs that would answer questions that this run left open.
	next []analysis.NextRun
}

// maxEarlier is the largest number of results directories that findEarlier reads.
const maxEarlier = 5

// findEarlier reads the named run. Without a name it searches the latest runs of the
// experiment in the directory results, and returns the one with the highest score, or
// the latest of several. It returns nil if no run has measured any of these cells.
func findEarlier(named, experiment string, cells []journal.Cell) (*earlierRun, error) {
	if named != "" {
		run, err := readEarlier(named, cells)
		if err == nil && run.measured == 0 {
			err = fmt.Errorf("%s has no measurements of these cells with these inputs; name a run of this experiment", named)
		}
		return run, err
	}
	dirs, err := filepath.Glob(filepath.Join("results", experiment+"-*", journal.FileName))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(dirs, func(a, b string) int { return cmp.Compare(modTime(b), modTime(a)) })
	var best *earlierRun
	for _, path := range dirs[:min(len(dirs), maxEarlier)] {
		run, err := readEarlier(filepath.Dir(path), cells)
		if err != nil || run.run.Name != experiment || run.measured == 0 {
			continue // the user can still name it with --earlier
		}
		if best == nil || run.score > best.score {
			best = run
		}
	}
	return best, nil
}

// modTime returns the modification time of a file in nanoseconds, or 0 if it is unknown.
func modTime(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.ModTime().UnixNano()
}

// readEarlier reads a run and summarizes its measurements of the cells of a plan.
func readEarlier(dir string, cells []journal.Cell) (*earlierRun, error) {
	log, err := readRun(dir)
	if err != nil {
		return nil, err
	}
	e := &earlierRun{dir: dir, run: log.Run}
	data := analysis.New(log)
	timings := data.Timings()
	e.next = data.Next
	byName := map[string]analysis.Timing{} // for cells whose inputs are not known yet
	for key, timing := range timings {
		byName[key.Name] = timing
	}
	sum := 0.0
	var spreads []float64
	e.seconds = make([]float64, len(cells))
	for i, c := range cells {
		timing := timings[analysis.KeyOf(c)]
		if c.Inputs == "" {
			timing = byName[c.Name]
		}
		if timing.Spread.OK {
			spreads = append(spreads, timing.Spread.X)
		}
		if c.Skip != "" {
			continue
		}
		if e.seconds[i] = math.NaN(); timing.Trial.OK {
			e.measured++
			e.seconds[i] = timing.Trial.X
			sum += timing.Trial.X
		}
	}
	e.score = e.measured + len(spreads)
	for i, seconds := range e.seconds {
		if math.IsNaN(seconds) {
			e.seconds[i] = sum / float64(max(1, e.measured))
		}
	}
	e.spread = estimate.Describe(spreads).Median
	return e, nil
}

// duration returns the estimated time of trials. rounds returns the number of trials of a cell.
func (e *earlierRun) duration(rounds func(cell int) int) time.Duration {
	sum := 0.0
	for cell, seconds := range e.seconds {
		sum += seconds * float64(rounds(cell))
	}
	return time.Duration(sum * float64(time.Second))
}

// budgetFits describes how much of an experiment its budget holds. It is empty if it holds nearly all.
func (e *earlierRun) budgetFits(x *experiments.Experiment) string {
	round := e.duration(func(int) int { return 1 })
	fits := runner.BudgetFits(x.Budget, round, e.duration(x.FewestRounds))
	if fits == "" {
		return ""
	}
	text := "it holds about " + fits
	if warmups := x.Trials.Warmup; warmups > 0 {
		text += ", including " + units.Count(warmups, "warm-up")
		if x.Budget < 2*round {
			text += " (--set trials.warmup=0 leaves them out)"
		}
	}
	return text
}

// doubts returns the reasons why an earlier run may not predict a run on this machine.
func (e *earlierRun) doubts(is sysinfo.Machine, filesystem string) []string {
	if n := len(e.run.Nodes); n > 1 {
		return []string{fmt.Sprintf("%s was measured on %d nodes of a cluster, not on this machine alone", e.dir, n)}
	}
	if was := e.run.Machine; was.CPUModel != is.CPUModel || was.CPUs != is.CPUs || was.Host != is.Host {
		return []string{fmt.Sprintf("%s was measured on %s (%s), not on this machine", e.dir, was.Host, units.Count(was.CPUs, "cpu"))}
	}
	if was := e.run.Machine.Filesystem; was != filesystem {
		return []string{fmt.Sprintf("%s was measured on %s, and this workspace is on %s", e.dir, was, filesystem)}
	}
	return nil
}
