package runner

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// TestFingerprint: every change that leaves a trace shows, and nothing else does. On
// Linux one that was undone leaves a trace: no program sets back when an inode changed.
func TestFingerprint(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	long := time.Now().Add(-time.Hour)
	for _, name := range []string{"a", "b", "sub/a", "sub/b"} {
		must(t, os.MkdirAll(filepath.Dir(path(name)), 0o755))
		must(t, os.WriteFile(path(name), []byte(name), 0o644))
		must(t, os.Chtimes(path(name), long, long))
	}
	settled := func() {
		must(t, os.Chtimes(path("sub"), long, long))
		must(t, os.Chtimes(dir, long, long))
	}
	settled()
	before, err := fingerprint(dir)
	must(t, err)
	same := func(what string, want bool) {
		t.Helper()
		now, err := fingerprint(dir)
		must(t, err)
		if (now == before) != want {
			t.Errorf("%s: the same is %v, expected %v", what, now == before, want)
		}
	}
	same("nothing", true)
	must(t, os.Rename(path("sub/a"), path("sub/c")))
	settled()
	same("a file renamed", false)
	must(t, os.Rename(path("sub/c"), path("sub/a")))
	settled()
	same("and back", runtime.GOOS != "linux")
	must(t, os.Chtimes(path("sub/b"), long, long.Add(time.Second)))
	same("a time of change", false)
	must(t, os.Chtimes(path("sub/b"), long, long))
	must(t, os.WriteFile(path("b"), []byte("bb"), 0o644))
	must(t, os.Chtimes(path("b"), long, long))
	same("a length", false)
	must(t, os.WriteFile(path("b"), []byte("b"), 0o644))
	must(t, os.Chtimes(path("b"), long, long))
	same("and back", runtime.GOOS != "linux")
	must(t, os.Remove(path("sub/a")))
	settled()
	same("a file less", false)
	must(t, os.RemoveAll(dir))
	if _, err := fingerprint(dir); err == nil {
		t.Error("there is a fingerprint of nothing")
	}
}
