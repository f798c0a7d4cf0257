package trial

import (
	"testing"
	"time"

	"iosweep/internal/process"
	"iosweep/operations"
)

// TestObservationUsesTheMemoryWatch ends an observation with the result of a watch that has used more
// cpu time than this process. No time remains for the work.
func TestObservationUsesTheMemoryWatch(t *testing.T) {
	m, _, _ := observe(t.TempDir(), nil).end(operations.Site{}, process.Sampled{Highest: 5, CPU: time.Hour})
	if m.SumRSS == nil || *m.SumRSS != 5 {
		t.Errorf("got the memory %v, want 5", m.SumRSS)
	}
	if m.User != nil && (*m.User != 0 || *m.System != 0) {
		t.Errorf("got %v s of user time and %v s of system time, want none", *m.User, *m.System)
	}
	if m, _, _ := observe(t.TempDir(), nil).end(operations.Site{}, process.Sampled{}); m.SumRSS != nil {
		t.Errorf("got %d bytes without a sample, want no value", *m.SumRSS)
	}
}
