package ceilings

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iosweep/journal"
)

// brief is the time for each limit in tests.
const brief = 20 * time.Millisecond

func TestMeasure(t *testing.T) {
	dir := t.TempDir()
	r, err := Measure(context.Background(), dir, brief)
	if err != nil {
		t.Fatal(err)
	}
	list, c := r.Limits, r.Ceilings
	if len(list) != len(all) || c.MemoryCopy == nil || c.Creates == nil || c.MeasuredAt.IsZero() {
		t.Errorf("got %+v and %+v, want all limits, and at least memory and creates", list, c)
	}
	for i, l := range list {
		if field := *all[i].field(&c); l.Note == "" || (field != nil) != (l.PerSecond > 0) || field != nil && *field != l.PerSecond {
			t.Errorf("got %+v, with the ceiling %v", l, field)
		}
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v are left, error %v", left, err)
	}
}

func TestMeasureIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Measure(ctx, dir, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got the error %v, want %v", err, context.Canceled)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v are left, error %v", left, err)
	}
	if _, err := Measure(context.Background(), filepath.Join(dir, "nowhere"), brief); err == nil {
		t.Error("got no error for a directory that does not exist")
	}
}

// TestMemoryHasNoDevice measures in a directory on tmpfs.
func TestMemoryHasNoDevice(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "iosweep-test-")
	if err != nil {
		t.Skip("this system has no tmpfs at /dev/shm: ", err)
	}
	defer os.RemoveAll(dir)
	r, err := Measure(context.Background(), dir, brief)
	if err != nil {
		t.Fatal(err)
	}
	list, c := r.Limits, r.Ceilings
	if c.SequentialReads != nil || c.RandomReads != nil {
		t.Errorf("got reads of a device that does not exist: %+v", c)
	}
	if !slices.ContainsFunc(list, func(l Limit) bool { return strings.Contains(l.Note, "in memory: there is no device") }) {
		t.Errorf("got %+v, want the reason why there are no reads", list)
	}
}

// TestPeak checks rates of work whose speed is known to be positive, and the errors that end it.
func TestPeak(t *testing.T) {
	s := &subject{ctx: context.Background()}
	failure := errors.New("a failure")
	for name, c := range map[string]struct {
		step func() (int64, error)
		rate bool
		err  error
	}{
		"work":                 {func() (int64, error) { return 1, nil }, true, nil},
		"a failure":            {func() (int64, error) { return 0, failure }, false, failure},
		"enough after a while": {func() (int64, error) { return 1000, errEnough }, true, nil},
		"enough at once":       {func() (int64, error) { return 0, errEnough }, false, nil},
	} {
		rate, err := s.peak(brief, 3, func(int) (int64, error) { return c.step() })
		if (rate > 0) != c.rate || !errors.Is(err, c.err) {
			t.Errorf("%s: got %v and %v, want a rate: %v, and %v", name, rate, err, c.rate, c.err)
		}
	}
}

func TestSaveAndLoad(t *testing.T) {
	for _, variable := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(variable, filepath.Join(t.TempDir(), "cache"))
	}
	dir := t.TempDir()
	if c, err := Load(dir); c != nil || err != nil {
		t.Fatalf("got %+v and %v before a measurement, want nothing", c, err)
	}
	result := func(creates, reads *float64) *Result {
		return &Result{
			Limits:   make([]Limit, len(all)),
			Ceilings: journal.Ceilings{MeasuredAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Creates: creates, RandomReads: reads},
		}
	}
	path, err := Save(dir, result(new(1234.5), nil))
	if err != nil {
		t.Fatal(err)
	}
	lower := result(new(1000.0), new(7.0)) // the higher number of creates is kept
	if again, err := Save(dir, lower); err != nil || again != path {
		t.Fatalf("got %s and %v, want %s again", again, err, path)
	}
	if lower.Limits[2].Earlier != 1234.5 || lower.Limits[4].Earlier != 0 {
		t.Errorf("got %+v, want the earlier number of creates only", lower.Limits)
	}
	want := result(new(1234.5), new(7.0)).Ceilings
	got, err := Load(dir)
	if err != nil || got == nil || *got.Creates != *want.Creates || !got.MeasuredAt.Equal(want.MeasuredAt) || *got.RandomReads != *want.RandomReads || got.MemoryCopy != nil {
		t.Fatalf("got %+v and %v, want %+v", got, err, want)
	}
	for _, damaged := range []string{"{", `{"creates": -1}`, `{"creates": 1e300}`} {
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := Load(dir); c != nil || err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %+v and %v, want an error with the path", damaged, c, err)
		}
	}
}
