//go:build !portable

package dirio

import (
	"bytes"
	"os"
	"testing"
)

// TestHeldCalls does everything that a worker does to a file, with and without HoldProcessors.
func TestHeldCalls(t *testing.T) {
	defer HoldProcessors(false)
	for _, hold := range []bool{false, true} {
		HoldProcessors(hold)
		dir, err := openFolder(t.TempDir())
		must(t, err)
		defer dir.Close()

		content := bytes.Repeat([]byte("0123456789abcdef"), 4096)
		out, err := dir.Create("a", 0o644)
		must(t, err)
		_, err = out.Write(content[:1000])
		must(t, err)
		_, err = out.WriteAt(content[1000:], 1000)
		must(t, err)
		must(t, out.Close())
		if _, err := dir.Create("a", 0o644); !os.IsExist(err) {
			t.Errorf("hold %v: created a file twice: %v", hold, err)
		}

		in, err := dir.open("a")
		must(t, err)
		out, err = dir.Create("b", 0o644)
		must(t, err)
		moved, done, err := new(KernelCopy).Copy(out, in, int64(len(content)), int64(len(content))+1)
		if err != nil || done && moved != int64(len(content)) {
			t.Errorf("hold %v: copied %d of %d bytes (%v)", hold, moved, len(content), err)
		}
		must(t, in.Close())
		must(t, out.Close())

		must(t, dir.Rename("b", dir, "c"))
		in, err = dir.open("c")
		must(t, err)
		got := make([]byte, len(content)+1)
		n, err := in.Read(got)
		must(t, err)
		if done && !bytes.Equal(got[:n], content) {
			t.Errorf("hold %v: read %d bytes that differ from the copied ones", hold, n)
		}
		must(t, in.Close())

		must(t, dir.Remove("c"))
		if err := dir.Remove("c"); !os.IsNotExist(err) {
			t.Errorf("hold %v: removed a file twice: %v", hold, err)
		}
	}
}
