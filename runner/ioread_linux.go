package runner

import (
	"bytes"
	"os"
	"strconv"
)

// canVerifyReads: the kernel counts the bytes that a program reads.
const canVerifyReads = true

// bytesRead is how many bytes this process and the children that it has reaped,
// and theirs, have passed to read(2) and its kin so far; 0 if it is not known.
// See rchar in proc_pid_io(5). Asking for the child itself, when it has ended
// and is not reaped yet, is allowed to root alone.
func bytesRead() int64 {
	data, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(data) {
		if count, ok := bytes.CutPrefix(line, []byte("rchar: ")); ok {
			n, _ := strconv.ParseInt(string(bytes.TrimSpace(count)), 10, 64)
			return n
		}
	}
	return 0
}
