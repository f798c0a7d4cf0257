package experiments

import (
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"
)

var percentForm = regexp.MustCompile(`^([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%$`)

// percent reads a part of 1 that is written as a percentage.
func (d *decoder) percent(where string, n *yaml.Node, expected string, allowed func(percent float64) bool) float64 {
	n = deref(n)
	if part, ok := ParsePercent(n.Value); ok && n.Kind == yaml.ScalarNode && allowed(100*part) {
		return part
	}
	d.problem(n, "%s: expected %s, such as 5%%, found %s", where, expected, found(n))
	return 0
}

// ParsePercent reads a part of 1 as files and flags write it: 5% or 0.5%.
func ParsePercent(text string) (part float64, ok bool) {
	m := percentForm.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	percent, err := strconv.ParseFloat(m[1], 64)
	return percent / 100, err == nil
}
