//go:build unix

package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWriterStopsWhenJournalIsChanged checks that a changed journal is not written any
// more, not even by Close, and that its records are where the error says.
func TestWriterStopsWhenJournalIsChanged(t *testing.T) {
	for name, test := range map[string]struct {
		change func(dir string) error
		want   string // part of the error
		saved  string // where the records are, relative to the directory; "": they are lost
	}{
		"truncated": {func(dir string) error { return os.Truncate(filepath.Join(dir, "r", FileName), 0) }, "and is now 0; the missing bytes are lost", ""},
		"appended to": {func(dir string) error {
			f, err := os.OpenFile(filepath.Join(dir, "r", FileName), os.O_WRONLY|os.O_APPEND, 0)
			if err == nil {
				_, err = f.WriteString("x")
				f.Close()
			}
			return err
		}, "another process is writing it", "r/" + FileName},
		"removed":               {func(dir string) error { return os.Remove(filepath.Join(dir, "r", FileName)) }, "it is no longer there", "r-rescued.jsonl"},
		"the directory removed": {func(dir string) error { return os.RemoveAll(filepath.Join(dir, "r")) }, "it is no longer there", "r-rescued.jsonl"},
		"moved": {func(dir string) error {
			return os.Rename(filepath.Join(dir, "r", FileName), filepath.Join(dir, "away"))
		}, "it is no longer there", "away"},
		"the directory moved": {func(dir string) error { return os.Rename(filepath.Join(dir, "r"), filepath.Join(dir, "r2")) }, "it is no longer there", "r2/" + FileName},
		"replaced": {func(dir string) error {
			if err := os.WriteFile(filepath.Join(dir, "other"), []byte("other"), 0o644); err != nil {
				return err
			}
			return os.Rename(filepath.Join(dir, "other"), filepath.Join(dir, "r", FileName))
		}, "another file replaced it", "r-rescued.jsonl"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "r"), 0o755); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "r", FileName)
			w, err := Create(path)
			if err != nil {
				t.Fatal(err)
			}
			run := typicalRun(2)
			for _, e := range []Entry{{Run: run}, {Trial: typicalTrial(run, 0, seeded())}} {
				if err := w.Append(e); err != nil {
					t.Fatal(err)
				}
			}
			written, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Check(); err != nil {
				t.Fatal(err)
			}
			if err := test.change(dir); err != nil {
				t.Fatal(err)
			}
			after := func() string {
				text, _ := os.ReadFile(path)
				return string(text)
			}
			changed := after()
			err = w.Append(Entry{Trial: typicalTrial(run, 1, seeded())})
			if _, ok := errors.AsType[*ChangedError](err); !ok || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v", err)
			}
			w.Close()
			if now := after(); now != changed {
				t.Errorf("the foreign content had %d bytes and now has %d", len(changed), len(now))
			}
			if test.saved == "" {
				return
			}
			saved := filepath.Join(dir, test.saved)
			if !strings.Contains(err.Error(), saved) && test.saved != "r/"+FileName {
				t.Errorf("the error does not say where the records are: %v", err)
			}
			if text, err := os.ReadFile(saved); err != nil || !strings.HasPrefix(string(text), string(written)) {
				t.Errorf("%s has %d bytes of %d: %v", saved, len(text), len(written), err)
			}
		})
	}
}

// TestJournalHasOneWriter opens a journal twice. The lock of the directory is not involved.
func TestJournalHasOneWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Append(Entry{Run: typicalRun(2)}); err != nil {
		t.Fatal(err)
	}
	log, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(path, log)
	if _, ok := errors.AsType[*LockedError](err); !ok {
		t.Errorf("the error is %v", err)
	}
}
