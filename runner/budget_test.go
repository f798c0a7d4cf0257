package runner

import (
	"testing"
	"time"
)

// TestBudgetFits checks how many rounds a budget holds, in words.
func TestBudgetFits(t *testing.T) {
	const minute = time.Minute
	for _, test := range []struct {
		budget, round, all time.Duration
		want               string
	}{
		{8 * minute, 10 * minute, 50 * minute, "0.8 of 5 rounds"},
		{25 * minute, 10 * minute, 55 * minute, "2.5 of 5.5 rounds"},
		{5 * minute, 10 * minute, 10 * minute, "0.5 of 1 round"},
		{50 * minute, 10 * minute, 50 * minute, ""},
		{50*minute - 1, 10 * minute, 50 * minute, ""}, // both are 5
		{minute, 0, 0, ""},
		{0, minute, 5 * minute, ""},
		{time.Nanosecond, minute, 5 * minute, "0 of 5 rounds"},
	} {
		if got := BudgetFits(test.budget, test.round, test.all); got != test.want {
			t.Errorf("%v in rounds of %v: %q, want %q", test.budget, test.round, got, test.want)
		}
	}
}
