package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/internal/units"
	"iosweep/journal"
)

// A Figure is a quantity that every trial of a cell has: its time, a metric that its command prints, or
// a latency of its slowest items, called a tail. The zero Figure is the time. One figure of a run is judged: speed-ups, verdicts, warnings
// and the stopping rule of adaptive repeats are about it.
type Figure struct{ metric journal.Metric }

// judgeOf returns the figure that is judged.
func judgeOf(run *journal.Run) Figure {
	metric, _ := run.JudgedMetric()
	return Figure{metric}
}

// IsTime reports whether the figure is the time of a trial.
func (f Figure) IsTime() bool { return f.metric.Name == "" }

// IsTail reports whether the figure is a latency of the slowest items of a trial.
func (f Figure) IsTail() bool { return f.metric.IsTail() }

// isDuration reports whether its values are seconds, which people read in ms or µs. The seconds of a
// metric are shown as the command prints them.
func (f Figure) isDuration() bool { return f.IsTime() || f.IsTail() }

// Key returns the name of the figure in an experiment file and in CSV: "seconds" or the name of a
// metric.
func (f Figure) Key() string {
	if f.IsTime() {
		return "seconds"
	}
	return f.metric.Name
}

// Metric returns the name of the metric or tail; empty for the time.
func (f Figure) Metric() string { return f.metric.Name }

// Name returns the name of the figure for people: "time", "p99 latency" or the name of a metric.
func (f Figure) Name() string {
	switch {
	case f.IsTime():
		return "time"
	case !f.IsTail():
		return f.metric.Name
	case f.metric.Name == journal.LatencyP99:
		return "p99 latency"
	}
	return "max latency"
}

// SpeedupName returns "speed-up" for the time, and a text such as "speed-up of throughput" for a
// metric.
func (f Figure) SpeedupName() string { return "speed-up" + f.of() }

// SpeedupsName is the plural of SpeedupName.
func (f Figure) SpeedupsName() string { return "speed-ups" + f.of() }

func (f Figure) of() string { return f.word("", " of "+f.Name()) }

// ValuesName returns "times" or, for a metric, "values".
func (f Figure) ValuesName() string { return f.word("times", "values") }

// ValuesOf returns "times" or, for a metric of this name, "throughput values".
func (f Figure) ValuesOf() string { return f.word("times", f.Name()+" values") }

// Describe describes the figure with its unit, such as "throughput (MB/s, higher is better)".
func (f Figure) Describe() string {
	if f.IsTime() {
		return f.Key()
	}
	text := f.Name() + " ("
	if f.metric.Unit != "" {
		text += f.metric.Unit + ", "
	}
	return text + f.metric.Better + " is better)"
}

// Definition defines the speed-up of NEW over BASE in words.
func (f Figure) Definition() string {
	of, over := "BASE", "NEW"
	if f.HigherIsBetter() {
		of, over = over, of
	}
	return fmt.Sprintf("The %s is the %s of %s / the %s of %s", f.SpeedupName(), f.Name(), of, f.Name(), over)
}

// Better returns the word for a speed-up above 1.
func (f Figure) Better() string { return f.word("faster", "better") }

// IsComparable reports whether the values of two runs can be compared.
func (f Figure) IsComparable(other Figure) bool { return f.Describe() == other.Describe() }

// by returns " by throughput" for a metric of this name, and "" for the time.
func (f Figure) by() string { return f.word("", " by "+f.Name()) }

// the returns "the throughput of " for a metric of this name, and "" for the time.
func (f Figure) the() string { return f.word("", "the "+f.Name()+" of ") }

// with returns "a throughput of " for a metric of this name, and "" for the time.
func (f Figure) with() string { return f.word("", "a "+f.Name()+" of ") }

// Best returns the word for the cell with the best value, and Worst for the opposite.
func (f Figure) Best() string { return f.word("fastest", "best") }

// Worst returns the word for the cell with the worst value.
func (f Figure) Worst() string { return f.word("slowest", "worst") }

func (f Figure) word(ofTime, ofMetric string) string {
	if f.IsTime() {
		return ofTime
	}
	return ofMetric
}

// HigherIsBetter reports whether the higher of two values is better.
func (f Figure) HigherIsBetter() bool { return f.metric.Better == journal.BetterHigher }

// isSize reports whether the figure is a metric in bytes. Its values are shown in KiB, MiB and so on.
func (f Figure) isSize() bool { return f.metric.Unit == "B" }

// Unit returns the unit for values up to the largest one.
func (f Figure) Unit(largest float64) format.Unit {
	switch {
	case f.isDuration():
		return format.UnitFor(largest, format.TimeUnits)
	case f.isSize():
		return format.UnitFor(largest, units.ByteUnits)
	}
	return format.Unit{Name: f.metric.Unit, Size: 1}
}

// Label returns the name of the figure with a unit, such as "time (ms)".
func (f Figure) Label(u format.Unit) string { return inUnit(f.Name(), u) }

// MeanLabel returns the name of its mean with a unit, such as "mean time (ms)".
func (f Figure) MeanLabel(u format.Unit) string { return inUnit("mean "+f.Name(), u) }

