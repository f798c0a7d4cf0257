package operations

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iosweep/internal/workload"
)

// An entry is an entry of an archive that a test makes.
type entry struct {
	name, content string
}

// makeArchive writes an archive with the standard library.
func makeArchive(t *testing.T, path string, entries []entry) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	w := zip.NewWriter(f)
	for _, e := range entries {
		in, err := w.Create(e.name)
		must(t, err)
		_, err = io.WriteString(in, e.content)
		must(t, err)
	}
	must(t, w.Close())
	must(t, f.Close())
}

// archiveSite returns a site for zip, with three files in two directories, and its entries.
func archiveSite(t *testing.T) (Site, []entry) {
	tree := t.TempDir()
	entries := []entry{{"a/one.txt", "one"}, {"a/two.txt", strings.Repeat("two", 1000)}, {"three.txt", ""}}
	must(t, os.Mkdir(filepath.Join(tree, "a"), 0o755))
	for _, e := range entries {
		must(t, os.WriteFile(filepath.Join(tree, filepath.FromSlash(e.name)), []byte(e.content), 0o644))
	}
	return newSite(t, zipping{}, workload.Workload{From: tree}, nil), entries
}

func TestArchiveOfAnotherProgram(t *testing.T) {
	tests := []struct {
		name   string
		change func(entries []entry) []entry
		words  []string // parts of the error; nil for a valid archive
	}{
		{"as it should be", func(e []entry) []entry { return e }, nil},
		{"in another order", func(e []entry) []entry { slices.Reverse(e); return e }, nil},
		{"with directories", func(e []entry) []entry { return append([]entry{{"a/", ""}}, e...) }, nil},
		{"with a dot in front", func(e []entry) []entry {
			for i := range e {
				e[i].name = "./" + e[i].name
			}
			return append([]entry{{"./", ""}}, e...)
		}, nil},
		{"an entry missing", func(e []entry) []entry { return e[1:] }, []string{`item 0 "a/one.txt": missing; 1 of 3 items wrong`}},
		{"an entry twice", func(e []entry) []entry { return append(e, e[1]) }, []string{`second entry "a/two.txt": should not be there`}},
		{"an extra entry", func(e []entry) []entry { return append(e, entry{"../evil", ""}) }, []string{`entry "../evil": should not be there`}},
		{"an extra directory", func(e []entry) []entry { return append(e, entry{"b/", ""}) }, []string{`entry "b/"`}},
		{"a shorter entry", func(e []entry) []entry { e[0].content = "on"; return e }, []string{`item 0 "a/one.txt": has 2 bytes, expected 3`}},
		{"a longer entry", func(e []entry) []entry { e[0].content = "onee"; return e }, []string{`item 0 "a/one.txt": has more than the expected 3 bytes`}},
		{"another content", func(e []entry) []entry { e[0].content = "One"; return e }, []string{`item 0 "a/one.txt": content differs`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site, entries := archiveSite(t)
			makeArchive(t, zipping{}.Info().OutputPath(site.Output), test.change(entries))
			if test.words != nil {
				expectRefused(t, zipping{}, site, nil, test.words...)
				return
			}
			_, err := zipping{}.Verify(site, nil)
			must(t, err)
		})
	}
}

func TestDamagedArchiveIsRefused(t *testing.T) {
	site, _ := archiveSite(t)
	path := zipping{}.Info().OutputPath(site.Output)
	expectRefused(t, zipping{}, site, nil, "archive.zip: missing")

	perform(t, zipping{}, site, oneByOne, allItems(site))
	whole, err := os.ReadFile(path)
	must(t, err)
	data := bytes.Index(whole, []byte("one")) // the name comes first, then the content
	data += bytes.Index(whole[data+4:], []byte("one")) + 4
	flip(t, path, int64(data))
	expectRefused(t, zipping{}, site, nil, `item 0 "a/one.txt"`, "1 of 3 items wrong")

	must(t, os.WriteFile(path, whole[:len(whole)-10], 0o644))
	expectRefused(t, zipping{}, site, nil, "archive.zip")

	must(t, os.WriteFile(path, whole, 0o644))
	must(t, os.WriteFile(filepath.Join(site.Output, "temp"), nil, 0o644))
	expectRefused(t, zipping{}, site, nil, `file "temp" is next to archive.zip; unexpected entries: 1; `, "must write only to {output}")
}

// TestEqualItemsMakeEqualArchives checks that neither the clock nor the times of the files change
// the archive.
func TestEqualItemsMakeEqualArchives(t *testing.T) {
	var archives [2][]byte
	for i := range archives {
		site, _ := archiveSite(t)
		perform(t, zipping{}, site, oneByOne, allItems(site))
		var err error
		archives[i], err = os.ReadFile(zipping{}.Info().OutputPath(site.Output))
		must(t, err)
	}
	if !bytes.Equal(archives[0], archives[1]) {
		t.Error("equal items made different archives")
	}
}

