package strategies

import (
	"testing"
	"time"
)

func TestLatencyRoundTrip(t *testing.T) {
	a, b := NewLatency(), NewLatency()
	for i := range 100 {
		a.Record(time.Duration(i+1) * time.Millisecond)
	}
	b.Record(-time.Second)    // below the range: a clock went backwards
	b.Record(100 * time.Hour) // beyond the range
	text, err := a.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodeLatency(text)
	if err != nil {
		t.Fatal(err)
	}
	back.Merge(b)
	if back.Count() != 102 {
		t.Errorf("got %d items, want 102", back.Count())
	}
	// Two digits are an error of at most one percent.
	if q := back.Quantile(0.5); q < 49*time.Millisecond || q > 52*time.Millisecond {
		t.Errorf("got median %v, want about 50 ms", q)
	}
	if m := back.Max(); m < 59*time.Minute || m > 61*time.Minute {
		t.Errorf("got maximum %v, want the limit of one hour", m)
	}
	if _, err := DecodeLatency("not a histogram"); err == nil {
		t.Error("DecodeLatency accepted an invalid text")
	}
}
