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

// entriesOf returns the entries of a log, sorted by kind.
func entriesOf(log *Log) []Entry {
	list := []Entry{{Run: &log.Run}}
	for i := range log.Trials {
		list = append(list, Entry{Trial: &log.Trials[i]})
	}
	for i := range log.Notes {
		list = append(list, Entry{Note: &log.Notes[i]})
	}
	return list
}

// lineStarts returns the offsets at which lines begin, and the total length.
func lineStarts(data []byte) []int {
	list := []int{0}
	for i, c := range data {
		if c == '\n' {
			list = append(list, i+1)
		}
	}
	return list
}

// lineAt returns the offset of the line that contains a byte.
func lineAt(data []byte, at int) int { return bytes.LastIndexByte(data[:at], '\n') + 1 }

// TestContinueAfterTearAtEveryByte cuts a journal to every length and continues it. The writer ends
// a line with a line feed. Git for Windows adds a carriage return.
func TestContinueAfterTearAtEveryByte(t *testing.T) {
	for _, lineEnd := range []string{"\n", "\r\n"} {
		continueAfterTears(t, bytes.ReplaceAll(write(t), []byte("\n"), []byte(lineEnd)), lineEnd)
	}
}

func continueAfterTears(t *testing.T, data []byte, lineEnd string) {
	t.Helper()
	entries, starts := sampleEntries(), lineStarts(data)
	next := Entry{Note: &Note{At: time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC), Kind: NoteResumed, Text: "again"}}
	for cut := range len(data) + 1 {
		atEnd := bytes.Contains(data[max(cut-2, 0):min(cut+2, len(data))], []byte("\n"))
		if testing.Short() && !atEnd && (cut%step() != 0 || lineEnd != "\n") {
			continue
		}
		whole := 0 // entries that are complete, except perhaps for the line end
		for whole < len(entries) && starts[whole+1]-len(lineEnd) <= cut {
			whole++
		}
		log, err := Read(bytes.NewReader(data[:cut]))
		if whole == 0 {
			if !errors.Is(err, ErrNoRun) {
				t.Fatalf("cut at %d: got %v, want ErrNoRun", cut, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		end := starts[whole]
		if cut < end {
			end -= len(lineEnd)
		}
		if log.End != int64(end) || log.Torn != cut-end {
			t.Fatalf("cut at %d: the end is %d with %d torn bytes, want %d and %d", cut, log.End, log.Torn, end, cut-end)
		}
		if diff := cmp.Diff(entries[:whole], entriesOf(log)); diff != "" {
			t.Fatalf("cut at %d: %s", cut, diff)
		}
		continueJournal(t, data[:cut], log, next)
	}
}

// step returns the distance between the bytes that a test tries: 1 unless tests are
// short.
func step() int {
	if testing.Short() {
		return 7
	}
	return 1
}

// continueJournal appends an entry to a journal that was read as log, and reads it again.
// Nothing else may have changed.
func continueJournal(t *testing.T, data []byte, log *Log, next Entry) {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := Open(path, log)
	if err != nil {
		t.Fatalf("%d bytes: %v", len(data), err)
	}
	if err := errors.Join(w.Append(next), w.Close()); err != nil {
		t.Fatalf("%d bytes: %v", len(data), err)
	}
	now, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(now, data[:log.End]) {
		t.Fatalf("%d bytes: the existing lines have changed", len(data))
	}
	again, err := Read(bytes.NewReader(now))
	if err != nil {
		t.Fatalf("%d bytes: %v", len(data), err)
	}
	want := Log{Run: log.Run, Trials: log.Trials, Notes: log.Notes, End: int64(len(now))}
	if err := want.add(&next); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&want, again); diff != "" {
		t.Fatalf("%d bytes: %s", len(data), diff)
	}
}

// TestEveryChangedByteIsFound changes every byte in many ways. Reading then returns
// either damage in the line of that byte, or all entries.
func TestEveryChangedByteIsFound(t *testing.T) {
	data := write(t)
	intact, err := Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(data); at += step() {
		was := data[at]
		for _, now := range []byte{was ^ 0x01, was ^ 0x04, was ^ 0x20, was ^ 0x80, was ^ 0xff, '\n', '\r', 0, ' ', '}', '0', '"'} {
			if now == was {
				continue
			}
			bad := bytes.Clone(data)
			bad[at] = now
			log, err := Read(bytes.NewReader(bad))
			// A complete line that ends in a zero: its line feed did not reach the disk. Or it
			// ends in a carriage return: its line feed is missing.
			if at == len(data)-1 && (now == 0 || now == '\r') {
				if err != nil || log.Torn != 1 || !cmp.Equal(entriesOf(intact), entriesOf(log)) {
					t.Fatalf("the last line feed is %q: got %v, %v", now, log, err)
				}
				continue
			}
			var damage *DamageError
			if !errors.As(err, &damage) {
				t.Fatalf("byte %d changed from %q to %q: got %v, want damage", at, was, now, err)
			}
			if start := lineAt(data, at); damage.Offset != int64(start) {
				t.Fatalf("byte %d changed from %q to %q: the error says byte %d, want %d", at, was, now, damage.Offset, start)
			}
		}
	}
}

// TestZerosAtTheEnd replaces the end of a journal, which did not reach the disk, with
// zeros.
func TestZerosAtTheEnd(t *testing.T) {
	data := write(t)
	starts := lineStarts(data)
	header := starts[1]
	entries := sampleEntries()
	for from := 0; from <= len(data); from += step() {
		for _, more := range []int{0, 1, 5000} {
			bad := append(bytes.Clone(data), make([]byte, more)...)
			clear(bad[from:])
			log, err := Read(bytes.NewReader(bad))
			switch {
			case from < header-1 && !errors.Is(err, ErrNoRun):
				t.Fatalf("zeros from %d: got %v, want ErrNoRun", from, err)
			case from < header-1:
				continue
			case err != nil:
				t.Fatalf("zeros from %d, %d more: %v", from, more, err)
			}
			n := 0
			for n < len(entries) && starts[n+1]-1 <= from {
				n++
			}
			if diff := cmp.Diff(entries[:n], entriesOf(log)); diff != "" || int(log.End)+log.Torn != len(bad) {
				t.Fatalf("zeros from %d, %d more: end %d, torn %d of %d bytes; %s", from, more, log.End, log.Torn, len(bad), diff)
			}
			if more == 1 && from%5 == 0 {
				continueJournal(t, bad, log, failedTrial(len(log.Trials)+1, 0))
			}
		}
	}
}

// TestMissingSectors reads a last line whose later sectors reached the disk, but not its
// earlier ones.
func TestMissingSectors(t *testing.T) {
	var data []byte
	var starts []int
	for _, e := range []Entry{
		sampleEntries()[0],
		{Trial: &Trial{Trial: 1, Round: 1, Phase: Measured, Status: Failed, Stderr: string(bytes.Repeat([]byte("disk failure"), 300))}},
	} {
		line, err := encodeLine(e)
		if err != nil {
			t.Fatal(err)
		}
		starts = append(starts, len(data))
		data = append(data, line...)
	}
	last := starts[1]
	zero := func(from, to int) []byte {
		bad := bytes.Clone(data)
		clear(bad[from:to])
		return bad
	}
	sector := (last/sectorSize + 1) * sectorSize // the first that begins in the last line
	another, err := encodeLine(sampleEntries()[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		data []byte
		torn bool
	}{
		{"the first part of the line", zero(last, sector), true},
		{"a sector", zero(sector, sector+sectorSize), true},
		{"two sectors", zero(sector, sector+2*sectorSize), true},
		{"the first part and a later sector", append(zero(last, sector)[:sector+sectorSize], zero(sector+sectorSize, sector+2*sectorSize)[sector+sectorSize:]...), true},
		{"a sector, and the line is cut", zero(sector, sector+sectorSize)[:len(data)-9], true},
		{"not quite a sector", zero(sector, sector+sectorSize-1), false},
		{"a sector and a byte", zero(sector, sector+sectorSize+1), false},
		{"a sector and the byte before it", zero(sector-1, sector+sectorSize), false},
		{"one byte at the beginning", zero(last, last+1), false},
		{"all but the line feed", zero(last, len(data)-1), (len(data)-1)%sectorSize == 0},
		{"a sector, but a whole line follows", append(zero(sector, sector+sectorSize), another...), false},
		{"a sector, but another follows", append(zero(sector, sector+sectorSize), another[:20]...), false},
		{"zeros before a whole line", append(append(bytes.Clone(data), make([]byte, sectorSize)...), another...), false},
		{"no beginning of a line", append(bytes.Clone(data), "hello\x00\x00\x00"...), false},
	} {
		log, err := Read(bytes.NewReader(test.data))
		var damage *DamageError
		switch {
		case test.torn && (err != nil || len(log.Trials) != 0 || log.End != int64(last)):
			t.Errorf("%s: got %v, %v, want it torn at %d", test.name, log, err, last)
		case !test.torn && !errors.As(err, &damage):
			t.Errorf("%s: got %v, want damage", test.name, err)
		}
	}
}

// TestTailThatNoCrashLeaves reads ends of a journal that no crash leaves.
func TestTailThatNoCrashLeaves(t *testing.T) {
	head, err := encodeLine(sampleEntries()[0])
	if err != nil {
		t.Fatal(err)
	}
	note, err := encodeLine(Entry{Note: &Note{Kind: NoteWarning, Text: "ä"}})
	if err != nil {
		t.Fatal(err)
	}
	whole := string(note[:len(note)-1])
	for _, end := range []string{
		"x", " ", `{"Length":`, `{"length":x`, `{"length":0`, `{"length":01`, `{"length":12x`, `{"length":9999999999999999999`,
		`{"length":12,"crc32c":"0000000g`, `{"length":12,"crc32c":"0000000G`, `{"length":12,"crc32c":"00000000"-`,
		`{"length":4,"crc32c":"00000000","entry":{"a"`,        // complete, and the checksum is wrong
		`{"length":4,"crc32c":"00000000","entry":{"ab"`,       // longer than its length field
		"{\"length\":99,\"crc32c\":\"00000000\",\"entry\":\t", // a tab, which the JSON of an entry does not contain
		whole + "}", whole + "\r\r", whole + " ", whole + whole,
	} {
		_, err := Read(bytes.NewReader(append(bytes.Clone(head), end...)))
		var damage *DamageError
		if !errors.As(err, &damage) || damage.Line != 2 || damage.Offset != int64(len(head)) {
			t.Errorf("%q: got %v, want damage in line 2", end, err)
		}
	}
}
