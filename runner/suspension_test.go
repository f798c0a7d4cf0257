package runner

import (
	"slices"
	"testing"
	"time"

	"iosweep/journal"
)

// A suspendingClock simulates a machine that is suspended during certain trials. A trial reads it
// at its start and at its end.
type suspendingClock struct {
	silent
	total       time.Duration
	reads       int
	suspensions map[int]time.Duration // by number of trials that have begun
	begun       int
	notes       []journal.Note
}

func (c *suspendingClock) asleep() time.Duration {
	if c.reads++; c.reads%2 == 0 {
		c.total += c.suspensions[c.begun]
	}
	return c.total
}

func (c *suspendingClock) Begun(TrialInfo) { c.begun++ }

func (c *suspendingClock) Noted(n journal.Note) { c.notes = append(c.notes, n) }

const threeCopies = `
name: copies
workload: {files: 3, lines: 1}
grid: {operation: copy, strategy: sequential}
trials: {repeats: 3, warmup: 0}
`

// TestSuspendedTrialIsRepeated counts the trials that begin. A trial during which the machine is
// suspended is repeated. It leaves a note and no record.
func TestSuspendedTrialIsRepeated(t *testing.T) {
	for name, test := range map[string]struct {
		suspensions map[int]time.Duration
		begun       int
		notes       int
		failed      string
	}{
		"never":       {nil, 3, 0, ""},
		"once":        {map[int]time.Duration{2: time.Hour}, 4, 1, ""},
		"clock drift": {map[int]time.Duration{1: time.Millisecond, 2: -time.Millisecond}, 3, 0, ""},
		"three times": {map[int]time.Duration{1: time.Second, 2: time.Second, 3: time.Second}, 6, 3, ""},
		"in each attempt": {
			map[int]time.Duration{1: time.Second, 2: time.Second, 3: time.Second, 4: time.Second},
			6, 3,
			"the machine was suspended for 1s, in each of 4 attempts",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := &suspendingClock{suspensions: test.suspensions}
			_, log, space := runIt(t, t.Context(), threeCopies, func(o *Options) { o.Progress, o.asleep = c, c.asleep })
			checkEmpty(t, space)
			if c.begun != test.begun {
				t.Errorf("%d trials began, want %d", c.begun, test.begun)
			}
			c.notes = slices.DeleteFunc(c.notes, func(n journal.Note) bool { return n.Kind != journal.NoteRepeated })
			if len(c.notes) != test.notes {
				t.Errorf("got the notes %+v, want %d", c.notes, test.notes)
			}
			for i, trial := range log.Trials {
				failed := i == 0 && test.failed != ""
				if failed && (trial.Status != journal.Failed || trial.Error != test.failed) || !failed && trial.Status != journal.OK {
					t.Errorf("trial %d: got %s: %s", trial.Trial, trial.Status, trial.Error)
				}
			}
			if len(log.Trials) != 3 {
				t.Errorf("got %d trials in the journal, want 3", len(log.Trials))
			}
		})
	}
}
