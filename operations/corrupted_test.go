package operations

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"iosweep/internal/workload"
)

// expectRefused checks that Verify fails, and that its error contains each of the words.
func expectRefused(t *testing.T, op Operation, site Site, digests []uint32, words ...string) {
	t.Helper()
	_, err := op.Verify(site, digests)
	if err == nil {
		t.Fatal("Verify accepted a wrong outcome")
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not contain %q", err, word)
		}
	}
}

// flip changes one bit of a file.
func flip(t *testing.T, path string, at int64) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	data[at] ^= 1
	must(t, os.WriteFile(path, data, 0o644))
}

// A corruption changes the outcome of a trial of the nested tree. file is the current path of the
// item "a/b/two.txt", dir the directory of all items.
type corruption struct {
	name  string
	spoil func(t *testing.T, dir, file string)
	words []string
}

var fileCorruptions = []corruption{
	{"missing", func(t *testing.T, _, file string) {
		must(t, os.Remove(file))
	}, []string{`"a/b/two.txt": missing`, "1 of "}},
	{"cut short", func(t *testing.T, _, file string) {
		must(t, os.Truncate(file, 2))
	}, []string{`"a/b/two.txt": has 2 bytes, expected 3`}},
	{"too long", func(t *testing.T, _, file string) {
		must(t, os.WriteFile(file, []byte("twoo"), 0o644))
	}, []string{`"a/b/two.txt": has 4 bytes, expected 3`}},
	{"a hard link", func(t *testing.T, _, file string) {
		must(t, os.Link(file, filepath.Join(t.TempDir(), "the-original")))
	}, []string{`"a/b/two.txt": is a hard link to another file`}},
	{"a bit flipped", func(t *testing.T, _, file string) {
		flip(t, file, 1)
	}, []string{`"a/b/two.txt": content differs`, "1 of "}},
	{"another name", func(t *testing.T, dir, file string) {
		must(t, os.Rename(file, filepath.Join(dir, "a", "b", "tow.txt")))
	}, []string{`"a/b/two.txt": missing`, `tow.txt": should not be there`}},
	{"an extra file", func(t *testing.T, dir, _ string) {
		must(t, os.WriteFile(filepath.Join(dir, "a", "stray.txt"), nil, 0o644))
	}, []string{`file "a/stray.txt": should not be there`, "unexpected entries: 1"}},
	{"an extra directory", func(t *testing.T, dir, _ string) {
		must(t, os.Mkdir(filepath.Join(dir, "new"), 0o755))
	}, []string{`directory "new": should not be there`}},
	{"an empty directory missing", func(t *testing.T, dir, _ string) {
		must(t, os.Remove(filepath.Join(dir, "hollow", "inside")))
	}, []string{`directory "hollow/inside": missing`}},
	{"a directory in its place", func(t *testing.T, _, file string) {
		must(t, os.Remove(file))
		must(t, os.Mkdir(file, 0o755))
	}, []string{`"a/b/two.txt": missing`, "directory"}},
	{"a link in its place", func(t *testing.T, dir, file string) {
		if runtime.GOOS == "windows" {
			t.Skip("making a link needs privileges")
		}
		must(t, os.Rename(file, filepath.Join(t.TempDir(), "elsewhere")))
		must(t, os.Symlink("one.txt", file))
	}, []string{`"a/b/two.txt": missing`, "symbolic link"}},
}

