package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/journal"
)

// TestBundleIsUnpackedIntoTheCacheOnly plans a bundle whose journal has a path as its name.
func TestBundleIsUnpackedIntoTheCacheOnly(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache", "deep", "down"))
	t.Setenv("HOME", filepath.Join(dir, "home"))
	t.Setenv("LocalAppData", filepath.Join(dir, "cache", "deep", "down"))
	record, err := os.ReadFile(filepath.Join("..", "..", "testdata", "compat", "format-3", "trials.jsonl"))
	noError(t, err)
	record, err = journal.Rewrite(record, func(entry []byte) []byte {
		return bytes.Replace(entry, []byte(`"name":"compat"`), []byte(`"name":"../../../../evil"`), 1)
	})
	noError(t, err)
	out := filepath.Join(dir, "out")
	noError(t, os.Mkdir(out, 0o755))
	noError(t, os.WriteFile(filepath.Join(out, "trials.jsonl"), record, 0o644))
	file := filepath.Join(dir, "evil.zip")
	if r := call("bundle", out, "-o", file); r.code != exitGood {
		t.Fatalf("bundle: exit code %d: %s", r.code, r.err)
	}
	if r := call("plan", file, "--workspace", dir); r.code != exitGood {
		t.Fatalf("plan: exit code %d: %s", r.code, r.err)
	}
	call("__complete", "plan", file, "--only", "")
	unpacked := 0
	noError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if filepath.Base(path) == "bundled-experiment.yaml" {
			unpacked++
		}
		if err == nil && strings.Contains(filepath.Base(path), "evil") && path != file {
			t.Errorf("%s was written", path)
		}
		return err
	}))
	if unpacked != 1 {
		t.Errorf("the cache has %d experiments, want 1", unpacked)
	}
}
