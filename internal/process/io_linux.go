package process

import (
	"bytes"
	"os"
	"strconv"
)

// CanVerifyReads reports whether the kernel counts the bytes that a program reads.
const CanVerifyReads = true

// ReadIO returns the I/O counters of this process, of the children that it has reaped, and of
// their reaped children. Without CONFIG_TASK_IO_ACCOUNTING nothing is known. Only root may
// read the counters of a child that has ended and is not reaped yet. See proc_pid_io(5).
func ReadIO() (count IOCount) {
	data, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return count
	}
	for line := range bytes.Lines(data) {
		key, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte(": "))
		n, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			continue
		}
		switch string(key) {
		case "rchar":
			count.Read = n
		case "write_bytes":
			count.stored, count.known = count.stored+n, true
		case "cancelled_write_bytes":
			count.stored -= n
		}
	}
	return count
}
