package journal

// Metric is a figure that commands print. Stdout or Stderr is its pattern, and the other one is empty.
type Metric struct {
	Name   string `json:"name"`
	Stdout string `json:"stdout,omitempty"`
	Stderr string `json:"stderr,omitempty"`
	Unit   string `json:"unit,omitempty"`
	Better string `json:"better"` // BetterHigher or BetterLower
}

// The words that tell which values of a metric are better.
const (
	BetterHigher = "higher"
	BetterLower  = "lower"
)

// The names of the tails: the latencies of the slowest items of a trial. A run may be judged by one of
// them. No command prints a tail.
const (
	LatencyP99 = "latency_p99"
	LatencyMax = "latency_max"
)

// Tails returns the tails as metrics without a pattern.
func Tails() []Metric {
	return []Metric{{Name: LatencyP99, Unit: "s", Better: BetterLower}, {Name: LatencyMax, Unit: "s", Better: BetterLower}}
}

// IsTail reports whether the metric is one of Tails. A command may print a metric of the same name.
func (m Metric) IsTail() bool {
	return m.Stdout == "" && m.Stderr == "" && (m.Name == LatencyP99 || m.Name == LatencyMax)
}

// JudgedMetric returns the metric that speed-ups are about, which may be a tail. It returns false if
// they are about the seconds.
func (r *Run) JudgedMetric() (Metric, bool) {
	if r.Judge == "" {
		return Metric{}, false
	}
	for _, m := range append(r.Metrics[:len(r.Metrics):len(r.Metrics)], Tails()...) {
		if m.Name == r.Judge {
			return m, true
		}
	}
	return Metric{}, false
}

// Figure returns the value of a metric, or the seconds for the zero Metric. It returns false if the
// trial does not have the metric.
func (m *Measurement) Figure(metric Metric) (x float64, ok bool) {
	pointer := m.LatencyMax
	switch {
	case metric.Name == "":
		return m.Seconds, true
	case !metric.IsTail():
		x, ok = m.Metrics[metric.Name]
		return x, ok
	case metric.Name == LatencyP99:
		pointer = m.LatencyP99
	}
	if pointer == nil {
		return 0, false
	}
	return *pointer, true
}
