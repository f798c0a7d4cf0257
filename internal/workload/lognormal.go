package workload

import "math/rand/v2"

// A lognormal is a distribution of sizes whose logarithms have a normal distribution. Sizes of
// files in home directories and source trees are close to it.
//
// Equal parameters give equal sizes on every machine. So nothing here calls math.Exp or math.Log,
// whose last digit depends on the processor. A product that is added to a number is converted first.
// Without the conversion, some processors would add before they round the product.
type lognormal struct {
	median int64
	sigma  float64
	seed   int64
}

// maxLognormal limits the size of an item, because any size has a probability.
const maxLognormal = 1 << 50

// size returns the size of an item. All items have the median if sigma is 0.
func (l lognormal) size(item int) int64 {
	if l.sigma == 0 {
		return l.median
	}
	var source uniform
	source.Seed(uint64(l.seed), ^uint64(item)) // not the sequence of the content random
	size := float64(float64(l.median) * exp(l.sigma*normal(&source)))
	return int64(min(size+0.5, maxLognormal))
}

// A uniform source returns random numbers in [0,1).
type uniform struct{ rand.PCG }

func (u *uniform) Float64() float64 { return float64(u.Uint64()>>11) / (1 << 53) }

// exp returns e^x with about twelve digits. The series is for a small number, whose result is
// squared until the number is x.
func exp(x float64) float64 {
	const squares = 10
	x /= 1 << squares
	sum, term := 1.0, 1.0
	for i := 1.0; i <= 8; i++ {
		term = float64(term * x / i)
		sum += term
	}
	for range squares {
		sum *= sum
	}
	return sum
}

// normal returns a number of the standard normal distribution. It only compares random numbers
// (Karney, "Sampling exactly from the normal distribution", 2016, algorithm N).
func normal(source *uniform) float64 {
	for {
		k := 0
		for halfAccepted(source) {
			k++
		}
		x := source.Float64()
		if allHalvesAccepted(source, k*(k-1)) && partsAccepted(source, k, x) {
			if source.Uint64()&1 == 0 {
				return float64(k) + x
			}
			return -float64(k) - x
		}
	}
}

// halfAccepted is true with the probability exp(-1/2).
func halfAccepted(source *uniform) bool { return accepted(source, 0.5) }

// allHalvesAccepted is true with the probability exp(-n/2).
func allHalvesAccepted(source *uniform, n int) bool {
	for range n {
		if !halfAccepted(source) {
			return false
		}
	}
	return true
}

// partsAccepted is true with the probability exp(-x(2k+x)/2).
func partsAccepted(source *uniform, k int, x float64) bool {
	part := float64(x*(float64(2*k)+x)) / float64(2*k+2)
	for range k + 1 {
		if !accepted(source, part) {
			return false
		}
	}
	return true
}

// accepted is true with the probability exp(-x), for x from 0 to 1. A sequence of random numbers
// that begins with x and falls has n more numbers with a probability whose sum over the even n is
// exp(-x) (von Neumann, 1951).
func accepted(source *uniform, x float64) bool {
	even := true
	for {
		next := source.Float64()
		if next >= x {
			return even
		}
		x, even = next, !even
	}
}
