package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
)

// Effects are the parts that the factors of a table have in the differences between its cells.
type Effects struct {
	Table *Table
	Name  string // of the table; unlike its heading it is unique
	// Cells are the cells that take part. Rounds is the number of rounds that all of them have.
	Cells  []*Summary
	Rounds int
	// List has the factors and the pairs of factors, the largest share first.
	List []Effect
	// Confounded are factors whose levels change together with other factors.
	Confounded []string
}

// An Effect is the effect of one factor, or of a pair of factors beyond both of them.
type Effect struct {
	Of      *Effects
	Factors []string // one or two
	Levels  []Level
	// Share is the part of the variance between cells. It is undefined if the cells differ too little.
	Share   Value
	ShareCI Interval
	// Best and Worst are indexes in Levels. Ratio is how many times better the best one is.
	Best, Worst int
	Ratio       Value
	RatioCI     Interval
	// Adjusted is the p value, adjusted over the effects of the table.
	Adjusted Value
}

// A Level is a level of a factor, or a combination of the levels of two.
type Level struct {
	Names []string // the level of each factor
	// Ratio is the judged figure relative to its mean over the levels. For a pair it is the part
	// beyond both factors.
	Ratio Value
	CI    Interval
}

// effects returns the effects of all tables with at least two factors.
func (d *Data) effects() (list []Effects) {
	names := d.UniqueHeadings()
	for i := range d.Tables {
		if e := d.effectsOf(&d.Tables[i]); len(e.List) > 0 {
			e.Name = names[i]
			list = append(list, e)
		}
	}
	for i := range list {
		for k := range list[i].List {
			list[i].List[k].Of = &list[i]
		}
	}
	return list
}

// effectsOf returns the effects of one table. The list is empty if nothing can be estimated.
func (d *Data) effectsOf(g *Table) Effects {
	e := Effects{Table: g}
	e.Cells = g.comparableCells()
	var names []string
	var levels [][]string
	for _, name := range Varying(d.Factors, e.Cells) {
		if l := Levels(name, e.Cells); len(l) > 1 {
			names, levels = append(names, name), append(levels, l)
		}
	}
	logs := g.logsByRound(e.Cells)
	if e.Rounds = len(logs); e.Rounds == 0 || len(names) < 2 {
		return Effects{}
	}
	numbers := make([][]int, len(e.Cells))
	for i, s := range e.Cells {
		for f, name := range names {
			numbers[i] = append(numbers[i], slices.Index(levels[f], s.Cell.Levels[name]))
		}
	}
	grid := estimate.NewGrid(numbers)
	if grid == nil {
		return Effects{} // too many levels
	}
	for _, f := range grid.Confounded() {
		e.Confounded = append(e.Confounded, names[f])
	}
	found := grid.Effects(logs)
	ps := make([]Value, len(found))
	for i := range found {
		ps[i] = found[i].P
	}
	adjusted := estimate.Holm(ps)
	for i, x := range found {
		effect := Effect{Share: x.Share, ShareCI: x.ShareCI, Best: x.Best, Worst: x.Worst, Ratio: x.Ratio, RatioCI: x.RatioCI, Adjusted: adjusted[i]}
		for _, f := range x.Factors {
			effect.Factors = append(effect.Factors, names[f])
		}
		for _, l := range x.Levels {
			level := Level{Ratio: l.Ratio, CI: l.CI}
			for k, n := range l.Numbers {
				level.Names = append(level.Names, levels[x.Factors[k]][n])
			}
			if d.Judge.HigherIsBetter() { // the logarithms have the other sign
				level.Ratio = ValueOf(1).Over(level.Ratio)
				if level.CI.OK {
					level.CI.Low, level.CI.High = 1/l.CI.High, 1/l.CI.Low
				}
			}
			effect.Levels = append(effect.Levels, level)
		}
		e.List = append(e.List, effect)
	}
	slices.SortStableFunc(e.List, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(b.Share.X, a.Share.X), cmp.Compare(len(a.Factors), len(b.Factors)), cmp.Compare(b.Ratio.X, a.Ratio.X))
	})
	return e
}

// comparableCells returns the paired contestants with enough rounds. A cell takes no part if it has fewer than half of the
// usual trials: few rounds would be left that all cells have. A cell that a race dropped stays, because the slow cells show
// which axes matter.
func (g *Table) comparableCells() []*Summary {
	var trials []int
	cells := g.pairedContestants()
	for _, s := range cells {
		trials = append(trials, s.Judged.N)
	}
	slices.Sort(trials)
	return slices.DeleteFunc(cells, func(s *Summary) bool { return 2*s.Judged.N < trials[len(trials)/2] && s.raceStop != stopDropped })
}