func inUnit(name string, u format.Unit) string {
	if u.Name == "" {
		return name
	}
	return name + " (" + u.Name + ")"
}

// Text returns a value for people, such as "45.6 ms" or "812 MB/s".
func (f Figure) Text(v Value) string {
	switch {
	case f.isDuration():
		return format.Seconds(v)
	case f.isSize():
		return format.Bytes(v)
	case !v.OK:
		return format.Undefined
	}
	return f.withUnit(format.Digits(v.X, 3))
}

// MeanText returns a mean for people, with half of its interval if the values differ.
func (f Figure) MeanText(s Sample) string {
	size := math.Abs(s.Mean.X)
	switch {
	case f.isDuration():
		return format.MeanSeconds(s)
	case f.isSize():
		return format.MeanBytes(s)
	case !s.Mean.OK:
		return format.Undefined
	case size >= 1e12 || size > 0 && size < 1e-6: // it has too many digits without an exponent
		text := format.Digits(s.Mean.X, 3)
		if s.CI.OK && !s.CI.LowOpen && s.CI.Low < s.CI.High {
			text += " ± " + format.Digits((s.CI.High-s.CI.Low)/2, 2)
		}
		return f.withUnit(text)
	}
	return f.withUnit(format.MeanInUnit(s, format.Unit{Size: 1}))
}

// IntervalText returns an interval for people, such as "1.20 to 1.35 s".
func (f Figure) IntervalText(i Interval) string {
	switch {
	case f.isDuration():
		return format.SecondsInterval(i)
	case f.isSize():
		return format.BytesInterval(i)
	case !i.OK:
		return format.Undefined
	}
	return f.withUnit(format.Digits(i.Low, 3) + " to " + format.Digits(i.High, 3))
}

func (f Figure) withUnit(number string) string {
	return strings.TrimRight(number+" "+f.metric.Unit, " ")
}

// Of returns the value of a trial. It returns false if the trial does not have the figure.
func (f Figure) Of(m *journal.Measurement) (x float64, ok bool) { return m.Figure(f.metric) }

// Value returns the value of a trial that has the figure.
func (f Figure) Value(t *journal.Trial) float64 {
	x, _ := f.Of(t.Measurement)
	return x
}

// Having returns the trials that have the figure. A command that fails as expected prints no metric.
func (f Figure) Having(trials []*journal.Trial) (list []*journal.Trial) {
	if f.IsTime() {
		return trials
	}
	for _, t := range trials {
		if _, ok := f.Of(t.Measurement); ok {
			list = append(list, t)
		}
	}
	return list
}

// Values returns the values of the trials that have the figure.
func (f Figure) Values(trials []*journal.Trial) (list []float64) {
	for _, t := range trials {
		if x, ok := f.Of(t.Measurement); ok {
			list = append(list, x)
		}
	}
	return list
}

// Pairs returns the values of both cells for the rounds that both have.
func (f Figure) Pairs(baseline, cell []*journal.Trial) (b, c []float64) {
	for _, p := range PairTrials(f.Having(baseline), f.Having(cell)) {
		b, c = append(b, f.Value(p.Baseline)), append(c, f.Value(p.Cell))
	}
	return b, c
}

// Orient returns the values of a baseline and a cell, so that the ratio of the first to the second is
// the speed-up: how many times better the cell is.
func (f Figure) Orient(baseline, cell []float64) (numerators, denominators []float64) {
	if f.HigherIsBetter() {
		return cell, baseline
	}
	return baseline, cell
}

// compare returns the speed-up of a cell.
func (f Figure) compare(baseline, cell []*journal.Trial) estimate.Ratio {
	return estimate.Compare(f.Orient(f.Pairs(baseline, cell)))
}

// Estimates are a figure with the estimates of a cell.
type Estimates struct {
	Figure
	Sample
}

// estimate returns the estimates of a figure of the cell over some of its trials.
func (s *Summary) estimate(f Figure, trials []*journal.Trial) Estimates {
	return Estimates{f, s.describe(f.Values(trials))}
}

// MeanText returns the mean for people, with half of its interval.
func (e Estimates) MeanText() string { return e.Figure.MeanText(e.Sample) }

// MedianText returns the median for people.
func (e Estimates) MedianText() string { return e.Text(e.Median) }

// Estimates returns the estimates of a figure of the cell.
func (s *Summary) Estimates(f Figure) Estimates {
	for _, e := range s.metrics {
		if e.Figure == f {
			return e
		}
	}
	for _, t := range s.Tails {
		if t.Figure == f {
			return t.Estimates
		}
	}
	return Estimates{f, s.Seconds}
}

// Figures returns the time, the metrics and the tails of a run. A metric hides a tail of its name.
func Figures(run *journal.Run) []Figure {
	list := append([]Figure{{}}, MetricsOf(run)...)
	for _, tail := range tails {
		if !slices.ContainsFunc(list, func(f Figure) bool { return f.Key() == tail.Key() }) {
			list = append(list, tail)
		}
	}
	return list
}

// MetricsOf returns the metrics of a run.
func MetricsOf(run *journal.Run) (list []Figure) {
	for _, m := range run.Metrics {
		list = append(list, Figure{m})
	}
	return list
}
