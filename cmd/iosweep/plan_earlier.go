package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
	"iosweep/journal"
)

// An earlier run of the same experiment knows how long trials take.
type earlier struct {
	dir   string
	run   journal.Run
	known int // of the cells of a plan, how many it has measured
	// knowledge is known, and once more the cells of which the run knows how they
	// scatter, which a probe does not.
	knowledge int
	// round is how long one trial of each cell takes in all. A cell that is not known
	// counts as the others do on average.
	round time.Duration
	// spread is the median spread of the cells. Where cells are compared it is the spread
	// of pairs of trials, without what a round has in common. It is undefined where no
	// cell has two trials.
	spread estimate.Value
}

// maxEarlier is how many results directories findEarlier reads.
const maxEarlier = 5

// findEarlier reads the run that was named. If none was, it chooses the run of the
// experiment below results that knows most, and the latest of equals. It returns nil
// if none has any of these cells.
func findEarlier(named, experiment string, cells []journal.Cell) (*earlier, error) {
	if named != "" {
		run, err := readEarlier(named, cells)
		if err == nil && run.known == 0 {
			err = fmt.Errorf("%s has measured none of these cells with these inputs: name a run of this experiment", named)
		}
		return run, err
	}
	dirs, err := filepath.Glob(filepath.Join("results", experiment+"-*", journal.FileName))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(dirs, func(a, b string) int { return cmp.Compare(changedAt(b), changedAt(a)) })
	var best *earlier
	for _, path := range dirs[:min(len(dirs), maxEarlier)] {
		run, err := readEarlier(filepath.Dir(path), cells)
		if err != nil || run.run.Name != experiment || run.known == 0 {
			continue // --earlier can still name it
		}
		if best == nil || run.knowledge > best.knowledge {
			best = run
		}
	}
	return best, nil
}

func changedAt(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.ModTime().UnixNano()
}

// readEarlier reads what a run knows of the cells of a plan.
func readEarlier(dir string, cells []journal.Cell) (*earlier, error) {
	log, err := readRun(dir)
	if err != nil {
		return nil, err
	}
	e := &earlier{dir: dir, run: log.Run}
	paces := analysis.New(log).Paces()
	var seconds float64
	var spreads []float64
	planned := 0
	for _, c := range cells {
		pace := paces[analysis.WorkOf(c)]
		if pace.Spread.OK {
			spreads = append(spreads, pace.Spread.X)
		}
		if c.Skip != "" {
			continue
		}
		planned++
		seconds += pace.Trial.X
		if pace.Trial.OK {
			e.known++
		}
	}
	e.knowledge = e.known + len(spreads)
	if e.known > 0 {
		e.round = time.Duration(seconds / float64(e.known) * float64(planned) * float64(time.Second))
	}
	e.spread = estimate.Describe(spreads).Median
	return e, nil
}

// doubts returns why an earlier run may say little about this one.
func (e *earlier) doubts(is sysinfo.Machine, filesystem string) []string {
	if was := e.run.Machine; was.CPUModel != is.CPUModel || was.CPUs != is.CPUs || was.Host != is.Host {
		return []string{fmt.Sprintf("%s was measured on %s (%s), not on this machine", e.dir, was.Host, units.Count(was.CPUs, "cpu"))}
	}
	if was := e.run.Machine.Filesystem; was != filesystem {
		return []string{fmt.Sprintf("%s was measured on %s, and this is %s", e.dir, was, filesystem)}
	}
	return nil
}
