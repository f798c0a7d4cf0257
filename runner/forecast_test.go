package runner

import (
	"testing"
	"time"
)

func TestForecast(t *testing.T) {
	f := emptyForecast(2)
	f.expect(0, 2)
	f.expect(1, 2)
	if f.remaining() != 0 || f.of(0) != 0 {
		t.Error("it knows something before anything has run")
	}
	f.saw(0, 2*time.Second)
	if got := f.remaining(); got != 6*time.Second {
		t.Errorf("after one trial of 2 s of four, %v is left, want 6s", got)
	}
	f.saw(1, 10*time.Second)
	if got := f.remaining(); got != 12*time.Second {
		t.Errorf("with one trial of 2 s and one of 10 s left it says %v", got)
	}
	f.saw(0, 4*time.Second)
	f.saw(1, time.Second)
	if got := f.remaining(); got != 0 {
		t.Errorf("with nothing left it says %v", got)
	}
}
