package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A because is an outcome that is not "reproduced", and why.
type because struct {
	outcome Outcome
	reason  string
}

// reasons say why attempts came out as they did, other than well, unless a
// finding says it already. Attempts that have the same reason share a sentence.
func (r *Reproduction) reasons() []string {
	var order []because
	names := map[because][]string{}
	for i := range r.Methods {
		m := &r.Methods[i]
		contenders := map[because][]string{}
		for k := range m.Attempts {
			a := &m.Attempts[k]
			found := a.Cell.Undone > 0 || !a.Program && a.Outcome == Contradicted && m.contradiction() == nil
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
			names[why] = append(names[why], fmt.Sprintf("%s (%s)", m.Printed.Method, several(list)))
		}
	}
	rank := []Outcome{Contradicted, Limited, Undecided}
	slices.SortStableFunc(order, func(a, b because) int {
		return cmp.Compare(slices.Index(rank, a.outcome), slices.Index(rank, b.outcome))
	})
	var list []string
	for _, why := range order {
		list = append(list, fmt.Sprintf("%s: %s: %s.", why.outcome, several(names[why]), why.reason))
	}
	for i := range r.Methods {
		if m := &r.Methods[i]; len(m.Attempts) == 0 {
			list = append(list, fmt.Sprintf("not run: %s: %s.", m.Printed.Method, noCell))
		}
	}
	return list
}

// tallies count the outcomes of either kind, where there are any.
func (r *Reproduction) tallies() []string {
	var list []string
	for _, kind := range []struct {
		name    string
		program bool
	}{{"Programs", true}, {"iosweep's own strategies", false}} {
		counts := map[Outcome]int{}
		for a := range r.attempts() {
			if a.Program == kind.program {
				counts[a.Outcome]++
			}
		}
		var parts []string
		for _, o := range []Outcome{Reproduced, Limited, Contradicted, Undecided} {
			if n := counts[o]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, o))
			}
		}
		if len(parts) > 0 {
			list = append(list, kind.name+": "+strings.Join(parts, ", ")+".")
		}
	}
	return list
}
