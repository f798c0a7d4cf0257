package sysinfo

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func readSystem(m *Machine) {
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		m.Kernel = unix.ByteSliceToString(name.Release[:])
	}
	m.CPUModel = field("/proc/cpuinfo", "model name")
	if kib, ok := strings.CutSuffix(field("/proc/meminfo", "MemTotal"), " kB"); ok {
		if n, err := strconv.ParseInt(kib, 10, 64); err == nil {
			m.Memory = n << 10
		}
	}
	governor, err := os.ReadFile("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
	if err == nil {
		m.Governor = strings.TrimSpace(string(governor))
	}
}

// field is the value of the first "key: value" line of a file in /proc.
func field(path, key string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, ok := strings.Cut(lines.Text(), ":")
		if ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// FilesystemOf finds the mount that path lies on: the longest mount point above
// it, and of equal ones the last, which covers the others.
// The form of the lines is in proc_pid_mountinfo(5).
func FilesystemOf(path string) Filesystem {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return Filesystem{}
	}
	real, err = filepath.Abs(real)
	if err != nil {
		return Filesystem{}
	}
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return Filesystem{}
	}
	defer f.Close()
	var best Filesystem
	for lines := bufio.NewScanner(f); lines.Scan(); {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		mount, super := strings.Fields(before), strings.Fields(after)
		if !ok || len(mount) < 6 || len(super) < 2 {
			continue
		}
		point := unescape(mount[4])
		if covers(point, real) && len(point) >= len(best.Mount) {
			best = Filesystem{Type: super[0], Device: unescape(super[1]), Mount: point, Options: mount[5]}
		}
	}
	return best
}

func covers(point, path string) bool {
	return point == "/" || path == point || strings.HasPrefix(path, point+"/")
}

// unescape undoes the octal escapes that mountinfo has for blanks.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// A CPUClock is the machine's processor time so far, in ticks.
type CPUClock struct{ total, steal uint64 }

// ReadCPUClock reads the first line of /proc/stat; the zero clock if there is none.
func ReadCPUClock() CPUClock {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return CPUClock{}
	}
	line, _, _ := strings.Cut(string(data), "\n")
	// user nice system idle iowait irq softirq steal; guest times, which
	// follow, are part of user already (proc_stat(5)).
	var c CPUClock
	for i, s := range strings.Fields(line) {
		n, err := strconv.ParseUint(s, 10, 64)
		if i == 0 || i > 8 || err != nil {
			continue
		}
		c.total += n
		if i == 8 {
			c.steal = n
		}
	}
	return c
}

// StealSince is the share of processor time that the hypervisor gave to others;
// not ok where too little time has passed for the clock's ticks.
func (c CPUClock) StealSince(start CPUClock) (share float64, ok bool) {
	if c.total <= start.total || c.steal < start.steal {
		return 0, false
	}
	return float64(c.steal-start.steal) / float64(c.total-start.total), true
}
