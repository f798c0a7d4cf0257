package workload

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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
				_, err = surveyFiles(t.Context(), tree, files)
				if err == nil || !strings.Contains(err.Error(), filepath.Join(path, name)+": is now a "+kind) {
					t.Errorf("got error %v, want one that %s is now a %s", err, name, kind)
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
