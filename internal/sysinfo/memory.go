package sysinfo

import (
	"fmt"
	"path"
	"strings"
)

// A Memory is the main memory and the swap, in bytes. The zero value stands for one
// of which nothing is known.
type Memory struct{ Total, Available, Swap, SwapFree int64 }

// Memory reads /proc/meminfo, which counts in KiB (proc_meminfo(5)).
func (r Root) Memory() Memory {
	of := func(key string) int64 {
		n, _ := r.numbered("/proc/meminfo", key)
		return n << 10
	}
	return Memory{of("MemTotal"), of("MemAvailable"), of("SwapTotal"), of("SwapFree")}
}

// swapped counts the pages that were written to swap and read back so far; nil is not
// known.
func (r Root) swapped() *int64 {
	in, known := r.numbered("/proc/vmstat", "pswpin")
	out, too := r.numbered("/proc/vmstat", "pswpout")
	if !known || !too {
		return nil
	}
	return new(in + out)
}

// OOMKills counts the processes that the kernel has killed for want of memory.
// Nobody is told why a process was killed; that the count rose meanwhile is what
// can be known. Counts are 0 where they cannot be read.
type OOMKills struct {
	Machine int64 // since it was started; in a container that of its host
	Group   int64 // in the control group of this process
}

// Since says by how much the counts rose, or "" if they did not.
func (k OOMKills) Since(before OOMKills) string {
	var counts []string
	if n := k.Group - before.Group; n > 0 {
		counts = append(counts, fmt.Sprintf("it killed %d in this control group", n))
	}
	if n := k.Machine - before.Machine; n > 0 {
		counts = append(counts, fmt.Sprintf("it killed %d on this machine", n))
	}
	return strings.Join(counts, ", ")
}

// ReadOOMKills reads /proc/vmstat, and the control group that this process is in.
func ReadOOMKills() (kills OOMKills) {
	kills.Machine, _ = Host.numbered("/proc/vmstat", "oom_kill")
	if groups := Host.groups("memory"); len(groups) > 0 {
		events := "memory.events"
		if !groups[0].v2 {
			events = "memory.oom_control"
		}
		kills.Group, _ = Host.numbered(path.Join(groups[0].dir, events), "oom_kill")
	}
	return kills
}
