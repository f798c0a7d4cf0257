package experiments

import (
	"cmp"
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"iosweep/internal/lazyregexp"
)

// A Metric is a figure that commands print.
type Metric struct {
	Name string
	// Stdout or Stderr is the pattern of the figure, and the other one is empty. Its only group
	// matches the number.
	Stdout, Stderr string
	Unit           string // empty: none
	Better         string // BetterHigher or BetterLower
}

// The words that tell which values of a metric are better.
const (
	BetterHigher = "higher"
	BetterLower  = "lower"
)

// judgeSeconds is the word for the time of a trial, which is judged by default.
const judgeSeconds = "seconds"

// tails are the latencies of the slowest items of a trial, which can be judged. A metric may have the
// same name, and is then meant.
var tails = []Metric{{Name: "latency_p99", Unit: "s", Better: BetterLower}, {Name: "latency_max", Unit: "s", Better: BetterLower}}

// Limits of the metrics of a file.
const (
	maxMetrics = 50
	maxPattern = 1000
	maxUnit    = 40
)

var metricName = lazyregexp.New(`^[a-z][a-z0-9_-]{0,62}$`)

// metricEstimates are the ends of the columns of a metric in summary.csv.
var metricEstimates = []string{"_mean", "_variance", "_ci95_low", "_ci95_high"}

// readMetrics reads the file's `metrics`.
func (f *file) readMetrics(n *yaml.Node) {
	if n == nil {
		return
	}
	if !f.isDefinitions("metrics", n, maxMetrics, "throughput: {stdout: '(\\S+) MB/s', unit: MB/s, better: higher}") {
		return
	}
	for key, value := range pairs(n) {
		name := key.Value
		switch {
		case !metricName().MatchString(name):
			f.problem(key, "the metric name %s must match [a-z][a-z0-9_-]* and have at most 63 bytes%s", quote(name), slugHint(name, metricName()))
		case name == judgeSeconds:
			f.problem(key, "the metric %s has the name of the time of a trial: choose another name", quote(name))
		case slices.Contains(axisNames(), name):
			f.problem(key, "the metric %s has the name of an axis: choose another name", quote(name))
		default:
			f.positions["metrics."+name] = f.at(key)
			f.Metrics = append(f.Metrics, f.metric(name, value))
			continue
		}
		f.metric(name, value) // for its problems
	}
	f.checkMetricColumns()
}

// metric reads one metric.
func (d *decoder) metric(name string, n *yaml.Node) Metric {
	label := "metrics." + name
	s := d.section(label, n, metricKeys)
	m := Metric{Name: name, Unit: s.line("unit"), Better: s.word("better")}
	m.Stdout, m.Stderr = d.metricPattern(s, "stdout"), d.metricPattern(s, "stderr")
	switch {
	case s.has("stdout") && s.has("stderr"):
		d.problem(s.node("stderr"), "%s has both stdout and stderr: keep the one that has the number", label)
	case s.valid && !s.has("stdout") && !s.has("stderr"):
		d.problem(n, "%s has neither stdout nor stderr: add the pattern of the number, as in stdout: '(\\S+) MB/s'", label)
	}
	return m
}

// metricPattern reads the pattern of a metric, which has one group.
func (d *decoder) metricPattern(s *section, key string) string {
	n := s.node(key)
	if n == nil {
		return ""
	}
	label := join(s.label, key)
	pattern, re := d.pattern(label, n)
	switch {
	case re == nil:
	case re.NumSubexp() == 0:
		d.problem(n, "%s: the pattern %s has no group: put the number into parentheses, as in '(\\S+) MB/s'", label, quote(pattern))
	case re.NumSubexp() > 1:
		d.problem(n, "%s: the pattern %s has %d groups, but only the number may be in one: write (?:...) for the others", label, quote(pattern), re.NumSubexp())
	case re.MatchString(""):
		d.problem(n, "%s: the pattern %s matches an empty text, which is no number: write + instead of *, as in (\\d+)", label, quote(pattern))
	}
	return pattern
}

// patternFlags are the flags of each pattern of an experiment file: ^ and $ match at lines.
const patternFlags = "(?m)"