// TestCorruptedFilesAreRefused changes the outcome of an operation in one way at a time.
func TestCorruptedFilesAreRefused(t *testing.T) {
	tree := workload.Workload{From: makeTree(t)}
	tests := []struct {
		op   Operation
		find func(site Site) (dir, suffix string)
	}{
		{write{}, func(s Site) (string, string) { return s.Output, "" }},
		{copying{}, func(s Site) (string, string) { return s.Output, "" }},
		{unzipping{}, func(s Site) (string, string) { return s.Output, "" }},
		{moving{}, func(s Site) (string, string) { return s.Output, "" }},
		{renaming{}, func(s Site) (string, string) { return s.Input, renamedSuffix }},
	}
	for _, test := range tests {
		for _, spoiled := range fileCorruptions {
			t.Run(test.op.Info().Name+"/"+spoiled.name, func(t *testing.T) {
				t.Parallel()
				site := newSite(t, test.op, tree, nil)
				perform(t, test.op, site, oneByOne, allItems(site))
				dir, suffix := test.find(site)
				spoiled.spoil(t, dir, filepath.Join(dir, "a", "b", "two.txt"+suffix))
				expectRefused(t, test.op, site, nil, spoiled.words...)
			})
		}
	}
}

// TestSkippedItemIsRefused skips one item, as a broken strategy would. Begin and End run as
// usual, so a directory that is not empty shows too.
func TestSkippedItemIsRefused(t *testing.T) {
	flat := workload.Workload{Files: 40, Content: workload.ContentRows, Lines: 10, Values: 3}
	wants := map[string][]string{
		"delete": {`item 3 "data-0003.csv": still there; 1 of 40 items wrong`},
		"rename": {`item 3 "data-0003.csv": missing; 1 of 40 items wrong`, `file "data-0003.csv": should not be there`},
		"move":   {`item 3 "data-0003.csv": missing; 1 of 40 items wrong`, `item 3 "data-0003.csv": still there`},
		"read":   {`item 3 "data-0003.csv": content differs`, "1 of 40 items wrong"},
	}
	for _, op := range All {
		t.Run(op.Info().Name, func(t *testing.T) {
			t.Parallel()
			words, ok := wants[op.Info().Name]
			if !ok {
				words = []string{`item 3 "data-0003.csv": missing; 1 of 40 items wrong`}
			}
			site := newSite(t, op, flat, nil)
			digests := perform(t, op, site, oneByOne, slices.Delete(allItems(site), 3, 4))
			expectRefused(t, op, site, digests, words...)
		})
	}
}

// TestItemDoneTwiceIsRefused does an item twice. Files must not exist before they are made, a
// file of the disposable copy exists once, and a shared file then has a record twice.
func TestItemDoneTwiceIsRefused(t *testing.T) {
	flat := workload.Workload{Files: 5, Content: workload.ContentBytes, Size: 100}
	for _, op := range All {
		if op.Info().Name == "read" { // reading twice leaves no trace
			continue
		}
		t.Run(op.Info().Name, func(t *testing.T) {
			t.Parallel()
			site := newSite(t, op, flat, nil)
			task, err := op.Open(site)
			must(t, err)
			defer task.Close()
			if b, ok := task.(Bracketed); ok {
				must(t, b.Begin())
			}
			_, err = oneByOne(task, site, []int{0, 1, 2, 3, 4, 2})
			if err != nil {
				if !strings.Contains(err.Error(), `item 2 "data-0002.bin"`) {
					t.Errorf("got error %q, want one that names the item", err)
				}
				return
			}
			if b, ok := task.(Bracketed); ok {
				must(t, b.End())
			}
			expectRefused(t, op, site, nil, "data-0002.bin")
		})
	}
}

func TestReadIsVerifiedByDigests(t *testing.T) {
	op := read{}
	site := newSite(t, op, workload.Workload{Files: 6, Content: workload.ContentBytes, Size: 50}, nil)
	digests := perform(t, op, site, oneByOne, allItems(site))
	expectRefused(t, op, site, nil, "cannot be verified")
	expectRefused(t, op, site, digests[:5], "5 digests for 6 items")
	digests[4]++
	digests[5]++
	expectRefused(t, op, site, digests, `item 4 "data-0004.bin": content differs`, "2 of 6 items wrong")
}

