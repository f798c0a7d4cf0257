package operations

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"iosweep/internal/workload"
)

// A specimen is a workload for logs that a test writes by hand.
type specimen struct {
	workload workload.Workload
	manifest *workload.Manifest
	contents [][]byte
}

// specimenOf returns a specimen with these contents, as if the workload had made them.
func specimenOf(w workload.Workload, contents [][]byte) specimen {
	suffix := ".bin"
	if w.Content == workload.ContentTasks {
		suffix = ".txt"
	}
	files := make([]workload.File, len(contents))
	for i, content := range contents {
		files[i] = workload.File{Name: fmt.Sprintf("data-%04d%s", i, suffix), Size: int64(len(content)), CRC: crcOf(content), Mode: 0o644}
	}
	return specimen{w, workload.NewManifest(files...), contents}
}

// framedSpecimen returns a specimen whose content looks like records, so that resynchronizing is
// hard.
func framedSpecimen() specimen {
	return specimenOf(workload.Workload{Content: workload.ContentBytes}, [][]byte{
		[]byte("record 1 5\nhello"),
		[]byte("world"),
		{},
		bytes.Repeat([]byte("record 0 16\n"), 3),
		bytes.Repeat([]byte{0xff}, 3000),
		[]byte("rec"),
	})
}

// lineSpecimen returns a specimen of lines. With enough items the lines have different lengths.
func lineSpecimen(t testing.TB, items int) specimen {
	w := workload.Workload{Files: items, Content: workload.ContentTasks}
	contents := make([][]byte, items)
	for item := range contents {
		contents[item] = content(t, w, item)
	}
	return specimenOf(w, contents)
}

func crcOf(content []byte) uint32 { return crc32.ChecksumIEEE(content) }

// record returns an item's record as another program would write it.
func (s specimen) record(item int) []byte {
	if s.workload.Content == workload.ContentTasks {
		return fmt.Appendf(nil, "%s\n", s.contents[item])
	}
	return fmt.Appendf(nil, "record %d %d\n%s\n", item, len(s.contents[item]), s.contents[item])
}

// records returns the records of several items, one after another.
func (s specimen) records(items ...int) []byte {
	var log []byte
	for _, item := range items {
		log = append(log, s.record(item)...)
	}
	return log
}

// whole returns a log with every item.
func (s specimen) whole() []byte {
	var log []byte
	for item := range s.contents {
		log = append(log, s.record(item)...)
	}
	return log
}

// count returns how often an item's complete record is in a log. It searches the whole text, which
// is slow and obviously correct.
func (s specimen) count(log []byte, item int) int {
	if s.workload.Content != workload.ContentTasks {
		return bytes.Count(log, s.record(item))
	}
	n := 0
	for line := range bytes.Lines(log) {
		if bytes.Equal(line, s.record(item)) {
			n++
		}
	}
	return n
}

func (s specimen) read(t *testing.T, log []byte) *logReader {
	t.Helper()
	l, err := readLog(bytes.NewReader(log), int64(len(log)), formOf(s.workload), s.manifest)
	must(t, err)
	return l
}

// TestRecordForms checks that the records of tasks have the documented format.
func TestRecordForms(t *testing.T) {
	for _, s := range []specimen{framedSpecimen(), lineSpecimen(t, 3)} {
		for item, content := range s.contents {
			got := formOf(s.workload).header(nil, item, int64(len(content)))
			got = append(append(got, content...), '\n')
			if !bytes.Equal(got, s.record(item)) {
				t.Errorf("%s: got %.40q, want %.40q", s.workload.Content, got, s.record(item))
			}
		}
	}
	tree := workload.Workload{From: "somewhere", Content: workload.ContentTasks} // a tree may have any content
	if form := formOf(tree); form != framed {
		t.Errorf("got form %+v for a tree, want framed", form)
	}
}

// A logCase is a log that a test has written by hand.
type logCase struct {
	name    string
	log     []byte
	corrupt int
	words   []string // parts of the error; nil for a valid log
}

