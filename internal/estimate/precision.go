package estimate

// Width is the width of a speed-up's interval from end to end, as a part of the
// speed-up; undefined where there is no interval.
func Width(r Ratio) Value {
	if !r.CI.OK {
		return Value{}
	}
	return Of((r.CI.High - r.CI.Low) / r.Value.X)
}

// Precise is the rule by which repeats that adapt stop: these pairs tell the
// speed-up to within width, and stopping here does not cost the interval its
// coverage.
func Precise(baseline, cell []float64, width float64) bool {
	w := Width(Compare(baseline, cell))
	return w.OK && w.X <= width
}

// PreciseMean is the same of a single cell's mean, where nothing is compared.
func PreciseMean(numbers []float64, width float64) bool {
	s := Describe(numbers)
	return s.CI.OK && (s.CI.High-s.CI.Low)/s.Mean.X <= width
}
