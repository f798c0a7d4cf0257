package bundle

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
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

// describePlan writes plan.json and environment.json of a run, as the runner does.
func describePlan(t *testing.T, dir string) {
	t.Helper()
	log, err := journal.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	run := &log.Run
	plan := map[string]any{"plan_hash": run.PlanHash, "seed": run.Seed, "order": run.Order, "profile": run.Profile, "overrides": run.Overrides, "only": run.Only, "cells": run.Cells}
	for name, v := range map[string]any{planName: plan, environmentName: struct {
		journal.Machine
		Programs map[string]string `json:"programs"`
	}{run.Machine, run.Programs}} {
		data, err := json.MarshalIndent(v, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), data)
	}
}

func TestTamperedBundlesAreRefused(t *testing.T) {
	dir := resultsOf(t, "profiled")
	describePlan(t, dir)
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
		{"the experiment", true, in(experimentName, "name", "NAME"), "experiment"},
		{"a report", false, in("report.md", "cells", "cellz"), "files reports"},
		{"the README", true, in(readmeName, "iosweep reproduce", "iosweep delete"), "reports"},
		{"the seed of the plan", true, in(planName, `"seed"`, `"SEAT"`), "experiment"},
		{"a level of the plan", true, in(planName, `"operation": "`, `"operatiox": "`), "experiment"},
		{"the machine", true, in(environmentName, `"host": "`, `"hose": "`), "experiment"},
	} {
		if got := failedChecks(t, tampered(t, b, test.resum, test.change), "", "1.0.0"); got != test.want {
			t.Errorf("%s: the checks %q failed, want %q", test.name, got, test.want)
		}
	}
}

