package analysis

import (
	"github.com/HdrHistogram/hdrhistogram-go"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// Latency is how long one item took, in seconds, over all trials of a cell. A
// contender has none: nobody sees its items.
type Latency struct{ P50, P99, Max estimate.Value }

// mergedLatency adds up the histograms of the trials, as quantiles of quantiles
// would mean nothing; unread counts the histograms that are damaged.
func mergedLatency(trials []*journal.Trial) (l Latency, unread int) {
	var all *hdrhistogram.Histogram
	for _, t := range trials {
		m := t.Measurement
		// A histogram rounds its maximum up; the trial noted it as it was.
		if m.LatencyMax != nil && *m.LatencyMax > l.Max.X {
			l.Max = estimate.Of(*m.LatencyMax)
		}
		if m.Latency == "" {
			continue
		}
		h, err := hdrhistogram.Decode([]byte(m.Latency))
		switch {
		case err != nil:
			unread++
		case all == nil:
			all = h
		case all.Merge(h) > 0:
			unread++
		}
	}
	if all != nil && all.TotalCount() > 0 {
		l.P50 = estimate.Of(float64(all.ValueAtQuantile(50)) / 1e9)
		l.P99 = estimate.Of(float64(all.ValueAtQuantile(99)) / 1e9)
	}
	return l, unread
}
