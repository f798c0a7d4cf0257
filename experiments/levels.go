package experiments

import (
	"math"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"iosweep/internal/lazyregexp"
)

// A level is one level of an axis in its canonical form, with the node that it comes from.
type level struct {
	text string
	at   *yaml.Node
}

// maxCustomBytes limits the bytes in the name of a custom axis and in each of its levels.
// Every cell refers to them, and a grid may have a hundred thousand cells.
const maxCustomBytes = 200

// levels reads the levels of an axis: one level, a list of them, or a range. It removes
// duplicates.
func (f *file) levels(a Axis, n *yaml.Node) []level {
	name := f.table.nameOf(a)
	f.manyLevels = true
	defer func() { f.manyLevels = false }()
	number := func(n *yaml.Node) (int64, bool) { return f.number(a, n) }
	ranges := true
	if a >= numAxes {
		number = func(n *yaml.Node) (int64, bool) { return f.integer(name, n, math.MinInt64, math.MaxInt64) }
	} else {
		ranges = axes[a].numeric()
	}
	if a == Size && isDistribution(n) || a == Size && slices.ContainsFunc(items(n), isDistribution) {
		f.problem(n, "size: a distribution is no level of the grid: write workload: {size: {lognormal: ...}}")
		return nil
	}
	if n.Kind == yaml.MappingNode && ranges {
		return f.levelRange(name, n, number)
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		f.problem(n, "%s: the list is empty", name)
		return nil
	}
	list := items(n)
	if !f.countLevels(n, name, int64(len(list))) {
		return nil
	}
	var levels []level
	seen := map[string]bool{}
	add := func(text string, item *yaml.Node) {
		if !seen[text] {
			seen[text] = true
			levels = append(levels, level{text, item})
		}
	}
	for _, item := range list {
		text, ok := f.readLevel(a, item)
		switch {
		case ok && a == Python && text == everyPython && f.opt.Interpreters != nil:
			found := f.interpreters(item)
			if !f.countLevels(n, name, int64(len(found))) {
				return nil
			}
			for _, text := range found {
				add(text, item)
			}
		case ok:
			add(text, item)
		}
	}
	if a == Python && !f.countPythons(n, levels) {
		return nil
	}
	return levels
}

// readLevel reads one level of a built-in or custom axis and returns its canonical form.
func (f *file) readLevel(a Axis, n *yaml.Node) (string, bool) {
	if a >= numAxes {
		return f.text(f.table.nameOf(a), n, maxCustomBytes)
	}
	return f.level(a, n)
}

// maxPythons limits the levels of the axis python in a file. Each of them is a program that iosweep
// starts several times before the first trial.
const maxPythons = 100

// countPythons counts levels of the axis python, each once in a file. It reports a problem if there
// are too many.
func (d *decoder) countPythons(n *yaml.Node, levels []level) bool {
	for _, l := range levels {
		d.pythonLevels[l.text] = true
		if len(d.pythonLevels) > maxPythons {
			d.problem(n, "%s: the file has more than %d interpreters", Python, maxPythons)
			return false
		}
	}
	return true
}

// everyPython is the level of the axis python that stands for every interpreter in PATH.
const everyPython = "found"

// interpreters returns the levels that everyPython stands for on this machine. It searches once,
// and leaves out what cannot be a level.
func (d *decoder) interpreters(n *yaml.Node) []string {
	if !d.searched {
		d.searched = true
		seen := map[string]bool{"": true}
		d.pythons = slices.DeleteFunc(slices.Clone(d.opt.Interpreters()), func(text string) bool {
			unfit := seen[text] || len(text) > maxCustomBytes || !printable(text)
			seen[text] = true
			return unfit
		})
		d.pythons = d.pythons[:min(len(d.pythons), maxPythons)]
	}
	if len(d.pythons) == 0 {
		d.problem(n, "python: %s stands for the interpreters in PATH, and there are none: install python3, or name an interpreter", everyPython)
	}
	return d.pythons
}

// countLevels adds more to the number of levels in the file, before the levels are created.
// It reports a problem if there are too many. Every level of a used axis is in at least one
// cell, so a valid grid needs no more levels than it may have cells.
func (d *decoder) countLevels(n *yaml.Node, name string, more int64) bool {
	if limit := int64(d.opt.MaxCells) + maxIndicators; more > limit-d.levelCount {
		d.problem(n, "%s: with these %s levels the grid has more than %s levels", name, thousands(more), thousands(limit))
		return false
	}
	d.levelCount += more
	return true
}

