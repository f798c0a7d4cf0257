package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/reports"
	"iosweep/runner/preflight"
)

// What a plan costs and what it can show, for whoever decides whether a night is
// long enough.

// An earlier run of the same experiment says how long trials take.
type earlier struct {
	dir   string
	run   journal.Run
	paces map[analysis.Work]analysis.Pace
}

// mostEarlier is how many results directories are looked at.
const mostEarlier = 5

// findEarlier reads the run that was named or, if none was, the one of the experiment
// below results that tells most, and of equals the latest; nil if none has any of these
// cells.
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
	for _, path := range dirs[:min(len(dirs), mostEarlier)] {
		run, err := readEarlier(filepath.Dir(path))
		if err != nil || run.run.Name != experiment || run.known(cells) == 0 {
			continue // whoever wants this one and no other names it
		}
		if best == nil || run.tells(cells) > best.tells(cells) {
			best = run
		}
	}
	return best, nil
}

// tells is how much a run says of cells: of how many how long they take, and of how
// many how they scatter, which a probe does not know.
func (e *earlier) tells(cells []journal.Cell) int {
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
	return &earlier{dir, log.Run, reports.New(log).Paces()}, nil
}

// known counts the cells to be run that the run has measured.
func (e *earlier) known(cells []journal.Cell) (n int) {
	for _, c := range cells {
		if c.Skip == "" && e.paces[analysis.WorkOf(c)].Trial.OK {
			n++
		}
	}
	return n
}

// round is how long one trial of each cell takes in all; those that are not known
// count as the others do on average.
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

// spread is the median of those of the cells: of trials in pairs, where they are
// compared, so without what a round has in common. Undefined where no cell has two.
func (e *earlier) spread(cells []journal.Cell) estimate.Value {
	var list []float64
	for _, c := range cells {
		if s := e.paces[analysis.WorkOf(c)].Spread; s.OK {
			list = append(list, s.X)
		}
	}
	return estimate.Describe(list).Median
}

// writeFigures says what a plan writes, how long it takes and what it can show, and
// returns what is to be warned of.
func writeFigures(w io.Writer, prep *preflight.Prepared, before *earlier) (warnings []string) {
	trials := prep.Plan.Experiment.Trials
	least, most := trials.Repeats, trials.Repeats
	if trials.Adaptive != nil {
		least = trials.Adaptive.Min
	}
	cost, rooms := prep.Cost(), prep.Rooms()
	low, high := cost.Written(least), cost.Written(most)
	fmt.Fprintf(w, "writes %s in %s files\n", span(units.Size(low.Bytes), units.Size(high.Bytes)),
		span(fmt.Sprint(low.Files), fmt.Sprint(high.Files)))
	for _, room := range rooms {
		need := room.Need()
		fmt.Fprintf(w, "needs at its peak %s and %s in %s\n", units.Size(need.Bytes), count(int(need.Files), "file"), room.Name())
		if why := room.Lacks(); why != "" {
			warnings = append(warnings, why)
		}
	}
	if before == nil {
		fmt.Fprintln(w, "takes a time that no earlier run tells (--earlier DIR names one, --probe makes one)")
	} else {
		round := before.round(prep.Cells)
		low, high := round*time.Duration(trials.Warmup+least), round*time.Duration(trials.Warmup+most)
		fmt.Fprintf(w, "takes about %s, by %s (%d of %s)\n", span(about(low), about(high)), before.dir, before.known(prep.Cells), count(len(prep.Cells), "cell"))
		warnings = append(warnings, before.doubts(prep.Machine, rooms[0].Type)...)
		if budget := prep.Plan.Experiment.Budget; budget > 0 && budget < low {
			warnings = append(warnings, fmt.Sprintf("the budget of %v ends it before: iosweep resume goes on", budget))
		}
	}
	return append(warnings, writePower(w, prep, before, least, most)...)
}

// doubts are why an earlier run may say little of this one.
func (e *earlier) doubts(is sysinfo.Machine, filesystem string) []string {
	if was := e.run.Machine; was.CPUModel != is.CPUModel || was.CPUs != is.CPUs || was.Host != is.Host {
		return []string{fmt.Sprintf("%s was measured on %s (%s), not on this machine", e.dir, was.Host, count(was.CPUs, "cpu"))}
	}
	if was := e.run.Machine.Filesystem; was != filesystem {
		return []string{fmt.Sprintf("%s was measured on %s, and this is %s", e.dir, was, filesystem)}
	}
	return nil
}