func TestFramedLogs(t *testing.T) {
	s := framedSpecimen()
	whole := s.whole()
	verifyLogs(t, s, []logCase{
		{"in order", whole, 0, nil},
		{"in another order", s.records(4, 0, 5, 3, 2, 1), 0, nil},
		{"one missing", s.records(0, 1, 3, 4, 5), 1, []string{`item 2 "data-0002.bin": missing; 1 of 6 items wrong`}},
		{"one twice", s.records(0, 1, 2, 3, 4, 5, 4), 1, []string{`item 4 "data-0004.bin": found 2 times; 1 of 6 items wrong`}},
		{"junk in front", append([]byte("junk"), whole...), 0, []string{"data that is not a record", "at byte 0", "junk"}},
		{"junk at the end", append(slices.Clone(whole), "record"...), 0, []string{"data that is not a record"}},
		{"cut short", whole[:len(whole)-1], 1, []string{`item 5 "data-0005.bin": missing`, "the log ends within the record"}},
		{"no newline between", append(bytes.TrimSpace(s.records(0)), s.records(1, 2, 3, 4, 5)...), 1, []string{`item 0 "data-0000.bin": missing`}},
		{"only junk", []byte("record 7 1\nx\n"), 6, []string{`item 0 "data-0000.bin": missing; 6 of 6 items wrong`}},
		{"a number that is too large", append([]byte("record 999999999999999999 1\nx\n"), whole...), 0, []string{"data that is not a record", "a record of item 999999999999999999, but there are only 6 items"}},
		// The second copy of item 1 destroys the first, and the header of item 2.
		{"overwritten in the middle", overwrite(whole, 40, s.records(1)), 1, []string{`item 2 "data-0002.bin": missing; 1 of 6 items wrong; first damage at byte 29`}},
		{"empty", nil, 6, []string{"6 of 6 items wrong"}},
	})
}

// TestLineLogs checks every kind of damage in a log of lines.
func TestLineLogs(t *testing.T) {
	s := lineSpecimen(t, 5)
	whole, line := s.whole(), len(s.record(0))
	rest := s.records(2, 3, 4)
	verifyLogs(t, s, []logCase{
		{"in order", whole, 0, nil},
		{"in another order", s.records(4, 0, 3, 2, 1), 0, nil},
		{"one missing", s.records(0, 1, 3, 4), 1, []string{`item 2 "data-0002.txt": missing; 1 of 5 items wrong`}},
		{"one twice", s.records(0, 1, 2, 3, 4, 4), 1, []string{`item 4 "data-0004.txt": found 2 times; 1 of 5 items wrong`}},
		{"one over another", overwrite(whole, line, s.record(4)), 2, []string{`item 1 "data-0001.txt": missing; 2 of 5 items wrong`}},
		{"one across two", overwrite(whole, line+9, s.record(4)), 2, []string{`item 1 "data-0001.txt": missing; 2 of 5 items wrong; first damage at byte 38: item 1 "data-0001.txt": the record's content differs`}},
		{"another wait", overwrite(whole, line+20, []byte("9")), 1, []string{`item 1 "data-0001.txt": missing`, `first damage at byte 38: item 1 "data-0001.txt": the record's content differs`}},
		{"another number", overwrite(whole, line+5, []byte("9")), 1, []string{"first damage at byte 38: a record of item 9, but there are only 5 items"}},
		{"a leading zero", slices.Concat(s.records(0), []byte("Task 01"), s.record(1)[6:], rest), 1, []string{`item 1 "data-0001.txt": missing`, "first damage at byte 38: expected the start"}},
		{"no newline between", slices.Concat(s.record(0)[:line-1], s.record(1), rest), 2, []string{`item 0 "data-0000.txt": missing; 2 of 5 items wrong; first damage at byte 0`}},
		{"one after the remains of another", slices.Concat([]byte("Task 0 bl"), s.record(1), rest), 2, []string{`item 0 "data-0000.txt": missing; 2 of 5 items wrong`}},
		{"lines of another system", bytes.ReplaceAll(whole, []byte("\n"), []byte("\r\n")), 5, []string{"5 of 5 items wrong; first damage at byte 0"}},
		{"records with headers", framedRecords(s), 0, []string{"data that is not a record, at byte 0: expected the start"}},
		{"an empty line", slices.Concat(s.records(0, 1), []byte("\n"), rest), 0, []string{"not a record, at byte 76: expected the start of a record, got \"\\n"}},
		{"a hole", overwrite(whole, line, make([]byte, line-1)), 1, []string{`item 1 "data-0001.txt": missing; 1 of 5 items wrong; first damage at byte 38: expected the start`}},
		{"junk in front", append([]byte("junk\n"), whole...), 0, []string{"data that is not a record, at byte 0", "junk"}},
		{"junk at the end", append(slices.Clone(whole), "Task 1"...), 0, []string{"data that is not a record, at byte 190"}},
		{"cut short", whole[:len(whole)-1], 1, []string{`item 4 "data-0004.txt": missing`, "the log ends within the record"}},
		{"only junk", []byte("Task 5 blocked for ever.\n"), 5, []string{"5 of 5 items wrong"}},
		{"empty", nil, 5, []string{"5 of 5 items wrong"}},
	})
}

