package analysis

import (
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// Details are what a sceptical reader asks of a cell beside the rest of its Summary: what
// its trials had in common, and what else went on in the machine.
type Details struct {
	// Serial is the part of the work that seems not to have been shared out;
	// undefined where efficiency is, and for one worker.
	Serial Value
	// Drift is that of a baseline over its rounds; undefined for all other cells.
	Drift estimate.Trend
	Noisy int // good trials beside which something else ran

	// Means over the good trials that have the figure.
	Startup, CachedFraction, Stored, StealFraction, Others, Throttled Value
	PressureCPU, PressureIO, PressureMemory                           Value
}

// detailsOf are those that follow from the good trials of a cell.
func detailsOf(trials []*journal.Trial) Details {
	type m = *journal.Measurement
	details := Details{
		Startup:        mean(trials, func(m m) *float64 { return m.Startup }),
		CachedFraction: mean(trials, func(m m) *float64 { return m.CachedFraction }),
		Stored:         mean(trials, func(m m) *float64 { return AsFloat(m.Stored) }),
		StealFraction:  mean(trials, func(m m) *float64 { return m.StealFraction }),
		Others:         mean(trials, func(m m) *float64 { return m.Others }),
		Throttled:      mean(trials, func(m m) *float64 { return m.Throttled }),
		PressureCPU:    mean(trials, func(m m) *float64 { return m.PressureCPU }),
		PressureIO:     mean(trials, func(m m) *float64 { return m.PressureIO }),
		PressureMemory: mean(trials, func(m m) *float64 { return m.PressureMemory }),
	}
	for _, t := range trials {
		if t.Measurement.Noise != "" {
			details.Noisy++
		}
	}
	return details
}

// driftOf is how the times of a cell changed from its first round to its last.
func driftOf(trials []*journal.Trial) estimate.Trend {
	rounds := make([]float64, len(trials))
	for i, t := range trials {
		rounds[i] = float64(t.Round)
	}
	return estimate.TrendOf(rounds, SecondsOf(trials))
}

// mean is that of a figure over the trials that have it.
func mean(trials []*journal.Trial, figure func(*journal.Measurement) *float64) Value {
	var list []float64
	for _, t := range trials {
		if x := figure(t.Measurement); x != nil {
			list = append(list, *x)
		}
	}
	return estimate.Mean(list)
}

// AsFloat is a whole number that may be unknown as another that may be.
func AsFloat[T ~int | ~int64](n *T) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}
