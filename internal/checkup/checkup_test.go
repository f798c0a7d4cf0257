package checkup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"iosweep/internal/sysinfo"
)

// rootWith returns a root with these files.
func rootWith(t *testing.T, files map[string]string) sysinfo.Root {
	t.Helper()
	root := t.TempDir()
	for path, content := range files {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return sysinfo.Root(root)
}

// want checks the state of a check and a part of its finding.
func want(t *testing.T, name string, c Check, state State, found string) {
	t.Helper()
	if c.State != state || !strings.Contains(c.Found, found) {
		t.Errorf("%s: got %+v, want %s: %s", name, c, state, found)
	}
	if c.State == Unfit && c.Advice == "" {
		t.Errorf("%s is unfit but has no advice", name)
	}
	if c.State != Unfit && c.warning != "" {
		t.Errorf("%s is %s but has a warning: %s", name, c.State, c.warning)
	}
}

func TestThisMachine(t *testing.T) {
	dir := t.TempDir()
	list, err := Run(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(all) {
		t.Fatalf("got %d checks, want %d", len(list), len(all))
	}
	known := 0
	for i, c := range list {
		if c.Name != all[i].name || c.Found == "" || c.State != Fit && c.State != Unfit && c.State != Unknown {
			t.Errorf("%+v", c)
		}
		if c.State != Unknown {
			known++
		}
		want(t, c.Name, c, c.State, "")
	}
	if runtime.GOOS == "linux" && known < 12 {
		t.Errorf("%d of %d checks are unknown: %+v", len(list)-known, len(list), list)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files left in the directory: %v, error %v", left, err)
	}
}

func TestRunNeedsADirectory(t *testing.T) {
	if _, err := Run(t.Context(), filepath.Join(t.TempDir(), "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	file := filepath.Join(string(rootWith(t, map[string]string{"file": ""})), "file")
	if _, err := Run(t.Context(), file); err == nil || !strings.Contains(err.Error(), "it is a file, not a directory") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if warnings := Warnings(ctx, []string{"."}); warnings != nil {
		t.Errorf("got warnings %q from a cancelled check", warnings)
	}
}

// quietMachine returns the files that the cheap checks read, as on a quiet machine.
func quietMachine() map[string]string {
	return map[string]string{
		"/sys/devices/system/cpu/cpufreq/policy0/scaling_governor":           "performance\n",
		"/sys/devices/system/cpu/cpufreq/policy1/scaling_governor":           "performance\n",
		"/sys/devices/system/clocksource/clocksource0/current_clocksource":   "tsc\n",
		"/sys/devices/system/clocksource/clocksource0/available_clocksource": "tsc hpet acpi_pm\n",
		"/proc/meminfo":             "MemTotal: 1000 kB\nMemAvailable: 900 kB\nSwapTotal: 1000 kB\nSwapFree: 10 kB\n",
		"/proc/vmstat":              "pswpin 7\npswpout 8\n",
		"/proc/self/cgroup":         "0::/a\n",
		"/sys/fs/cgroup/a/cpu.max":  "max 100000\n",
		"/sys/fs/cgroup/a/cpu.stat": "throttled_usec 5\n",
		"/proc/stat":                "cpu 1 2 3 4 5 6 7 8\n",
		"/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count": "5\n",
	}
}

func TestQuietMachineGivesNoWarning(t *testing.T) {
	root := rootWith(t, quietMachine())
	if warnings := warningsAt(t.Context(), root, []string{t.TempDir(), t.TempDir()}); len(warnings) > 0 {
		t.Errorf("got warnings %q, want none", warnings)
	}
}

// TestWarnings checks that a condition gives one warning, even with two directories.
func TestWarnings(t *testing.T) {
	for name, c := range map[string]struct {
		path, content string
		want          string
	}{
		"one governor of two": {"/sys/devices/system/cpu/cpufreq/policy1/scaling_governor", "powersave\n", "The frequency governor of the processors is powersave: "},
		"clock source":        {"/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n", "The clock source is hpet, which is slow to read"},
		"quota":               {"/sys/fs/cgroup/a/cpu.max", "50000 100000\n", "The control group of this process may use only 0.5 of "},
		"memory":              {"/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 90 kB\n", "Little memory is available (90.0 KiB of 1000 KiB available"},
	} {
		files := quietMachine()
		files[c.path] = c.content
		warnings := warningsAt(t.Context(), rootWith(t, files), []string{t.TempDir(), t.TempDir()})
		if len(warnings) != 1 || !strings.HasPrefix(warnings[0], c.want) || !strings.HasSuffix(warnings[0], ".") {
			t.Errorf("%s: got warnings %q, want one that begins with %q", name, warnings, c.want)
		}
	}
}

// TestDisturbancesGiveWarnings checks the disturbances that are observed during the checks.
func TestDisturbancesGiveWarnings(t *testing.T) {
	share := func(x float64) *float64 { return &x }
	root := rootWith(t, quietMachine())
	for name, c := range map[string]struct {
		noise sysinfo.Disturbance
		run   func(*subject) Check
		want  string
	}{
		"steal":     {sysinfo.Disturbance{Steal: share(0.2), Stolen: time.Second}, steal, "20.0% steal"},
		"throttled": {sysinfo.Disturbance{Elapsed: time.Second, Throttled: share(0.5)}, quota, "stopped for 50.0% of the time by the cpu quota"},
		"heat":      {sysinfo.Disturbance{Overheated: new(int64(1))}, heat, "slowed down for heat"},
		"swapping":  {sysinfo.Disturbance{Swapped: new(int64(1))}, memory, "and the machine is swapping"},
		"waiting":   {sysinfo.Disturbance{Elapsed: time.Second, PressureMemory: share(0.5)}, memory, "waited for memory for 50.0% of the time"},
		"others": {sysinfo.Disturbance{Others: sysinfo.Others{Known: true, Time: time.Second, Elapsed: time.Second, Busiest: []sysinfo.Busy{
			{Name: "a", PID: 5, Processes: 1, Time: time.Second}, {Name: "b", PID: 6}, {Name: "c", PID: 7}, {Name: "d", PID: 8},
		}}}, others, "used 1.00 cpus, most of it a (pid 5), then b (pid 6), c (pid 7)"},
	} {
		got := c.run(&subject{root: root, cpus: 2, noise: c.noise})
		want(t, name, got, Unfit, c.want)
		if got.warning == "" || !strings.HasSuffix(got.warning, ".") {
			t.Errorf("%s: got warning %q, want a sentence", name, got.warning)
		}
		quiet := c.run(&subject{root: root, cpus: 2, noise: sysinfo.Disturbance{
			Steal: share(0), Throttled: share(0), Overheated: new(int64), Swapped: new(int64), Others: sysinfo.Others{Known: true, Elapsed: time.Second},
		}})
		want(t, name+", quiet", quiet, Fit, "")
	}
}

// TestNamesAreEscaped checks the name of a process, which can contain any character.
func TestNamesAreEscaped(t *testing.T) {
	s := &subject{root: rootWith(t, nil), noise: sysinfo.Disturbance{Others: sysinfo.Others{
		Known: true, Time: time.Second, Elapsed: time.Second, Busiest: []sysinfo.Busy{{Name: "a\x1b[2J\n", PID: 5, Processes: 1, Time: time.Second}},
	}}}
	for _, c := range s.checks(func(c checkSpec) bool { return c.name == "other processes" }) {
		if c.State != Unfit || strings.ContainsAny(c.Found+c.warning, "\x1b\n") {
			t.Errorf("%q, %q", c.Found, c.warning)
		}
	}
}

func TestProcessors(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		cpus  int
		state State
		found string
	}{
		"one":      {nil, 1, Unfit, "1 cpu"},
		"affinity": {map[string]string{"/sys/devices/system/cpu/online": "0-2,4\n"}, 2, Fit, "2 of 4 cpus"},
		"smt":      {map[string]string{"/sys/devices/system/cpu/smt/active": "1\n"}, 2, Fit, "share a core"},
		"nonsense": {map[string]string{"/sys/devices/system/cpu/online": "all\n"}, 2, Fit, "2 cpus"},
	} {
		want(t, name, cpus(&subject{root: rootWith(t, c.files), cpus: c.cpus}), c.state, c.found)
	}
}

func TestQuota(t *testing.T) {
	for name, c := range map[string]struct {
		max   string
		state State
		found string
	}{
		"less":   {"150000 100000", Unfit, "1.5 of 4 cpus"},
		"enough": {"400000 100000", Fit, "quota of 4 cpus, with 4 cpus available"},
		"none":   {"max 100000", Fit, "none"},
	} {
		root := rootWith(t, map[string]string{"/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": c.max})
		want(t, name, quota(&subject{root: root, cpus: 4}), c.state, c.found)
	}
	want(t, "no groups", quota(&subject{root: rootWith(t, nil), cpus: 4}), Unknown, "")
}

func TestFrequency(t *testing.T) {
	const policy0, policy1 = cpufreq + "/policy0/scaling_governor", cpufreq + "/policy1/scaling_governor"
	const noTurbo, boost = "/sys/devices/system/cpu/intel_pstate/no_turbo", cpufreq + "/boost"
	const of0 = "/sys/devices/system/cpu/cpu0/cpufreq/"
	for name, c := range map[string]struct {
		files map[string]string
		run   func(*subject) Check
		state State
		found string
	}{
		"performance": {map[string]string{
			policy0: "performance\n", of0 + "scaling_driver": "intel_pstate\n",
			of0 + "scaling_min_freq": "800000\n", of0 + "scaling_max_freq": "3400000\n",
		}, governor, Fit, "performance (intel_pstate), 0.8 to 3.4 GHz"},
		"powersave":       {map[string]string{policy0: "powersave\n"}, governor, Unfit, "powersave"},
		"mixed":           {map[string]string{policy0: "performance\n", policy1: "schedutil\n"}, governor, Unfit, "schedutil"},
		"none":            {nil, governor, Unknown, ""},
		"turbo":           {map[string]string{noTurbo: "0\n"}, turbo, Unfit, "on"},
		"no turbo":        {map[string]string{noTurbo: "1\n"}, turbo, Fit, "off"},
		"boost":           {map[string]string{boost: "1\n"}, turbo, Unfit, "on"},
		"no boost":        {map[string]string{boost: "0\n"}, turbo, Fit, "off"},
		"no setting":      {nil, turbo, Unknown, ""},
		"no heat counter": {nil, heat, Unknown, ""},
	} {
		want(t, name, c.run(&subject{root: rootWith(t, c.files), cpus: 2}), c.state, c.found)
	}
}

func TestLoad(t *testing.T) {
	for text, state := range map[string]State{"0.99 9 9 1/2 3\n": Fit, "1.01 0 0 1/2 3\n": Unfit, "much\n": Unknown, "": Unknown} {
		want(t, text, load(&subject{root: rootWith(t, map[string]string{"/proc/loadavg": text}), cpus: 2}), state, "")
	}
}

func TestPressure(t *testing.T) {
	share := func(x float64) *float64 { return &x }
	for name, c := range map[string]struct {
		noise sysinfo.Disturbance
		state State
		found string
	}{
		"unknown": {sysinfo.Disturbance{}, Unknown, ""},
		"quiet":   {sysinfo.Disturbance{PressureCPU: share(0.09), PressureIO: share(0), PressureMemory: share(0)}, Fit, "cpu 9.0%, io 0.0%, memory 0.0%"},
		"disk":    {sysinfo.Disturbance{PressureCPU: share(0), PressureIO: share(0.3)}, Unfit, "cpu 0.0%, io 30.0%"},
		"memory":  {sysinfo.Disturbance{PressureMemory: share(0.02)}, Unfit, "memory 2.0%"},
	} {
		want(t, name, pressure(&subject{noise: c.noise}), c.state, c.found)
	}
}

func TestMemory(t *testing.T) {
	for name, c := range map[string]struct {
		meminfo string
		state   State
		found   string
	}{
		"unknown": {"", Unknown, ""},
		"enough":  {"MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\n", Fit, "4.00 GiB of 8.00 GiB available, no swap"},
		"little":  {"MemTotal: 8388608 kB\nMemAvailable: 419430 kB\nSwapTotal: 1024 kB\nSwapFree: 512 kB\n", Unfit, "410 MiB of 8.00 GiB available, 512 KiB of 1.00 MiB swap in use"},
	} {
		want(t, name, memory(&subject{root: rootWith(t, map[string]string{"/proc/meminfo": c.meminfo})}), c.state, c.found)
	}
}

func TestClock(t *testing.T) {
	const at = "/sys/devices/system/clocksource/clocksource0/"
	for source, state := range map[string]State{
		"tsc": Fit, "kvm-clock": Fit, "arch_sys_counter": Fit, "hpet": Unfit, "acpi_pm": Unfit, "refined-jiffies": Unfit,
	} {
		root := rootWith(t, map[string]string{at + "current_clocksource": source + "\n", at + "available_clocksource": "tsc hpet\n"})
		c := clockSource(&subject{root: root})
		want(t, source, c, state, source)
		if state == Unfit && !strings.Contains(c.Advice, "available: tsc hpet") {
			t.Errorf("%s: got advice %q, want the available clock sources", source, c.Advice)
		}
	}
	want(t, "none", clockSource(&subject{root: rootWith(t, nil)}), Unknown, "")
	want(t, "a good one", judgeClock(40*time.Nanosecond, time.Nanosecond), Fit, "40ns per reading, resolution 1ns")
	want(t, "a slow one", judgeClock(time.Microsecond, time.Nanosecond), Unfit, "1µs per reading")
	want(t, "a coarse one", judgeClock(40*time.Nanosecond, 500*time.Microsecond), Unfit, "resolution 500µs")
	if cost, step := readingCost(), resolution(); cost <= 0 || step <= 0 {
		t.Errorf("got a reading cost of %v and a resolution of %v, want both positive", cost, step)
	}
}

func TestJitter(t *testing.T) {
	times := make([]float64, 200)
	for i := range times {
		times[i] = 0.001
	}
	want(t, "steady", judgeJitter(times), Fit, "equal computations of 1.00 ms: 99% take at most 1.00 times the median")
	times[0], times[100] = 0.003, 0.003
	want(t, "two in two hundred", judgeJitter(times), Unfit, "1% take at least 3.00 times the median")
	want(t, "no clock", judgeJitter(make([]float64, 3)), Unknown, "")
}

func TestVirtualisation(t *testing.T) {
	const bare, guest = "processor: 0\nflags\t\t: fpu vme\n", "processor: 0\nflags\t\t: fpu hypervisor vme\n"
	for name, c := range map[string]struct {
		files map[string]string
		state State
		found string
	}{
		"bare metal": {map[string]string{"/proc/cpuinfo": bare, "/sys/class/dmi/id/product_name": "X1\n"}, Fit, "none"},
		"guest":      {map[string]string{"/proc/cpuinfo": guest}, Unknown, "a virtual machine: "},
		"product":    {map[string]string{"/proc/cpuinfo": guest, "/sys/class/dmi/id/product_name": "VirtualBox\n"}, Unknown, "a virtual machine (VirtualBox)"},
		"docker":     {map[string]string{"/proc/cpuinfo": bare, "/.dockerenv": ""}, Unknown, "a container (docker)"},
		"nspawn":     {map[string]string{"/proc/cpuinfo": bare, "/proc/1/environ": "A=b\x00container=systemd-nspawn\x00"}, Unknown, "a container (systemd-nspawn)"},
		"pod":        {map[string]string{"/proc/cpuinfo": guest, "/proc/self/cgroup": "0::/kubepods/x\n"}, Unknown, "a virtual machine, in it a container (kubepods)"},
		"unknown":    {nil, Unknown, ""},
	} {
		want(t, name, virtualisation(&subject{root: rootWith(t, c.files)}), c.state, c.found)
	}
}

func TestFileSystem(t *testing.T) {
	fs := func(kind, options string) sysinfo.Filesystem {
		return sysinfo.Filesystem{Type: kind, Device: "/dev/sda1", Mount: "/data", Options: options}
	}
	for name, c := range map[string]struct {
		fs       sysinfo.Filesystem
		writable error
		state    State
		found    string
		warning  bool
	}{
		"good":        {fs("ext4", "rw,relatime"), nil, Fit, "ext4 on /dev/sda1 at /data (rw,relatime)", false},
		"read only":   {fs("ext4", "ro,relatime"), nil, Unfit, "it is read-only", false},
		"others'":     {fs("ext4", "rw"), os.ErrPermission, Unfit, "permission denied", false},
		"memory":      {fs("tmpfs", "rw"), nil, Fit, "in memory", false},
		"synchronous": {fs("ext4", "rw,sync"), nil, Unfit, "every write waits for the disk", true},
		"times":       {fs("xfs", "rw,strictatime"), nil, Unfit, "every read writes an access time", true},
	} {
		got := judgeFileSystem("/data/x", c.fs, c.writable)
		want(t, name, got, c.state, c.found)
		if (got.warning != "") != c.warning {
			t.Errorf("%s: got warning %q, want a warning: %v", name, got.warning, c.warning)
		}
	}
}

func TestFreeRoom(t *testing.T) {
	for name, c := range map[string]struct {
		space sysinfo.Space
		state State
		found string
	}{
		"enough":      {sysinfo.Space{Free: 1 << 30, Total: 4 << 30}, Fit, "1.00 GiB of 4.00 GiB free"},
		"nearly full": {sysinfo.Space{Free: 1 << 30, Total: 40 << 30}, Unfit, "slower"},
		"no inodes":   {sysinfo.Space{Free: 1 << 30, Total: 4 << 30, Files: 1 << 20, FilesFree: 9}, Unfit, "9 inodes of 1048576"},
	} {
		want(t, name, judgeRoom(c.space), c.state, c.found)
	}
}
