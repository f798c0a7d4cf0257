package journal

import (
	"bytes"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzRead reads arbitrary data. Reading must not panic or take much memory per byte, and
// a journal that can be read can be continued.
func FuzzRead(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		readAndContinue(t, data)
		// Random data never has a valid checksum, so the first call alone tests little of
		// the code after the checksum.
		readAndContinue(t, reframed(data))
	})
}

// reframed returns a journal with valid checksums. Its entries are the entries of data,
// and any other text between line feeds there.
func reframed(data []byte) (journal []byte) {
	for text := range bytes.SplitSeq(data, []byte("\n")) {
		if payload, err := unframe(text); err == nil {
			text = payload
		}
		if len(text) > 0 {
			journal = append(journal, frame(text)...)
		}
	}
	return journal
}

func readAndContinue(t *testing.T, data []byte) {
	t.Helper()
	log, err := readWithin(t, data)
	if (log == nil) == (err == nil) {
		t.Fatalf("log %v with error %v", log, err)
	}
	if err != nil {
		return
	}
	if log.Torn < 0 || log.End+int64(log.Torn) != int64(len(data)) {
		t.Fatalf("the end is %d and %d bytes are torn, of %d", log.End, log.Torn, len(data))
	}
	fsys := newStrictFS(map[string][]byte{lossyJournal: data})
	w, err := open(fsys, lossyJournal, log)
	if err != nil {
		t.Fatal(err)
	}
	next := Entry{Note: &Note{At: time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC), Kind: NoteResumed, Text: "again"}}
	if err := w.Append(next); err != nil {
		t.Fatal(err)
	}
	again := readDisk(t, fsys)
	if err := log.add(&next); err != nil {
		t.Fatal(err)
	}
	log.Torn, log.End = 0, again.End
	if diff := cmp.Diff(log, again); diff != "" {
		t.Fatal(diff)
	}
}

// readWithin reads within a memory limit per byte. An empty object in a list takes three
// bytes in the journal and some hundred in memory.
func readWithin(t *testing.T, data []byte) (*Log, error) {
	t.Helper()
	const perByte, always = 500, 4 << 20
	least := uint64(math.MaxUint64)
	for range 3 { // other goroutines of this process allocate too
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		log, err := Read(bytes.NewReader(data))
		runtime.ReadMemStats(&after)
		if least = min(least, after.TotalAlloc-before.TotalAlloc); least <= always+perByte*uint64(len(data)) {
			return log, err
		}
	}
	t.Fatalf("reading %d bytes took %d bytes of memory", len(data), least)
	return nil, nil
}