// framedRecords returns the lines in the other format: each line follows a header that does not
// belong there.
func framedRecords(s specimen) (log []byte) {
	for item, content := range s.contents {
		log = framed.header(log, item, int64(len(content)))
		log = append(append(log, content...), '\n')
	}
	return log
}

// TestContenderLines checks logs of a contender, which chooses its waits. Lost lines are corrupt
// items too, and bytes that are not UTF-8 are damage like any other.
func TestContenderLines(t *testing.T) {
	s := lineSpecimen(t, 4)
	lines := []string{
		"Task 2 blocked for 0.5063218953106021 of a second.\n", "Task 0 blocked for 3.0517578125e-05 of a second.\n",
		"Task 3 blocked for 0.0 of a second.\n", "Task 1 blocked for 0.25 of a second.\n",
	}
	whole := []byte(strings.Join(lines, ""))
	verifyContenderLogs(t, s, []logCase{
		{"own waits", whole, 0, nil},
		{"the waits of the workload", s.whole(), 0, nil},
		{"one missing", []byte(lines[0] + lines[2] + lines[3]), 1, []string{`item 0 "data-0000.txt": missing; 1 of 4 items wrong`}},
		{"one twice", append(slices.Clone(whole), lines[1]...), 1, []string{`item 0 "data-0000.txt": found 2 times; 1 of 4 items wrong`}},
		{"a full second", []byte(lines[0] + lines[1] + lines[2] + "Task 1 blocked for 1.0 of a second.\n"), 1, []string{`item 1 "data-0001.txt": missing; 1 of 4 items wrong`, "the line differs"}},
		{"one over another", overwrite(whole, 0, []byte(lines[3])), 2, []string{`item 1 "data-0001.txt": found 2 times; 2 of 4 items wrong; first damage at byte 37`}},
		{"an end in the middle", []byte(lines[0] + "Task 0 blocked for 0.Task 1 blocked for 0.25 of a second.\n" + lines[2]), 2, []string{`item 0 "data-0000.txt": missing; 2 of 4 items wrong`, "the line differs"}},
		{"bytes that are no text", overwrite(whole, 10, []byte("\xff\xfe\x00\x80")), 1, []string{`item 2 "data-0002.txt": missing; 1 of 4 items wrong; first damage at byte 0`}},
		{"no newline", whole[:len(whole)-1], 1, []string{`item 1 "data-0001.txt": missing`, "the line does not end"}},
		{"a line that is too long", []byte(lines[0] + lines[1] + lines[2] + "Task 1 blocked for 0." + strings.Repeat("1", 200) + " of a second.\n"), 1, []string{"the line does not end"}},
		{"empty", nil, 4, []string{"4 of 4 items wrong"}},
	})
	site := Site{Workload: s.workload, Manifest: s.manifest, Output: t.TempDir(), Dirs: plainDirs{}}
	must(t, os.WriteFile(appending{}.Info().OutputPath(site.Output), whole, 0o644))
	outcome, err := appending{}.Verify(site, nil)
	if w := outcome.Waits; err != nil || w.Tasks != 4 || w.Longest != 506321895 || w.Sum != 506321895+30517+250000000 {
		t.Errorf("got the waits %+v and error %v", w, err)
	}
}

