package workload

import (
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestSurveyOfATree(t *testing.T) {
	tree := makeTree(t)
	m, err := Survey(context.Background(), Workload{From: tree})
	must(t, err)
	if want := []string{"a", "a b", "a/b", "a/b/c", "hollow", "hollow/inside", "zz"}; !reflect.DeepEqual(m.Dirs, want) {
		t.Errorf("directories %q, want %q", m.Dirs, want)
	}
	for i, file := range m.All() {
		data, err := os.ReadFile(filepath.Join(tree, filepath.FromSlash(file.Name)))
		must(t, err)
		if file.Size != int64(len(data)) || file.CRC != crc32.ChecksumIEEE(data) {
			t.Errorf("%q: size %d and checksum %08x do not match the file", file.Name, file.Size, file.CRC)
		}
		if i > 0 && m.File(i-1).Name >= file.Name {
			t.Errorf("%q comes before %q", m.File(i-1).Name, file.Name)
		}
	}
	if m.Len() < 8 {
		t.Errorf("only %d files found", m.Len())
	}
}

func TestSurveyOfMadeContent(t *testing.T) {
	w := Workload{Files: 7, Content: ContentRandom, Lines: 9, Values: 2, Seed: 5}
	m, err := Survey(context.Background(), w)
	must(t, err)
	for item, file := range m.All() {
		data := content(t, w, item)
		if file.Name != itemName(w, item) || file.Size != int64(len(data)) || file.CRC != crc32.ChecksumIEEE(data) {
			t.Errorf("item %d: %+v does not match its content", item, file)
		}
	}
}

func TestSurveyRefusals(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	tests := []struct {
		name string
		ctx  context.Context
		w    Workload
		word string
	}{
		{"an empty tree", context.Background(), Workload{From: t.TempDir()}, "contains no files"},
		{"no tree", context.Background(), Workload{From: filepath.Join(t.TempDir(), "none")}, "none"},
		{"no files", context.Background(), Workload{Content: ContentRows}, "at least 1"},
		{"unknown content", context.Background(), Workload{Files: 1, Content: "x"}, `"x"`},
		{"cancelled", cancelled, Workload{Files: 10, Content: ContentBytes}, context.Canceled.Error()},
	}
	for _, test := range tests {
		if _, err := Survey(test.ctx, test.w); err == nil || !strings.Contains(err.Error(), test.word) {
			t.Errorf("%s: error %v does not say %q", test.name, err, test.word)
		}
	}
}

// hostile contains every kind of name that a line-based format may handle wrongly.
var hostile = hostileManifest()

func hostileManifest() *Manifest {
	m := NewManifest(
		File{Name: "a/plain", Size: 1 << 40, CRC: 0xffffffff, Mode: 0o777},
		File{Name: "new\nline\r\n", Size: 0, CRC: 0, Mode: 0},
		File{Name: "not utf-8 \xff\xfe\x80", Mode: 0o644},
		File{Name: "\ufffd is a real one", Mode: 0o600},
		File{Name: `quo"te and back\slash`, Mode: 0o644},
		File{Name: "nul-ish \x01 \x7f and \u2028", Mode: 0o644},
		File{Name: "..dots", Mode: 0o644},
	)
	m.Dirs = []string{"a", "a/b\nc", " ", `"`}
	m.Skipped = []string{"a/li\tnk"}
	return m
}

func TestManifestRoundTrip(t *testing.T) {
	for _, m := range []*Manifest{hostile, {}, NewManifest(File{Name: "one"})} {
		var file bytes.Buffer
		n, err := m.WriteTo(&file)
		must(t, err)
		if n != int64(file.Len()) {
			t.Errorf("WriteTo returned %d bytes, but wrote %d", n, file.Len())
		}
		back, err := ReadManifest(bytes.NewReader(file.Bytes()))
		must(t, err)
		if !reflect.DeepEqual(back, m) {
			t.Errorf("read %+v, want %+v", back, m)
		}
	}
}

// TestIncompleteManifestIsRefused reads every prefix of a file. A worker that reads a part of
// the file must not accept a part of the work.
func TestIncompleteManifestIsRefused(t *testing.T) {
	var file bytes.Buffer
	_, err := hostile.WriteTo(&file)
	must(t, err)
	for n := range file.Len() {
		if _, err := ReadManifest(bytes.NewReader(file.Bytes()[:n])); err == nil {
			t.Fatalf("accepted the first %d of %d bytes", n, file.Len())
		}
	}
}

func TestManifestRefusals(t *testing.T) {
	file := func(line string) string {
		return manifestHeader + "\ndirs 0\nfiles 1\n" + line + "\nskipped 0\n"
	}
	tests := []struct{ text, words string }{
		{"something else\n", `line 1: found "something else", expected "iosweep manifest 1"`},
		{manifestHeader + "\nfiles 0\n", `line 2: found "files 0"`},
		{manifestHeader + "\ndirs 2000000000\n", "line 3: ends too early"},
		{manifestHeader + "\ndirs 4000000000\n", `line 2: found "dirs 4000000000"`},
		{file(`1 ff 644 "../up"`), `line 4: name "../up" leads out`},
		{file(`1 ff 644 "/etc/passwd"`), `line 4: name "/etc/passwd" leads out`},
		{file(`1 ff 644 "."`), `line 4: name "." leads out`},
		{file(`1 ff 644 ""`), `line 4: name "" leads out`},
		{file(`1 ff 644 plain`), "line 4: found \"plain\", expected a name in double quotes"},
		{file(`1 ff 644 "a`), "line 4: name"},
		{file(`-1 ff 644 "a"`), `line 4: size "-1"`},
		{file(`1 fff000fff 644 "a"`), `line 4: checksum "fff000fff"`},
		{file(`1 ff 7777 "a"`), `line 4: permissions "7777"`},
		{file(`1 ff 644 "a"`) + "more\n", "line 6: expected the end"},
	}
	for _, test := range tests {
		if _, err := ReadManifest(strings.NewReader(test.text)); err == nil || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%q: error %v does not contain %q", test.text, err, test.words)
		}
	}
}

func TestManifestWriteErrorIsReported(t *testing.T) {
	if _, err := hostile.WriteTo(brokenWriter{}); !errors.Is(err, errBroken) {
		t.Errorf("got error %v, want the error of the writer", err)
	}
}

var errBroken = errors.New("broken")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

// FuzzReadManifest: no input must cause a panic, and accepted input must survive a round trip.
func FuzzReadManifest(f *testing.F) {
	var file bytes.Buffer
	if _, err := hostile.WriteTo(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte(manifestHeader + "\ndirs 1\n\"a\"\nfiles 1\n3 1 644 \"a/b\"\nskipped 0\n"))
	f.Add([]byte(manifestHeader + "\ndirs 0\nfiles 9\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ReadManifest(bytes.NewReader(text))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if _, err := m.WriteTo(&again); err != nil {
			t.Fatal(err)
		}
		back, err := ReadManifest(&again)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back, m) {
			t.Errorf("read %+v, want %+v", back, m)
		}
	})
}

func BenchmarkReadManifest(b *testing.B) {
	file := million(b)
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadManifest(bytes.NewReader(file.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}

// million returns the manifest file of a million generated items.
func million(tb testing.TB) *bytes.Buffer {
	var made manifestBuilder
	for i := range 1_000_000 {
		made.add(&File{Name: itemName(published, i), Size: 239_034, CRC: uint32(i) * 2654435761, Mode: generatedMode})
	}
	var file bytes.Buffer
	_, err := made.manifest().WriteTo(&file)
	must(tb, err)
	return &file
}
