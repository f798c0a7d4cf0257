package sysinfo

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A Root is the directory that contains /proc and /sys. If they do not exist, as on systems other
// than Linux, all their values are unknown.
type Root string

// Host is the root of this machine.
const Host Root = "/"

// Path returns the path of a file below the root. The argument is the path on the machine.
func (r Root) Path(path string) string { return filepath.Join(string(r), path) }

// Text returns the content of a file without surrounding white space, or "" if it cannot be read.
func (r Root) Text(path string) string {
	data, err := os.ReadFile(r.Path(path))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// Number returns the number in a file. It returns false if there is none.
func (r Root) Number(path string) (n int64, ok bool) {
	n, err := strconv.ParseInt(r.Text(path), 10, 64)
	return n, err == nil
}

// numberAfter returns the number after a key, in a file with lines "key number", such as cpu.stat, or
// "key: number", such as /proc/meminfo.
func (r Root) numberAfter(path, key string) (n int64, ok bool) {
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
