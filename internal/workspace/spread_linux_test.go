package workspace

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSpreadSetsTheAttribute(t *testing.T) {
	parent := t.TempDir()
	var fs unix.Statfs_t
	if err := unix.Statfs(parent, &fs); err != nil || fs.Type != unix.EXT4_SUPER_MAGIC {
		t.Skip("the file system is not ext4")
	}
	w, err := Create(parent, "20260102-030405-1a2b3c4d")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Remove()
	spreads, err := w.MakeSpread("trials")
	if err != nil || !spreads {
		t.Fatal(spreads, err)
	}
	dir, err := os.Open(filepath.Join(w.Path(), "trials"))
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	flags, err := unix.IoctlGetUint32(int(dir.Fd()), unix.FS_IOC_GETFLAGS)
	if err != nil || flags&topDirectory == 0 {
		t.Errorf("attributes %#x, %v", flags, err)
	}
	// Directories below it work as usual.
	if _, err := w.Make("trials/1/output"); err != nil {
		t.Error(err)
	}
}
