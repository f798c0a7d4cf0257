package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sampleEntries() []Entry {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	first := 0.25
	return []Entry{
		{Run: &Run{
			Version: FormatVersion, ID: "r1", Name: "sample", Repeats: 2, StartedAt: at,
			Cells: []Cell{{Name: "write/strategy=sequential", Levels: map[string]string{"operation": "write"}}},
		}},
		{Trial: &Trial{
			Trial: 1, Round: 1, Phase: Measured, Status: OK, StartedAt: at,
			Measurement: &Measurement{Seconds: 0.5, FirstDone: &first, Files: 3},
		}},
		{Trial: &Trial{Trial: 2, Round: 2, Phase: Measured, Status: Failed, Error: "item 1\n\"x\": missing", StartedAt: at}},
		{Note: &Note{At: at, Kind: NoteFinished, Text: "2 trials", After: 2}},
	}
}

// write writes a journal of the sample entries and returns its bytes.
func write(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName)
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range sampleEntries() {
		if err := w.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAppendedEntriesAreRead(t *testing.T) {
	data := write(t)
	log, err := Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := sampleEntries()
	got := &Log{Run: *want[0].Run, Trials: []Trial{*want[1].Trial, *want[2].Trial}, Notes: []Note{*want[3].Note}, End: int64(len(data))}
	if diff := cmp.Diff(got, log); diff != "" {
		t.Error(diff)
	}
}

func TestCreateRefusesAnExistingJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.WriteFile(path, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v, want an error that the file exists", err)
	}
}

func TestNewerFormatIsRefused(t *testing.T) {
	line, err := encodeLine(Entry{Run: &Run{Version: FormatVersion + 1}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Read(bytes.NewReader(line))
	var damage *DamageError
	if err == nil || errors.As(err, &damage) || !strings.Contains(err.Error(), "use a newer iosweep") {
		t.Errorf("got %v, want an error that a newer iosweep is needed", err)
	}
}

func TestFailedWriteLeavesWholeLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, e := range sampleEntries() {
		if err := w.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	intact, _ := os.ReadFile(path)
	// A read-only descriptor simulates the full disk.
	readOnly, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	w.file.Close()
	w.file = readOnly
	if err := w.Append(sampleEntries()[1]); err == nil {
		t.Fatal("Append accepted an entry that was not written")
	}
	if now, _ := os.ReadFile(path); !bytes.Equal(now, intact) {
		t.Error("the journal has changed")
	}
}

// TestMissingLineIsDamage removes a line. A checksum covers only its own line, so only
// the numbers of the trials reveal the gap.
func TestMissingLineIsDamage(t *testing.T) {
	lines := bytes.SplitAfter(write(t), []byte("\n"))
	_, err := Read(bytes.NewReader(slices.Concat(lines[0], lines[2], lines[3])))
	var damage *DamageError
	if !errors.As(err, &damage) || damage.Line != 2 || !strings.Contains(damage.Reason, "trial 2, but trial 1 must follow") {
		t.Errorf("without the first trial: %v", err)
	}
}
