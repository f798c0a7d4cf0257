package analysis

import (
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// setSpeedups compares every cell with its baseline.
func (d *Data) setSpeedups() {
	var families [][]*Summary
	for _, g := range d.Tables {
		base := g.Baseline
		if base == nil {
			continue
		}
		var judged []*Summary
		fewest, most := d.CPUs(g.Cells...)
		for _, s := range g.Cells {
			s.Baseline, s.Control = base.Cell.Name, d.isControl(s)
			s.Speedup = d.Judge.speedup(base, s)
			// n is the number of workers that can have a cpu; 0 if it is unknown.
			if n := min(s.Cell.Concurrency, fewest); n > 0 && n == min(s.Cell.Concurrency, most) && IsOneWorker(base) && d.Judge.IsTime() {
				s.Efficiency = s.Speedup.Value.Over(estimate.Of(float64(n)))
				s.Serial = estimate.SerialFraction(s.Speedup.Value, n)
			}
			// A cell that failed, as expected or not, keeps its figures but gets no
			// verdict: its failure may be the reason that it is fast.
			if !s.IsBaseline() && s.IsSound() && base.IsSound() {
				judged = append(judged, s)
			}
		}
		families = append(families, judged)
	}
	families = d.families(families)
	for _, family := range families {
		judge(family)
	}
	d.compareTails(families)
}

// speedup returns the speed-up of a cell. A baseline's own has no interval and no p value.
func (f Figure) speedup(base, s *Summary) estimate.Ratio {
	ratio := f.compare(base.Good, s.Good)
	if s.raced {
		ratio = estimate.CompareSequence(f.Orient(f.Pairs(base.Good, s.Good)))
	}
	if s.IsBaseline() {
		return estimate.Ratio{Pairs: ratio.Pairs, Value: ratio.Value}
	}
	return ratio
}

// IsSound reports whether no trial of the cell failed, as expected or not.
func (s *Summary) IsSound() bool { return s.Status != StatusFailed && s.ExpectedFailures == 0 }

// IsExpectedFailure reports whether trials of the cell failed, and all of them as expected.
func (s *Summary) IsExpectedFailure() bool { return s.Status != StatusFailed && s.ExpectedFailures > 0 }

// IsOneWorker reports whether a baseline has a concurrency of 1. Efficiency is defined
// only for such a baseline. If the baseline has four workers, the speed-up of a cell
// does not show how well the cell uses its workers.
func IsOneWorker(base *Summary) bool { return base != nil && base.Cell.Concurrency == 1 }

// judge adjusts the p values of one family and sets the verdicts of its cells.
func judge(cells []*Summary) {
	ps := make([]estimate.Value, len(cells))
	for i, s := range cells {
		ps[i] = s.Speedup.P
	}
	for i, p := range estimate.Holm(ps) {
		s := cells[i]
		s.Adjusted = p
		s.Verdict = estimate.Judge(s.Speedup, p, estimate.Margin)
	}
}

// Pairs returns a figure of both cells for the rounds that both have.
func Pairs(baseline, cell []*journal.Trial, figure func(*journal.Measurement) float64) (b, c []float64) {
	for _, p := range PairTrials(baseline, cell) {
		b, c = append(b, figure(p.Baseline.Measurement)), append(c, figure(p.Cell.Measurement))
	}
	return b, c
}

// A TrialPair contains the trials of a cell and of its baseline in one round.
type TrialPair struct{ Baseline, Cell *journal.Trial }

// PairTrials returns the trials of the rounds that both cells have. A pair never spans two nodes: in a
// merged run, another baseline may have been measured elsewhere.
func PairTrials(baseline, cell []*journal.Trial) (list []TrialPair) {
	byRound := map[int]*journal.Trial{}
	for _, t := range baseline {
		byRound[t.Round] = t
	}
	for _, t := range cell {
		if b := byRound[t.Round]; b != nil && (b.Node == t.Node || b.Node == "" || t.Node == "") {
			list = append(list, TrialPair{b, t})
		}
	}
	return list
}

// SecondsOf returns the seconds of trials.
func SecondsOf(trials []*journal.Trial) []float64 {
	list := make([]float64, len(trials))
	for i, t := range trials {
		list[i] = t.Measurement.Seconds
	}
	return list
}
