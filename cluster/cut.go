package cluster

import (
	"fmt"
	"slices"
	"time"

	"iosweep/experiments"
	"iosweep/runner/schedule"
)

// A Shard is a part of a plan that one machine runs: a table, or some of its rounds.
type Shard struct {
	Cells []int `json:"cells"` // indices in the plan, ascending
	First int   `json:"first"` // the measured rounds, from 1
	Last  int   `json:"last"`
	// Seconds is the forecast of its time, including warm-ups. 0: unknown.
	Seconds float64 `json:"seconds,omitempty"`
}

// Cut divides a plan into shards. A shard is a table: a baseline and all cells that are compared with it, also
// by a published table. So a speed-up never spans two machines. seconds has the forecast of a trial, by cell;
// nil: unknown. A table that takes longer than the given time is divided by rounds, unless repeats are adaptive.
func Cut(plan *schedule.Plan, seconds []float64, longest time.Duration) []Shard {
	var list []Shard
	e := plan.Experiment
	for _, cells := range tables(e) {
		rounds := 0
		for _, cell := range cells {
			rounds = max(rounds, e.RepeatsOf(cell))
		}
		parts := 1
		if seconds != nil && longest > 0 && e.Trials.Adaptive == nil {
			parts = partsOf(plan, cells, rounds, seconds, longest.Seconds())
		}
		for i := range parts {
			shard := Shard{Cells: cells, First: 1 + rounds*i/parts, Last: rounds * (i + 1) / parts}
			shard.Seconds = shard.forecast(plan, seconds)
			list = append(list, shard)
		}
	}
	return list
}

// partsOf returns the number of parts of a table, so that each takes at most the given seconds with its own warm-up. A
// warm-up of more than half of that time makes the parts longer: most of the work would be warm-ups otherwise.
func partsOf(plan *schedule.Plan, cells []int, rounds int, seconds []float64, longest float64) int {
	whole, warmup := Shard{Cells: cells, First: 1, Last: rounds}, Shard{Cells: cells, First: 1}
	all, warm := whole.forecast(plan, seconds), warmup.forecast(plan, seconds)
	if all <= longest {
		return 1
	}
	inPart := max(1, int(max(longest-warm, longest/2)/(all-warm)*float64(rounds)))
	return (rounds + inPart - 1) / inPart // rounded up
}

// forecast returns the seconds that a shard takes, or 0 if they are unknown.
func (s *Shard) forecast(plan *schedule.Plan, seconds []float64) (sum float64) {
	if seconds == nil {
		return 0
	}
	e := plan.Experiment
	for _, cell := range s.Cells {
		measured := max(0, min(s.Last, e.RepeatsOf(cell))-s.First+1)
		sum += seconds[cell] * float64(e.Trials.Warmup+measured)
	}
	return sum
}

// tables returns the cells of each table, in the order of their first cells.
func tables(e *experiments.Experiment) [][]int {
	parent := make([]int, len(e.Cells))
	for i := range parent {
		parent[i] = i
	}
	root := func(cell int) int {
		for parent[cell] != cell {
			parent[cell] = parent[parent[cell]]
			cell = parent[cell]
		}
		return cell
	}
	join := func(a, b int) {
		if a, b = root(a), root(b); a != b {
			parent[max(a, b)] = min(a, b)
		}
	}
	for cell, baseline := range e.Baseline {
		join(cell, baseline)
	}
	if e.Published != nil {
		for _, row := range e.Published.Rows {
			for _, c := range row.Cells {
				if c.Baseline >= 0 {
					join(c.Cell, c.Baseline)
				}
			}
		}
	}
	byRoot := map[int][]int{}
	var roots []int
	for cell := range e.Cells {
		r := root(cell)
		if byRoot[r] == nil {
			roots = append(roots, r)
		}
		byRoot[r] = append(byRoot[r], cell)
	}
	list := make([][]int, 0, len(roots))
	for _, r := range roots {
		list = append(list, byRoot[r])
	}
	return list
}

// CheckTime returns an error if a shard cannot make progress within the time limit of a job: one warm-up of
// its cells and one measured round take longer. It needs a forecast.
func CheckTime(plan *schedule.Plan, shards []Shard, seconds []float64, limit time.Duration) error {
	if seconds == nil || limit == 0 {
		return nil
	}
	usable := limit - notice(limit)
	for n := range shards {
		least := shards[n]
		least.Last = least.First
		if need := time.Duration(least.forecast(plan, seconds) * float64(time.Second)); need > usable {
			first := plan.Experiment.Cells[slices.Min(least.Cells)]
			return fmt.Errorf("shard %d, the table of %s, needs about %v for its warm-up and one round, and a job with --time %v has %v before its end: give more time, or fewer warm-ups (trials.warmup)",
				n, first, need.Round(time.Second), limit, usable)
		}
	}
	return nil
}
