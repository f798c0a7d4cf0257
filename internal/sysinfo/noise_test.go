package sysinfo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// put creates a file below a root.
func put(t *testing.T, root, path, content string) {
	t.Helper()
	path = filepath.Join(root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestNoise(t *testing.T) {
	share := func(x float64) *float64 { return &x }
	others := func(elapsed, used time.Duration, busiest ...Busy) Others {
		return Others{Known: true, Time: used, Elapsed: elapsed, Busiest: busiest}
	}
	a := Busy{Name: "chrome", PID: 1234, Processes: 1, Time: 300 * time.Millisecond}
	for name, c := range map[string]struct {
		d    Disturbance
		want string
	}{
		"nothing known": {Disturbance{}, ""},
		"quiet": {Disturbance{
			Elapsed: time.Second, Others: others(time.Second, 90*time.Millisecond, a), Steal: share(0.009), Stolen: time.Minute,
			Throttled: share(0.009), PressureCPU: share(1), PressureIO: share(1), PressureMemory: share(0.009), Overheated: new(int64),
		}, ""},
		"one process": {
			Disturbance{Others: others(time.Second, 420*time.Millisecond, a)},
			"other processes used 0.42 cpus, most of it chrome (pid 1234)",
		},
		"many of one name, less than half": {
			Disturbance{Others: others(time.Second, 700*time.Millisecond, Busy{"cc1", 9, 12, 300 * time.Millisecond})},
			"other processes used 0.70 cpus, above all cc1 (12 processes, pid 9 among them)",
		},
		"two ticks do not count": {Disturbance{Others: others(5*time.Millisecond, 20*time.Millisecond, a)}, ""},
		"three ticks count": {
			Disturbance{Others: others(60*time.Millisecond, 30*time.Millisecond, a)},
			"other processes used 0.50 cpus, most of it chrome (pid 1234)",
		},
		"steal of two ticks": {Disturbance{Steal: share(0.5), Stolen: 2 * tick}, ""},
		"all": {
			Disturbance{
				Elapsed: time.Second, Steal: share(0.031), Stolen: 4 * tick,
				Throttled: share(0.12), PressureMemory: share(0.05), Overheated: new(int64(3)),
			},
			"3.1% steal; stopped for 12.0% of the time by the cpu quota of the control group; processes waited for memory for 5.0% of the time; the processors were slowed down for heat",
		},
		"a wait of microseconds": {Disturbance{Elapsed: 10 * time.Millisecond, PressureMemory: share(0.02)}, ""},
	} {
		if got := strings.Join(c.d.Noise(), "; "); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// machine returns a root with every counter that a Watch reads.
func machine(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	put(t, root, "/proc/self/cgroup", "0::/a/b\n")
	put(t, root, "/sys/fs/cgroup/a/b/cpu.stat", "usage_usec 5\nnr_periods 1\nthrottled_usec 1000000\n")
	put(t, root, "/sys/fs/cgroup/a/cpu.stat", "usage_usec 5\n")
	put(t, root, "/proc/stat", "cpu  100 0 100 700 0 0 0 100 0 0\ncpu0 1\n")
	put(t, root, "/proc/vmstat", "pgpgin 5\npswpin 100\npswpout 10\n")
	for what, total := range map[string]string{"cpu": "1000000", "io": "2000000", "memory": "3000000"} {
		put(t, root, "/proc/pressure/"+what, "some avg10=1.00 avg60=2.63 avg300=2.66 total="+total+"\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n")
	}
	for _, cpu := range []string{"cpu0", "cpu1"} {
		put(t, root, "/sys/devices/system/cpu/"+cpu+"/thermal_throttle/core_throttle_count", "7\n")
	}
	return root
}

func TestWatch(t *testing.T) {
	root := machine(t)
	watch := Root(root).Watch()
	watch.at = watch.at.Add(-10 * time.Second)
	put(t, root, "/sys/fs/cgroup/a/b/cpu.stat", "throttled_usec 3000000\n")
	put(t, root, "/proc/stat", "cpu  200 0 200 1400 0 0 0 200 0 0\n")
	put(t, root, "/proc/vmstat", "pswpin 103\npswpout 11\n")
	put(t, root, "/proc/pressure/memory", "some avg10=1.00 avg60=2.63 avg300=2.66 total=4000000\n")
	put(t, root, "/proc/pressure/cpu", "full avg10=0.00 avg60=0.00 avg300=0.00 total=5000000\n")
	put(t, root, "/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "9\n")
	d := watch.End()
	near := func(x *float64, want float64) bool { return x != nil && *x > want-0.01 && *x <= want }
	if !near(d.Throttled, 0.2) || !near(d.Steal, 0.1) || !near(d.PressureMemory, 0.1) || !near(d.PressureIO, 0) {
		t.Errorf("%+v", d)
	}
	if d.PressureCPU != nil {
		t.Errorf("got a pressure of %v from a file without the value, want nil", *d.PressureCPU)
	}
	if d.Stolen != time.Second || d.Swapped == nil || *d.Swapped != 4 || d.Overheated == nil || *d.Overheated != 2 {
		t.Errorf("%+v", d)
	}
}

// TestUnknownIsNotZero checks a machine without any counters.
func TestUnknownIsNotZero(t *testing.T) {
	d := Root(t.TempDir()).Watch().End()
	if d.Others.Known || d.Steal != nil || d.Throttled != nil || d.PressureCPU != nil || d.PressureIO != nil ||
		d.PressureMemory != nil || d.Overheated != nil || d.Swapped != nil || len(d.Noise()) > 0 {
		t.Errorf("%+v", d)
	}
}

func TestShareIsAtMostOne(t *testing.T) {
	d := Disturbance{Elapsed: time.Second}
	if s := d.share(new(time.Duration), new(5*time.Second)); s == nil || *s != 1 {
		t.Errorf("got %v, want 1", s)
	}
}

func TestQuota(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		cpus  float64
		ok    bool
	}{
		"none": {nil, 0, false},
		"version 2, without": {map[string]string{
			"/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/cpu.max": "max 100000\n",
		}, 0, false},
		"version 2, above": {map[string]string{
			"/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n", "/sys/fs/cgroup/a/cpu.max": "150000 100000\n",
		}, 1.5, true},
		"version 2, both": {map[string]string{
			"/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/b/cpu.max": "50000 100000\n", "/sys/fs/cgroup/a/cpu.max": "150000 100000\n",
		}, 0.5, true},
		"version 2, in a container": {map[string]string{
			"/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "400000 100000\n",
		}, 4, true},
		"version 1": {map[string]string{
			"/proc/self/cgroup":                         "5:cpuacct,cpu:/x\n0::/y\n",
			"/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us":     "200000\n",
			"/sys/fs/cgroup/cpu/x/cpu.cfs_period_us":    "100000\n",
			"/sys/fs/cgroup/cpu/cpu.cfs_quota_us":       "-1\n",
			"/sys/fs/cgroup/cpu/cpu.cfs_period_us":      "100000\n",
			"/sys/fs/cgroup/y/cpu.max":                  "100 100000\n",
			"/sys/fs/cgroup/cpuset/x/cpu.cfs_period_us": "1\n",
		}, 2, true},
		"version 1, in a container that sees its host's path": {map[string]string{
			"/proc/self/cgroup": "5:cpu:/docker/123\n", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
		}, 0.5, true},
	} {
		root := t.TempDir()
		for path, content := range c.files {
			put(t, root, path, content)
		}
		if cpus, ok := Root(root).Quota(); cpus != c.cpus || ok != c.ok {
			t.Errorf("%s: got %v, %v; want %v, %v", name, cpus, ok, c.cpus, c.ok)
		}
	}
}

func TestThrottledTimeOfVersion1IsInNanoseconds(t *testing.T) {
	root := t.TempDir()
	put(t, root, "/proc/self/cgroup", "5:cpu,cpuacct:/x\n")
	put(t, root, "/sys/fs/cgroup/cpu/x/cpu.stat", "nr_periods 9\nnr_throttled 3\nthrottled_time 1500000000\n")
	put(t, root, "/sys/fs/cgroup/cpu/cpu.stat", "nr_periods 0\nnr_throttled 0\nthrottled_time 500000000\n")
	if d := Root(root).throttled(); d == nil || *d != 2*time.Second {
		t.Errorf("got %v, want 2s", d)
	}
}

func TestMemory(t *testing.T) {
	root := t.TempDir()
	put(t, root, "/proc/meminfo", "MemTotal:       2048 kB\nMemFree: 5 kB\nMemAvailable:   1024 kB\nSwapTotal:   512 kB\nSwapFree:   256 kB\n")
	if m := Root(root).Memory(); m != (Memory{2 << 20, 1 << 20, 512 << 10, 256 << 10}) {
		t.Errorf("%+v", m)
	}
	if m := Root(t.TempDir()).Memory(); m != (Memory{}) {
		t.Errorf("%+v", m)
	}
}