// TestWaitsOfDamagedLogs compares the waits of contenders' logs with a plain search. After every
// damage the reader looks for the next complete line, and must not count its wait twice.
func TestWaitsOfDamagedLogs(t *testing.T) {
	const items = 20
	s := lineSpecimen(t, items)
	random := rand.New(rand.NewPCG(5, 6))
	var lines [][]byte
	for item := range items {
		lines = append(lines, fmt.Appendf(nil, "Task %d blocked for %v of a second.\n", item, random.Float64()))
	}
	whole := slices.Concat(lines...)
	logs := map[string][]byte{
		"no damage":                    whole,
		"an empty line after each":     bytes.ReplaceAll(whole, []byte("\n"), []byte("\n\n")),
		"junk in front and at the end": slices.Concat([]byte("junk\n"), whole, []byte("Task 3")),
		"a hole":                       overwrite(whole, 90, make([]byte, 70)),
	}
	for round := range 50 {
		log := slices.Clone(whole)
		for range 1 + random.IntN(10) {
			copy(log[random.IntN(len(log)):], lines[random.IntN(items)])
		}
		logs[fmt.Sprintf("overwritten, round %d", round)] = log
	}
	for name, log := range logs {
		var want workload.Waits
		for line := range bytes.Lines(log) {
			text, complete := bytes.CutSuffix(line, []byte("\n"))
			for item := range items {
				if wait, ok := workload.ParseTask(text, item); ok && complete {
					want.Add(wait)
				}
			}
		}
		l, err := readLog(bytes.NewReader(log), int64(len(log)), contenderLines, s.manifest)
		must(t, err)
		if l.waits != want {
			t.Errorf("%s: got the waits %+v, want %+v", name, l.waits, want)
		}
		if damaged := name != "no damage"; damaged != (l.damagedParts > 0) {
			t.Errorf("%s: got %d damaged parts", name, l.damagedParts)
		}
	}
}

// verifyLogs verifies logs of strategies with append.
func verifyLogs(t *testing.T, s specimen, cases []logCase) {
	verifyLogsOf(t, s, make([]uint32, len(s.contents)), cases)
}

// verifyContenderLogs verifies logs of a contender with append.
func verifyContenderLogs(t *testing.T, s specimen, cases []logCase) { verifyLogsOf(t, s, nil, cases) }

// verifyLogsOf verifies logs, first under the default sink and then under "unlocked". digests are
// nil for a contender.
func verifyLogsOf(t *testing.T, s specimen, digests []uint32, cases []logCase) {
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			site := Site{Workload: s.workload, Manifest: s.manifest, Output: t.TempDir(), Dirs: plainDirs{}}
			must(t, os.WriteFile(appending{}.Info().OutputPath(site.Output), test.log, 0o644))
			if test.words == nil {
				checkOutcome(t, appending{}, site, digests)
			} else {
				expectRefused(t, appending{}, site, digests, test.words...)
			}
			site.Sink = SinkUnlocked
			outcome, err := appending{}.Verify(site, digests)
			if outcome.CorruptItems != test.corrupt {
				t.Errorf("got %d corrupt items, want %d", outcome.CorruptItems, test.corrupt)
			}
			if (err != nil) != (test.corrupt == len(s.contents)) {
				t.Errorf("got error %v; corruption is an error only if no record is complete", err)
			}
		})
	}
}

// overwrite returns a copy of log with other bytes at a position.
func overwrite(log []byte, at int, with []byte) []byte {
	log = slices.Clone(log)
	copy(log[at:], with)
	return log
}

