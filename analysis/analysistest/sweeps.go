package analysistest

import "iosweep/journal"

// lawful is the time of 5,000 files by a law of scaling.
func lawful(lambda, sigma, kappa, n float64) float64 {
	return 5000 / (lambda * n / (1 + sigma*(n-1) + kappa*n*(n-1)))
}

// Sweeps has two sweeps that follow a law, up to a little noise, one over too few
// numbers of workers, and one whose sixth point failed.
func Sweeps() *journal.Log {
	cells := []Cell{{Levels: "operation=write strategy=sequential", Seconds: []float64{50, 50.5, 49.5}}}
	add := func(strategy, workers string, seconds ...float64) {
		cells = append(cells, Cell{Levels: "operation=write strategy=" + strategy + " workers=" + workers, Seconds: seconds})
	}
	for i, workers := range []string{"16", "1", "2", "4", "8", "32"} {
		var n float64
		for _, c := range workers {
			n = 10*n + float64(c-'0')
		}
		noise := 1 + 0.004*float64(i%3-1)
		a, b := noise*lawful(100, 0.05, 0.002, n), noise*lawful(120, 0.2, 0, n)
		add("threads", workers, a, a, a)
		add("processes", workers, b, 1.01*b, 0.99*b)
		if workers != "32" {
			add("async", workers, a, a, a)
			add("pipeline", workers, a, a, a)
		} else {
			add("pipeline", workers, a, 0, a)
		}
	}
	return Log(3, cells...)
}
