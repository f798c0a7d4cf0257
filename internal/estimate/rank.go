package estimate

import (
	"cmp"
	"math"
)

// A Concordance says how far two rankings of the same things agree.
type Concordance struct {
	// Same of Pairs pairs stand in the same order in both; pairs that are tied
	// in either are not counted.
	Same, Pairs int
	// Tau is Kendall's tau-b, from -1 for opposite rankings to 1 for equal ones.
	// Undefined where either puts all things level, or where there are none.
	Tau Value
}

// Ranks compares the orders of two slices, whose i-th numbers are of the same
// thing. Slices of different lengths are a mistake of the caller, and panic.
//
// Of the coefficients for rankings with ties it is tau-b of M. G. Kendall, "The
// treatment of ties in ranking problems", Biometrika 33 (1945), 239-251: the
// pairs in the same order less those in opposite ones, divided by the geometric
// mean of the pairs that x and that y tell apart. Not gonum's stat.Kendall, which
// is tau-a and takes a tie for a pair in order.
func Ranks(x, y []float64) Concordance {
	if len(x) != len(y) {
		panic("estimate: Ranks needs pairs")
	}
	var c Concordance
	var inX, inY int // pairs that are not tied there
	for i := range x {
		for j := range i {
			dx, dy := cmp.Compare(x[i], x[j]), cmp.Compare(y[i], y[j])
			inX += dx * dx
			inY += dy * dy
			c.Pairs += dx * dx * dy * dy
			if dx*dy > 0 {
				c.Same++
			}
		}
	}
	opposite := c.Pairs - c.Same
	c.Tau = Of(float64(c.Same-opposite) / math.Sqrt(float64(inX)*float64(inY))) // 0/0 is undefined
	return c
}
