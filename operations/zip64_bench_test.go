package operations

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"iosweep/internal/workload"
)

// BenchmarkZipAbove4GiB makes archives that need zip64: with a larger entry, stored or deflated,
// and with entries that begin beyond 4 GiB. It verifies them, and tests them with 7z if it is
// installed. It takes 5 GiB of disk and memory, so it is not a test: go test -run - -bench
// ZipAbove4GiB -benchtime 1x
func BenchmarkZipAbove4GiB(b *testing.B) {
	for name, test := range map[string]struct {
		files int
		size  int64
		level int
	}{
		"one stored entry":     {1, 4<<30 + 5, 0},
		"one deflated entry":   {1, 4<<30 + 5, 1},
		"smallest zip64 entry": {1, 1<<32 - 1, 0},
		"entries beyond 4 GiB": {70, 64 << 20, 0},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				zipSparse(b, test.files, test.size, test.level)
			}
		})
	}
}

// zipSparse zips sparse files of zeros.
func zipSparse(b *testing.B, files int, size int64, level int) {
	tree := b.TempDir()
	for i := range files {
		path := filepath.Join(tree, fmt.Sprintf("%03d", i))
		must(b, os.WriteFile(path, nil, 0o644))
		must(b, os.Truncate(path, size))
	}
	w := workload.Workload{From: tree}
	manifest, err := workload.Survey(b.Context(), w)
	must(b, err)
	site := Site{Workload: w, Manifest: manifest, Input: tree, Output: b.TempDir(), Dirs: plainDirs{}, Workers: 1, Level: level}
	perform(b, zipping{}, site, oneByOne, allItems(site))
	outcome, err := zipping{}.Verify(site, nil)
	must(b, err)
	if outcome.Items != files || outcome.Bytes != int64(files)*size {
		b.Errorf("got outcome %+v, want %d items of %d bytes", outcome, files, int64(files)*size)
	}
	archive := zipping{}.Info().OutputPath(site.Output)
	if program, err := exec.LookPath("7z"); err == nil {
		if out, err := exec.Command(program, "t", archive).CombinedOutput(); err != nil {
			b.Errorf("7z: %v\n%s", err, out)
		}
	}
	must(b, os.Remove(archive))
}
