package reproduce

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/internal/format"
)

// An explanation is an outcome other than "reproduced", and its reason.
type explanation struct {
	outcome Outcome
	reason  string
}

// Reasons explains the outcomes other than "reproduced", unless a finding already
// explains them. It also names the reproduced rows with noisy rounds. Attempts with the same
// reason share a sentence.
func (r *Reproduction) Reasons() []string {
	var order []explanation
	names := map[explanation][]string{}
	for _, m := range r.Methods {
		contenders := map[explanation][]string{}
		for _, a := range m.Attempts {
			found := a.Outcome == Variant || a.IsExpectedFailure() || m.contradiction() == nil && r.isUnexpected(m, a)
			why := explanation{a.Outcome, a.Reason}
			if a.Outcome == Reproduced && IsOfTime(m.Claim) {
				why.reason = a.noise()
			}
			if why.reason == "" || found {
				continue
			}
			if !slices.Contains(order, why) {
				order = append(order, why)
			}
			contenders[why] = append(contenders[why], a.Contender)
		}
		for why, list := range contenders {
			names[why] = append(names[why], fmt.Sprintf("%s (%s)", m.Printed.Method, format.Several(list)))
		}
	}
	rank := []Outcome{Contradicted, Limited, Undecided, Reproduced}
	slices.SortStableFunc(order, func(a, b explanation) int {
		return cmp.Compare(slices.Index(rank, a.outcome), slices.Index(rank, b.outcome))
	})
	var list []string
	for _, why := range order {
		list = append(list, fmt.Sprintf("%s: %s: %s.", why.outcome, format.Several(names[why]), why.reason))
	}
	if r.Repeats > 0 && slices.ContainsFunc(r.attempts(), func(a *Attempt) bool { return a.Open }) {
		list = append(list, fmt.Sprintf("If an interval allows for several claims, more rounds narrow it: four times as many rounds halve it (--set trials.repeats=%d). Longer trials with more files are less sensitive to disturbances.", 4*r.Repeats))
	}
	for _, m := range r.Methods {
		if len(m.Attempts) == 0 {
			list = append(list, fmt.Sprintf("not run: %s: %s.", m.Printed.Method, NoCell))
		}
	}
	return list
}

// OutcomeCounts returns a sentence with the number of each outcome for programs, and one
// for built-in strategies.
func (r *Reproduction) OutcomeCounts() []string {
	var list []string
	for _, kind := range []struct {
		name    string
		program bool
	}{{"Programs", true}, {"iosweep's own strategies", false}} {
		var parts []string
		for _, o := range []Outcome{Reproduced, Limited, Contradicted, Undecided} {
			parts = append(parts, r.outcomeCount(kind.program, o)...)
		}
		if len(parts) > 0 {
			list = append(list, kind.name+": "+strings.Join(parts, ", ")+".")
		}
	}
	return list
}

// outcomeCount counts the attempts of a kind with an outcome, with details about some of
// them.
func (r *Reproduction) outcomeCount(program bool, o Outcome) []string {
	n, order, details := 0, []string{}, map[string]int{}
	for _, a := range r.attempts() {
		if a.Program != program || a.Outcome != o {
			continue
		}
		n++
		if detail := a.detail(); detail != "" {
			if details[detail]++; details[detail] == 1 {
				order = append(order, detail)
			}
		}
	}
	if n == 0 {
		return nil
	}
	text := fmt.Sprintf("%d %s", n, o)
	for i, detail := range order {
		order[i] = fmt.Sprintf("%d %s", details[detail], detail)
	}
	if len(order) > 0 {
		text += " (" + strings.Join(order, ", ") + ")"
	}
	return []string{text}
}

// detail describes an outcome further, in a word or two.
func (a *Attempt) detail() string {
	switch {
	case a.Instead != "":
		return a.Instead
	case a.Outcome != Undecided:
		return ""
	case a.IsExpectedFailure():
		return string(analysis.StatusXFail)
	case a.Cell.Status == analysis.StatusSkipped:
		return "not run"
	case a.Cell.Failed > 0:
		return "failed"
	}
	return ""
}
