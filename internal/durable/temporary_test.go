package durable

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestRemoveAbandoned(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.md")
	long := time.Now().Add(-2 * abandoned)
	for _, test := range []struct {
		name    string
		written time.Time
		kept    bool
	}{
		{filepath.Base(temporary(path)), long, false},
		{".report.md.0123456789abcdef.part", long, false},
		{".report.md.fedcba9876543210.part", time.Now(), true}, // its writer may still be running
		{".report.md.0123456789ABCDEF.part", long, true},
		{".report.md.part", long, true},
		{"report.md.0123456789abcdef.part", long, true},
		{filepath.Base(temporary(filepath.Join(dir, "report.csv"))), long, true},
		{"notes.txt", long, true},
	} {
		file := filepath.Join(dir, test.name)
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, test.written, test.written); err != nil {
			t.Fatal(err)
		}
		if err := WriteFile(path, []byte("whole")); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(file); (err == nil) != test.kept {
			t.Errorf("%s: got kept %v, want %v", test.name, err == nil, test.kept)
		}
	}
}

func TestFailedWriteRemovesTemporaryFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.md")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("whole")); err == nil {
		t.Fatal("a directory was replaced by a file")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("got %d entries in the directory, want 1", len(entries))
	}
}
