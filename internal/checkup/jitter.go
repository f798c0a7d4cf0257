package checkup

import (
	"slices"
	"time"
)

// maxJitter is the maximum ratio of the 99th percentile to the median of equal computations.
const maxJitter = 1.5

// jitter repeats the same computation many times. Every disturbance that changes its time also
// changes the times of trials, including disturbances that no counter shows.
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
		return unknown("the resolution of the clock is too low")
	}
	ratio := high / median
	if ratio > maxJitter {
		return unfit("check other processes, steal and governor, and use more repeats",
			"equal computations of %.2f ms: 1%% take at least %.2f times the median", 1000*median, ratio)
	}
	return fit("equal computations of %.2f ms: 99%% take at most %.2f times the median", 1000*median, ratio)
}

// calibrate returns the number of rounds of the computation that take about the wanted time without
// disturbances. It takes the shortest of several tries.
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

// timed returns the time of n rounds of the computation.
func timed(n int) time.Duration {
	begin := time.Now()
	compute(n)
	return time.Since(begin)
}

// computed prevents the compiler from removing the computation.
var computed uint64

// compute runs n rounds of xorshift. It uses no memory, and each round depends on the previous one.
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
