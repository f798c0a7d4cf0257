package checkup

import (
	"slices"
	"time"
)

// steadyJitter is how much longer one in a hundred of equal computations may take than
// the median.
const steadyJitter = 1.5

// jitter does the same computation over and over. Whatever makes its time differ makes
// the time of trials differ, also what no counter tells.
func jitter(*subject) Check {
	const piece, span = time.Millisecond, 300 * time.Millisecond
	n := calibrate(piece)
	var times []float64
	for begin := time.Now(); time.Since(begin) < span; {
		start := time.Now()
		compute(n)
		times = append(times, time.Since(start).Seconds())
	}
	return judgeJitter(times)
}

func judgeJitter(times []float64) Check {
	slices.Sort(times)
	median, high := times[len(times)/2], times[(len(times)*99)/100]
	if median <= 0 {
		return unknown("the clock is too coarse for it")
	}
	ratio := high / median
	if ratio > steadyJitter {
		return unfit("see other processes, steal and governor; then repeat trials more often",
			"of equal computations of %.2f ms one in a hundred takes %.2f times the median, or more", 1000*median, ratio)
	}
	return fit("of equal computations of %.2f ms, 99 in a hundred take at most %.2f times the median", 1000*median, ratio)
}

// calibrate is how many rounds of the computation take about so long when nothing
// comes between: of some tries the shortest says that.
func calibrate(want time.Duration) int {
	const tries = 7
	for n := 1 << 12; ; n *= 2 {
		took := timed(n)
		for range tries - 1 {
			took = min(took, timed(n))
		}
		if took >= want/2 || n > 1<<28 {
			return max(1, int(float64(n)*float64(want)/float64(max(took, 1))))
		}
	}
}

// timed is how long so many rounds take.
func timed(n int) time.Duration {
	begin := time.Now()
	compute(n)
	return time.Since(begin)
}

// computed keeps the compiler from leaving the computation out.
var computed uint64

// compute is xorshift: it needs no memory, and each round needs the one before.
// G. Marsaglia, Xorshift RNGs, Journal of Statistical Software 8 (2003).
func compute(n int) {
	x := computed | 1
	for range n {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	computed = x
}
