package bundle

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iosweep/journal"
)

var testOptions = Options{Version: "1.0.0", Platform: "linux/amd64", Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}

// resultsOf returns a results directory with a journal of journal/testdata.
func resultsOf(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "journal", "testdata", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, journalName), data)
	return dir
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// bundled writes the bundle of a results directory and returns its path.
func bundled(t *testing.T, dir string, opt Options) (string, *Summary) {
	t.Helper()
	var b bytes.Buffer
	s, err := Write(&b, dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "run.zip")
	write(t, path, b.Bytes())
	return path, s
}

func opened(t *testing.T, path string) *Bundle {
	t.Helper()
	b, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// failedChecks returns the names of the checks that found a problem.
func failedChecks(t *testing.T, b *Bundle, head, version string) string {
	t.Helper()
	v, err := b.Verify(head, version, testOptions.Platform)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range v.Checks {
		if c.Problems != nil {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, " ")
}

// TestBundlesOfEveryFormatAreVerified bundles journals of all formats, twice.
func TestBundlesOfEveryFormatAreVerified(t *testing.T) {
	for _, name := range []string{"format-1", "format-2", "extended", "expected", "profiled"} {
		dir := resultsOf(t, name)
		path, s := bundled(t, dir, testOptions)
		if failed := failedChecks(t, opened(t, path), s.Head, "1.0.0"); failed != "" {
			t.Errorf("%s: the checks %s failed", name, failed)
		}
		again, _ := bundled(t, dir, testOptions)
		a, _ := os.ReadFile(path)
		b, _ := os.ReadFile(again)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: a second bundle has other bytes", name)
		}
	}
}

// tampered changes a bundle. With resum, the metadata gets the new checksums.
func tampered(t *testing.T, b *Bundle, resum bool, change func(f *File)) *Bundle {
	t.Helper()
	other := &Bundle{Files: slices.Clone(b.Files)}
	meta := string(b.File(metadataName).Data)
	for i := range other.Files {
		f := &other.Files[i]
		if f.Name == metadataName {
			continue
		}
		before := sha256.Sum256(f.Data)
		f.Data = slices.Clone(f.Data)
		change(f)
		if after := sha256.Sum256(f.Data); resum {
			meta = strings.ReplaceAll(meta, hex.EncodeToString(before[:]), hex.EncodeToString(after[:]))
		}
	}
	other.File(metadataName).Data = []byte(meta)
	return other
}

func in(name, old, changed string) func(*File) {
	return func(f *File) {
		if f.Name == name {
			f.Data = bytes.Replace(f.Data, []byte(old), []byte(changed), 1)
		}
	}
}

// withoutTrial leaves out the last trial of a journal.
func withoutTrial(f *File) {
	if f.Name != journalName {
		return
	}
	lines := bytes.SplitAfter(f.Data, []byte("\n"))
	for i, line := range slices.Backward(lines) {
		if bytes.Contains(line, []byte(`"entry":{"trial"`)) {
			f.Data = bytes.Join(slices.Delete(lines, i, i+1), nil)
			return
		}
	}
}

func TestTamperedBundlesAreRefused(t *testing.T) {
	dir := resultsOf(t, "profiled")
	path, _ := bundled(t, dir, testOptions)
	b := opened(t, path)
	for _, test := range []struct {
		name   string
		resum  bool
		change func(*File)
		want   string
	}{
		{"a digit of the journal", false, in(journalName, `"seconds":0.0`, `"seconds":0.1`), "files chain journal"},
		{"a digit of the journal and its checksum", true, in(journalName, `"seconds":0.0`, `"seconds":0.1`), "chain journal"},
		{"a dropped trial", true, withoutTrial, "chain reports"},
		{"summary.csv", true, in("summary.csv", ",ok,", ",xx,"), "reports"},
		{"the experiment", true, in(experimentName, "name:", "name: "), "experiment"},
		{"a report", false, in("report.md", "cells", "cellz"), "files reports"},
	} {
		if got := failedChecks(t, tampered(t, b, test.resum, test.change), "", "1.0.0"); got != test.want {
			t.Errorf("%s: the checks %q failed, want %q", test.name, got, test.want)
		}
	}
}

// TestForgedBundleHasAnotherHead makes a bundle of a changed journal, as its author can.
func TestForgedBundleHasAnotherHead(t *testing.T) {
	dir := resultsOf(t, "profiled")
	_, s := bundled(t, dir, testOptions)
	record, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	changed, err := journal.Rewrite(record, func(entry []byte) []byte {
		return bytes.Replace(entry, []byte(`"seconds":0.0`), []byte(`"seconds":0.1`), 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, journalName), changed)
	forged, _ := bundled(t, dir, testOptions)
	if failed := failedChecks(t, opened(t, forged), "", "1.0.0"); failed != "" {
		t.Errorf("the checks %s failed", failed)
	}
	if failed := failedChecks(t, opened(t, forged), s.Head, "1.0.0"); failed != "chain" {
		t.Errorf("with the published head, the checks %q failed, want chain", failed)
	}
}

// TestOtherVersionComparesColumns checks a bundle of another version, with a column of its own.
func TestOtherVersionComparesColumns(t *testing.T) {
	path, s := bundled(t, resultsOf(t, "profiled"), testOptions)
	b := opened(t, path)
	added := tampered(t, b, true, func(f *File) {
		if f.Name == "summary.csv" {
			f.Data = bytes.ReplaceAll(f.Data, []byte("\n"), []byte(",new\n"))
		}
	})
	if failed := failedChecks(t, added, s.Head, "2.0.0"); failed != "" {
		t.Errorf("the checks %s failed", failed)
	}
	if failed := failedChecks(t, tampered(t, b, true, in("summary.csv", ",ok,", ",xx,")), s.Head, "2.0.0"); failed != "reports" {
		t.Errorf("the checks %q failed, want reports", failed)
	}
}

func TestScriptsAreChecked(t *testing.T) {
	dir := resultsOf(t, "format-1")
	script := []byte("print('home/alice')\n")
	sum := sha256.Sum256(script)
	record, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	record, err = journal.Rewrite(record, func(entry []byte) []byte {
		if !bytes.HasPrefix(entry, []byte(`{"run"`)) {
			return entry
		}
		command := `{"run":{"commands":[{"name":"py","operation":"write","run":["python3","{here}/a b.py"],"scripts":{"a b.py":"` + hex.EncodeToString(sum[:]) + `"}}],`
		return append([]byte(command), bytes.TrimPrefix(entry, []byte(`{"run":{`))...)
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, journalName), record)
	if err := os.MkdirAll(filepath.Join(dir, "files", "here"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "files", "here", "a b.py"), script)
	path, _ := bundled(t, dir, testOptions)
	b := opened(t, path)
	if failed := failedChecks(t, b, "", "1.0.0"); failed != "" {
		t.Errorf("the checks %s failed", failed)
	}
	if failed := failedChecks(t, tampered(t, b, true, in("files/here/a b.py", "alice", "mallory")), "", "1.0.0"); failed != "scripts" {
		t.Errorf("the checks %q failed, want scripts", failed)
	}
}

func TestRedactedBundleTellsNoPlace(t *testing.T) {
	dir := resultsOf(t, "profiled")
	log, err := journal.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	run := &log.Run
	opt := testOptions
	opt.Redact = true
	path, s := bundled(t, dir, opt)
	b := opened(t, path)
	if failed := failedChecks(t, b, s.Head, "1.0.0"); failed != "" {
		t.Errorf("the checks %s failed", failed)
	}
	secrets := append([]string{run.Machine.Host, run.Origin.Dir, run.Origin.File, dir}, run.Workspaces...)
	for _, f := range b.Files {
		for _, secret := range secrets {
			if len(secret) > 1 && !isCommon(secret) && bytes.Contains(f.Data, []byte(secret)) {
				t.Errorf("%s contains %q", f.Name, secret)
			}
		}
	}
}

func TestRedactedText(t *testing.T) {
	run := journal.Run{Name: "x", Origin: journal.Origin{Dir: "/home/alice/my work", File: "/home/alice/my work/x.yaml"}, Workspaces: []string{"/mnt/fast disk"}}
	run.Machine.Host = "node7.example.org"
	r := newRedactor(&journal.Log{Run: run}, "/srv/out")
	for text, want := range map[string]string{
		"/home/alice/my work/x.yaml:3":         "/redacted/1:3",
		"in '/mnt/fast disk/.iosweep-1/a' and": "in '/redacted/2' and",
		"python3 /opt/tool/run.py --n=/etc/x.": "python3 /redacted/3 --n=/redacted/4.",
		"see https://example.org/a/b":          "see https://example.org/a/b",
		"file:///var/lib/x":                    "file:///redacted/5",
		"12 files/s of 3/4 and a / b":          "12 files/s of 3/4 and a / b",
		"/usr/bin/sort < /dev/null":            "/usr/bin/sort < /dev/null",
		"host node7 (node7.example.org)":       "host host-2 (host-1)",
		"{input}/. and {here}/a.py":            "{input}/. and {here}/a.py",
		`C:\Users\alice\x y`:                   "/redacted/6 y",
		"alice wrote malice":                   "user wrote malice",
	} {
		got := r.text(text)
		for i := range 20 { // the numbers depend on the order
			got = strings.ReplaceAll(got, redactedDir+string(rune('1'+i)), redactedDir+"N")
			want = strings.ReplaceAll(want, redactedDir+string(rune('1'+i)), redactedDir+"N")
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestHostileArchivesAreRefused(t *testing.T) {
	for name, entries := range map[string][]zip.FileHeader{
		"outside":   {{Name: "../x"}},
		"absolute":  {{Name: "/etc/x"}},
		"backslash": {{Name: `a\..\x`}},
		"two":       {{Name: "a"}, {Name: "A"}},
		"no bundle": {{Name: "a"}},
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, e := range entries {
			if _, err := z.CreateHeader(&e); err != nil {
				t.Fatal(err)
			}
		}
		z.Close()
		path := filepath.Join(t.TempDir(), "x.zip")
		write(t, path, b.Bytes())
		if _, err := Open(path); err == nil {
			t.Errorf("%s: it was opened", name)
		}
	}
	link := zip.FileHeader{Name: "link"}
	link.SetMode(fs.ModeSymlink | 0o777)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if _, err := z.CreateHeader(&link); err != nil {
		t.Fatal(err)
	}
	z.Close()
	path := filepath.Join(t.TempDir(), "x.zip")
	write(t, path, b.Bytes())
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "symbolic link") {
		t.Errorf("a link: %v", err)
	}
}
