package schedule

import (
	"testing"
	"time"
)

func TestForecast(t *testing.T) {
	f := emptyForecast(2)
	f.SetPending(0, 2)
	f.SetPending(1, 2)
	if f.Remaining() != 0 || f.Trial(0) != 0 {
		t.Error("the forecast has a time before the first trial")
	}
	f.Record(0, 2*time.Second)
	if got := f.Remaining(); got != 6*time.Second {
		t.Errorf("after one of four trials, which took 2 s: got %v, want 6s", got)
	}
	f.Record(1, 10*time.Second)
	if got := f.Remaining(); got != 12*time.Second {
		t.Errorf("with one trial of 2 s and one of 10 s pending: got %v, want 12s", got)
	}
	f.Record(0, 4*time.Second)
	f.Record(1, time.Second)
	if got := f.Remaining(); got != 0 {
		t.Errorf("with no pending trials: got %v, want 0", got)
	}
}
