package workload

import (
	"bytes"
	"fmt"
	"math"
	"os/exec"
	"runtime"
	"testing"
)

// TestPythonRandomValues compares items with the numbers that Python prints for their seeds.
func TestPythonRandomValues(t *testing.T) {
	tests := []struct {
		seed          int64
		item          int
		lines, values int
		want          string
	}{
		{0, 0, 2, 2, "0.8444218515250481,0.7579544029403025\n0.420571580830845,0.25891675029296335"},
		{0, 1, 1, 2, "0.13436424411240122,0.8474337369372327"},
		{1, 0, 1, 2, "0.13436424411240122,0.8474337369372327"},
		{-1, 0, 1, 2, "0.13436424411240122,0.8474337369372327"}, // Python ignores the sign
		{-2, 1, 1, 1, "0.13436424411240122"},
	}
	for _, test := range tests {
		w := Workload{Content: ContentPythonRandom, Seed: test.seed, Lines: test.lines, Values: test.values}
		if got := string(content(t, w, test.item)); got != test.want {
			t.Errorf("seed %d item %d: got %q, want %q", test.seed, test.item, got, test.want)
		}
	}
}

// TestPythonRandomIsPython generates the same items in Python. There are enough numbers to
// renew the state of the generator many times, and some have an exponent.
func TestPythonRandomIsPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		if runtime.GOOS == "linux" {
			t.Fatal("python3 is needed and not installed")
		}
		t.Skip("python3 is not installed")
	}
	const program = `import random, sys
seed, lines, values = (int(arg) for arg in sys.argv[1:])
random.seed(seed)
text = "\n".join(",".join(str(random.random()) for _ in range(values)) for _ in range(lines))
sys.stdout.buffer.write(text.encode())`
	tests := []struct {
		seed int64
		item int
		key  string // seed+item, which may exceed the range of seed
	}{
		{0, 0, "0"},
		{7, 999, "1006"},
		{-4, 1, "-3"},
		{1<<32 - 1, 0, "4294967295"}, // the longest key of one word
		{1<<32 - 1, 1, "4294967296"},
		{math.MaxInt64, 3, "9223372036854775810"},
		{math.MinInt64, 0, "-9223372036854775808"},
		{math.MinInt64, 3, "-9223372036854775805"},
	}
	for _, test := range tests {
		const lines, values = 700, 11
		want, err := exec.CommandContext(t.Context(), python, "-c", program, test.key, fmt.Sprint(lines), fmt.Sprint(values)).Output()
		must(t, err)
		got := content(t, Workload{Content: ContentPythonRandom, Seed: test.seed, Lines: lines, Values: values}, test.item)
		if !bytes.Equal(got, want) {
			t.Errorf("seed %d item %d: the content differs from the content that Python generates for the seed %s", test.seed, test.item, test.key)
		}
	}
}