// logsByRound returns the logarithms of the judged figure, for each round in which all cells have it. A lower one is
// better. It returns none if a figure has no logarithm.
func (g *Table) logsByRound(cells []*Summary) (logs [][]float64) {
	values, ok := g.byRound(cells)
	if !ok || len(values) == 0 {
		return nil
	}
	for round := range values[0] {
		row := make([]float64, len(cells))
		for c := range cells {
			if row[c] = math.Log(values[c][round]); math.IsInf(row[c], 0) {
				return nil
			}
		}
		if !slices.ContainsFunc(row, math.IsNaN) {
			logs = append(logs, row)
		}
	}
	return logs
}

// UniqueHeadings returns the headings of the tables, with the baseline where several are the same.
func (d *Data) UniqueHeadings() []string {
	tables := map[string]int{}
	for _, g := range d.Tables {
		tables[g.Heading]++
	}
	names := make([]string, len(d.Tables))
	for i, g := range d.Tables {
		names[i] = g.Heading
		if g.Baseline != nil && tables[g.Heading] > 1 {
			names[i] += " against " + g.BaselineLabel
		}
	}
	return names
}

// by joins the names of two factors, or of their levels.
const by = " x "

// Factor names the factor, or both of a pair, such as "strategy x workers".
func (e *Effect) Factor() string { return strings.Join(e.Factors, by) }

// BestLevel and WorstLevel name the levels, such as "8" or "threads x 8".
func (e *Effect) BestLevel() string { return strings.Join(e.Levels[e.Best].Names, by) }

// WorstLevel names the level with the worst figure.
func (e *Effect) WorstLevel() string { return strings.Join(e.Levels[e.Worst].Names, by) }

// IsPair reports whether the effect is one of two factors.
func (e *Effect) IsPair() bool { return len(e.Factors) > 1 }

// IsDistinct reports whether the effect is more than chance explains.
func (e *Effect) IsDistinct() bool { return e.Adjusted.OK && e.Adjusted.X < estimate.Significance }

// leastPair is the smallest share of a pair of factors that a sentence names.
const leastPair = 0.05

// leastRest is the smallest rest of the differences that a sentence mentions.
const leastRest = 0.1

// Sentence names the factors that explain the differences, such as "workers explains 71% of the differences,
// strategy 18%." It is empty for a single round, because its noise is unknown.
func (e *Effects) Sentence() string {
	if e.Rounds < 2 {
		return ""
	}
	var parts []string
	rest := 1.0
	for i := range e.List {
		x := &e.List[i]
		if !x.Share.OK {
			continue
		}
		rest -= x.Share.X
		if x.IsPair() && (x.Share.X < leastPair || !x.IsDistinct()) {
			continue
		}
		part := x.Factor()
		if len(parts) == 0 {
			part += " explains"
		}
		if part += " " + shareText(x.Share); len(parts) == 0 {
			part += " of the differences"
		}
		if !x.IsDistinct() {
			part += " (not distinguishable from none)"
		}
		parts = append(parts, part)
	}
	if parts == nil {
		return "The cells differ too little, compared with their noise, to tell which axis matters."
	}
	text := strings.Join(parts, ", ") + "."
	if rest >= leastRest {
		text += fmt.Sprintf(" The other %s cannot be assigned to one axis or pair.", shareText(ValueOf(rest)))
	}
	if len(e.Confounded) > 0 {
		text += fmt.Sprintf(" Not told apart from other axes: %s.", strings.Join(e.Confounded, ", "))
	}
	return text
}

// effectsSentence returns the sentence of a table; empty if it has no effects.
func (d *Data) effectsSentence(g *Table) string {
	for i := range d.Effects {
		if d.Effects[i].Table == g {
			return d.Effects[i].Sentence()
		}
	}
	return ""
}

// largestEffectsSentence counts the tables by the factor with the largest share. It is empty if no table has shares.
func (d *Data) largestEffectsSentence() string {
	var factors []string
	counts, tables := map[string]int{}, 0
	for i := range d.Effects {
		if x := &d.Effects[i].List[0]; x.Share.OK {
			tables++
			if counts[x.Factor()]++; counts[x.Factor()] == 1 {
				factors = append(factors, x.Factor())
			}
		}
	}
	if tables == 0 {
		return ""
	}
	slices.SortStableFunc(factors, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	for i, factor := range factors {
		factors[i] = fmt.Sprintf("%s in %d", factor, counts[factor])
	}
	return fmt.Sprintf("The axis with the largest part in the differences: %s of %s.", strings.Join(factors, ", "), format.Count(tables, "table"))
}

// shareText returns a share such as "71%".
func shareText(share Value) string {
	switch percent := 100 * share.X; {
	case percent < 1:
		return "less than 1%"
	case percent > 99 && percent < 100:
		return "more than 99%"
	default:
		return strconv.FormatFloat(percent, 'f', 0, 64) + "%"
	}
}