// TestRecordsSurviveAroundDamage overwrites logs at random and compares the counts with a plain
// search. An undamaged log has no corrupt items.
func TestRecordsSurviveAroundDamage(t *testing.T) {
	rows := workload.Workload{Files: 60, Content: workload.ContentRows, Lines: 4, Values: 3}
	made := make([][]byte, rows.Files)
	for item := range made {
		made[item] = content(t, rows, item)
	}
	for _, s := range []specimen{specimenOf(rows, made), lineSpecimen(t, 120)} {
		whole := s.whole()
		if l := s.read(t, whole); l.damagedParts != 0 {
			t.Errorf("%s: a complete log is reported as damaged %s", s.workload.Content, l.firstDamage)
		}
		rounds := 300
		if testing.Short() {
			rounds = 30
		}
		random := rand.New(rand.NewPCG(1, 2))
		for round := range rounds {
			log := slices.Clone(whole)
			for range min(round, 1+random.IntN(10)) {
				copy(log[random.IntN(len(log)):], s.record(random.IntN(len(s.contents))))
			}
			want := 0
			for item := range s.contents {
				if s.count(log, item) != 1 {
					want++
				}
			}
			if got, _ := s.read(t, log).corrupt(); got != want {
				t.Fatalf("%s: got %d corrupt items, want %d", s.workload.Content, got, want)
			}
		}
	}
}

// TestWindowEdges reads records that are larger than the window, and words that cross its edge.
func TestWindowEdges(t *testing.T) {
	text := []byte(strings.Repeat(".", 130) + "record " + strings.Repeat("-", 300))
	for size := 48; size < 200; size++ {
		w := window{from: bytes.NewReader(text), size: int64(len(text)), buf: make([]byte, size)}
		at, err := w.find(3, recordPrefix)
		must(t, err)
		if at != 130 {
			t.Fatalf("window of %d: got position %d, want 130", size, at)
		}
		crc, err := w.crc(5, 400)
		must(t, err)
		if crc != crcOf(text[5:405]) {
			t.Fatalf("window of %d: wrong checksum", size)
		}
	}
}

// FuzzLog checks that reading any log ends, and that it never counts more complete records than the
// text contains.
func FuzzLog(f *testing.F) {
	s := framedSpecimen()
	for item := range s.contents {
		f.Add(s.record(item))
	}
	f.Add(s.whole())
	f.Add(s.whole()[7:])
	f.Add([]byte("record 0 16\nrecord 0 16\nrecord 1 5\nhello\n"))
	f.Fuzz(func(t *testing.T, log []byte) {
		l := s.read(t, log)
		total := 0
		for item, n := range l.found {
			if n > s.count(log, item) {
				t.Errorf("item %d: got %d records, want at most %d", item, n, s.count(log, item))
			}
			total += n * len(s.record(item))
		}
		if total > len(log) || (total == len(log)) != (l.damagedParts == 0) {
			t.Errorf("%d bytes of records and %d damaged stretches in a log of %d bytes", total, l.damagedParts, len(log))
		}
	})
}

// FuzzLineLog checks that the counts for lines equal the counts of a plain search, for any log.
func FuzzLineLog(f *testing.F) {
	s := lineSpecimen(f, 12)
	f.Add(s.whole())
	f.Add(s.whole()[7:])
	f.Add(slices.Concat(s.records(11, 11, 3), []byte("\n\nTask 1"), s.records(1)))
	f.Add([]byte("Task 1 Task 1 \nTask 999999999999999999 \n"))
	f.Fuzz(func(t *testing.T, log []byte) {
		l := s.read(t, log)
		total := 0
		for item, n := range l.found {
			if want := s.count(log, item); n != want {
				t.Errorf("item %d: got %d records, want %d", item, n, want)
			}
			total += n * len(s.record(item))
		}
		if total > len(log) || (total == len(log)) != (l.damagedParts == 0) {
			t.Errorf("%d bytes of lines and %d damaged stretches in a log of %d bytes", total, l.damagedParts, len(log))
		}
	})
}
