// Package gate decides whether results stop a build: the flag --fail-on.
//
//  1. Parse reads the words of the flag.
//  2. OfRun returns what a gate sees of the cells of a run. Package compare does the same for
//     two runs.
//  3. Check returns the cells that a word names. If a word needs verdicts and no cell has one,
//     nothing was decided.
package gate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
)

// A Word is a property of a cell that --fail-on can name.
type Word string

// The words. The first four are verdicts.
const (
	Slower       = Word(estimate.Slower)
	Faster       = Word(estimate.Faster)
	Inconclusive = Word(estimate.Inconclusive)
	Equivalent   = Word(estimate.Equivalent)
	Failed       = Word("failed")
	Missing      = Word("missing") // skipped, unmeasured, or gone
)

// Words returns all words.
func Words() []string {
	return []string{string(Slower), string(Faster), string(Inconclusive), string(Equivalent), string(Failed), string(Missing)}
}

// IsVerdict reports whether the word is a verdict.
func (w Word) IsVerdict() bool { return w != Failed && w != Missing }

// A Condition is a word of a gate with its minimum effect.
type Condition struct {
	Word Word
	// Effect is the minimum effect, as a fraction: at 0.05 a slower cell takes
	// more than 1.05 times as long, over the whole interval. It is 0 for any change.
	Effect float64
}

// String returns the condition as it is written, such as "slower:5%".
func (c Condition) String() string {
	if c.Effect == 0 {
		return string(c.Word)
	}
	return fmt.Sprintf("%s:%.6g%%", c.Word, 100*c.Effect)
}

// A Gate is the value of --fail-on. The zero Gate finds nothing.
type Gate []Condition

// String returns the gate as it is written.
func (g Gate) String() string {
	var words []string
	for _, c := range g {
		words = append(words, c.String())
	}
	return strings.Join(words, ",")
}

// NeedsVerdict reports whether the gate names a verdict.
func (g Gate) NeedsVerdict() bool {
	return slices.ContainsFunc(g, func(c Condition) bool { return c.Word.IsVerdict() })
}

// Parse reads conditions such as "slower:5%".
func Parse(words []string) (Gate, error) {
	allowed := strings.Join(Words(), ", ")
	var g Gate
	for _, text := range words {
		text = strings.TrimSpace(text)
		word, effect, hasEffect := strings.Cut(text, ":")
		c := Condition{Word: Word(strings.TrimSpace(word))}
		if !slices.Contains(Words(), string(c.Word)) {
			hint := ":"
			if near := experiments.Similar(string(c.Word), Words()); near != "" {
				hint = fmt.Sprintf(": did you mean %q?", near)
			}
			return nil, fmt.Errorf("--fail-on %q%s it must be one or more of %s, separated by commas", text, hint, allowed)
		}
		if hasEffect {
			var err error
			if c.Effect, err = parseEffect(c.Word, strings.TrimSpace(effect)); err != nil {
				return nil, fmt.Errorf("--fail-on %q: %w", text, err)
			}
		}
		g = append(g, c)
	}
	return g, nil
}

func parseEffect(word Word, text string) (float64, error) {
	if word != Slower && word != Faster {
		return 0, fmt.Errorf("only slower and faster have a minimum effect; write %s", word)
	}
	part, ok := experiments.ParsePercent(text)
	if _, isPercent := experiments.ParsePercent(text + "%"); isPercent {
		return 0, fmt.Errorf("a minimum effect is a percentage; write %s:%s%%", word, text)
	}
	if !ok || part <= 0 || part >= 1 {
		return 0, fmt.Errorf("a minimum effect is a percentage above 0%% and below 100%%, such as %s:5%%", word)
	}
	return part, nil
}

// A Cell is what a gate sees of a cell.
type Cell struct {
	Metric  string // that the speed-up is about; empty: the time
	Name    string
	Against string // what the speed-up is relative to
	Speedup estimate.Ratio
	Verdict estimate.Verdict // empty if the cell has none
	Failed  bool
	Missing bool
	Reason  string // why the cell failed or is missing
	Note    string // more about the cell, for readers; may be empty
}

