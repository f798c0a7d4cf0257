package sysinfo

import (
	"path"
	"runtime"
	"strconv"
	"strings"
)

// Microcode returns the version of the microcode of the first processor, or "" if it is unknown.
func (r Root) Microcode() string { return fieldOf(r.Text("/proc/cpuinfo"), "microcode") }

// UsableCPUs returns the cpus that this process may use, as a list such as 0-3,8 (proc_pid_status(5)).
func (r Root) UsableCPUs() string { return fieldOf(r.Text("/proc/self/status"), "Cpus_allowed_list") }

// CPUs returns the number of cpus that this process can keep busy: those that it may run on, or the
// quota of its control group if that is less.
func (r Root) CPUs() float64 {
	cpus := float64(runtime.NumCPU())
	if quota, limited := r.Quota(); limited {
		cpus = min(cpus, quota)
	}
	return cpus
}

// fieldOf returns the value in the first line "name: value".
func fieldOf(text, name string) string {
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// MemoryLimit returns the number of bytes that the control groups of this process may use. It returns false if
// there is no limit.
func (r Root) MemoryLimit() (bytes int64, ok bool) {
	const unlimited = 1 << 60 // version 1 has about 2^63 for no limit
	for _, g := range r.groups("memory") {
		name := "memory.max"
		if !g.v2 {
			name = "memory.limit_in_bytes"
		}
		if n, limited := r.Number(path.Join(g.dir, name)); limited && n < unlimited && (!ok || n < bytes) {
			bytes, ok = n, true
		}
	}
	return bytes, ok
}

// CountCPUs returns the number of cpus in a list such as 0-3,8 (cpuset(7)), or 0 if the text is not a list.
func CountCPUs(list string) (n int) {
	for part := range strings.SplitSeq(list, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.Atoi(from)
		last, err2 := strconv.Atoi(to)
		if err1 != nil || err2 != nil || last < first {
			return 0
		}
		n += last - first + 1
	}
	return n
}

// ControlGroups returns the text of /proc/self/cgroup.
func (r Root) ControlGroups() string { return r.Text("/proc/self/cgroup") }
