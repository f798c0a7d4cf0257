package experiments

import (
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

// String is as the file has it, without max.
func (a *Adaptive) String() string {
	return fmt.Sprintf("{min: %d, ci: %s%%}", a.Min, strconv.FormatFloat(100*a.Width, 'g', 6, 64))
}
