//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// specialFiles makes special files in place of a regular file, with the text that the error
// must contain.
var specialFiles = map[string]struct {
	put  func(path string) error
	kind string
}{
	"a named pipe":       {func(path string) error { return syscall.Mkfifo(path, 0o644) }, "a named pipe"},
	"a link to a pipe":   {linkToAPipe, "a named pipe"},
	"a directory":        {func(path string) error { return os.Mkdir(path, 0o755) }, "a directory"},
	"a link to a device": {func(path string) error { return os.Symlink("/dev/zero", path) }, "a character device"},
	"10 GB of zeros": {func(path string) error {
		return errors.Join(os.WriteFile(path, nil, 0o644), os.Truncate(path, 10<<30))
	}, "bytes"},
}

func linkToAPipe(path string) error {
	return errors.Join(syscall.Mkfifo(path+".pipe", 0o644), os.Symlink(path+".pipe", path))
}

// TestSpecialFilesAreRefused puts special files in place of the files that the commands
// read. Each command must end with exit code 2 and name the kind of file.
func TestSpecialFilesAreRefused(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "x.yaml"), `
name: x
workload: {files: 3, lines: 2}
grid: {operation: write, strategy: [sequential, threads], workers: 2}
trials: {repeats: 2, warmup: 0}
workspace: ws
`)
	if err := os.Mkdir(filepath.Join(dir, "ws"), 0o755); err != nil {
		t.Fatal(err)
	}
	runToExit(t, dir, exitGood, "run", "x.yaml", "-o", "whole")
	for _, test := range []struct {
		file string // of the results, or the experiment itself
		args []string
		code int
	}{
		{"out/trials.jsonl", []string{"resume", "out"}, exitUsage},
		{"out/trials.jsonl", []string{"report", "out"}, exitUsage},
		{"out/trials.jsonl", []string{"export", "out"}, exitUsage},
		{"out/trials.jsonl", []string{"compare", "out", "whole"}, exitUsage},
		{"out/trials.jsonl", []string{"compare", "whole", "out/trials.jsonl"}, exitUsage},
		{"out/trials.jsonl", []string{"plan", "x.yaml", "--earlier", "out"}, exitUsage},
		{"out/trials.jsonl", []string{"run", "x.yaml", "-o", "out"}, exitUsage},
		{"out/run.lock", []string{"resume", "out"}, exitUsage},
		{"out/run.lock", []string{"run", "x.yaml", "-o", "out"}, exitUsage},
		{"out/experiment.yaml", []string{"resume", "out"}, exitUsage},
		{"out/experiment.yaml", []string{"resume", "out", "--as-planned"}, exitGood},
		{"edited.yaml", []string{"resume", "out", "--extend", "edited.yaml"}, exitUsage},
		{"edited.yaml", []string{"validate", "edited.yaml"}, exitUsage},
		{"edited.yaml", []string{"plan", "edited.yaml"}, exitUsage},
		{"edited.yaml", []string{"run", "edited.yaml", "-o", "new"}, exitUsage},
	} {
		for what, is := range specialFiles {
			if err := errors.Join(os.RemoveAll(filepath.Join(dir, "out")), os.CopyFS(filepath.Join(dir, "out"), os.DirFS(filepath.Join(dir, "whole")))); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, test.file)
			for _, file := range []string{path, path + ".pipe"} {
				if err := os.RemoveAll(file); err != nil {
					t.Fatal(err)
				}
			}
			if err := is.put(path); err != nil {
				t.Logf("%s: %v", what, err)
				continue
			}
			output := runToExit(t, dir, test.code, test.args...)
			switch {
			case test.code == exitGood:
			case strings.Contains(output, is.kind):
			case strings.Contains(output, "a symbolic link") && strings.Contains(what, "a link"): // the lock does not follow links
			case strings.Contains(output, "expected the results directory") && is.kind == "a directory": // the path is read as a results directory
			default:
				t.Errorf("%s as %s: iosweep %s does not report it:\n%s", what, test.file, strings.Join(test.args, " "), output)
			}
			if strings.HasSuffix(test.file, ".lock") {
				if err := os.RemoveAll(path); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// runToExit runs the program with a timeout of one minute, and returns its standard error.
func runToExit(t *testing.T, dir string, code int, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "iosweep", args...)
	cmd.Dir = dir
	var output strings.Builder
	cmd.Stderr = &output
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("iosweep %s does not end", strings.Join(args, " "))
	}
	if got := exitCodeOf(err); got != code {
		t.Errorf("iosweep %s: exit code %d, want %d:\n%s", strings.Join(args, " "), got, code, output.String())
	}
	return output.String()
}
