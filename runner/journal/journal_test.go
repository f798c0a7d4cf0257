package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
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
		{Note: &Note{At: at, Kind: NoteFinished, Text: "2 trials"}},
	}
}

// write makes a journal of the sample entries and returns its bytes.
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

func TestWhatIsAppendedIsRead(t *testing.T) {
	log, err := Read(bytes.NewReader(write(t)))
	if err != nil {
		t.Fatal(err)
	}
	want := sampleEntries()
	got := &Log{Run: *want[0].Run, Trials: []Trial{*want[1].Trial, *want[2].Trial}, Notes: []Note{*want[3].Note}}
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
		t.Errorf("got %v, want that it exists", err)
	}
}

func TestTornAtEveryByte(t *testing.T) {
	data := write(t)
	head := bytes.IndexByte(data, '\n') + 1
	for cut := head; cut < len(data); cut++ {
		log, err := Read(bytes.NewReader(data[:cut]))
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		kept := data[:bytes.LastIndexByte(data[:cut], '\n')+1]
		lost := cut - len(kept)
		missing := data[cut] == '\n' // only the line feed is lost, so the entry counts
		if entries := 1 + len(log.Trials) + len(log.Notes); !missing && (entries != bytes.Count(kept, []byte("\n")) || log.Torn != lost) {
			t.Fatalf("cut at %d: %d entries and %d torn bytes, want %d and %d", cut, entries, log.Torn, bytes.Count(kept, []byte("\n")), lost)
		}
		if missing && log.Torn != 0 {
			t.Fatalf("cut at %d: the entry is whole and was dropped", cut)
		}
	}
}

func TestFlippedAtEveryByte(t *testing.T) {
	data := write(t)
	for at := range data[:len(data)-1] {
		bad := bytes.Clone(data)
		bad[at] ^= 0x04
		_, err := Read(bytes.NewReader(bad))
		var damage *DamageError
		if !errors.As(err, &damage) {
			t.Fatalf("byte %d flipped from %q to %q: got %v, want damage", at, data[at], bad[at], err)
		}
		start := int64(bytes.LastIndexByte(data[:at], '\n') + 1)
		if damage.Offset != start {
			t.Errorf("byte %d flipped: damage is said to be at %d, want %d", at, damage.Offset, start)
		}
	}
}

func TestNewerFormatIsRefused(t *testing.T) {
	line, err := encodeLine(Entry{Run: &Run{Version: FormatVersion + 1}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(bytes.NewReader(line)); err == nil {
		t.Error("read without complaint")
	}
}

func TestAFullDiskLeavesWholeLines(t *testing.T) {
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
	sound, _ := os.ReadFile(path)
	// A descriptor that cannot write stands for the full disk.
	readOnly, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	w.file.Close()
	w.file = readOnly
	if err := w.Append(sampleEntries()[1]); err == nil {
		t.Fatal("an entry that was not written was accepted")
	}
	if now, _ := os.ReadFile(path); !bytes.Equal(now, sound) {
		t.Error("the journal has changed")
	}
}

func FuzzRead(f *testing.F) {
	line, _ := encodeLine(sampleEntries()[0])
	f.Add(line)
	f.Add([]byte(`{"length":2,"crc32c":"00000000","entry":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		log, err := Read(bytes.NewReader(data))
		if (log == nil) == (err == nil) {
			t.Errorf("log %v with error %v", log, err)
		}
	})
}
