package reproduce

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/internal/format"
)

// A because is an outcome that is not "reproduced", and why.
type because struct {
	outcome Outcome
	reason  string
}

// Reasons say why attempts came out as they did, other than well, unless a
// finding says it already. Attempts that have the same reason share a sentence.
func (r *Reproduction) Reasons() []string {
	var order []because
	names := map[because][]string{}
	for _, m := range r.Methods {
		contenders := map[because][]string{}
		for _, a := range m.Attempts {
			found := a.Cell.ExpectedFailures > 0 || m.contradiction() == nil && r.surprises(m, a)
			if a.Reason == "" || found {
				continue
			}
			why := because{a.Outcome, a.Reason}
			if !slices.Contains(order, why) {
				order = append(order, why)
			}
			contenders[why] = append(contenders[why], a.Contender)
		}
		for why, list := range contenders {
			names[why] = append(names[why], fmt.Sprintf("%s (%s)", m.Printed.Method, format.Several(list)))
		}
	}
	rank := []Outcome{Contradicted, Limited, Undecided}
	slices.SortStableFunc(order, func(a, b because) int {
		return cmp.Compare(slices.Index(rank, a.outcome), slices.Index(rank, b.outcome))
	})
	var list []string
	for _, why := range order {
		list = append(list, fmt.Sprintf("%s: %s: %s.", why.outcome, format.Several(names[why]), why.reason))
	}
	if r.Repeats > 0 && slices.ContainsFunc(r.attempts(), func(a *Attempt) bool { return a.Open }) {
		list = append(list, fmt.Sprintf("Where an interval allows for several claims, more rounds narrow it: four times as many halve it (--set trials.repeats=%d). Longer trials, of more files, are disturbed less.", 4*r.Repeats))
	}
	for _, m := range r.Methods {
		if len(m.Attempts) == 0 {
			list = append(list, fmt.Sprintf("not run: %s: %s.", m.Printed.Method, NoCell))
		}
	}
	return list
}

// Tallies count the outcomes of either kind, where there are any.
func (r *Reproduction) Tallies() []string {
	var list []string
	for _, kind := range []struct {
		name    string
		program bool
	}{{"Programs", true}, {"iosweep's own strategies", false}} {
		var parts []string
		for _, o := range []Outcome{Reproduced, Limited, Contradicted, Undecided} {
			parts = append(parts, r.tally(kind.program, o)...)
		}
		if len(parts) > 0 {
			list = append(list, kind.name+": "+strings.Join(parts, ", ")+".")
		}
	}
	return list
}

// tally counts the attempts of a kind that came out in one way, and what there
// is to tell of some of them.
func (r *Reproduction) tally(program bool, o Outcome) []string {
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

// detail is what an outcome leaves to be said in a word or two.
func (a *Attempt) detail() string {
	switch {
	case a.Instead != "":
		return a.Instead
	case a.Outcome != Undecided:
		return ""
	case a.Cell.ExpectedFailures > 0:
		return "not done"
	case a.Cell.Status == analysis.StatusSkipped:
		return "not run"
	case a.Cell.Failed > 0:
		return "failed"
	}
	return ""
}
