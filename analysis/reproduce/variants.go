package reproduce

import (
	"fmt"
	"strings"

	"iosweep/internal/format"
	"iosweep/journal"
)

// variantFindings tells the result of each variant of a row, after the results of the cells that
// judge the row.
func (m *Method) variantFindings() []string {
	var variants []string
	byOutcome := map[Outcome][]string{}
	for _, a := range m.Attempts {
		switch {
		case a.Outcome == Variant:
			variants = append(variants, fmt.Sprintf("%s %s: %s.", a.Contender, strings.TrimRight(a.Differs, "."), m.variantFigures(a)))
		case a.Outcome == Undecided && !a.Speedup.Value.OK && !a.Corrupt.OK: // its reason tells why
		case a.Program && a.Outcome != "":
			byOutcome[a.Outcome] = append(byOutcome[a.Outcome], a.withFigures())
		}
	}
	if len(variants) == 0 {
		return nil
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
