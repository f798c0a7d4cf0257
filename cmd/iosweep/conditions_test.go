package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"iosweep/internal/sysinfo"
	"iosweep/operations"
)

// conditions returns the levels of the condition axes (layout, cache, sync, level) that
// this machine supports.
func conditions(op, dir string) map[string][]string {
	cache := []string{operations.CacheWarm}
	if runtime.GOOS == "linux" && sysinfo.FilesystemOf(dir).Type != "tmpfs" {
		cache = append(cache, operations.CacheCold)
		if op != "unzip" { // the entries of an archive are not aligned
			cache = append(cache, operations.CacheDirect)
		}
	}
	return map[string][]string{
		"layout": {operations.LayoutShared, operations.LayoutPerWorker},
		"cache":  cache,
		"sync":   {operations.SyncNone, operations.SyncFile, operations.SyncEnd},
		"level":  {"0", "9"},
	}
}

// TestConditions runs every operation under every condition that it supports, with one
// process and with several.
func TestConditions(t *testing.T) {
	for _, op := range operations.All {
		info := op.Info()
		t.Run(info.Name, func(t *testing.T) {
			if info.Name != "rename" {
				skipIfShort(t)
			}
			t.Parallel()
			ws := t.TempDir()
			product, axes := 1, ""
			for axis, levels := range conditions(info.Name, ws) {
				if slices.Contains(info.Axes, axis) {
					product *= len(levels)
					axes += fmt.Sprintf(", %s: [%s]", axis, strings.Join(levels, ", "))
				}
			}
			baseline := "{strategy: sequential}"
			if slices.Contains(info.Axes, "layout") {
				baseline = "{strategy: sequential, layout: shared}"
			}
			out := filepath.Join(t.TempDir(), "out")
			file := writeFile(t, filepath.Join(t.TempDir(), "x.yaml"), fmt.Sprintf(`
name: conditions
workload: {files: 6, content: bytes, size: 5000B}
trials: {repeats: 1, warmup: 0}
baseline: %s
grid:
  - {operation: %s, strategy: sequential%s}
  - {operation: %s, strategy: [threads, processes], workers: 2%s}
`, baseline, info.Name, axes, info.Name, axes))
			wantExit(t, exitGood, "run", file, "-o", out, "--workspace", ws)
			checkRun(t, out, 3*product, 6)
			checkEmpty(t, ws)
		})
	}
}
