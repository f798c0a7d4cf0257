package sysinfo

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A group is a control group, in either version of cgroups(7).
type group struct {
	dir string // as on the machine
	v2  bool
}

// groups are the groups of a controller that this process is in, from its own up: the
// limits of each hold for all below it. In a container those above its own root are
// not to be seen.
func (r Root) groups(controller string) (list []group) {
	var unified []group
	// The lines are NUMBER:CONTROLLERS:PATH; version 2 has number 0 and no controllers.
	for line := range strings.Lines(r.Text("/proc/self/cgroup")) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) < 3 {
			continue
		}
		if slices.Contains(strings.Split(fields[1], ","), controller) {
			list = r.upwards("/sys/fs/cgroup/"+controller, fields[2], false)
		}
		if fields[0] == "0" {
			unified = r.upwards("/sys/fs/cgroup", fields[2], true)
		}
	}
	if list == nil { // what version 1 has, version 2 has not
		list = unified
	}
	return list
}

// upwards lists a group and those above it. A container that sees the hierarchy of its
// host in /proc, and only its own part of it below mount, is at the top of that.
func (r Root) upwards(mount, name string, v2 bool) (list []group) {
	for at := path.Clean("/" + name); ; at = path.Dir(at) {
		list = append(list, group{path.Join(mount, at), v2})
		if at == "/" {
			return list
		}
	}
}

// throttled is for how long the groups of this process were kept from running so far,
// because they had spent their quota, added up over processors; nil if it is not
// counted.
func (r Root) throttled() *time.Duration {
	var sum *time.Duration
	for _, g := range r.groups("cpu") {
		key, unit := "throttled_usec", time.Microsecond
		if !g.v2 {
			key, unit = "throttled_time", time.Nanosecond
		}
		if n, ok := r.numbered(path.Join(g.dir, "cpu.stat"), key); ok {
			sum = plus(sum, time.Duration(n)*unit)
		}
	}
	return sum
}

// Quota is how many processors the groups of this process may keep busy; not ok if
// there is no limit.
func (r Root) Quota() (cpus float64, ok bool) {
	for _, g := range r.groups("cpu") {
		if n, limited := r.quotaOf(g); limited && (!ok || n < cpus) {
			cpus, ok = n, true
		}
	}
	return cpus, ok
}

// quotaOf is processor time over the period that it is for: "max 100000" or "50000
// 100000" in version 2, two files of which the first may hold -1 in version 1.
func (r Root) quotaOf(g group) (cpus float64, ok bool) {
	texts := strings.Fields(r.Text(path.Join(g.dir, "cpu.max")))
	if !g.v2 {
		texts = []string{r.Text(path.Join(g.dir, "cpu.cfs_quota_us")), r.Text(path.Join(g.dir, "cpu.cfs_period_us"))}
	}
	if len(texts) != 2 {
		return 0, false
	}
	quota, err1 := strconv.ParseFloat(texts[0], 64)
	period, err2 := strconv.ParseFloat(texts[1], 64)
	if err1 != nil || err2 != nil || quota <= 0 || period <= 0 {
		return 0, false
	}
	return quota / period, true
}

// ProcessLimit is how many processes and threads the groups of this process may have;
// not ok if there is no limit.
func (r Root) ProcessLimit() (n int64, ok bool) {
	for _, g := range r.groups("pids") {
		if most, limited := r.Number(path.Join(g.dir, "pids.max")); limited && (!ok || most < n) {
			n, ok = most, true
		}
	}
	return n, ok
}