func TestReadRefusesChangedFile(t *testing.T) {
	op := read{}
	for size, word := range map[int]string{49: "has 49 bytes, expected 50", 51: "has 51 bytes, expected 50"} {
		site := newSite(t, op, workload.Workload{Files: 3, Content: workload.ContentBytes, Size: 50}, nil)
		must(t, os.WriteFile(filepath.Join(site.Input, "data-0001.bin"), make([]byte, size), 0o644))
		task, err := op.Open(site)
		must(t, err)
		defer task.Close()
		var s Scratch
		defer s.Close()
		_, err = task.Do(&s, 1)
		if err == nil || !strings.Contains(err.Error(), `item 1 "data-0001.bin"`) || !strings.Contains(err.Error(), word) {
			t.Errorf("%d bytes: got error %v, want one with %q", size, err, word)
		}
	}
}

func TestSameItemInTwoWorkerDirectoriesIsRefused(t *testing.T) {
	op := write{}
	site := newSite(t, op, workload.Workload{Files: 8, Content: workload.ContentBytes, Size: 10}, func(s *Site) {
		s.Layout, s.Workers = LayoutPerWorker, 2
	})
	perform(t, op, site, oneByOne, allItems(site))
	from := filepath.Join(site.Output, "worker-00", "data-0005.bin")
	data, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(site.Output, "worker-01", "data-0005.bin"), data, 0o644))
	expectRefused(t, op, site, nil, "data-0005.bin", "should not be there")

	// A file beside the worker directories is in none of them.
	must(t, os.Remove(filepath.Join(site.Output, "worker-01", "data-0005.bin")))
	must(t, os.Rename(from, filepath.Join(site.Output, "data-0005.bin")))
	expectRefused(t, op, site, nil, `item 5 "data-0005.bin": missing`, "should not be there")
}

func TestDeleteLeavesNothing(t *testing.T) {
	op := deleting{}
	site := newSite(t, op, workload.Workload{From: makeTree(t)}, nil)
	perform(t, op, site, oneByOne, allItems(site))
	must(t, os.Mkdir(filepath.Join(site.Input, "zz"), 0o755))
	expectRefused(t, op, site, nil, `directory "zz"`)
}

// TestLinksOfTheTreeAreTolerated checks that a program may copy the links of a tree.
func TestLinksOfTheTreeAreTolerated(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making a link needs privileges")
	}
	op := copying{}
	site := newSite(t, op, workload.Workload{From: makeTree(t)}, nil)
	if !slices.Equal(site.Manifest.Skipped, []string{"a/link"}) {
		t.Fatalf("skipped links: got %q, want a/link", site.Manifest.Skipped)
	}
	perform(t, op, site, oneByOne, allItems(site))
	must(t, os.Symlink("/nowhere", filepath.Join(site.Output, "a", "link")))
	_, err := op.Verify(site, nil)
	must(t, err)
}

// TestOriginalTreeIsRefused checks that the workload's own tree is never deleted, renamed or moved.
func TestOriginalTreeIsRefused(t *testing.T) {
	tree := makeTree(t)
	for _, op := range []Operation{deleting{}, renaming{}, moving{}} {
		site := newSite(t, op, workload.Workload{From: tree}, nil)
		for _, input := range []string{tree, filepath.Join(tree, "a", "b")} {
			site.Input = input
			if task, err := op.Open(site); err == nil {
				task.Close()
				t.Errorf("%s: Open accepted the original tree as its input", op.Info().Name)
			} else if !strings.Contains(err.Error(), "iosweep only reads") {
				t.Errorf("%s: got error %q", op.Info().Name, err)
			}
		}
	}
}

// TestCopyKeepsPermissions also checks permissions that the umask removes from new files.
func TestCopyKeepsPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the system has no such permissions")
	}
	op := copying{}
	site := newSite(t, op, workload.Workload{From: makeTree(t)}, nil)
	perform(t, op, site, oneByOne, allItems(site))
	for name, mode := range map[string]os.FileMode{"plain.txt": 0o640, "empty.txt": 0o666, "a/one.txt": 0o644} {
		info, err := os.Stat(filepath.Join(site.Output, name))
		must(t, err)
		if info.Mode() != mode {
			t.Errorf("%s: got permissions %v, want %v", name, info.Mode(), mode)
		}
	}
}
