package process

import (
	"strings"
	"testing"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestClocksDoNotDrift reads the clocks repeatedly. Without a suspension they must not drift
// apart, even if other processes use the processor.
func TestClocksDoNotDrift(t *testing.T) {
	w := WatchSuspension(nil)
	for range 1000 {
		if drift := suspendedTime() - w.before; drift >= minSleep || drift <= -minSleep {
			t.Fatalf("the clocks drifted by %v", drift)
		}
	}
	if reason := w.End(); strings.Contains(reason, "suspended") {
		t.Errorf("got %q, want no suspension", reason)
	}
}
