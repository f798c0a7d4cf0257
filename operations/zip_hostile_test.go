package operations

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"iosweep/internal/workload"
)

// TestHostileArchives checks that verifying a hostile archive of a contender reports it, opens no
// other file, and takes little memory.
func TestHostileArchives(t *testing.T) {
	for _, test := range []struct {
		name  string
		more  func(t *testing.T, w *zip.Writer)
		words string
	}{
		{"a slip", named("../../outside"), `entry "../../outside": should not be there`},
		{"a slip behind a dot", named("./../outside"), `entry "./../outside": should not be there`},
		{"an absolute name", named("/etc/passwd"), `entry "/etc/passwd": should not be there`},
		{"a name of Windows", named(`C:\x`), `should not be there`},
		{"a name with an escape", named("\x1b[2Jx\n"), `entry "\x1b[2Jx\n": should not be there`},
		{"a duplicate", named("three.txt"), `second entry "three.txt": should not be there`},
		{"many entries", func(t *testing.T, w *zip.Writer) {
			for i := range 5000 {
				named(fmt.Sprint(i))(t, w)
			}
		}, "it has 5003 entries, expected at most 5"},
		{"a file that is too large", func(t *testing.T, w *zip.Writer) {
			in, err := w.CreateHeader(&zip.FileHeader{Name: "junk", Method: zip.Store})
			must(t, err)
			_, err = in.Write(make([]byte, 4<<20))
			must(t, err)
		}, "an archive of these items has at most"},
	} {
		t.Run(test.name, func(t *testing.T) {
			site, entries := archiveSite(t)
			verifyFails(t, site, entries, test.more, test.words)
		})
	}
}

// TestHostileEntries checks entries with the right names and wrong types or sizes.
func TestHostileEntries(t *testing.T) {
	bomb := 200 << 20
	if testing.Short() {
		bomb = 2 << 20
	}
	for _, test := range []struct {
		name   string
		header zip.FileHeader
		data   []byte
		words  string
	}{
		{"a bomb", zip.FileHeader{Method: zip.Deflate}, make([]byte, bomb), `"three.txt": has more than the expected 0 bytes`},
		{"a link", *linkHeader(), nil, `"three.txt": is a symbolic link in the archive, expected a file`},
	} {
		t.Run(test.name, func(t *testing.T) {
			site, entries := archiveSite(t)
			verifyFails(t, site, entries[:2], func(t *testing.T, w *zip.Writer) {
				header := test.header
				header.Name = "three.txt"
				in, err := w.CreateHeader(&header)
				must(t, err)
				_, err = in.Write(test.data)
				must(t, err)
			}, test.words)
		})
	}
}

func linkHeader() *zip.FileHeader {
	header := &zip.FileHeader{}
	header.SetMode(fs.ModeSymlink | 0o777)
	return header
}

func named(name string) func(*testing.T, *zip.Writer) {
	return func(t *testing.T, w *zip.Writer) {
		_, err := w.CreateHeader(&zip.FileHeader{Name: name})
		must(t, err)
	}
}

// verifyFails puts the archive into a site's output and expects an error from Verify.
func verifyFails(t *testing.T, site Site, entries []entry, more func(*testing.T, *zip.Writer), words string) {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, e := range entries {
		in, err := w.Create(e.name)
		must(t, err)
		_, err = in.Write([]byte(e.content))
		must(t, err)
	}
	more(t, w)
	must(t, w.Close())
	must(t, os.WriteFile(filepath.Join(site.Output, ArchiveName), buf.Bytes(), 0o644))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := zipping{}.Verify(site, nil)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("got error %v, want %q", err, words)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 16<<20 {
		t.Errorf("%d MiB allocated to verify %d bytes", allocated>>20, buf.Len())
	}
}

// fuzzed returns a workload and its archive, as the seed of a fuzz target.
func fuzzed(f *testing.F) (*workload.Manifest, []byte) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	var files []workload.File
	for _, e := range []entry{{"a/one.txt", "one"}, {"a/two.txt", strings.Repeat("two", 100)}, {"three.txt", ""}} {
		in, err := w.Create(e.name)
		must(f, err)
		_, err = in.Write([]byte(e.content))
		must(f, err)
		size, crc, err := workload.Digest(f.Context(), strings.NewReader(e.content), make([]byte, 64))
		must(f, err)
		files = append(files, workload.File{Name: e.name, Size: size, CRC: crc, Mode: 0o644})
	}
	must(f, w.Close())
	m := workload.NewManifest(files...)
	m.Dirs, m.Skipped = []string{"a"}, []string{"link"}
	return m, buf.Bytes()
}

// FuzzVerifyArchive checks that an accepted archive contains every item, byte for byte.
func FuzzVerifyArchive(f *testing.F) {
	m, good := fuzzed(f)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, archive []byte) {
		site := Site{Manifest: m, Output: t.TempDir(), Dirs: plainDirs{}}
		must(t, os.WriteFile(filepath.Join(site.Output, ArchiveName), archive, 0o644))
		if _, err := (zipping{}).Verify(site, nil); err != nil {
			return
		}
		reader, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		must(t, err)
		if n := len(reader.File); n < m.Len() || n > m.Len()+3 {
			t.Errorf("Verify accepted %d entries", n)
		}
	})
}

// FuzzUnzip checks that any archive unpacks to exactly the items or is an error, and that no file
// appears beside the output.
func FuzzUnzip(f *testing.F) {
	m, good := fuzzed(f)
	f.Add(good)
	f.Add(bytes.ReplaceAll(good, []byte("three.txt"), []byte("../ee.txt")))
	f.Add(bytes.ReplaceAll(good, []byte("three.txt"), []byte("/tmp/e.tx")))
	f.Fuzz(func(t *testing.T, archive []byte) {
		root := t.TempDir()
		site := Site{
			Manifest: m, Input: filepath.Join(root, "in"), Output: filepath.Join(root, "out"), Dirs: plainDirs{},
			Workers: 1, Layout: LayoutShared, Cache: CacheWarm, Sync: SyncNone,
		}
		must(t, os.Mkdir(site.Input, 0o755))
		must(t, os.Mkdir(site.Output, 0o755))
		must(t, os.WriteFile(filepath.Join(site.Input, ArchiveName), archive, 0o644))
		if unpack(site) == nil {
			if _, err := (unzipping{}).Verify(site, nil); err != nil {
				t.Errorf("unzip succeeded with a wrong outcome: %v", err)
			}
		}
		for dir, want := range map[string]int{root: 2, site.Input: 1} {
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != want {
				t.Errorf("%s: got entries %v, %v", dir, entries, err)
			}
		}
	})
}

// unpack runs a whole trial of unzip.
func unpack(site Site) error {
	task, err := unzipping{}.Open(site)
	if err != nil {
		return err
	}
	defer task.Close()
	if err := task.(Bracketed).Begin(); err != nil {
		return err
	}
	if _, err := oneByOne(task, site, allItems(site)); err != nil {
		return err
	}
	return task.(Bracketed).End()
}
