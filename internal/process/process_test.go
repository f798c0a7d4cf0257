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

// TestTheClocksOfThisMachine: without a sleep they do not drift apart, however often
// they are read while others want the processor.
func TestTheClocksOfThisMachine(t *testing.T) {
	w := WatchSuspension(nil)
	for range 1000 {
		if drift := machineAsleep() - w.before; drift >= leastSleep || drift <= -leastSleep {
			t.Fatalf("the clocks drifted by %v", drift)
		}
	}
	if said := w.End(); strings.Contains(said, "suspended") {
		t.Error(said)
	}
}
