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
		t.Error("it knows something before anything has run")
	}
	f.Record(0, 2*time.Second)
	if got := f.Remaining(); got != 6*time.Second {
		t.Errorf("after one trial of 2 s of four, %v is left, want 6s", got)
	}
	f.Record(1, 10*time.Second)
	if got := f.Remaining(); got != 12*time.Second {
		t.Errorf("with one trial of 2 s and one of 10 s left it says %v", got)
	}
	f.Record(0, 4*time.Second)
	f.Record(1, time.Second)
	if got := f.Remaining(); got != 0 {
		t.Errorf("with nothing left it says %v", got)
	}
}
