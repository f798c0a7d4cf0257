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

	// Means over the good trials that have the figure.
	Startup, CachedFraction, Stored, StealFraction, Others, Throttled Value
	PressureCPU, PressureIO, PressureMemory                           Value
}

// details are those of all cells, in the order of the summaries.
func (d *Data) details() []Details {
	list := make([]Details, len(d.Summaries))
	for i, s := range d.Cells() {
		list[i] = d.detailsOf(s)
	}
	return list
}

func (d *Data) detailsOf(s *Summary) Details {
	type m = *journal.Measurement
	details := Details{
		Summary: s, Serial: d.serialFraction(s),
		Startup:        d.mean(s, func(m m) *float64 { return m.Startup }),
		CachedFraction: d.mean(s, func(m m) *float64 { return m.CachedFraction }),
		Stored:         d.mean(s, func(m m) *float64 { return asFloat(m.Stored) }),
		StealFraction:  d.mean(s, func(m m) *float64 { return m.StealFraction }),
		Others:         d.mean(s, func(m m) *float64 { return m.Others }),
		Throttled:      d.mean(s, func(m m) *float64 { return m.Throttled }),
		PressureCPU:    d.mean(s, func(m m) *float64 { return m.PressureCPU }),
		PressureIO:     d.mean(s, func(m m) *float64 { return m.PressureIO }),
		PressureMemory: d.mean(s, func(m m) *float64 { return m.PressureMemory }),
	}
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

func asFloat(n *int64) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}

// serialFraction shares a speed-up out among as many workers as efficiency does.
func (d *Data) serialFraction(s *Summary) estimate.Value {
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

// mean is that of a figure over the good trials that have it.
func (d *Data) mean(s *Summary, figure func(*journal.Measurement) *float64) estimate.Value {
	sum, n := 0.0, 0.0
	for _, t := range d.Good[s.Index] {
		if x := figure(t.Measurement); x != nil {
			sum, n = sum+*x, n+1
		}
	}
	return estimate.Of(sum / n) // 0/0 is undefined
}