// pattern reads a regular expression in the syntax of RE2. The expression is nil after a problem.
func (d *decoder) pattern(label string, n *yaml.Node) (string, *regexp.Regexp) {
	text, ok := d.text(label, n, maxPattern)
	if !ok {
		return "", nil
	}
	re, err := regexp.Compile(patternFlags + text)
	if err == nil {
		return text, re
	}
	at, reason := d.at(n), err.Error()
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		part := strings.TrimPrefix(e.Expr, patternFlags)
		reason = cmp.Or(patternHints[e.Code], e.Code.String())
		// Without escapes the text is in the line as it is, and the column is exact.
		if line := string(d.lineFrom(n)); part != "" && strings.Contains(line, text) {
			at.Column += utf8.RuneCountInString(line[:strings.Index(line, text)]) + utf8.RuneCountInString(text[:max(0, strings.Index(text, part))])
		}
		if part != "" && part != text {
			reason += ": " + quote(part)
		}
	}
	d.add(at, "%s: the pattern %s is not valid in RE2: %s", label, quote(text), reason)
	return text, nil
}

// patternHints explain errors of patterns better than the library.
var patternHints = map[syntax.ErrorCode]string{
	syntax.ErrInvalidPerlOp: "it has no lookahead, lookbehind and other groups of Perl",
	syntax.ErrInvalidEscape: "it has no such escape (no backreferences; a backslash is written \\\\)",
}

// checkMetricColumns refuses a metric whose column has the name of a column of another metric. A
// metric low has the column metric_low_mean in summary.csv.
func (f *file) checkMetricColumns() {
	for _, m := range f.Metrics {
		for _, end := range metricEstimates {
			stem, ok := strings.CutSuffix(m.Name, end)
			if ok && slices.ContainsFunc(f.Metrics, func(other Metric) bool { return other.Name == stem }) {
				f.add(f.positions["metrics."+m.Name], "the metric %s has the column metric_%s, which summary.csv has for the metric %s: choose another name", quote(m.Name), m.Name, quote(stem))
			}
		}
	}
}

// readJudge reads the file's `judge`. The grid has been read.
func (f *file) readJudge(s *section) {
	for _, m := range f.Metrics {
		if slices.Contains(f.table.customAxes, m.Name) {
			f.add(f.positions["metrics."+m.Name], "the metric %s has the name of an axis of the grid: choose another name", quote(m.Name))
		}
	}
	n := s.node("judge")
	if n == nil {
		return
	}
	names := []string{judgeSeconds}
	for _, m := range f.judgeable() {
		names = append(names, m.Name)
	}
	if judge, ok := f.word("judge", n, names); ok && judge != judgeSeconds {
		f.Judge = judge
	}
	if f.Judge != "" && s.has("published") {
		f.problem(n, "judge: %s cannot judge this experiment, because its published table has seconds: write judge: %s", quote(f.Judge), judgeSeconds)
	}
}

// checkJudged refuses a built-in strategy under a judge that is a metric, because it prints nothing. It
// refuses a command under a judge that is a tail, because iosweep does not see the items of a command.
func (f *file) checkJudged(strategy level, c *contender) {
	judge, ok := f.JudgedMetric()
	switch {
	case !ok:
	case judge.isTail() && c != nil:
		f.problem(strategy.at, "the command %q has no latency, because iosweep does not see its items, so judge: %s cannot judge it: leave it out, or write judge: %s", strategy.text, f.Judge, judgeSeconds)
	case !judge.isTail() && c == nil:
		f.problem(strategy.at, "the strategy %q is built in and prints no metric, so judge: %s cannot judge it: leave it out, or write judge: %s", strategy.text, f.Judge, judgeSeconds)
	}
}

// warnIdleMetrics warns about metrics of a grid without a command.
func (f *file) warnIdleMetrics() {
	runs := func(b block) bool {
		return slices.ContainsFunc(b.levels[Strategy], func(l level) bool { return f.contenders[l.text] != nil })
	}
	if at, ok := f.positions["metrics"]; ok && len(f.Metrics) > 0 && !slices.ContainsFunc(f.blocks, runs) {
		f.warn(at, "metrics have no effect, because no cell runs a command: a built-in strategy prints nothing")
	}
}

// isTail reports whether the metric is one of the tails. Every metric of a command has a pattern.
func (m Metric) isTail() bool { return slices.Contains(tails, m) }

// judgeable returns the metrics of the commands and the tails, which can all be judged.
func (e *Experiment) judgeable() []Metric { return slices.Concat(e.Metrics, tails) }

// JudgedMetric returns the metric that speed-ups are about, which may be a tail. It returns false if
// they are about the seconds.
func (e *Experiment) JudgedMetric() (Metric, bool) {
	if e.Judge == "" {
		return Metric{}, false
	}
	for _, m := range e.judgeable() {
		if m.Name == e.Judge {
			return m, true
		}
	}
	return Metric{}, false
}
