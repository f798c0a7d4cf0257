package workload

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
)

// TestTooDeepTreesAreRefused: a survey must report a path that no program can open.
func TestTooDeepTreesAreRefused(t *testing.T) {
	for _, name := range []string{strings.Repeat("d", 30), strings.Repeat("d", 200)} {
		tree := t.TempDir()
		makeDeep(t, tree, name, 5000/(len(name)+1))
		_, err := Survey(t.Context(), Workload{From: tree})
		if err == nil || !strings.Contains(err.Error(), "programs can open only") {
			t.Errorf("got %v, want an error about the length of the path", err)
		}
		if _, err := dirio.StateOfTree(t.Context(), tree); err != nil {
			t.Errorf("reading the state: got %v, want no error", err)
		}
	}
}

// TestSurveyRefusesReplacedFiles replaces a file between the walk and the survey. The survey
// must name it, and must not block.
func TestSurveyRefusesReplacedFiles(t *testing.T) {
	for kind, put := range map[string]func(path string) error{
		"named pipe":    func(path string) error { return unix.Mkfifo(path, 0o644) },
		"symbolic link": func(path string) error { return os.Symlink("plain.txt", path) },
		"directory":     func(path string) error { return os.Mkdir(path, 0o755) },
	} {
		for _, name := range []string{"empty.txt", "a/one.txt"} { // a pipe without a writer reads as an empty file
			t.Run(kind+"/"+name, func(t *testing.T) {
				path := makeTree(t)
				tree, err := dirio.OpenTree(path)
				must(t, err)
				defer tree.Close()
				files := []string{"a/one.txt", "empty.txt", "plain.txt"}
				must(t, os.Remove(filepath.Join(path, name)))
				must(t, put(filepath.Join(path, name)))
				m, failed, err := surveyFiles(t.Context(), tree, files, true, false)
				must(t, err)
				if text := failed.String(); m.Len() != 2 || !strings.HasPrefix(text, name+" cannot be read: is now a "+kind) {
					t.Errorf("got %d items and the error %q, want 2 and that %s is now a %s", m.Len(), text, name, kind)
				}
			})
		}
	}
}

// makeDeep creates nested directories of the given depth, each with a file and an empty
// directory beside it.
func makeDeep(t *testing.T, top, name string, depth int) {
	t.Helper()
	at, err := unix.Open(top, unix.O_PATH, 0)
	must(t, err)
	for range depth {
		file, err := unix.Openat(at, "f", unix.O_CREAT|unix.O_WRONLY, 0o644)
		must(t, err)
		must(t, unix.Close(file))
		must(t, unix.Mkdirat(at, "e", 0o755))
		must(t, unix.Mkdirat(at, name, 0o755))
		next, err := unix.Openat(at, name, unix.O_PATH, 0)
		must(t, err)
		must(t, unix.Close(at))
		at = next
	}
	must(t, unix.Close(at))
}

// TestVanishedFilesAreNamed removes files between the walk and the survey.
func TestVanishedFilesAreNamed(t *testing.T) {
	path := makeTree(t)
	tree, err := dirio.OpenTree(path)
	must(t, err)
	defer tree.Close()
	for _, name := range []string{"empty.txt", "a/one.txt"} {
		must(t, os.Remove(filepath.Join(path, name)))
	}
	_, failed, err := surveyFiles(t.Context(), tree, []string{"a/one.txt", "empty.txt", "plain.txt"}, true, false)
	must(t, err)
	const want = "2 files and directories of the tree cannot be read:\n  a/one.txt: it is gone\n  empty.txt: it is gone\nno program may change the tree while iosweep reads it"
	if failed.String() != want {
		t.Errorf("got %q, want %q", failed, want)
	}
}

// TestLeftOutEntriesAreCounted also checks that the file form of a manifest, whose checksum
// identifies the work, does not depend on the count.
func TestLeftOutEntriesAreCounted(t *testing.T) {
	path := makeTree(t) // has a link
	must(t, os.Symlink("nothing", filepath.Join(path, "zz", "link")))
	must(t, unix.Mkfifo(filepath.Join(path, "pipe"), 0o644))
	must(t, unix.Mknod(filepath.Join(path, "socket"), unix.S_IFSOCK|0o644, 0))
	want := map[string]int{"link": 2, "pipe": 1, "socket": 1}
	if unix.Mknod(filepath.Join(path, "null"), unix.S_IFCHR|0o644, int(unix.Mkdev(1, 3))) == nil { // needs root
		want["device"] = 1
	}
	m, err := Survey(t.Context(), Workload{From: path})
	must(t, err)
	if diff := cmp.Diff(want, m.LeftOut); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var with, without strings.Builder
	_, err = m.WriteTo(&with)
	must(t, err)
	m.LeftOut = nil
	_, err = m.WriteTo(&without)
	must(t, err)
	if with.String() != without.String() {
		t.Error("the file form contains the count")
	}
}

// TestTreesWithoutFilesAreRefused checks the reasons.
func TestTreesWithoutFilesAreRefused(t *testing.T) {
	tree := t.TempDir()
	must(t, os.Mkdir(filepath.Join(tree, "hollow"), 0o755))
	for want, change := range map[string]func() error{
		"the tree contains no files; name a tree with at least one file": func() error { return nil },
		"the tree contains no files, only links, special files and unreadable entries (1); name a tree with at least one file": func() error {
			return os.Symlink("/etc/hostname", filepath.Join(tree, "hollow", "link"))
		},
	} {
		must(t, change())
		_, err := Survey(t.Context(), Workload{From: tree})
		must(t, os.RemoveAll(filepath.Join(tree, "hollow", "link")))
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
