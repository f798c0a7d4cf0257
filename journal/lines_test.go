package journal

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// zeroBytes is an endless reader of zeros.
type zeroBytes struct{}

func (zeroBytes) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestZerosTakeNoMemory reads zeros after a journal. Up to the length of a line they are
// a torn line, and more is damage. Neither takes memory.
func TestZerosTakeNoMemory(t *testing.T) {
	whole := write(t)
	begun := append(bytes.Clone(whole), `{"length":200000000,"crc32c":"00000000","entry":{"note":`...)
	for _, test := range []struct {
		name  string
		begin []byte
		zeros int64
		torn  int64 // -1: damage
	}{
		{"after the last line", whole, maxTail, maxTail},
		{"after the last line, and more", whole, maxTail + 1<<18, -1},
		{"after the last line, without an end", whole, 1 << 50, -1},
		{"in a line", begun, 100 << 20, 100<<20 + int64(len(begun)-len(whole))},
		{"in a line, without an end", begun, 1 << 50, -1},
		{"in place of the last line feed", whole[:len(whole)-1], 100 << 20, 100 << 20},
	} {
		if testing.Short() && test.zeros > 1<<20 {
			continue
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		log, err := Read(io.MultiReader(bytes.NewReader(test.begin), io.LimitReader(zeroBytes{}, test.zeros)))
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
			t.Errorf("%s: reading took %d bytes of memory", test.name, took)
		}
		var damage *DamageError
		switch {
		case test.torn < 0 && (!errors.As(err, &damage) || damage.Line != 5 || damage.Offset != int64(len(whole))):
			t.Errorf("%s: got %v, want damage in line 5", test.name, err)
		case test.torn >= 0 && (err != nil || int64(log.Torn) != test.torn || len(entriesOf(log)) != 4):
			t.Errorf("%s: got %v, %v, want %d bytes torn", test.name, log, err, test.torn)
		}
	}
}

// TestLineIsNoLongerThanAnnounced checks that bytes after the announced length are not
// read.
func TestLineIsNoLongerThanAnnounced(t *testing.T) {
	whole := write(t)
	for _, test := range []struct{ name, line, want string }{
		{"longer than announced", `{"length":300000,"crc32c":"00000000","entry":`, "continues after the 300047 bytes"},
		{"nothing announced", `{"run":`, "does not begin with"},
		{"more than a line has", `{"length":268435457,"crc32c":"00000000","entry":`, "not a number from 1 to 268435456"},
	} {
		endless := io.LimitReader(filler{}, 1<<40)
		_, err := Read(io.MultiReader(bytes.NewReader(whole), strings.NewReader(test.line), endless))
		var damage *DamageError
		if !errors.As(err, &damage) || damage.Line != 5 || !strings.Contains(damage.Reason, test.want) {
			t.Errorf("%s: got %v, want damage in line 5 with %q", test.name, err, test.want)
		}
	}
	// A line that is too long to read is not written.
	if err := fits(maxLine); err == nil || !strings.Contains(err.Error(), "a line has room for 268435392") {
		t.Errorf("got %v, want an error that the line is too long", err)
	}
}

// filler is an endless reader of text.
type filler struct{}

func (filler) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestSectorsOfLongLine clears sectors of a line that is longer than the read buffer.
func TestSectorsOfLongLine(t *testing.T) {
	head := encode(t, sampleEntries()[0])
	line := encode(t, Entry{Trial: &Trial{Trial: 1, Round: 1, Phase: Measured, Status: Failed, Stderr: strings.Repeat("disk failure ", 100_000)}})
	whole := append(bytes.Clone(head), line...)
	log, err := Read(bytes.NewReader(whole))
	if err != nil || len(log.Trials) != 1 {
		t.Fatalf("got %v, %v, want one trial", log, err)
	}
	at := func(sector int) int { return (len(head)/sectorSize + 1 + sector) * sectorSize }
	for _, test := range []struct {
		name     string
		from, to int
		torn     bool
	}{
		{"one sector", at(1000), at(1001), true},
		{"many sectors", at(1), at(2000), true},
		{"from the beginning", len(head), at(1500), true},
		{"to the end", at(700), len(whole), true},
		{"a byte too many", at(1000), at(1001) + 1, false},
		{"a byte too few", at(1000) + 1, at(1001), false},
	} {
		bad := bytes.Clone(whole)
		clear(bad[test.from:test.to])
		log, err := Read(bytes.NewReader(bad))
		var damage *DamageError
		switch {
		case test.torn && (err != nil || len(log.Trials) != 0 || log.Torn != len(line)):
			t.Errorf("%s: got %v, %v, want it torn", test.name, log, err)
		case !test.torn && !errors.As(err, &damage):
			t.Errorf("%s: got %v, want damage", test.name, err)
		}
	}
}

