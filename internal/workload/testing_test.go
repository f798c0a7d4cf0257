package workload

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// makeTree creates a nested tree with difficult file names.
func makeTree(t testing.TB) string {
	root := t.TempDir()
	files := map[string]string{
		"plain.txt":          "plain",
		"empty.txt":          "",
		"a/one.txt":          "one",
		"a/b/two.txt":        "two",
		"a/b/c/three.bin":    string(make([]byte, 300_000)),
		"a b/with space.txt": "space",
		"zz/ümläut.txt":      "utf-8",
		"zz/-rf":             "an option?",
	}
	if runtime.GOOS != "windows" {
		files["zz/new\nline"] = "newline"
		files["zz/back\\slash"] = "backslash"
		files[`zz/"quoted"`] = "quotes"
	}
	if runtime.GOOS == "linux" {
		files["zz/not-utf8-\xff\xfe"] = "bytes"
	}
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(content), 0o644))
	}
	must(t, os.Chmod(filepath.Join(root, "plain.txt"), 0o640))
	must(t, os.Chmod(filepath.Join(root, "empty.txt"), 0o666)) // beyond the usual umask
	must(t, os.MkdirAll(filepath.Join(root, "hollow", "inside"), 0o755))
	if runtime.GOOS != "windows" {
		must(t, os.Symlink("/etc/hostname", filepath.Join(root, "a", "link")))
	}
	return root
}

// content returns the content of an item of a workload.
func content(t testing.TB, w Workload, item int) []byte {
	t.Helper()
	c, err := ContentOf(w)
	must(t, err)
	data, err := c.Append(nil, item)
	must(t, err)
	return data
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
