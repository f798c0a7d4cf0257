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
	paces map[analysis.Work]analysis.Pace
}

// maxEarlier is how many results directories findEarlier reads.
const maxEarlier = 5

// findEarlier reads the run that was named. If none was, it chooses the run of the
// experiment below results that knows most, and the latest of equals. It returns nil
// if none has any of these cells.
func findEarlier(named, experiment string, cells []journal.Cell) (*earlier, error) {
	if named != "" {
		run, err := readEarlier(named)
		if err == nil && run.known(cells) == 0 {
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
		run, err := readEarlier(filepath.Dir(path))
		if err != nil || run.run.Name != experiment || run.known(cells) == 0 {
			continue // --earlier can still name it
		}
		if best == nil || run.knowledge(cells) > best.knowledge(cells) {
			best = run
		}
	}
	return best, nil
}

// knowledge counts the cells of which a run knows how long they take, and once more
// those of which it knows how they scatter, which a probe does not.
func (e *earlier) knowledge(cells []journal.Cell) int {
	n := e.known(cells)
	for _, c := range cells {
		if e.paces[analysis.WorkOf(c)].Spread.OK {
			n++
		}
	}
	return n
}

func changedAt(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.ModTime().UnixNano()
}

func readEarlier(dir string) (*earlier, error) {
	log, err := readRun(dir)
	if err != nil {
		return nil, err
	}
	return &earlier{dir, log.Run, analysis.New(log).Paces()}, nil
}

// known counts the cells of a plan that the run has measured.
func (e *earlier) known(cells []journal.Cell) (n int) {
	for _, c := range cells {
		if c.Skip == "" && e.paces[analysis.WorkOf(c)].Trial.OK {
			n++
		}
	}
	return n
}

// round returns how long one trial of each cell takes in all. A cell that is not known
// counts as the others do on average.
func (e *earlier) round(cells []journal.Cell) time.Duration {
	var sum float64
	known, run := e.known(cells), 0
	for _, c := range cells {
		if c.Skip == "" {
			run++
			sum += e.paces[analysis.WorkOf(c)].Trial.X
		}
	}
	if known == 0 {
		return 0
	}
	return time.Duration(sum / float64(known) * float64(run) * float64(time.Second))
}

// spread returns the median spread of the cells. It is that of pairs of trials where
// cells are compared, so without what a round has in common. It is undefined where no
// cell has two trials.
func (e *earlier) spread(cells []journal.Cell) estimate.Value {
	var list []float64
	for _, c := range cells {
		if s := e.paces[analysis.WorkOf(c)].Spread; s.OK {
			list = append(list, s.X)
		}
	}
	return estimate.Describe(list).Median
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
