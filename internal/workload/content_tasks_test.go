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

func TestMinWait(t *testing.T) {
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
		if got := MinWait(test.of, test.concurrent); got != test.want {
			t.Errorf("%+v, %d concurrent: got %v, want %v", test.of, test.concurrent, got, test.want)
		}
	}
}
