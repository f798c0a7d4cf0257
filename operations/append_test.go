package operations

import (
	"bytes"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// logManifest is of content that looks like records, to make resynchronising hard.
func logManifest(t testing.TB) (*Manifest, [][]byte) {
	t.Helper()
	contents := [][]byte{
		[]byte("record 1 5\nhello"),
		[]byte("world"),
		{},
		bytes.Repeat([]byte("record 0 16\n"), 3),
		bytes.Repeat([]byte{0xff}, 3000),
		[]byte("rec"),
	}
	m := &Manifest{}
	for i, content := range contents {
		m.Files = append(m.Files, File{
			Name: itemName(Workload{Content: ContentBytes}, i),
			Size: int64(len(content)),
			CRC:  crcOf(content),
			Mode: madeMode,
		})
	}
	return m, contents
}

func crcOf(content []byte) uint32 {
	_, crc, _ := digest(bytes.NewReader(content), make([]byte, 4096))
	return crc
}

// recordOf is an item's record as another program would write it.
func recordOf(contents [][]byte, item int) []byte {
	record := appendHeader(nil, item, int64(len(contents[item])))
	return append(append(record, contents[item]...), '\n')
}

func TestRecordForm(t *testing.T) {
	got := string(recordOf([][]byte{nil, []byte("ab\nc")}, 1))
	if want := "record 1 4\nab\nc\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLogs verifies logs that were pieced together by hand.
func TestLogs(t *testing.T) {
	manifest, contents := logManifest(t)
	all := func(order ...int) []byte {
		var log []byte
		for _, item := range order {
			log = append(log, recordOf(contents, item)...)
		}
		return log
	}
	whole := all(0, 1, 2, 3, 4, 5)
	tests := []struct {
		name    string
		log     []byte
		corrupt int
		words   []string // none: it is right
	}{
		{"in order", whole, 0, nil},
		{"in another order", all(4, 0, 5, 3, 2, 1), 0, nil},
		{"one missing", all(0, 1, 3, 4, 5), 1, []string{`item 2 "data-0002.bin": missing; 1 of 6 items wrong`}},
		{"one twice", all(0, 1, 2, 3, 4, 5, 4), 1, []string{`item 4 "data-0004.bin": there 2 times; 1 of 6 items wrong`}},
		{"junk in front", append([]byte("junk"), whole...), 0, []string{"more than the records", "at byte 0", "junk"}},
		{"junk behind", append(slices.Clone(whole), "record"...), 0, []string{"more than the records"}},
		{"cut short", whole[:len(whole)-1], 1, []string{`item 5 "data-0005.bin": missing`, "cut short"}},
		{"no newline between", append(all(0)[:len(all(0))-1], all(1, 2, 3, 4, 5)...), 1, []string{`item 0 "data-0000.bin": missing`}},
		{"nothing but junk", []byte("record 7 1\nx\n"), 6, []string{`item 0 "data-0000.bin": missing; 6 of 6 items wrong`}},
		// The second copy of item 1 destroys the first, and the header of item 2.
		{"overwritten in the middle", overwrite(whole, 40, all(1)), 1, []string{`item 2 "data-0002.bin": missing; 1 of 6 items wrong; first damage at byte 29`}},
		{"empty", nil, 6, []string{"6 of 6 items wrong"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site := Site{Manifest: manifest, Output: t.TempDir()}
			must(t, os.WriteFile(OutputFile("append", site.Output), test.log, 0o644))
			if test.words == nil {
				checkOutcome(t, appending{}, site, nil)
			} else {
				refused(t, appending{}, site, nil, test.words...)
			}
			site.Sink = SinkUnlocked
			outcome, err := appending{}.Verify(site, nil)
			if outcome.CorruptItems != test.corrupt {
				t.Errorf("%d corrupt items, want %d", outcome.CorruptItems, test.corrupt)
			}
			if (err != nil) != (test.corrupt == len(contents)) {
				t.Errorf("corruption is a result, unless nothing is whole; got error %v", err)
			}
		})
	}
}

// overwrite is log with other bytes over it from a place on.
func overwrite(log []byte, at int, with []byte) []byte {
	log = slices.Clone(log)
	copy(log[at:], with)
	return log
}

// TestRecordsSurviveAroundDamage overwrites a log at random and counts again
// with a plain search of the whole text, which is slow and obviously right.
func TestRecordsSurviveAroundDamage(t *testing.T) {
	workload := Workload{Files: 60, Content: ContentRows, Lines: 4, Values: 3}
	site := newSite(t, appending{}, workload, nil)
	contents := make([][]byte, workload.Files)
	var whole []byte
	for item := range contents {
		contents[item] = content(t, workload, item)
		whole = append(whole, recordOf(contents, item)...)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		log := slices.Clone(whole)
		for range 1 + random.IntN(10) {
			copy(log[random.IntN(len(log)):], recordOf(contents, random.IntN(len(contents))))
		}
		want := 0
		for item := range contents {
			if bytes.Count(log, recordOf(contents, item)) != 1 {
				want++
			}
		}
		l, err := readLog(bytes.NewReader(log), int64(len(log)), site.Manifest.Files)
		must(t, err)
		if got, _ := l.corrupt(); got != want {
			t.Fatalf("%d corrupt items, a search finds %d", got, want)
		}
	}
}

// TestWindowEdges reads records that are larger than the window and words that
// lie across its edge.
func TestWindowEdges(t *testing.T) {
	text := []byte(strings.Repeat(".", 130) + "record " + strings.Repeat("-", 300))
	for size := 48; size < 200; size++ {
		w := window{from: bytes.NewReader(text), size: int64(len(text)), buf: make([]byte, size)}
		at, err := w.find(3, recordWord)
		must(t, err)
		if at != 130 {
			t.Fatalf("window of %d: found at %d, want 130", size, at)
		}
		crc, err := w.crc(5, 400)
		must(t, err)
		if crc != crcOf(text[5:405]) {
			t.Fatalf("window of %d: wrong checksum", size)
		}
	}
}

// TestUnlockedLosesUpdates lets two workers find the same end: what measures
// corruption must be able to cause it.
func TestUnlockedLosesUpdates(t *testing.T) {
	op := appending{}
	site := newSite(t, op, Workload{Files: 3, Content: ContentBytes, Size: 500}, func(s *Site) {
		s.Sink, s.Workers = SinkUnlocked, 2
	})
	opened, err := op.Open(site)
	must(t, err)
	task := opened.(*appendTask)
	must(t, task.Begin())
	second := &Scratch{Worker: 1}
	first := &Scratch{}
	first.Yield = func() { // the second worker writes after the first has found the end
		first.Yield = nil
		_, err := task.Do(second, 1)
		must(t, err)
	}
	for _, item := range []int{0, 2} {
		_, err := task.Do(first, item)
		must(t, err)
	}
	must(t, task.End())
	must(t, first.Close())
	must(t, second.Close())
	must(t, task.Close())
	outcome, err := op.Verify(site, nil)
	must(t, err)
	if outcome.CorruptItems != 1 {
		t.Errorf("%d corrupt items, want the 1 that was overwritten", outcome.CorruptItems)
	}
}

// TestAppendWorkerProcesses commits in turn through two tasks, as two processes
// do under a lock: only the first did Begin.
func TestAppendWorkerProcesses(t *testing.T) {
	op := appending{}
	site := newSite(t, op, Workload{Files: 10, Content: ContentBytes, Size: 300}, func(s *Site) { s.Sink = SinkLocked })
	main, err := op.Open(site)
	must(t, err)
	worker, err := op.Open(site)
	must(t, err)
	must(t, main.(Bracketed).Begin())
	tasks := []Task{main, worker}
	scratches := make([]Scratch, 2)
	for item := range 10 {
		_, err := tasks[item%2].Do(&scratches[item%2], item)
		must(t, err)
	}
	must(t, main.(Bracketed).End())
	for i := range tasks {
		must(t, scratches[i].Close())
		must(t, tasks[i].Close())
	}
	checkOutcome(t, op, site, nil)
}

// FuzzLog: whatever stands in a log, reading it ends, and the count of whole
// records is never above what the text holds.
func FuzzLog(f *testing.F) {
	manifest, contents := logManifest(f)
	var whole []byte
	for item := range contents {
		record := recordOf(contents, item)
		f.Add(record)
		whole = append(whole, record...)
	}
	f.Add(whole)
	f.Add(whole[7:])
	f.Add([]byte("record 0 16\nrecord 0 16\nrecord 1 5\nhello\n"))
	f.Fuzz(func(t *testing.T, log []byte) {
		l, err := readLog(bytes.NewReader(log), int64(len(log)), manifest.Files)
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for item, n := range l.found {
			record := recordOf(contents, item)
			if n > 0 && !bytes.Contains(log, record) {
				t.Errorf("item %d found, but it is not there", item)
			}
			total += n * len(record)
		}
		if total > len(log) || (total == len(log)) != (l.damaged == 0) {
			t.Errorf("%d bytes of records and %d damaged stretches in a log of %d bytes", total, l.damaged, len(log))
		}
	})
}
