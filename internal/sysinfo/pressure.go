package sysinfo

import (
	"strconv"
	"strings"
	"time"
)

// A Pressure is for how long some task of the machine had to wait so far: for a
// processor, for storage, for memory. Nil is not counted here.
//
// It is the machine's, and not that of this process's control group: a group's own
// says nothing of who is outside of it, and not every system has one.
type Pressure struct{ CPU, IO, Memory *time.Duration }

// Pressure reads /proc/pressure; see Documentation/accounting/psi.rst of Linux.
func (r Root) Pressure() Pressure {
	return Pressure{r.stalled("cpu"), r.stalled("io"), r.stalled("memory")}
}

// stalled is the total, in microseconds, at the end of the line that begins with
// "some": at least one task waited, though others may have gone on.
func (r Root) stalled(what string) *time.Duration {
	for line := range strings.Lines(r.Text("/proc/pressure/" + what)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "some" {
			continue
		}
		total, ok := strings.CutPrefix(fields[len(fields)-1], "total=")
		n, err := strconv.ParseInt(total, 10, 64)
		if ok && err == nil {
			return new(time.Duration(n) * time.Microsecond)
		}
	}
	return nil
}