// Meets reports whether a cell meets the condition.
func (c Condition) Meets(cell *Cell) bool {
	ci, low, high := cell.Speedup.CI, 1/(1+c.Effect), 1+c.Effect
	switch c.Word {
	case Failed:
		return cell.Failed
	case Missing:
		return cell.Missing
	case Slower:
		return cell.Verdict == estimate.Slower && ci.High < low
	case Faster:
		return cell.Verdict == estimate.Faster && ci.Low > high
	}
	return cell.Verdict == estimate.Verdict(c.Word)
}

// A Finding is a cell that meets a condition of a gate.
type Finding struct {
	Condition Condition
	Cell      Cell
}

// String describes the cell with its figures.
func (f Finding) String() string {
	text := fmt.Sprintf("%s: %s: ", f.Condition, format.OneLine(f.Cell.Name))
	if !f.Condition.Word.IsVerdict() {
		return text + format.OneLine(cmp.Or(f.Cell.Reason, "no reason is recorded"))
	}
	if f.Cell.Metric != "" {
		text += f.Cell.Metric + " "
	}
	text += fmt.Sprintf("%s against %s (95%% interval %s)", format.Times(f.Cell.Speedup.Value), format.OneLine(f.Cell.Against), format.TimesInterval(f.Cell.Speedup.CI))
	if f.Cell.Note != "" {
		text += "; " + f.Cell.Note
	}
	return text
}

// A Result is what a gate has found.
type Result struct {
	Gate     Gate
	About    string // which cells these are, for the first line of Lines; may be empty
	Unit     string // the unit of the verdicts, for Doubt: "runs"; empty: trials
	Findings []Finding
	Cells    int // number of cells that the gate has looked at
	Verdicts int // the cells with a verdict among them
	Unclear  int // the cells with the verdict inconclusive among them
}

// Check looks at cells. A cell that meets several conditions is found once. The findings have
// the order of the conditions, and the largest change comes first.
func (g Gate) Check(cells []Cell) Result {
	r := Result{Gate: g, Cells: len(cells)}
	found := map[int]bool{}
	for _, c := range g {
		var list []Finding
		for i := range cells {
			if !found[i] && c.Meets(&cells[i]) {
				found[i] = true
				list = append(list, Finding{c, cells[i]})
			}
		}
		slices.SortStableFunc(list, func(a, b Finding) int { return cmp.Compare(size(b), size(a)) })
		r.Findings = append(r.Findings, list...)
	}
	for i := range cells {
		if cells[i].Verdict != "" {
			r.Verdicts++
		}
		if cells[i].Verdict == estimate.Inconclusive {
			r.Unclear++
		}
	}
	return r
}

// size returns the size of a change. Half the time is as large a change as twice the time.
func size(f Finding) float64 {
	if v := f.Cell.Speedup.Value; v.OK && v.X > 0 {
		return math.Abs(math.Log(v.X))
	}
	return 0
}

// Undecided reports whether a word needs verdicts and no cell has one. Nothing was checked
// then, and this must not look like a good result.
func (r Result) Undecided() bool { return r.Gate.NeedsVerdict() && r.Verdicts == 0 }

// Doubt returns a sentence about a gate on slower or faster cells that has found none, although it
// could not decide every cell. An inconclusive cell is not slower.
func (r Result) Doubt() string {
	asks := slices.ContainsFunc(r.Gate, func(c Condition) bool { return c.Word == Slower || c.Word == Faster })
	if !asks || len(r.Findings) > 0 || r.Unclear == 0 {
		return ""
	}
	return fmt.Sprintf("--fail-on %s found no cell; inconclusive verdicts: %d of %d (more %s may decide them)", r.Gate, r.Unclear, r.Verdicts, cmp.Or(r.Unit, "trials"))
}

// maxFindings limits the lines of Lines.
const maxFindings = 25

// Lines describes the findings: a line with their number, and a line for each.
func (r Result) Lines() []string {
	lines := []string{fmt.Sprintf("--fail-on found %d of %s%s:", len(r.Findings), format.Count(r.Cells, "cell"), r.About)}
	for i, f := range r.Findings {
		if more := len(r.Findings) - i; i == maxFindings && more > 1 {
			return append(lines, fmt.Sprintf("  and %d more", more))
		}
		lines = append(lines, "  "+f.String())
	}
	return lines
}
