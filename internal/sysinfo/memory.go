package sysinfo

import (
	"fmt"
	"path"
	"strings"
)

// A Memory describes the main memory and the swap, in bytes. The zero Memory means unknown.
type Memory struct{ Total, Available, Swap, SwapFree int64 }

// Memory reads /proc/meminfo, which counts in KiB (proc_meminfo(5)).
func (r Root) Memory() Memory {
	of := func(key string) int64 {
		n, _ := r.numberAfter("/proc/meminfo", key)
		return n << 10
	}
	return Memory{of("MemTotal"), of("MemAvailable"), of("SwapTotal"), of("SwapFree")}
}

// swapped returns the number of pages that have been written to swap and read back so far. It
// returns nil if this is unknown.
func (r Root) swapped() *int64 {
	in, inKnown := r.numberAfter("/proc/vmstat", "pswpin")
	out, outKnown := r.numberAfter("/proc/vmstat", "pswpout")
	if !inKnown || !outKnown {
		return nil
	}
	return new(in + out)
}

// OOMKills counts the processes that the kernel has killed because there was not enough memory. The
// kernel does not report why it killed a process, but an increase of a count during a trial is
// evidence. Counts are 0 if they cannot be read.
type OOMKills struct {
	Machine int64 // since boot; in a container, on its host
	Group   int64 // in the control group of this process
}

// Since describes by how much the counts have increased. It returns "" if they have not.
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

// ReadOOMKills reads the counts from /proc/vmstat and from the control group of this process.
func ReadOOMKills() (kills OOMKills) {
	kills.Machine, _ = Host.numberAfter("/proc/vmstat", "oom_kill")
	if groups := Host.groups("memory"); len(groups) > 0 {
		events := "memory.events"
		if !groups[0].v2 {
			events = "memory.oom_control"
		}
		kills.Group, _ = Host.numberAfter(path.Join(groups[0].dir, events), "oom_kill")
	}
	return kills
}
