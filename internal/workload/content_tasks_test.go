package workload

import (
	"strings"
	"testing"
	"time"
)

// TestTaskLines compares delays with those that Python computes from the formula in
// content_tasks.go.
func TestTaskLines(t *testing.T) {
	tests := []struct {
		seed int64
		item int
		want string
	}{
		{0, 0, "Task 0 blocked for 0.000 of a second."},
		{0, 1, "Task 1 blocked for 0.618 of a second."},
		{1, 0, "Task 0 blocked for 0.618 of a second."},
		{1, 9999, "Task 9999 blocked for 0.339 of a second."},
		{-7, 3, "Task 3 blocked for 0.527 of a second."},
		{1 << 62, 5, "Task 5 blocked for 0.090 of a second."},
	}
	for _, test := range tests {
		w := Workload{Content: ContentTasks, Seed: test.seed}
		if got := string(content(t, w, test.item)); got != test.want {
			t.Errorf("seed %d item %d: got %q, want %q", test.seed, test.item, got, test.want)
		}
	}
}

// TestTaskDelays compares each line with its delay. As in the tutorials, the delays must be
// below a second and evenly spread.
func TestTaskDelays(t *testing.T) {
	tenths := make([]int, 10)
	for item := range 10_000 {
		wait := tasks{seed: 3}.Delay(item)
		if wait < 0 || wait >= time.Second {
			t.Fatalf("item %d waits for %v", item, wait)
		}
		tenths[wait/(100*time.Millisecond)]++
		line := string(content(t, Workload{Content: ContentTasks, Seed: 3}, item))
		_, text, _ := strings.Cut(line, " for ")
		text, _, _ = strings.Cut(text, " ")
		if printed, err := time.ParseDuration(text + "s"); err != nil || printed != wait {
			t.Fatalf("item %d waits for %v, but its line is %q", item, wait, line)
		}
	}
	for i, n := range tenths {
		if n < 900 || n > 1100 {
			t.Errorf("%d of 10,000 delays are in tenth %d of the second, want about 1000", n, i)
		}
	}
}

func TestWaits(t *testing.T) {
	tasks := Workload{Files: 3, Content: ContentTasks} // delays of 0, 0.618 and 0.236 s
	for _, test := range []struct {
		of         Workload
		concurrent int
		want       time.Duration
	}{
		{tasks, 0, 618 * time.Millisecond},
		{tasks, 1, 854 * time.Millisecond},
		{tasks, 2, 618 * time.Millisecond},
		{tasks, 100, 618 * time.Millisecond},
		{Workload{Files: 3, Content: ContentRows, Lines: 1, Values: 1}, 1, 0},
		{Workload{From: "tree", Content: ContentTasks}, 1, 0},
	} {
		if got := WaitsOf(test.of).Min(test.concurrent); got != test.want {
			t.Errorf("%+v, %d concurrent: got %v, want %v", test.of, test.concurrent, got, test.want)
		}
	}
}

// TestParseTask reads the line of task 17, as programs may write it.
func TestParseTask(t *testing.T) {
	for line, want := range map[string]time.Duration{
		"Task 17 blocked for 0.506 of a second.":                  506 * time.Millisecond,
		"Task 17 blocked for 0.5063218953106021 of a second.":     506321895,
		"Task 17 blocked for 0.9999999999999999 of a second.":     999999999,
		"Task 17 blocked for 5.9604644775390625e-08 of a second.": 59,
		"Task 17 blocked for 0.0 of a second.":                    0,
		"Task 17 blocked for 0 of a second.":                      0,
	} {
		if got, ok := ParseTask([]byte(line), 17); !ok || got != want {
			t.Errorf("%q: got %v, %t, want %v", line, got, ok, want)
		}
	}
	for _, line := range []string{
		"",
		"Task 17 blocked for of a second.",
		"Task 17 blocked for  of a second.",
		"Task 17 blocked for 1.0 of a second.",
		"Task 17 blocked for -0.5 of a second.",
		"Task 17 blocked for -0.0 of a second.",
		"Task 17 blocked for 0.5e9 of a second.",
		"Task 17 blocked for 0.5.5 of a second.",
		"Task 17 blocked for 0_1 of a second.",
		"Task 17 blocked for 0x1p-2 of a second.",
		"Task 17 blocked for NaN of a second.",
		"Task 17 blocked for 0.5 of a second.\r",
		"Task 17 blocked for 0.5 of a second",
		"Task 17 blocked for 0.5Task 1 of a second.",
		"Task 17 blocked for \xff0.5 of a second.",
		"Task 017 blocked for 0.5 of a second.",
		"Task 1 blocked for 0.5 of a second.",
		" Task 17 blocked for 0.5 of a second.",
	} {
		if got, ok := ParseTask([]byte(line), 17); ok {
			t.Errorf("%q is accepted as a wait of %v", line, got)
		}
	}
}

// TestLeastSum checks that the waits of workloads of any size are plausible as random ones, and
// that waits of a tenth of the time are not.
func TestLeastSum(t *testing.T) {
	for files := 1; files <= 10_000; files = files*3 + 1 {
		w := WaitsOf(Workload{Files: files, Content: ContentTasks, Seed: int64(files)})
		if w.Tasks != files || w.Sum < w.LeastSum() {
			t.Errorf("%d tasks wait for %v, and at least %v are expected", w.Tasks, w.Sum, w.LeastSum())
		}
		if files >= 40 && w.Sum/10 >= w.LeastSum() {
			t.Errorf("%d tasks may wait for only %v", files, w.Sum/10)
		}
	}
}