// levelRange reads {from: 1, to: 64, times: 2} or {from: 1, to: 8, step: 1}. A range begins
// with from and never exceeds to.
func (d *decoder) levelRange(name string, n *yaml.Node, number func(*yaml.Node) (int64, bool)) []level {
	keys := rangeKeys(form{})
	isKey := func(k *yaml.Node) bool { return slices.Contains(keyNames(keys), k.Value) }
	if !slices.ContainsFunc(n.Content, isKey) {
		d.problem(n, "%s: expected a level, a list of levels or a range such as {from: 1, to: 64, times: 2}, found %s", name, foundItems(n))
		return nil
	}
	s := d.section(name, n, keys)
	valid := s.valid
	read := func(key string, number func(*yaml.Node) (int64, bool)) int64 {
		n := s.node(key)
		if n == nil {
			return 0
		}
		value, ok := number(n)
		valid = valid && ok
		return value
	}
	factor := func(n *yaml.Node) (int64, bool) { return d.integer(name, n, 2, math.MaxInt64) }
	from, to, step, times := read("from", number), read("to", number), read("step", number), read("times", factor)
	switch {
	case !valid:
	case s.has("step") == s.has("times"):
		d.problem(n, "%s: a range needs either step or times, such as {from: 1, to: 64, times: 2}", name)
	case from > to:
		d.problem(n, "%s: the range begins at %s, above its end %s", name, thousands(from), thousands(to))
	case times == 0 && step < 1:
		d.problem(n, "%s: the step of a range must be above 0, found %s", name, thousands(step))
	case times > 0 && from < 1:
		d.problem(n, "%s: a range with times must begin above 0, found %s", name, thousands(from))
	case d.countLevels(n, name, rangeLength(from, to, step, times)):
		return rangeLevels(n, from, to, step, times)
	}
	return nil
}

// rangeLength returns the number of levels of a range without creating them. Exactly one of
// step and times is above zero.
func rangeLength(from, to, step, times int64) int64 {
	if step > 0 {
		// The difference of two int64 fits a uint64, but not always an int64.
		steps := (uint64(to) - uint64(from)) / uint64(step)
		return int64(min(steps, math.MaxInt64-1)) + 1
	}
	length := int64(1)
	for ; from <= to/times; from *= times {
		length++
	}
	return length
}

func rangeLevels(n *yaml.Node, from, to, step, times int64) []level {
	levels := make([]level, rangeLength(from, to, step, times))
	for i := range levels {
		levels[i] = level{strconv.FormatInt(from, 10), n}
		if step > 0 {
			from += step // may overflow after the last level; the value is not used then
		} else {
			from *= times
		}
	}
	return levels
}

// level reads one level of a built-in axis and returns its canonical form.
func (d *decoder) level(a Axis, n *yaml.Node) (string, bool) {
	info := &axes[a]
	switch info.kind {
	case operationName:
		return d.word(info.name, n, d.operations)
	case strategyName:
		if n.Kind == yaml.ScalarNode && (d.noCommands && commandName().MatchString(n.Value) || d.refusedNames[n.Value]) {
			return n.Value, true // commands has the problem
		}
		return d.word(info.name, n, d.strategies)
	case word:
		return d.word(info.name, n, info.words)
	case revision:
		return d.revision(n)
	case path, interpreter:
		return d.text(info.name, n, int(info.max))
	}
	if n.Kind == yaml.ScalarNode && slices.Contains(info.words, n.Value) {
		return n.Value, true
	}
	value, ok := d.number(a, n)
	return strconv.FormatInt(value, 10), ok
}

// cpuWords are the words that may replace a number of workers.
var cpuWords = []string{"cpus", "N*cpus"}

var cpuRegexp = lazyregexp.New(`^(?:([1-9][0-9]{0,3})\*)?cpus$`)

// number reads a level of a numeric axis.
func (d *decoder) number(a Axis, n *yaml.Node) (int64, bool) {
	info := &axes[a]
	hint := ""
	if n.Kind == yaml.ScalarNode && !d.full() && !info.isNumber(n.Value) {
		if info.kind == cpuCount {
			hint = cpuHint(n.Value, d.opt.CPUs)
		}
		if hint == "" && d.manyLevels {
			hint = levelHint(info.name, n.Value, info.allows)
		}
	}
	switch info.kind {
	case size:
		return d.sizeWithin(&info.form, info.name, n, hint)
	case cpuCount:
		if m := cpuRegexp().FindStringSubmatch(n.Value); n.Kind == yaml.ScalarNode && m != nil {
			return d.cpus(info, n, m[1])
		}
		return d.integerOr(hint, info.name, n, info.min, info.max, cpuWords...)
	}
	return d.integerOr(hint, info.name, n, info.min, info.max, info.words...)
}

// isNumber reports whether a text has the form of a level of a numeric axis.
func (k *key) isNumber(text string) bool {
	switch k.kind {
	case size:
		m := sizeRegexp().FindStringSubmatch(text)
		return m != nil && units[m[2]] > 0 || slices.Contains(k.words, text)
	case cpuCount:
		return decimalRegexp().MatchString(text) || cpuRegexp().MatchString(text)
	}
	return decimalRegexp().MatchString(text) || slices.Contains(k.words, text)
}

// allows reports whether a text is a level of a numeric axis, within its limits.
func (k *key) allows(text string) bool {
	value, err := strconv.ParseInt(text, 10, 64)
	return k.isNumber(text) && (err != nil || k.min == k.max || k.min <= value && value <= k.max)
}

// cpus converts cpus and N*cpus to a number.
func (d *decoder) cpus(info *key, n *yaml.Node, factor string) (int64, bool) {
	times := int64(1)
	if factor != "" {
		times, _ = strconv.ParseInt(factor, 10, 64)
	}
	if count := times * int64(d.opt.CPUs); count <= info.max {
		return count, true
	}
	d.problem(n, "%s: %s is more than %s on this machine with %d CPUs", info.name, n.Value, thousands(info.max), d.opt.CPUs)
	return 0, false
}
