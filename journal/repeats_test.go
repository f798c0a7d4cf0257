package journal

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// grownAndBack is a journal whose plan has changed and was changed back: its third
// run is the first, word for word.
func grownAndBack(t *testing.T) [][]byte {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	note := func(kind string) Entry {
		at = at.Add(time.Second)
		return Entry{Note: &Note{At: at, Kind: kind}}
	}
	run := func(source string) Entry {
		return Entry{Run: &Run{Version: FormatVersion, ID: "r1", Repeats: 3, Cells: []Cell{{Name: "a"}}, Origin: Origin{Source: source}}}
	}
	data := encode(t,
		run("name: x"), failedTrial(1, 0), note(NoteInterrupted),
		note(NoteResumed), note(NoteWarning), run("name: x # edited"), failedTrial(2, 0), note(NoteBudget),
		note(NoteResumed), run("name: x"), failedTrial(3, 0), note(NoteFinished))
	return bytes.SplitAfter(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
}

func TestAPlanMayChangeBack(t *testing.T) {
	log, err := Read(bytes.NewReader(slices.Concat(grownAndBack(t)...)))
	if err != nil || len(log.Trials) != 3 || len(log.Notes) != 6 || len(log.Replaced) != 2 {
		t.Errorf("got %+v, %v", log, err)
	}
}

// TestALineThatStandsTwiceIsDamage, wherever it stands the second time.
func TestALineThatStandsTwiceIsDamage(t *testing.T) {
	lines := grownAndBack(t)
	lines[len(lines)-1] = append(lines[len(lines)-1], '\n')
	for i, line := range lines {
		for at := i + 1; at <= len(lines); at++ {
			_, err := Read(bytes.NewReader(slices.Concat(slices.Insert(slices.Clone(lines), at, line)...)))
			var damage *DamageError
			// A run that may stand there makes the next one a repetition.
			if !errors.As(err, &damage) || damage.Line != at+1 && damage.Line != at+2 {
				t.Errorf("line %d as line %d: got %v, want damage there", i+1, at+1, err)
				continue
			}
			if !strings.Contains(damage.Reason, "stands there again") && !strings.Contains(damage.Reason, "once more") {
				t.Errorf("line %d as line %d: the reason is %s", i+1, at+1, damage.Reason)
			}
			if damage.Line == at+1 && damage.Offset != int64(len(slices.Concat(lines[:at]...))) {
				t.Errorf("line %d as line %d: it is said to be at byte %d", i+1, at+1, damage.Offset)
			}
		}
	}
}

// TestAJournalBehindItselfIsDamage, at each of its lines.
func TestAJournalBehindItselfIsDamage(t *testing.T) {
	lines := grownAndBack(t)
	lines[len(lines)-1] = append(lines[len(lines)-1], '\n')
	for n := range lines {
		part := slices.Concat(lines[:n+1]...)
		_, err := Read(bytes.NewReader(slices.Concat(part, part)))
		var damage *DamageError
		if !errors.As(err, &damage) || damage.Line < n+2 || damage.Line > n+3 {
			t.Errorf("%d lines twice: got %v, want damage in line %d or the next", n+1, err, n+2)
		}
	}
}
