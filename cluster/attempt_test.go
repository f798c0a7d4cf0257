package cluster

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestNewer checks which attempts make an older one yield.
func TestNewer(t *testing.T) {
	s, plan := freeze(t, gridOf(1, 3, 3), 0, nil)
	begin := func(hour int) *Attempt {
		return fake{Sweep: s, plan: plan, node: "n1", start: epoch.Add(time.Duration(hour) * time.Hour), seed: uint64(9 - hour), rounds: 1}.write(t)
	}
	first := begin(1)
	if newer := s.Newer(first); newer != nil {
		t.Errorf("an attempt alone: got %s", newer.Name)
	}
	second := begin(2)
	if newer := s.Newer(second); newer != nil {
		t.Errorf("got %s, which began earlier", newer.Name)
	}
	if newer := s.Newer(first); newer == nil || newer.Name != second.Name {
		t.Errorf("got %v, want the attempt that began later", newer)
	}
	if newer := s.Newer(begin(0)); newer != nil {
		t.Errorf("with a clock that is slow: got %s, which was there before", newer.Name)
	}
	// An attempt that failed before it had a journal does not run, and one that failed later has ended.
	if err := s.NewAttempt(0, "1_0", 0).Fail(Failure{Node: "n2", At: epoch.Add(3 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	third := begin(4)
	if err := third.Fail(Failure{Node: "n1", At: epoch.Add(4 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if newer := s.Newer(second); newer != nil {
		t.Errorf("got %s, which failed", newer.Name)
	}
}

// TestIsDone checks that a file .done alone does not make a shard done.
func TestIsDone(t *testing.T) {
	for _, test := range []struct {
		name string
		lose func(first, last *Attempt) error
		want bool
	}{
		{"nothing", func(_, _ *Attempt) error { return nil }, true},
		{"the file .done", func(_, last *Attempt) error { return os.Remove(last.path(doneExt)) }, false},
		{"the journal", func(_, last *Attempt) error { return os.Remove(last.Journal()) }, false},
		{"the end of the journal", func(_, last *Attempt) error {
			info, err := os.Stat(last.Journal())
			if err != nil {
				return err
			}
			return os.Truncate(last.Journal(), info.Size()-1)
		}, false},
		{"the earlier journal", func(first, _ *Attempt) error { return os.Remove(first.Journal()) }, false},
	} {
		s, plan := freeze(t, gridOf(1, 3, 3), 0, nil)
		first := fake{Sweep: s, plan: plan, node: "n1", start: epoch, rounds: 2}.write(t)
		last := fake{Sweep: s, plan: plan, node: "n2", start: epoch.Add(time.Hour), seed: 1}.write(t)
		if err := test.lose(first, last); err != nil {
			t.Fatal(err)
		}
		list, err := s.Attempts(0)
		if err != nil || s.isDone(list) != test.want {
			t.Errorf("%s is lost: got %v, %v, want %v", test.name, s.isDone(list), err, test.want)
		}
	}
}

// TestFinishLate writes a missing file .done of an attempt that has finished, and of no other.
func TestFinishLate(t *testing.T) {
	s, plan := freeze(t, gridOf(1, 3, 3), 0, nil)
	fake{Sweep: s, plan: plan, node: "n1", start: epoch, rounds: 2}.write(t)
	if done, err := s.FinishLate(0); done || err != nil {
		t.Errorf("after a killed attempt: got %v, %v", done, err)
	}
	last := fake{Sweep: s, plan: plan, node: "n2", start: epoch.Add(time.Hour), seed: 1}.write(t)
	written, err := os.ReadFile(last.path(doneExt))
	if err == nil {
		err = os.Remove(last.path(doneExt))
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if done, err := s.FinishLate(0); !done || err != nil {
			t.Fatalf("got %v, %v, want a shard that is done", done, err)
		}
	}
	if again, err := os.ReadFile(last.path(doneExt)); err != nil || strings.TrimSpace(string(again)) != strings.TrimSpace(string(written)) {
		t.Errorf("got %s, %v, want %s", again, err, written)
	}
}
