//go:build unix

package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/operations"
)

// awkwardTree makes a tree with unusual names, modes, links and a pipe. It returns the
// number of regular files, because only those are items.
func awkwardTree(t *testing.T, root string) (files int) {
	t.Helper()
	names := []string{
		"plain.txt", "empty", "deep/er/and/deeper/leaf", "with space/a file.txt",
		`quo"ted`, "apo'strophe", "line\nfeed", "-rf", "$HOME;*?[x]", "tab\there", "ünïcode/日本.txt", ".hidden", `back\slash`,
	}
	if runtime.GOOS != "darwin" { // its file system refuses names that are not UTF-8
		names = append(names, "not-utf8-\xff\xfe", "\xe9t\xe9/x")
	}
	for i, name := range names {
		content := ""
		if name != "empty" {
			content = string(make([]byte, i*1000)) + name
		}
		writeFile(t, filepath.Join(root, name), content)
	}
	for name, mode := range map[string]os.FileMode{"plain.txt": 0o444, "with space/a file.txt": 0o755, "apo'strophe": 0o600} {
		if err := os.Chmod(filepath.Join(root, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{
		"to-file": "plain.txt", "to-dir": "deep", "to-nowhere": "nothing/here", "deep/to-above": "../..", "to-root": "/",
	} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, "hollow", "too"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(filepath.Join(root, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// TestFromTree runs every operation on an unusual tree. The tree must stay unchanged.
func TestFromTree(t *testing.T) {
	for _, op := range operations.All {
		info := op.Info()
		t.Run(info.Name, func(t *testing.T) {
			if info.Name != "copy" {
				skipIfShort(t)
			}
			t.Parallel()
			dir := t.TempDir()
			from := filepath.Join(dir, "from")
			files := awkwardTree(t, from)
			before := mustReadTree(t, from)
			cells, grid := pairs(info)
			if info.Name == "copy" {
				cells++
				grid += "  - {operation: copy, strategy: cp}\ncommands: {cp: {operation: copy, run: [cp, -r, '{input}/.', '{output}']}}\n"
			}
			file := writeFile(t, filepath.Join(dir, "x.yaml"),
				"name: tree\nworkload: {from: from}\ntrials: {repeats: 1, warmup: 0}\ngrid:\n"+grid)
			ws, out := t.TempDir(), filepath.Join(dir, "out")
			wantExit(t, exitGood, "run", file, "-o", out, "--workspace", ws)
			checkRun(t, out, cells, files)
			checkUnchanged(t, from, before)
			checkEmpty(t, ws)
		})
	}
}
