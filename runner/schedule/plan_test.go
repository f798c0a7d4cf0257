package schedule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
)

func TestEachRoundIsAnotherPermutation(t *testing.T) {
	p := NewPlan(parse(t, small, "trials.repeats=20"))
	seen := map[string]bool{}
	for n := range p.Rounds {
		order := p.Order(n)
		for i, cell := range slices.Sorted(slices.Values(order)) {
			if i != cell {
				t.Fatalf("round %d runs the cells %v", n, order)
			}
		}
		seen[fmt.Sprint(order)] = true
	}
	if len(seen) < 15 {
		t.Errorf("got %d different orders in %d rounds, want at least 15", len(seen), p.Rounds)
	}
	listed := NewPlan(parse(t, small, "trials.order=listed"))
	if fmt.Sprint(listed.Order(0)) != "[0 1 2 3 4 5]" {
		t.Errorf("got the listed order %v, want [0 1 2 3 4 5]", listed.Order(0))
	}
}

// TestPlansEqualEarlierVersions checks that a run of an earlier version continues in its
// planned order.
func TestPlansEqualEarlierVersions(t *testing.T) {
	for _, test := range []struct {
		set          []string
		trials       int
		hash, orders string // orders: the SHA-256 of all rounds
	}{
		{nil, 24, "22972ba29db3436e63d4cef9d47455dca7cb22cf65db53f3a7776b9fac92f260", "614071f9e045d900a8f1da0ecb7789186b595968b9d8298f44b6658bbe930a25"},
		{
			[]string{"trials.repeats=20", "trials.seed=-3"},
			126,
			"43ce6de16beee81b3a2a0c73ae808e7785a85c9266c4063ee9455efb747efed2", "da3d4df7f1e527d23845a4c1cd707c52b4404a3309803ad8909eef03ded06662",
		},
		{
			[]string{"trials.order=listed", "trials.warmup=0"},
			18,
			"a16e832f4a4e4cdd7135240e5ac0f0b61adcab86be389e64739ad9cfdb876589", "71446ec4adf1fb0d2b0b2522e30bb79051cefa0ac0ead295dd93e4cf3dfd8055",
		},
		{
			[]string{"trials.repeats={min: 2, max: 50, ci: 2%}", "trials.warmup=3", "grid.workers={from: 1, to: 50, step: 1}"},
			10706,
			"6da359769fcf8655f97965238d2855930315d40579a7af47852810c5d79afe35", "af66fe26e5ebca7c6c6b2b9ef48bcb47302bca14da862e07afd09de1a0cae965",
		},
	} {
		p := NewPlan(parse(t, small, test.set...))
		sum := sha256.New()
		for n := range p.Rounds {
			round := p.Round(n)
			fmt.Fprintln(sum, round.Phase, round.Number, p.Order(n))
			if p.indexOf(round) != n {
				t.Fatalf("%q: round %d is %s %d, and its index is %d", test.set, n, round.Phase, round.Number, p.indexOf(round))
			}
		}
		if orders := hex.EncodeToString(sum.Sum(nil)); p.Hash != test.hash || orders != test.orders || p.Trials() != test.trials {
			t.Errorf("%q: got %d trials, the plan %s, the orders %s; want %d, %s, %s", test.set, p.Trials(), p.Hash, orders, test.trials, test.hash, test.orders)
		}
	}
}

func TestPlanHashCoversMeasuredWork(t *testing.T) {
	base := NewPlan(parse(t, small)).Hash
	for set, same := range map[string]bool{
		"title=Another":            true,
		"reports.plots=time":       true,
		"trials.timeout=1h":        true,
		"workload.files=6":         false,
		"workload.seed=9":          false,
		"trials.repeats=4":         false,
		"trials.seed=2":            false,
		"trials.order=listed":      false,
		"grid.workers=1":           false,
		"grid.strategy=sequential": false,
		"workload.unreadable=skip": true, // the checksum of the inputs depends on the entries left out
	} {
		if got := NewPlan(parse(t, small, set)).Hash; (got == base) != same {
			t.Errorf("--set %s: got same hash %v, want %v", set, got == base, same)
		}
	}
}
