package journal

import "testing"

func TestOutcomeDistinguishesExpectedFailures(t *testing.T) {
	found := &Measurement{Finding: "nothing is there"}
	for _, test := range []struct {
		name    string
		trial   Trial
		outcome Status
		why     string
	}{
		{"good", Trial{Status: OK, Measurement: &Measurement{}}, OK, ""},
		{"failed as expected", Trial{Status: OK, Measurement: found}, XFail, "nothing is there"},
		// After the expected failure something else failed: for example, the disk was full.
		{"failed in another way", Trial{Status: Failed, Error: "the disk is full", Measurement: found}, Failed, "the disk is full"},
		{"not measured", Trial{Status: Timeout, Error: "killed"}, Timeout, "killed"},
	} {
		if outcome, why := test.trial.Outcome(), test.trial.Why(); outcome != test.outcome || why != test.why {
			t.Errorf("%s: got %q because of %q, want %q because of %q", test.name, outcome, why, test.outcome, test.why)
		}
	}
	written := Trial{Trial: 1, Round: 1, Phase: Measured, Status: XFail, Measurement: found}
	if err := written.check(); err == nil {
		t.Error("a journal may contain the status xfail, which older readers refuse")
	}
}
