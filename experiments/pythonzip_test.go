package experiments_test

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// checkZipped checks an archive and the printed lines. Without a lock, any file may be lost, so
// only the archive must be complete.
func checkZipped(method, output, stdout string) error {
	if method == "make-inputs" {
		return checkMade(output, stdout)
	}
	archive, err := zip.OpenReader(output)
	if err != nil || method == "threads-unlocked" {
		return err
	}
	defer archive.Close()
	found := map[string]string{}
	for _, entry := range archive.File {
		r, err := entry.Open()
		if err != nil {
			return err
		}
		data, err := io.ReadAll(r)
		if err != nil || entry.Method != zip.Deflate {
			return fmt.Errorf("%s: method %d, %v", entry.Name, entry.Method, err)
		}
		found[entry.Name] += string(data) // appending makes a duplicate entry differ
	}
	return errors.Join(checkFiles(found), checkPrinted(".added", "", stdout))
}

// checkMade checks the files that a method made for zipping, by their beginnings. The numbers
// are from Python.
func checkMade(dir, stdout string) error {
	for name, want := range map[string]string{
		"data-0000.csv": "0.32383276483316237,0.15084917392450192,0.6509344730398537\n0.07243628666754276,",
		"data-0011.csv": "0.18126486333322134,",
	} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.HasPrefix(string(data), want) || strings.Count(string(data), "\n") != smallLines-1 {
			return fmt.Errorf("%s contains %q, want %d lines beginning with %q: %v", name, data, smallLines, want, err)
		}
	}
	return checkPrinted(".saved", dir+string(filepath.Separator), stdout)
}

// TestUnlockedThreadsLoseFiles checks that threads which add files without a lock lose some of
// them, and that the program reports success and leaves a complete archive.
func TestUnlockedThreadsLoseFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("it compresses 4 MB")
	}
	const script, files = "python/zip_files.py", 40
	dir, output := t.TempDir(), filepath.Join(t.TempDir(), "output")
	_, stderr, err := run(t, nil, script, "--method", "make-inputs", "--files", fmt.Sprint(files), "--lines", "500", "--output", dir)
	if err == nil {
		_, stderr, err = run(t, nil, script, "--method", "threads-unlocked", "--input", dir, "--output", output)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	archive, err := zip.OpenReader(output)
	must(t, err)
	defer archive.Close()
	if n := len(archive.File); n == 0 || n == files {
		t.Errorf("the archive has %d of %d files, want some and not all", n, files)
	}
}

// TestZipTooManyOpenFiles checks that a low limit of open files stops the methods with a
// coroutine for each file.
func TestZipTooManyOpenFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no limit that a program can lower")
	}
	for _, method := range []string{"asyncio", "asyncio-lock"} {
		_, stderr, err := run(t, nil, "python/zip_files.py", "--method", method, "--descriptors", "256",
			"--input", inputs(t), "--output", filepath.Join(t.TempDir(), "output"))
		if code := exitCode(err); code != 1 || !strings.Contains(stderr, "OSError: [Errno 24] Too many open files: 'data-") {
			t.Errorf("%s: got exit code %d, want 1\n%s", method, code, stderr)
		}
	}
}
