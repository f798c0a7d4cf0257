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
	if m := percentForm.FindStringSubmatch(n.Value); n.Kind == yaml.ScalarNode && m != nil {
		if percent, err := strconv.ParseFloat(m[1], 64); err == nil && allowed(percent) {
			return percent / 100
		}
	}
	d.problem(n, "%s: expected %s, such as 5%%, found %s", where, expected, found(n))
	return 0
}
