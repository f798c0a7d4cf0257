package process

import (
	"os"
	"testing"
)

func BenchmarkRunDelay(b *testing.B) {
	for b.Loop() {
		RunDelay()
	}
}

func TestRunDelayNeverDecreases(t *testing.T) {
	if _, err := os.Stat("/proc/self/schedstat"); err != nil {
		t.Skip("this kernel does not count: ", err)
	}
	before, ok := RunDelay()
	for range 1000 {
		_, _ = os.Stat("/")
	}
	after, ok2 := RunDelay()
	if !ok || !ok2 || before < 0 || after < before {
		t.Errorf("got %v (%v) and then %v (%v), want increasing times", before, ok, after, ok2)
	}
}
