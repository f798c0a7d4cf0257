package journal

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// changedAndBack returns a journal whose plan was changed and changed back: its third run
// is identical to the first.
func changedAndBack(t *testing.T) [][]byte {
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

func TestPlanMayChangeBack(t *testing.T) {
	log, err := Read(bytes.NewReader(slices.Concat(changedAndBack(t)...)))
	if err != nil || len(log.Trials) != 3 || len(log.Notes) != 6 || len(log.Replaced) != 2 {
		t.Errorf("got %+v, %v", log, err)
	}
}

// TestRepeatedLineIsDamage repeats every line at every later position.
func TestRepeatedLineIsDamage(t *testing.T) {
	lines := changedAndBack(t)
	lines[len(lines)-1] = append(lines[len(lines)-1], '\n')
	for i, line := range lines {
		for at := i + 1; at <= len(lines); at++ {
			_, err := Read(bytes.NewReader(slices.Concat(slices.Insert(slices.Clone(lines), at, line)...)))
			var damage *DamageError
			// If the run is allowed there, it makes the next run a repetition.
			if !errors.As(err, &damage) || damage.Line != at+1 && damage.Line != at+2 {
				t.Errorf("line %d as line %d: got %v, want damage there", i+1, at+1, err)
				continue
			}
			if !strings.Contains(damage.Reason, "line is repeated") && !strings.Contains(damage.Reason, "it repeats line") {
				t.Errorf("line %d as line %d: the reason is %s", i+1, at+1, damage.Reason)
			}
			if damage.Line == at+1 && damage.Offset != int64(len(slices.Concat(lines[:at]...))) {
				t.Errorf("line %d as line %d: the error says byte %d", i+1, at+1, damage.Offset)
			}
		}
	}
}

// TestRepeatedJournalIsDamage appends the first lines of a journal to themselves, for
// every number of lines.
func TestRepeatedJournalIsDamage(t *testing.T) {
	lines := changedAndBack(t)
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