// TestMetadataFollowsFromTheJournal changes values of the metadata, and adds what authors may add.
func TestMetadataFollowsFromTheJournal(t *testing.T) {
	path, s := bundled(t, resultsOf(t, "profiled"), testOptions)
	for _, test := range []struct{ old, changed, want string }{
		{`"@graph": [`, `"@graph": [{"@id": "#alice", "@type": "Person", "value": 5},`, ""},
		{`"hasPart": [`, `"author": {"@id": "#alice"}, "hasPart": [{"@id": "#more"},`, ""},
		{`"name": "iosweep",`, `"name": "other",`, "reports"},
		{`"endTime": "2`, `"endTime": "3`, "reports"},
		{`"contentSize": "`, `"contentSize": "9`, "reports"},
		{`"Process Run Crate"`, `7`, "reports"},
	} {
		b := opened(t, path)
		meta := b.File(metadataName)
		changed := bytes.Replace(meta.Data, []byte(test.old), []byte(test.changed), 1)
		if bytes.Equal(changed, meta.Data) {
			t.Errorf("the metadata has no %s", test.old)
		}
		meta.Data = changed
		if got := failedChecks(t, b, s.Head, "1.0.0"); got != test.want {
			t.Errorf("%s: the checks %q failed, want %q", test.changed, got, test.want)
		}
	}
	for _, text := range []string{``, `[]`, `{"@graph":{}}`, `{"@graph":[5]}`, `{"@graph":[{"@id":"#journal-chain","value":5},{"@id":"a","@type":"File"}]}`} {
		b := opened(t, path)
		b.File(metadataName).Data = []byte(text)
		if _, err := b.Verify("", "1.0.0", testOptions.Platform); err == nil || strings.Contains(err.Error(), "Go ") {
			t.Errorf("%q: %v", text, err)
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
	for _, change := range []func(*File){
		in("summary.csv", ",ok,", ",xx,"),
		in("summary.csv", "operation,", "other,"), // renamed
		func(f *File) {
			if f.Name == "summary.csv" {
				f.Name = "other.csv"
			}
		},
		func(f *File) {
			if f.Name == "report.md" {
				f.Name = "report.sh" // no version has such a report
			}
		},
	} {
		b := tampered(t, b, true, change)
		meta := b.File(metadataName)
		if b.File("other.csv") != nil {
			meta.Data = bytes.ReplaceAll(meta.Data, []byte(`"summary.csv"`), []byte(`"other.csv"`))
		}
		if b.File("report.sh") != nil {
			meta.Data = bytes.ReplaceAll(meta.Data, []byte(`"report.md"`), []byte(`"report.sh"`))
		}
		if failed := failedChecks(t, b, s.Head, "2.0.0"); failed != "reports" {
			t.Errorf("the checks %q failed, want reports", failed)
		}
	}
}

// withScripts returns a results directory with the scripts of a contender, by their paths in the experiment.
func withScripts(t *testing.T, scripts map[string]string) string {
	t.Helper()
	dir := resultsOf(t, "format-1")
	sums := map[string]string{"absent.py": strings.Repeat("0", 64), "made.py": journal.MissingScript}
	for name, text := range scripts {
		sum := sha256.Sum256([]byte(text))
		sums[name] = hex.EncodeToString(sum[:])
		path := filepath.Join(dir, "files", "up", "here", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, []byte(text))
	}
	path := filepath.Join(dir, journalName)
	record, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	command, err := json.Marshal([]journal.Command{{Name: "py", Operation: "write", Run: []string{"python3", "{here}/a b.py"}, Scripts: sums}})
	if err != nil {
		t.Fatal(err)
	}
	record, err = journal.Rewrite(record, func(entry []byte) []byte {
		rest, ok := bytes.CutPrefix(entry, []byte(`{"run":{`))
		if !ok {
			return entry
		}
		rest = bytes.Replace(rest, []byte(`"origin":{`), []byte(`"origin":{"file":"/x/y.yaml",`), 1)
		if !bytes.Contains(rest, []byte(`"origin"`)) {
			rest = append([]byte(`"origin":{"file":"/x/y.yaml"},`), rest...)
		}
		return slices.Concat([]byte(`{"run":{"commands":`), command, []byte(`,`), rest)
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, record)
	return dir
}

func TestScriptsAreChecked(t *testing.T) {
	dir := withScripts(t, map[string]string{"a b.py": "print('home/alice')\n", "c.py": "print(1)\n", "../lib/d.py": "print(2)\n"})
	write(t, filepath.Join(dir, "files", "up", "here", "older.py"), nil) // of an earlier plan
	path, s := bundled(t, dir, testOptions)
	if len(s.Absent) != 1 || s.Absent[0] != "absent.py" {
		t.Errorf("no copies of %v", s.Absent)
	}
	b := opened(t, path)
	if failed := failedChecks(t, b, "", "1.0.0"); failed != "" {
		t.Errorf("the checks %s failed", failed)
	}
	if b.File("files/up/here/older.py") != nil || b.File("files/up/lib/d.py") == nil {
		t.Error("the bundle has other scripts than the journal")
	}
	for _, change := range []func(*File){
		in("files/up/here/a b.py", "alice", "carol"),
		in("files/up/here/a b.py", "print('home/alice')\n", "print(1)\n"), // another script of the run
	} {
		if got := failedChecks(t, tampered(t, b, true, change), "", "1.0.0"); got != "scripts" && got != "scripts reports" { // the metadata has the size
			t.Errorf("the checks %q failed, want scripts", got)
		}
	}
	write(t, filepath.Join(dir, "files", "up", "here", "c.py"), []byte("print(3)"))
	if _, err := Write(io.Discard, dir, testOptions); err == nil || !strings.Contains(err.Error(), "c.py was changed") {
		t.Errorf("a changed script: %v", err)
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
	run.Commands = []journal.Command{{Env: []string{"DATA=/data/of alice/x"}}}
	r := newRedactor([]byte(`"/home/alice/a /home/bob/x" '/home/zoë/y'`), nil, &journal.Log{Run: run}, "/srv/out")
	number := regexp.MustCompile(redactedDir + "[0-9]+")
	for text, want := range map[string]string{
		"/home/alice/my work/x.yaml:3":                "/redacted/N:3",
		"in '/mnt/fast disk/.iosweep-1/a' and":        "in '/redacted/N' and",
		"python3 /opt/tool/run.py --n=/etc/x.":        "python3 /redacted/N --n=/redacted/N.",
		"see https://example.org/a/b":                 "see https://example.org/a/b",
		"file:///var/lib/x":                           "file:///redacted/N",
		"12 files/s of 3/4 and a / b":                 "12 files/s of 3/4 and a / b",
		"/usr/bin/sort < /dev/null":                   "/usr/bin/sort < /dev/null",
		"host node7 (node7.example.org)":              "host host-2 (host-1)",
		"{input}/. and {here}/a.py":                   "{input}/. and {here}/a.py",
		`C:\Users\alice\x y`:                          "/redacted/N y",
		"alice wrote malice":                          "user-1 wrote malice",
		"gcc -I/opt/inc -L/home/alice/lib @/srv/args": "gcc -I/redacted/N -L/redacted/N @/redacted/N",
		"//home//alice/x and //2 and a /2":            "/redacted/N and //2 and a /redacted/N",
		"see '/home/alice/my work/a b'":               "see '/redacted/N'",
		"cannot open '/opt/my tool/a b'":              "cannot open '/redacted/N'",
		"sh -c '/usr/bin/sort a > b'":                 "sh -c '/usr/bin/sort a > b'",
		"/srv/output and /mnt/srv/out/x":              "/redacted/N and /redacted/N",
		"/mnt/fast diskette":                          "/redacted/N diskette",
		"PATH=/home/bob/bin:/srv/out/a;`/opt/x`":      "PATH=/redacted/N:/redacted/N;`/redacted/N`",
		"DATA=/data/of alice/x":                       "DATA=/redacted/N",
		"#!/opt/py/bin/python3":                       "#!/redacted/N",
		"bob, zoë and the linux node7":                "user-2, user-3 and the linux host-2",
	} {
		got := number.ReplaceAllString(r.text(text), "/redacted/N") // it depends on the order
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestRedactionKeepsWords gives a host and a user the names of keys, levels and statuses.
func TestRedactionKeepsWords(t *testing.T) {
	dir := resultsOf(t, "profiled")
	record, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	log, err := journal.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"linux", "trial", "ok", "seconds", "copy", "host"} {
		record, err := journal.Rewrite(record, func(entry []byte) []byte {
			entry = bytes.ReplaceAll(entry, []byte(`"host":"`+log.Run.Machine.Host+`"`), []byte(`"host":"`+host+`"`))
			return bytes.ReplaceAll(entry, []byte(`"dir":"`), []byte(`"dir":"/home/`+host+`/x `))
		})
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, journalName), record)
		opt := testOptions
		opt.Redact = true
		path, s := bundled(t, dir, opt)
		b := opened(t, path)
		if failed := failedChecks(t, b, s.Head, "1.0.0"); failed != "" {
			t.Errorf("%s: the checks %s failed", host, failed)
		}
		found, err := journal.Read(bytes.NewReader(b.File(journalName).Data))
		if err != nil {
			t.Fatal(err)
		}
		if found.Run.Machine.Host != "host-1" || found.Run.Machine.OS != log.Run.Machine.OS || len(found.Trials) != len(log.Trials) || found.Trials[0].Status != log.Trials[0].Status {
			t.Errorf("%s: the machine is %+v, and there are %d trials", host, found.Run.Machine, len(found.Trials))
		}
		if found.Run.Cells[0].Name != log.Run.Cells[0].Name {
			t.Errorf("%s: a cell is %s", host, found.Run.Cells[0].Name)
		}
	}
}

// TestRedactedScriptsKeepTheirNames redacts names of scripts that differ only in a user.
func TestRedactedScriptsKeepTheirNames(t *testing.T) {
	dir := withScripts(t, map[string]string{"carol.py": "#!/home/carol/bin/python\n", "bob.py": "open('/home/bob/x y')\n", "../lib/d.py": ""})
	opt := testOptions
	opt.Redact = true
	path, s := bundled(t, dir, opt)
	b := opened(t, path)
	if failed := failedChecks(t, b, s.Head, "1.0.0"); failed != "" {
		t.Errorf("the checks %s failed", failed)
	}
	v, err := b.VerifyRecord()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(b.Scripts(&v.Log.Run)); n != 3 {
		t.Errorf("the bundle has %d scripts, want 3", n)
	}
	for _, f := range b.Files {
		for _, secret := range []string{"carol", "bob", "/home"} {
			if strings.Contains(f.Name+string(f.Data), secret) {
				t.Errorf("%s contains %s", f.Name, secret)
			}
		}
	}
}

// archiveOf returns the path of an archive that is a bundle by its names and has other entries first.
func archiveOf(t *testing.T, entries ...zip.FileHeader) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range append(entries, zip.FileHeader{Name: metadataName}, zip.FileHeader{Name: journalName}) {
		if _, err := z.CreateHeader(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.zip")
	write(t, path, b.Bytes())
	return path
}

func TestHostileArchivesAreRefused(t *testing.T) {
	link := zip.FileHeader{Name: "link"}
	link.SetMode(fs.ModeSymlink | 0o777)
	for want, entries := range map[string][]zip.FileHeader{
		`"../x" is outside the archive`:     {{Name: "../x"}},
		`"/etc/x" is outside the archive`:   {{Name: "/etc/x"}},
		`is outside the archive; a bundle`:  {{Name: `a\..\x`}},
		`"../a/" is outside the archive`:    {{Name: "../a/"}},
		`it has two entries "A"`:            {{Name: "a"}, {Name: "A"}},
		`it has two entries "trials.jsonl"`: {{Name: journalName}},
		`is a symbolic link`:                {link},
	} {
		if _, err := Open(archiveOf(t, entries...)); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := Open(archiveOf(t, zip.FileHeader{Name: "a/"})); err != nil {
		t.Errorf("an archive with a directory: %v", err)
	}
}

// TestArchiveHasNothingButFiles adds data where other programs find it, or none.
func TestArchiveHasNothingButFiles(t *testing.T) {
	whole, err := os.ReadFile(archiveOf(t))
	if err != nil {
		t.Fatal(err)
	}
	directory := bytes.Index(whole, []byte("PK\x01\x02"))
	for name, data := range map[string][]byte{
		"at the end":     append(slices.Clone(whole), 'x'),
		"at the begin":   append([]byte("#!/bin/sh\n"), whole...),
		"twice":          slices.Concat(whole, whole),
		"before the end": slices.Concat(whole[:directory], []byte("hidden"), whole[directory:]),
	} {
		path := filepath.Join(t.TempDir(), "x.zip")
		write(t, path, data)
		if _, err := Open(path); err == nil {
			t.Errorf("%s: it was opened", name)
		}
	}
}

// TestContentIsBounded opens an archive of few bytes with much content.
func TestContentIsBounded(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{metadataName, journalName} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, minBytes)); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	path := filepath.Join(t.TempDir(), "x.zip")
	write(t, path, b.Bytes())
	if _, err := Open(path); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), "too much") {
		t.Error(err)
	}
}

// TestNamesOfEntriesAreCompared changes a name in the header of an entry. The directory keeps it, but programs that
// read an archive from its beginning show the other name.
func TestNamesOfEntriesAreCompared(t *testing.T) {
	path, _ := bundled(t, resultsOf(t, "profiled"), testOptions)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, bytes.Replace(data, []byte("README.md"), []byte("README.sh"), 1))
	if _, err := Open(path); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v, want ErrChanged", err)
	}
	write(t, path, data[:3000])
	if _, err := Open(path); !errors.Is(err, ErrChanged) {
		t.Errorf("an archive without its end: got %v, want ErrChanged", err)
	}
}

// TestOldExperimentIsBundled bundles a run whose journal does not have the experiment.
func TestOldExperimentIsBundled(t *testing.T) {
	dir := resultsOf(t, "format-1")
	write(t, filepath.Join(dir, experimentName), []byte("name: old\n"))
	path, _ := bundled(t, dir, testOptions)
	if f := opened(t, path).File(experimentName); f == nil || string(f.Data) != "name: old\n" {
		t.Errorf("the experiment of the bundle is %v", f)
	}
}
