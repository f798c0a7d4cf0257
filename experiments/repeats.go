package experiments

import (
	"cmp"
	"fmt"
	"strconv"

	"gopkg.in/yaml.v3"
)

// readRepeats reads how often each cell is measured: a number, or the mapping
// {min, max, ci} of repeats that adapt.
func (f *file) readRepeats(n *yaml.Node) {
	if deref(n).Kind == yaml.MappingNode {
		f.readAdaptive(n)
		return
	}
	value, _ := f.d.integer("trials.repeats", n, 1, maxRepeats, "{min, max, ci}")
	f.Trials.Repeats, f.Trials.Adaptive = int(value), nil
}

// leastMin is how many trials the narrowest of all intervals takes.
const leastMin = 2

func (f *file) readAdaptive(n *yaml.Node) {
	d, a := f.d, &Adaptive{}
	var most int64
	var smallest *yaml.Node
	fine := d.mapping("trials.repeats", n,
		field{name: "min", required: true, read: func(n *yaml.Node) {
			value, _ := d.integer("trials.repeats.min", n, leastMin, maxRepeats)
			a.Min, smallest = int(value), n
		}},
		field{name: "max", required: true, read: func(n *yaml.Node) {
			most, _ = d.integer("trials.repeats.max", n, leastMin, maxRepeats)
		}},
		field{name: "ci", required: true, read: func(n *yaml.Node) {
			a.Width = d.percent("trials.repeats.ci", n, "a percentage above 0% and up to 100%", func(x float64) bool { return x > 0 && x <= 100 })
		}},
	)
	if fine && a.Min > int(most) && most > 0 {
		d.problem(deref(smallest), "trials.repeats.min: %s is more than max, which is %s", thousands(int64(a.Min)), thousands(most))
	}
	f.Trials.Repeats, f.Trials.Adaptive = int(most), a
}

// Least is the number of rounds that a run has at least, warm-ups included.
func (t Trials) Least() int {
	if t.Adaptive != nil {
		return t.Warmup + t.Adaptive.Min
	}
	return t.Warmup + t.Repeats
}

// checkTrials refuses a plan with more trials than anybody waits for, at the key that
// asks for most of them. The product does not overflow: there are at most 2^31 cells
// and 2,000,000 rounds.
func (f *file) checkTrials() {
	cells, limit := int64(len(f.Cells)), f.d.opt.MaxTrials
	total := cells * int64(f.Trials.Least())
	if total <= limit {
		return
	}
	warmup, repeats, key := f.Trials.Warmup, f.Trials.Least()-f.Trials.Warmup, "trials.repeats"
	if f.Trials.Adaptive != nil {
		key = "trials.repeats.min"
	}
	advice := "take fewer cells"
	if most := limit / cells; most > 0 {
		advice += fmt.Sprintf(", or lower trials.warmup and %s to %s together", key, thousands(most))
	}
	if warmup > repeats {
		key = "trials.warmup"
	}
	f.d.add(cmp.Or(f.At(key), f.At("grid")), "%s cells x (warmup %s + repeats %s) = %s trials, more than %s: %s",
		thousands(cells), thousands(int64(warmup)), thousands(int64(repeats)), thousands(total), thousands(limit), advice)
}

// String is as the file has it, without max.
func (a *Adaptive) String() string {
	return fmt.Sprintf("{min: %d, ci: %s%%}", a.Min, strconv.FormatFloat(100*a.Width, 'g', 6, 64))
}
