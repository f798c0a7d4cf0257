package reproduce

import (
	"fmt"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/journal"
)

// variantFindings tells the result of each variant of a row, after the results of the cells that
// judge the row.
func (m *Method) variantFindings() []string {
	var alike [][]*Attempt // variants of one program, which differ in other factors only
	byOutcome := map[Outcome][]string{}
	for _, a := range m.Attempts {
		switch {
		case a.Outcome == Variant:
			at := slices.IndexFunc(alike, func(list []*Attempt) bool { return list[0].isSameVariant(a) })
			if at < 0 {
				alike = append(alike, []*Attempt{a})
			} else {
				alike[at] = append(alike[at], a)
			}
		case a.Outcome == Undecided && !a.Speedup.Value.OK && !a.Corrupt.OK: // its reason tells why
		case a.Program && a.Outcome != "":
			byOutcome[a.Outcome] = append(byOutcome[a.Outcome], a.withFigures())
		}
	}
	if len(alike) == 0 {
		return nil
	}
	var variants []string
	for _, list := range alike {
		variants = append(variants, m.variantSentence(list))
	}
	var parts []string
	for _, result := range []struct {
		text     string
		outcomes []Outcome
	}{
		{"holds for", []Outcome{Reproduced, Limited}},
		{"does not hold for", []Outcome{Contradicted}},
		{"is undecided for", []Outcome{Undecided}},
	} {
		var names []string
		for _, o := range result.outcomes {
			names = append(names, byOutcome[o]...)
		}
		if len(names) > 0 {
			parts = append(parts, result.text+" "+format.Several(names))
		}
	}
	sentence := m.Printed.Method + ": "
	if len(parts) > 0 {
		sentence += fmt.Sprintf("%q %s. ", m.Claim, format.Join(parts))
	}
	return []string{sentence + strings.Join(variants, " ")}
}

// isSameVariant reports whether another attempt is the same program, for example in another
// interpreter.
func (a *Attempt) isSameVariant(other *Attempt) bool {
	strategy := experiments.Strategy.String()
	return a.Differs == other.Differs && a.Cell.Cell.Levels[strategy] == other.Cell.Cell.Levels[strategy]
}

// variantSentence returns how a variant differs, and the figures of its attempts.
func (m *Method) variantSentence(list []*Attempt) string {
	differs := strings.TrimRight(list[0].Differs, ".")
	if len(list) == 1 {
		return fmt.Sprintf("%s %s: %s.", list[0].Contender, differs, m.variantFigures(list[0]))
	}
	program := list[0].Cell.Cell.Levels[experiments.Strategy.String()]
	figures := make([]string, len(list))
	for i, a := range list {
		figures[i] = m.variantFigures(a)
		if with, ok := strings.CutPrefix(a.Contender, program+", "); ok {
			figures[i] += " with " + with
		}
	}
	return fmt.Sprintf("%s %s: %s.", program, differs, strings.Join(figures, "; "))
}

// variantFigures returns the figures of a variant, by the kind of claim of its row.
func (m *Method) variantFigures(a *Attempt) string {
	var notes []string
	text := ""
	switch unmeasured := a.Cell.Unmeasured(); {
	case unmeasured != "":
		return "no figures, because " + unmeasured
	case a.Corrupt.OK:
		text = CorruptOf(a) + " items corrupt"
	case a.Cell.ExpectedFailures > 0:
		return fmt.Sprintf("it did not do the work in %d of %s", a.Cell.ExpectedFailures, format.Count(a.Seconds.N, "good trial"))
	case m.Claim == journal.ClaimFails:
		return fmt.Sprintf("it succeeded in %s", format.Count(a.Seconds.N, "trial"))
	case a.Speedup.Value.OK && a.Baseline != a.Cell:
		text = format.Times(a.Speedup.Value)
		if a.Speedup.CI.OK {
			notes = append(notes, format.TimesInterval(a.Speedup.CI))
		}
	default:
		text = format.MeanSeconds(a.Seconds)
	}
	if noise := a.noise(); noise != "" {
		notes = append(notes, noise)
	}
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, "; ") + ")"
	}
	return text
}
