package sysinfo

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A group is a control group, in version 1 or 2 of cgroups(7).
type group struct {
	dir string // as on the machine
	v2  bool
}

// groups returns the control group of this process for a controller, followed by its ancestors,
// because the limits of a group also apply to all groups below it. In a container the groups above
// its root are not visible.
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
	if list == nil { // version 2 does not have a controller that version 1 has
		list = unified
	}
	return list
}

// upwards returns a group and its ancestors. In a container, /proc can show the path on the host,
// although mount contains only the part of the container. Then only the last group of the list
// exists.
func (r Root) upwards(mount, name string, v2 bool) (list []group) {
	for at := path.Clean("/" + name); ; at = path.Dir(at) {
		list = append(list, group{path.Join(mount, at), v2})
		if at == "/" {
			return list
		}
	}
}

// throttled returns how long the groups of this process have been stopped so far because they had
// used up their quota, summed over processors. It returns nil if this is not counted.
func (r Root) throttled() *time.Duration {
	var sum *time.Duration
	for _, g := range r.groups("cpu") {
		key, unit := "throttled_usec", time.Microsecond
		if !g.v2 {
			key, unit = "throttled_time", time.Nanosecond
		}
		if n, ok := r.numberAfter(path.Join(g.dir, "cpu.stat"), key); ok {
			sum = plus(sum, time.Duration(n)*unit)
		}
	}
	return sum
}

// Quota returns the number of processors that the groups of this process may use. It returns false
// if there is no limit.
func (r Root) Quota() (cpus float64, ok bool) {
	for _, g := range r.groups("cpu") {
		if n, limited := r.quotaOf(g); limited && (!ok || n < cpus) {
			cpus, ok = n, true
		}
	}
	return cpus, ok
}

// quotaOf returns the quota of a group: processor time divided by period. Version 2 has one file
// with both, such as "50000 100000", or "max 100000" for no limit. Version 1 has two files, with -1
// for no limit.
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

// ProcessLimit returns the maximum number of processes and threads in the groups of this process.
// It returns false if there is no limit.
func (r Root) ProcessLimit() (n int64, ok bool) {
	for _, g := range r.groups("pids") {
		if limit, limited := r.Number(path.Join(g.dir, "pids.max")); limited && (!ok || limit < n) {
			n, ok = limit, true
		}
	}
	return n, ok
}