// TestManyEntriesNeedZip64 prepares an archive of more than 65,535 entries.
func TestManyEntriesNeedZip64(t *testing.T) {
	site := newSite(t, unzipping{}, workload.Workload{Files: 70_000, Content: workload.ContentBytes, Size: 0}, nil)
	info, err := os.Stat(filepath.Join(site.Input, ArchiveName))
	must(t, err)
	f, err := os.Open(filepath.Join(site.Input, ArchiveName))
	must(t, err)
	defer f.Close()
	r, err := zip.NewReader(f, info.Size())
	must(t, err)
	if len(r.File) != 70_000 {
		t.Errorf("got %d entries, want 70,000", len(r.File))
	}
	for i, e := range r.File {
		if e.Name != site.Manifest.File(i).Name {
			t.Fatalf("entry %d: got %q, want %q", i, e.Name, site.Manifest.File(i).Name)
		}
	}
}

// TestIncompressibleContentIsStored also checks that other content is deflated.
func TestIncompressibleContentIsStored(t *testing.T) {
	for content, want := range map[string]uint16{workload.ContentBytes: zip.Store, workload.ContentRows: zip.Deflate} {
		site := newSite(t, unzipping{}, workload.Workload{Files: 1, Content: content, Size: 1000, Lines: 100, Values: 5}, nil)
		r, err := zip.OpenReader(filepath.Join(site.Input, ArchiveName))
		must(t, err)
		defer r.Close()
		if r.File[0].Method != want {
			t.Errorf("%s: got method %d, want %d", content, r.File[0].Method, want)
		}
	}
}

func TestUnzipRefusesHostileArchives(t *testing.T) {
	tests := []struct {
		name    string
		entries []entry
		words   []string
	}{
		{"leads out", []entry{{"data-0000.bin", "12345"}, {"../../evil", "x"}}, []string{`"../../evil"`, "leads out"}},
		{"is absolute", []entry{{"data-0000.bin", "12345"}, {"/etc/evil", "x"}}, []string{`"/etc/evil"`, "leads out"}},
		{"is a bomb", []entry{{"data-0000.bin", strings.Repeat("0", 1<<20)}}, []string{`item 0 "data-0000.bin": the entry claims 1048576 bytes, expected 5`}},
		{"has a missing item", nil, []string{`item 0 "data-0000.bin": missing`}},
		{"has an extra entry", []entry{{"data-0000.bin", "12345"}, {"stray", "x"}}, []string{`entry "stray"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site := newSite(t, unzipping{}, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 5}, nil)
			path := filepath.Join(site.Input, ArchiveName)
			must(t, os.Remove(path))
			makeArchive(t, path, test.entries)
			task, err := unzipping{}.Open(site)
			if err == nil {
				task.Close()
				t.Fatal("Open returned no error")
			}
			for _, word := range test.words {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("got error %q, want one with %q", err, word)
				}
			}
		})
	}
}

// TestUnzipRefusesCorruptEntry has the right sizes in the directory and wrong data.
func TestUnzipRefusesCorruptEntry(t *testing.T) {
	w := workload.Workload{Files: 1, Content: workload.ContentRows, Lines: 100, Values: 5}
	site := newSite(t, unzipping{}, w, nil)
	flip(t, filepath.Join(site.Input, ArchiveName), 120)
	task, err := unzipping{}.Open(site)
	must(t, err)
	defer task.Close()
	var s Scratch
	defer s.Close()
	if _, err = task.Do(&s, 0); err == nil || !strings.Contains(err.Error(), `item 0 "data-0000.csv"`) {
		t.Errorf("got error %v, want one that names the item", err)
	}
}

// TestZipWorkerProcess does the work of a parallel zip with a worker process: the worker loads
// and computes with its own task, and the main process commits.
func TestZipWorkerProcess(t *testing.T) {
	site, _ := archiveSite(t)
	site.Sink = SinkParallel
	mainTask, err := zipping{}.Open(site)
	must(t, err)
	workerTask, err := zipping{}.Open(site)
	must(t, err)
	main, worker := mainTask.(*zipTask), workerTask.(*zipTask)
	must(t, main.Begin())
	var s, workerScratch Scratch
	for item := range site.Manifest.Len() {
		var p StagedItem
		p.Reset(item)
		must(t, worker.Load(&workerScratch, &p))
		must(t, worker.Compute(&workerScratch, &p))
		// Only the exported fields cross the pipe.
		sent := StagedItem{Item: p.Item, Last: p.Last, Data: bytes.Clone(p.Data), Size: p.Size, CRC: p.CRC}
		_, err := main.Commit(&s, &sent)
		must(t, err)
	}
	if _, err := worker.Commit(&workerScratch, &StagedItem{}); err == nil {
		t.Error("Commit in a worker process returned no error, although it has no archive")
	}
	must(t, main.End())
	must(t, s.Close())
	must(t, workerScratch.Close())
	must(t, worker.Close())
	must(t, main.Close())
	checkOutcome(t, zipping{}, site, nil)
}
