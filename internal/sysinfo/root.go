package sysinfo

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A Root is the directory that /proc and /sys lie in. Where they do not exist, as on
// other systems than Linux, nothing that is read below it is known.
type Root string

// Host is this machine's.
const Host Root = "/"

// Path is where a file of the root is; it is given as on the machine itself.
func (r Root) Path(path string) string { return filepath.Join(string(r), path) }

// Text is what a file holds, without blanks around it; "" if it cannot be read.
func (r Root) Text(path string) string {
	data, err := os.ReadFile(r.Path(path))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// Number is the number that a file holds, if it holds one.
func (r Root) Number(path string) (n int64, ok bool) {
	n, err := strconv.ParseInt(r.Text(path), 10, 64)
	return n, err == nil
}

// numbered is the number behind a key in a file of lines "key number", such as
// cpu.stat, or "key: number", such as /proc/meminfo.
func (r Root) numbered(path, key string) (n int64, ok bool) {
	for line := range strings.Lines(r.Text(path)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || strings.TrimSuffix(fields[0], ":") != key {
			continue
		}
		n, err := strconv.ParseInt(fields[1], 10, 64)
		return n, err == nil
	}
	return 0, false
}
