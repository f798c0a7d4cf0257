package sysinfo

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ReadOOMKills reads /proc/vmstat, and the control group that this process is in.
func ReadOOMKills() OOMKills {
	return OOMKills{Machine: countOf("/proc/vmstat"), Group: countOf(memoryEvents())}
}

// countOf is the value of the line "oom_kill N" of a file; 0 if there is none.
func countOf(path string) int {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if name, value, _ := strings.Cut(strings.TrimSpace(line), " "); name == "oom_kill" {
			n, _ := strconv.Atoi(value)
			return n
		}
	}
	return 0
}

// memoryEvents is the file of this process's control group that has the count, "" if
// it is in none: memory.events of version 2, memory.oom_control of version 1. The
// lines of /proc/self/cgroup are NUMBER:CONTROLLERS:PATH (cgroups(7)).
func memoryEvents() string {
	const mount = "/sys/fs/cgroup"
	data, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return ""
	}
	unified := ""
	for line := range strings.Lines(string(data)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) < 3 {
			continue
		}
		if fields[1] == "memory" {
			return filepath.Join(mount, "memory", fields[2], "memory.oom_control")
		}
		if fields[0] == "0" {
			unified = filepath.Join(mount, fields[2], "memory.events")
		}
	}
	return unified
}
