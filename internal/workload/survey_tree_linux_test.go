package workload

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
)

// TestTooDeepTreesAreRefused: what no program can open is said once, and beforehand.
func TestTooDeepTreesAreRefused(t *testing.T) {
	for _, name := range []string{strings.Repeat("d", 30), strings.Repeat("d", 200)} {
		tree := t.TempDir()
		makeDeep(t, tree, name, 5000/(len(name)+1))
		_, err := Survey(t.Context(), Workload{From: tree})
		if err == nil || !strings.Contains(err.Error(), "programs can open paths of up to") {
			t.Errorf("surveyed, and it said %v", err)
		}
		if _, err := dirio.StateOfTree(t.Context(), tree); err != nil {
			t.Errorf("its state is an error: %v", err)
		}
	}
}

// TestSurveyRefusesWhatIsNoFileAnyMore: between the walk and the look at a file
// something else was put in its place. Nobody waits for it, and it is named.
func TestSurveyRefusesWhatIsNoFileAnyMore(t *testing.T) {
	for kind, put := range map[string]func(path string) error{
		"named pipe":    func(path string) error { return unix.Mkfifo(path, 0o644) },
		"symbolic link": func(path string) error { return os.Symlink("plain.txt", path) },
		"directory":     func(path string) error { return os.Mkdir(path, 0o755) },
	} {
		for _, name := range []string{"empty.txt", "a/one.txt"} { // what is read of a pipe is as long as the empty one
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
					t.Errorf("error %v, want that %s is now a %s", err, name, kind)
				}
			})
		}
	}
}

// makeDeep makes so many directories, each in the one before, with a file and an empty
// directory beside each.
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
