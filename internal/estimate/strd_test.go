package estimate

import (
	"bufio"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A reference is a univariate Statistical Reference Dataset of NIST, with its certified
// mean and standard deviation.
type reference struct {
	name            string
	numbers         []float64
	mean, deviation float64
}

// references returns all nine of them.
func references(t *testing.T) []reference {
	t.Helper()
	list := []reference{
		{"NumAcc1", []float64{10000001, 10000003, 10000002}, 10000002, 1},
		{"NumAcc2", alternating("1"), 1.2, 0.1},
		{"NumAcc3", alternating("1000000"), 1000000.2, 0.1},
		{"NumAcc4", alternating("10000000"), 10000000.2, 0.1},
	}
	files, err := filepath.Glob("testdata/strd/*.dat")
	if err != nil || len(files) != 5 {
		t.Fatalf("found %d data set files, want 5: %v", len(files), err)
	}
	for _, file := range files {
		list = append(list, readReference(t, file))
	}
	return list
}

// alternating returns a middle number, then 1000 numbers a tenth below and above it. They
// are parsed from their printed form, because sums of doubles would differ.
func alternating(whole string) []float64 {
	decimal := func(fraction string) float64 {
		x, err := strconv.ParseFloat(whole+fraction, 64)
		if err != nil {
			panic(err)
		}
		return x
	}
	numbers := []float64{decimal(".2")}
	for range 500 {
		numbers = append(numbers, decimal(".1"), decimal(".3"))
	}
	return numbers
}

// readReference reads numbers separated by spaces. Comments before them contain the
// certified values.
func readReference(t *testing.T, file string) reference {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := reference{name: strings.TrimSuffix(filepath.Base(file), ".dat"), mean: math.NaN(), deviation: math.NaN()}
	number := func(text string) float64 {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		return x
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) == 3 && fields[1] == "mean":
			r.mean = number(fields[2])
		case len(fields) == 3 && fields[1] == "deviation":
			r.deviation = number(fields[2])
		case fields[0] != "#":
			for _, text := range fields {
				r.numbers = append(r.numbers, number(text))
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

// digits returns the log relative error: the number of correct digits, or 16 if all are
// correct.
func digits(got Value, want float64) float64 {
	switch {
	case !got.OK:
		return 0
	case got.X == want:
		return 16
	}
	return -math.Log10(math.Abs(got.X-want) / math.Abs(want))
}

// exact computes the mean and the standard deviation of these doubles with a thousand
// bits.
func exact(numbers []float64) (mean, deviation float64) {
	number := func(x float64) *big.Float { return new(big.Float).SetPrec(1000).SetFloat64(x) }
	sum := number(0)
	for _, x := range numbers {
		sum.Add(sum, number(x))
	}
	n := float64(len(numbers))
	middle := sum.Quo(sum, number(n))
	squares := number(0)
	for _, x := range numbers {
		d := number(x)
		d.Sub(d, middle)
		squares.Add(squares, d.Mul(d, d))
	}
	squares.Quo(squares, number(n-1))
	mean, _ = middle.Float64()
	deviation, _ = squares.Sqrt(squares).Float64()
	return mean, deviation
}

// TestReferenceDatasets compares Describe with the certified values, and with exact
// arithmetic on the doubles nearest to the printed numbers. For NumAcc3 and NumAcc4 these
// two differ. A double near ten million is known to 2e-9, so a tenth that is the
// difference of two such numbers has eight digits, and no computation can have more.
func TestReferenceDatasets(t *testing.T) {
	limit := map[string]float64{"NumAcc3": 9, "NumAcc4": 8}
	t.Log("correct digits of           certified: mean deviation    exact: mean deviation")
	for _, r := range references(t) {
		s := Describe(r.numbers)
		mean, deviation := exact(r.numbers)
		t.Logf("%-10s %4d numbers %21.1f %9.1f %14.1f %9.1f", r.name, len(r.numbers),
			digits(s.Mean, r.mean), digits(s.StdDev, r.deviation), digits(s.Mean, mean), digits(s.StdDev, deviation))

		want := 10.0
		if least, ok := limit[r.name]; ok {
			want = least
			if allowed := digits(Of(deviation), r.deviation); allowed >= 10 {
				t.Errorf("%s: doubles allow %.1f digits, so the test can require ten", r.name, allowed)
			}
		}
		if digits(s.Mean, r.mean) < 13 || digits(s.StdDev, r.deviation) < want {
			t.Errorf("%s: mean %v, deviation %v; certified values are %v and %v", r.name, s.Mean, s.StdDev, r.mean, r.deviation)
		}
		if digits(s.Mean, mean) < 13 || digits(s.StdDev, deviation) < 10 || digits(s.Variance, deviation*deviation) < 10 {
			t.Errorf("%s: mean %v, deviation %v, variance %v; exact values are %v and %v", r.name, s.Mean, s.StdDev, s.Variance, mean, deviation)
		}
	}
}
