package analysis

import (
	"cmp"
	"fmt"
	"slices"

	"iosweep/internal/format"
)

// An Overview is the head of a report. It claims nothing that the verdicts do not carry.
type Overview struct {
	// Sentences name the best cells first. Then they count the cells and verdicts.
	Sentences []string
	// Extremes has the fastest and slowest cell of each table with at least two cells, if there
	// are too many tables for a sentence about each.
	Extremes []Extremes
}

// Extremes are the fastest and the slowest of the sound cells of a table, with their names in it.
type Extremes struct {
	Table                    *Table
	Name                     string // of the table; unlike its heading it is unique
	Fastest, Slowest         *Summary
	FastestName, SlowestName string
}

// maxTablesInWords is the largest number of tables that the overview describes in sentences.
const maxTablesInWords = 3

// overview summarises the run.
func (d *Data) overview() (o Overview) {
	extremes := d.extremes()
	for i := range d.Tables {
		d.Tables[i].Answers = d.answers(&d.Tables[i])
	}
	if len(extremes) > maxTablesInWords {
		o.Extremes, o.Sentences = extremes, []string{d.fasterSentence(extremes)}
		if sentence := d.largestEffectsSentence(); sentence != "" {
			o.Sentences = append(o.Sentences, sentence)
		}
	} else {
		for _, e := range extremes {
			for _, sentence := range e.Table.Answers {
				if len(d.Tables) > 1 {
					sentence = e.Name + ": " + sentence
				}
				o.Sentences = append(o.Sentences, sentence)
			}
		}
	}
	o.Sentences = append(o.Sentences, d.countsSentence())
	if sentence := d.verdictsSentence(); sentence != "" {
		o.Sentences = append(o.Sentences, sentence)
	}
	return o
}

// answers returns the sentences that answer the questions about a table: which cell is the best, which are as good, and which
// have slow items. How did its race go, which axes matter, and how close does it come to a limit of the machine?
func (d *Data) answers(g *Table) []string {
	list := []string{d.bestSentence(g), d.tailSentence(g), d.raceSentence(g), d.effectsSentence(g), d.ceilingSentence(g)}
	return slices.DeleteFunc(list, func(sentence string) bool { return sentence == "" })
}

// countsSentence counts the cells by status. Retired cells have their own count.
func (d *Data) countsSentence() string {
	trials, retired, live := 0, 0, 0
	counts := map[Status]int{}
	for _, s := range d.Cells() {
		trials += s.Trials
		if s.Cell.Retired {
			retired++
			continue
		}
		live++
		counts[s.Status]++
	}
	text := format.Count(live, "cell")
	tables := slices.DeleteFunc(slices.Clone(d.Tables), func(g Table) bool { return g.IsRetired() })
	if n := len(tables); n > 1 {
		text += " in " + format.Count(n, "table")
	}
	var parts []string
	for _, status := range []Status{StatusOK, StatusXFail, StatusFailed, StatusSkipped, StatusIncomplete} {
		if n := counts[status]; n > 0 {
			parts = append(parts, format.Thousands(int64(n))+" "+string(status))
		}
	}
	if live > 0 && counts[StatusOK] == live {
		parts = []string{"all ok"}
	}
	if retired > 0 {
		parts = append(parts, format.Thousands(int64(retired))+" more retired")
	}
	text += ", " + format.Count(trials, "measured trial")
	if len(parts) > 0 {
		text += ": " + format.Join(parts)
	}
	return text + "."
}

// verdictsSentence counts the verdicts; empty if there are none.
func (d *Data) verdictsSentence() string {
	counts, n := map[Verdict]int{}, 0
	for _, s := range d.Cells() {
		if s.Verdict != "" && !s.Cell.Retired {
			counts[s.Verdict]++
			n++
		}
	}
	var parts []string
	for _, verdict := range []Verdict{Faster, Slower, Equivalent, Inconclusive} {
		if counts[verdict] > 0 {
			parts = append(parts, format.Thousands(int64(counts[verdict]))+" "+string(verdict))
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("Verdicts on %s%s against a baseline: %s.", d.Judge.the(), format.Count(n, "cell"), format.Join(parts))
}

// extremes returns the fastest and slowest cells of the tables with at least two sound cells.
func (d *Data) extremes() (list []Extremes) {
	names := d.UniqueHeadings()
	for i := range d.Tables {
		g := &d.Tables[i]
		ranked := g.ranked()
		if len(ranked) < 2 {
			continue
		}
		name := ShortNames(d.Factors, slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool { return s.Cell.Retired }))
		fastest, slowest := ranked[0], ranked[len(ranked)-1]
		list = append(list, Extremes{g, names[i], fastest, slowest, name(fastest), name(slowest)})
	}
	return list
}

// fasterSentence counts the tables whose best cell is faster than its baseline by its verdict, and
// names the highest of these speed-ups. A higher one without the verdict may be noise.
func (d *Data) fasterSentence(extremes []Extremes) string {
	cell := "The " + d.Judge.Best() + " cell" + d.Judge.by()
	faster := slices.DeleteFunc(slices.Clone(extremes), func(e Extremes) bool { return e.Fastest.Verdict != Faster })
	if len(faster) == 0 {
		return fmt.Sprintf("%s has the verdict faster in none of %s: its speed-up may be noise.", cell, format.Count(len(extremes), "table"))
	}
	most := slices.MaxFunc(faster, func(a, b Extremes) int { return cmp.Compare(a.Fastest.Speedup.Value.X, b.Fastest.Speedup.Value.X) })
	return fmt.Sprintf("%s has the verdict faster in %d of %s. The highest of these speed-ups is %s (%s: %s).",
		cell, len(faster), format.Count(len(extremes), "table"), format.Times(most.Fastest.Speedup.Value), most.Name, most.FastestName)
}
