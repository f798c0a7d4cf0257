package analysis

import (
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// Details are what a sceptical reader asks of a cell beside its Summary: what its
// trials had in common, and what else went on in the machine.
type Details struct {
	*Summary
	// Serial is the part of the work that seems not to have been shared out;
	// undefined where efficiency is, and for one worker.
	Serial estimate.Value
	// Drift is that of a baseline over its rounds; undefined for all other cells.
	Drift estimate.Trend
	Noisy int // good trials beside which something else ran
}

// Details are those of all cells, in the order of the summaries.
func (d *Data) Details() []Details {
	list := make([]Details, len(d.Summaries))
	for i, s := range d.Cells() {
		list[i] = d.DetailsOf(s)
	}
	return list
}

func (d *Data) DetailsOf(s *Summary) Details {
	details := Details{Summary: s, Serial: d.SerialFraction(s)}
	if s.IsBaseline() {
		details.Drift = d.drift(s)
	}
	for _, t := range d.Good[s.Index] {
		if t.Measurement.Noise != "" {
			details.Noisy++
		}
	}
	return details
}

// SerialFraction shares a speed-up out among as many workers as efficiency does.
func (d *Data) SerialFraction(s *Summary) estimate.Value {
	if !s.Efficiency.OK {
		return estimate.Value{}
	}
	return estimate.SerialFraction(s.Speedup.Value, d.sharers(s))
}

// drift is how the times of a cell changed from its first round to its last.
func (d *Data) drift(s *Summary) estimate.Trend {
	var rounds, seconds []float64
	for _, t := range d.Good[s.Index] {
		rounds = append(rounds, float64(t.Round))
		seconds = append(seconds, t.Measurement.Seconds)
	}
	return estimate.TrendOf(rounds, seconds)
}

// Mean is that of a figure over the good trials that have it.
func (d *Data) Mean(s *Summary, figure func(*journal.Measurement) *float64) estimate.Value {
	sum, n := 0.0, 0.0
	for _, t := range d.Good[s.Index] {
		if x := figure(t.Measurement); x != nil {
			sum, n = sum+*x, n+1
		}
	}
	return estimate.Of(sum / n) // 0/0 is undefined
}
