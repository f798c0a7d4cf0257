package trial

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strconv"

	"iosweep/internal/lazyregexp"
	"iosweep/internal/units"
)

// maxSearched is the number of bytes of each stream of a program that are searched for metrics.
const maxSearched = 16 << 20

// metrics returns the figures that the program has printed, by name. A figure that is missing or not
// a finite number is an error, and so is a judged one that is not above 0: a speed-up is a ratio.
func (c *Command) metrics(ran *programRun) (map[string]float64, error) {
	if len(c.Metrics) == 0 {
		return nil, nil
	}
	list := map[string]float64{}
	for _, m := range c.Metrics {
		name, pattern, head := "stdout", m.Stdout, &ran.stdout
		if m.Stderr != "" {
			name, pattern, head = "stderr", m.Stderr, &ran.errors
		}
		x, err := figure(pattern, head)
		if err == nil && m.Name == c.Judge && x <= 0 {
			err = fmt.Errorf("is %v, but a judged metric must be above 0", x)
		}
		if err != nil {
			return nil, fmt.Errorf("the metric %q %w; its pattern is %q, and %s", m.Name, err, pattern, head.describe(name))
		}
		list[m.Name] = x
	}
	return list, nil
}

// figure returns the number in the only group of the last match of a pattern.
func figure(pattern string, head *outputHead) (float64, error) {
	re, err := regexp.Compile("(?m)" + pattern) // ^ and $ match at lines
	if err != nil {
		return 0, err
	}
	text, found := lastMatch(re, head.text())
	if !found {
		return 0, fmt.Errorf("is missing")
	}
	x, err := strconv.ParseFloat(string(text), 64)
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0): // also 1e999, which is an error of the library
		return 0, fmt.Errorf("is %q, which is not finite", brief(text))
	case err != nil || !number().Match(text):
		return 0, fmt.Errorf("is %q, which is not a number such as 12, 0.5 or 1.5e-3", brief(text))
	}
	return x, nil
}

// number matches a decimal number with or without an exponent. strconv also accepts hexadecimal
// numbers.
var number = lazyregexp.New(`^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`)

// matchesAtOnce limits the memory for the matches of a pattern that matches every byte of 16 MiB.
const matchesAtOnce = 4096

// lastMatch returns the group of the last match of a pattern with one group. The library cannot
// begin a search within a text, where ^ and \b depend on the text before. So after some matches the
// search begins again at the line of the last one.
func lastMatch(re *regexp.Regexp, text []byte) (group []byte, found bool) {
	for most := matchesAtOnce; ; {
		matches := re.FindAllSubmatchIndex(text, most)
		if len(matches) == 0 {
			return group, found
		}
		last := matches[len(matches)-1]
		group, found = nil, true
		if last[2] >= 0 { // an optional group may have no match
			group = text[last[2]:last[3]]
		}
		if len(matches) < most {
			return group, true
		}
		if line := bytes.LastIndexByte(text[:last[0]], '\n') + 1; line > 0 {
			text = text[line:]
		} else {
			most *= 2 // all matches are on the first line
		}
	}
}

// describe describes the end of an output for an error message.
func (h *outputHead) describe(name string) string {
	text := bytes.TrimSpace(h.text())
	if len(text) == 0 {
		return "its " + name + " is empty"
	}
	what := "the last line of its " + name
	if !h.isComplete() {
		what = fmt.Sprintf("the last line of the first %s of its %s (the rest is not searched)", units.Size(int64(h.max)), name)
	}
	return fmt.Sprintf("%s is %q", what, brief(bytes.TrimSpace(text[bytes.LastIndexByte(text, '\n')+1:])))
}
