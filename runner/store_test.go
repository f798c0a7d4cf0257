package runner

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"iosweep/internal/workspace"
)

// TestClearKeepsEmptyDirectories checks that up to maxEmptied empty directories are kept if the
// file system spreads them, and none if it does not.
func TestClearKeepsEmptyDirectories(t *testing.T) {
	for _, spreads := range []bool{false, true} {
		ws, err := workspace.Create(t.TempDir(), "20260102-030405-1a2b3c4d")
		must(t, err)
		defer ws.Remove()
		s := newStore(ws, time.Minute)
		s.spreads = spreads
		const trials = maxEmptied + 3
		for n := range trials {
			dir, err := ws.Make(filepath.Join(trialsName, string(rune('a'+n%26))+string(rune('a'+n/26))))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
			must(t, s.clear(dir))
		}
		left, err := os.ReadDir(filepath.Join(ws.Path(), trialsName))
		must(t, err)
		want := 0
		if spreads {
			want = maxEmptied
		}
		if len(left) != want {
			t.Errorf("spreads %v: %d directories remain, want %d", spreads, len(left), want)
		}
		for _, dir := range left {
			if entries, err := os.ReadDir(filepath.Join(ws.Path(), trialsName, dir.Name())); err != nil || len(entries) > 0 {
				t.Errorf("%s contains %v (%v), want nothing", dir.Name(), entries, err)
			}
		}
	}
}
