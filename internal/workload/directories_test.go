package workload

import (
	"math"
	"path"
	"slices"
	"testing"
)

func TestDirectories(t *testing.T) {
	w := Workload{Files: 7, Content: ContentBytes, Size: 3, Depth: 2, Fanout: 2}
	m, err := Survey(t.Context(), w)
	must(t, err)
	if want := []string{"dir-0", "dir-0/dir-0", "dir-0/dir-1", "dir-1", "dir-1/dir-0", "dir-1/dir-1"}; !slices.Equal(m.Dirs, want) {
		t.Errorf("directories %q, want %q", m.Dirs, want)
	}
	var names []string
	for _, file := range m.All() {
		names = append(names, file.Name)
	}
	if want := []string{
		"dir-0/dir-0/data-0000.bin", "dir-0/dir-1/data-0001.bin", "dir-1/dir-0/data-0002.bin", "dir-1/dir-1/data-0003.bin",
		"dir-0/dir-0/data-0004.bin", "dir-0/dir-1/data-0005.bin", "dir-1/dir-0/data-0006.bin",
	}; !slices.Equal(names, want) {
		t.Errorf("items %q, want %q", names, want)
	}
}

// TestDirectoriesOfManyShapes checks the order of the directories, and that items fill the deepest
// ones evenly.
func TestDirectoriesOfManyShapes(t *testing.T) {
	for _, w := range []Workload{
		{Depth: 1, Fanout: 1}, {Depth: 1, Fanout: 11}, {Depth: 3, Fanout: 10}, {Depth: 40, Fanout: 1}, {Depth: 4, Fanout: 8},
	} {
		dirs := w.directories()
		if n := CountDirectories(int64(w.Depth), int64(w.Fanout)); n != int64(len(dirs)) {
			t.Errorf("%+v: %d directories, but %d are counted", w, len(dirs), n)
		}
		if !slices.IsSorted(dirs) {
			t.Errorf("%+v: the directories are not in order", w)
		}
		leaves := map[string]int{}
		for _, dir := range dirs {
			if parent := path.Dir(dir); parent != "." {
				delete(leaves, parent)
				if !slices.Contains(dirs, parent) {
					t.Fatalf("%+v: %s has no parent", w, dir)
				}
			}
			leaves[dir] = 0
		}
		w.Files, w.Content = 2*len(leaves), ContentTasks
		for item := range w.Files {
			leaves[path.Dir(itemName(w, item))]++
		}
		for dir, n := range leaves {
			if n != 2 {
				t.Fatalf("%+v: %d items in %s, want 2", w, n, dir)
			}
		}
	}
	for _, n := range []int64{CountDirectories(64, 2), CountDirectories(3, 1<<30), CountDirectories(1000, 1000)} {
		if n != math.MaxInt64 {
			t.Errorf("%d directories, want the maximum", n)
		}
	}
}
