package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// installFloor builds the floor program, as make bench does, and adds it to PATH. It is not
// part of iosweep, and no package contains it.
func installFloor(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join("..", "..", "experiments", "floor", "floor.c")
	build := exec.Command("cc", "-O2", "-pthread", "-o", filepath.Join(dir, "iosweep-floor"), source)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}