// TestLineEndsOfGit reads journals whose line ends git has converted. A run that is resumed then
// has lines of both kinds.
func TestLineEndsOfGit(t *testing.T) {
	git := func(data []byte) []byte { return bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")) }
	journals := [][]byte{write(t)}
	// The line end of the first line is before, across and after the end of the buffer.
	for size := 1<<18 - 3; size <= 1<<18+1; size++ {
		run := &Run{Version: FormatVersion, ID: "r1", Cells: []Cell{{Name: "a"}}}
		for missing := size; missing != 0; missing = size + len("\n") - len(encode(t, Entry{Run: run})) {
			run.Description = strings.Repeat("x", len(run.Description)+missing)
		}
		journals = append(journals, encode(t, Entry{Run: run}, failedTrial(1, 0)))
	}
	for _, data := range journals {
		want, err := Read(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		middle := bytes.IndexByte(data, '\n') + 1
		for _, converted := range [][]byte{git(data), append(git(data[:middle]), data[middle:]...)} {
			log, err := Read(bytes.NewReader(converted))
			if err != nil {
				t.Errorf("%d bytes: %v", len(data), err)
				continue
			}
			if diff := cmp.Diff(entriesOf(want), entriesOf(log)); diff != "" || log.Torn != 0 || log.End != int64(len(converted)) {
				t.Errorf("%d bytes, end %d, %d torn: %s", len(converted), log.End, log.Torn, diff)
			}
		}
	}
}

// TestRewrittenJournals reads journals that another program has changed. The error must name the
// cause.
func TestRewrittenJournals(t *testing.T) {
	whole := string(write(t))
	first, rest, _ := strings.Cut(whole, "\n")
	wide := func(text string) string { // in UTF-16, without a byte order mark
		return string(bytes.Join(bytes.Split([]byte(text), nil), []byte{0})) + "\x00"
	}
	long := strings.Repeat(whole, 1+1<<18/len(whole)) // longer than the buffer
	for name, test := range map[string]struct{ text, want string }{
		"byte order mark":              {"\xef\xbb\xbf" + whole, "byte order mark"},
		"UTF-16, little-endian":        {"\xff\xfe" + wide(whole), "UTF-16"},
		"UTF-16, big-endian":           {"\xfe\xff\x00" + wide(whole), "UTF-16"},
		"UTF-16, without a mark":       {wide(whole), "UTF-16"},
		"carriage returns":             {strings.ReplaceAll(whole, "\n", "\r"), "tr '\\r' '\\n'"},
		"carriage returns, long":       {strings.ReplaceAll(long, "\n", "\r"), "tr '\\r' '\\n'"},
		"two carriage returns":         {strings.ReplaceAll(whole, "\n", "\r\r\n"), "blanks or carriage returns"},
		"blanks at the end of lines":   {strings.ReplaceAll(whole, "\n", " \n"), "blanks or carriage returns"},
		"blank at the beginning":       {" " + whole, "blanks or carriage returns"},
		"empty line at the end":        {whole + "\n", "empty line"},
		"empty lines at the end, CRLF": {whole + "\r\n\r\n", "empty line"},
		"empty line in the middle":     {first + "\n\n" + rest, "empty line"},
		"blanks at the end":            {whole + "  ", "empty line"},
		"conflict":                     {first + "\n<<<<<<< HEAD\n" + rest + "=======\n>>>>>>> other\n", "conflict"},
		"compressed":                   {"\x1f\x8b\x08\x00", "gzip -d"},
		"pointer of Git LFS":           {"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull"},
		"other blanks":                 {strings.ReplaceAll(whole, `":`, `": `), "other blanks"},
		"indented":                     {"{\n  " + whole[1:], "other blanks"},
	} {
		_, err := Read(strings.NewReader(test.text))
		var damage *DamageError
		if !errors.As(err, &damage) || !strings.Contains(damage.Reason, test.want) {
			t.Errorf("%s: got %v, want damage with %q", name, err, test.want)
		}
	}
}