// spreads are those of single trials for which a plan says what it can show, where
// no earlier run says what they are: of a quiet machine, of a usual one, of a noisy one.
var spreads = []float64{0.01, 0.05, 0.10}

// writePower says which differences the plan is likely to show.
func writePower(w io.Writer, prep *preflight.Prepared, before *earlier, least, most int) (warnings []string) {
	comparisons := mostCompared(prep.Cells)
	if comparisons == 0 {
		fmt.Fprintln(w, "shows no differences: no cell is compared with another")
		return nil
	}
	list := spreads
	if before != nil {
		if s := before.spread(prep.Cells); s.OK && s.X > 0 {
			list = []float64{s.X}
		}
	}
	adaptive := prep.Plan.Experiment.Trials.Adaptive
	// Repeats that adapt stop when the width is reached, whatever more would show.
	rounds := func(spread float64) int {
		if adaptive == nil {
			return most
		}
		return min(most, max(least, estimate.RoundsAt(spread, adaptive.Width)))
	}
	var parts []string
	for _, spread := range list {
		shown := estimate.Detectable(rounds(spread), spread, comparisons)
		parts = append(parts, fmt.Sprintf("%s at a spread of %s", percentage(shown), percentage(estimate.Of(spread))))
	}
	fmt.Fprintf(w, "shows a difference of %s, in four runs of five (%s judged together)\n", strings.Join(parts, ", "), count(comparisons, "cell"))
	if n := rounds(list[0]); !(estimate.Detectable(n, list[0], comparisons).X <= estimate.Margin) || n < 2 {
		warnings = append(warnings, fmt.Sprintf("with %s and a spread of %s, differences near the margin of %s stay inconclusive%s",
			count(n, "repeat"), percentage(estimate.Of(list[0])), percentage(estimate.Of(estimate.Margin)), enoughRepeats(list[0], comparisons)))
	}
	if adaptive != nil {
		warnings = append(warnings, outOfReach(adaptive.Width, most, list[0])...)
	}
	return warnings
}

// outOfReach says that repeats which adapt will not get where they are to stop.
func outOfReach(width float64, most int, spread float64) []string {
	needed := estimate.RoundsAt(spread, width)
	if needed <= most {
		return nil
	}
	return []string{fmt.Sprintf("at a spread of %s it takes about %d rounds until an interval is %s wide, and there are at most %d: cells will stop at max",
		percentage(estimate.Of(spread)), needed, percentage(estimate.Of(width)), most)}
}

// enoughRepeats says how many show the margin, if a number in sight does.
func enoughRepeats(spread float64, comparisons int) string {
	shows := func(n int) bool {
		d := estimate.Detectable(n, spread, comparisons)
		return d.OK && d.X <= estimate.Margin
	}
	const sight = 1000
	if !shows(sight) {
		return fmt.Sprintf(", and %d repeats would not tell them either: make trials longer, or the machine quieter", sight)
	}
	low, high := 1, sight // low does not, high does
	for high-low > 1 {
		if mid := (low + high) / 2; shows(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return fmt.Sprintf("; trials.repeats=%d would tell them", high)
}

// mostCompared is how many cells the largest table judges together.
func mostCompared(cells []journal.Cell) int {
	against := map[int]int{}
	most := 0
	for i, c := range cells {
		if c.Baseline != i && c.Skip == "" {
			against[c.Baseline]++
			most = max(most, against[c.Baseline])
		}
	}
	return most
}

func percentage(v estimate.Value) string {
	if !v.OK {
		return "no size at all"
	}
	if v.X >= 1 {
		return fmt.Sprintf("%.0f%%", 100*v.X)
	}
	return fmt.Sprintf("%.2g%%", 100*v.X)
}

// about is a duration that is a guess.
func about(d time.Duration) string {
	switch {
	case d < time.Minute:
		return max(d, time.Second).Round(time.Second).String()
	case d < time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return strings.TrimSuffix(d.Round(10*time.Minute).String(), "0s")
}

// span is two texts as a range, or one if they are equal.
func span(low, high string) string {
	if low == high {
		return low
	}
	return low + " to " + high
}
