package runner

import (
	"slices"
	"testing"
	"time"

	"iosweep/journal"
)

// A bedtime is a clock by which the machine sleeps while certain trials run. A trial
// reads it twice: as it begins, and once it has ended.
type bedtime struct {
	silent
	slept time.Duration
	reads int
	naps  map[int]time.Duration // by how many trials have begun
	begun int
	noted []journal.Note
}

func (b *bedtime) asleep() time.Duration {
	if b.reads++; b.reads%2 == 0 {
		b.slept += b.naps[b.begun]
	}
	return b.slept
}

func (b *bedtime) Begun(TrialInfo) { b.begun++ }

func (b *bedtime) Noted(n journal.Note) { b.noted = append(b.noted, n) }

const sleepy = `
name: sleepy
workload: {files: 3, lines: 1}
grid: {operation: copy, strategy: sequential}
trials: {repeats: 3, warmup: 0}
`

// TestATrialDuringWhichTheMachineSleptIsDoneAgain counts the trials begun: what was
// slept through is done again and leaves a note, but no record.
func TestATrialDuringWhichTheMachineSleptIsDoneAgain(t *testing.T) {
	for name, test := range map[string]struct {
		naps   map[int]time.Duration
		begun  int
		notes  int
		failed string
	}{
		"awake":        {nil, 3, 0, ""},
		"once":         {map[int]time.Duration{2: time.Hour}, 4, 1, ""},
		"clocks apart": {map[int]time.Duration{1: time.Millisecond, 2: -time.Millisecond}, 3, 0, ""},
		"three times":  {map[int]time.Duration{1: time.Second, 2: time.Second, 3: time.Second}, 6, 3, ""},
		"time and again": {
			map[int]time.Duration{1: time.Second, 2: time.Second, 3: time.Second, 4: time.Second},
			6, 3,
			"the machine was suspended for 1s, in each of 4 attempts",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := &bedtime{naps: test.naps}
			_, log, space := runIt(t, t.Context(), sleepy, func(o *Options) { o.Progress, o.asleep = b, b.asleep })
			empty(t, space)
			if b.begun != test.begun {
				t.Errorf("%d trials were begun, want %d", b.begun, test.begun)
			}
			b.noted = slices.DeleteFunc(b.noted, func(n journal.Note) bool { return n.Kind != journal.NoteRepeated })
			if len(b.noted) != test.notes {
				t.Errorf("notes: %+v, want %d", b.noted, test.notes)
			}
			for i, trial := range log.Trials {
				failed := i == 0 && test.failed != ""
				if failed && (trial.Status != journal.Failed || trial.Error != test.failed) || !failed && trial.Status != journal.OK {
					t.Errorf("trial %d: %s: %s", trial.Trial, trial.Status, trial.Error)
				}
			}
			if len(log.Trials) != 3 {
				t.Errorf("%d trials in the journal", len(log.Trials))
			}
		})
	}
}
