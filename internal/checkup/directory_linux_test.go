package checkup

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/sysinfo"
)

// TestDirectoryChecks runs the checks on the disk of the tests, and on file systems where they must
// fail.
func TestDirectoryChecks(t *testing.T) {
	const memory = "/dev/shm"
	disk := t.TempDir()
	if kind := sysinfo.FilesystemOf(disk).Type; kind == "ext4" || kind == "xfs" {
		for name, run := range map[string]func(*subject) Check{"cold cache": coldCache, "direct reads": directReads, "copies": copies} {
			want(t, name, run(&subject{root: sysinfo.Host, dir: disk}), Fit, "")
		}
	}
	if sysinfo.FilesystemOf(memory).Type == "tmpfs" && sysinfo.Writable(memory) == nil {
		want(t, "cold cache", coldCache(&subject{root: sysinfo.Host, dir: memory}), Unknown, "files on tmpfs are always in memory")
		if c := directReads(&subject{root: sysinfo.Host, dir: memory}); c.State == Fit {
			t.Errorf("direct reads are fit on tmpfs: %+v", c)
		}
	}
	if c := coldCache(&subject{root: sysinfo.Host, dir: "/proc"}); c.State != Unknown || !strings.Contains(c.Found, "cannot create a test file") {
		t.Errorf("cold cache in /proc: got %+v, want unknown", c)
	}
	if left, err := os.ReadDir(disk); err != nil || len(left) > 0 {
		t.Errorf("files left in the directory: %v, error %v", left, err)
	}
}

func TestCold(t *testing.T) {
	want(t, "cold", judgeCold("ext4", 1, 0), Fit, "")
	want(t, "warm", judgeCold("overlay", 1, 0.5), Unfit, "50%")
	want(t, "not reported", judgeCold("overlay", 0, 0), Unknown, "does not report the contents")
}

func TestRing(t *testing.T) {
	for name, c := range map[string]struct {
		disabled string
		err      error
		state    State
		found    string
		advice   string
	}{
		"there":    {"0", nil, Fit, "", ""},
		"disabled": {"2", unix.EPERM, Unfit, "io_uring_disabled is 2", "sysctl"},
		"filtered": {"0", unix.EPERM, Unfit, "a system call filter", "seccomp"},
		"absent":   {"", unix.ENOSYS, Unfit, "this kernel does not support it", "5.1"},
		"locked":   {"0", unix.ENOMEM, Unfit, "locked memory", "ulimit -l"},
		"other":    {"0", unix.EINVAL, Unfit, "invalid argument", ""},
	} {
		s := &subject{root: rootWith(t, map[string]string{"/proc/sys/kernel/io_uring_disabled": c.disabled + "\n"})}
		got := judgeRing(s, c.err)
		want(t, name, got, c.state, c.found)
		if !strings.Contains(got.Advice, c.advice) {
			t.Errorf("%s: got advice %q, want a text with %q", name, got.Advice, c.advice)
		}
	}
	// If nothing forbids io_uring, it must be available.
	state := ioUring(&subject{root: sysinfo.Host}).State
	allowed := sysinfo.Host.Text("/proc/sys/kernel/io_uring_disabled") == "0" &&
		strings.Contains(sysinfo.Host.Text("/proc/self/status"), "\nSeccomp:\t0\n")
	if state == Unknown || allowed && state != Fit {
		t.Errorf("io_uring is %s, although allowed is %v", state, allowed)
	}
}

func TestLimits(t *testing.T) {
	want(t, "few descriptors", judgeDescriptors(1024), Unfit, "at most 1024 open files")
	want(t, "many descriptors", judgeDescriptors(4096), Fit, "4096")
	want(t, "no limit", judgeDescriptors(^uint64(0)), Fit, "no limit")
	few := rootWith(t, map[string]string{
		"/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/b/pids.max": "max\n", "/sys/fs/cgroup/a/pids.max": "100\n", "/proc/sys/kernel/pid_max": "32768\n",
	})
	want(t, "few processes", processes(&subject{root: few}), Unfit, "100, including threads (pids.max of the control group)")
	many := rootWith(t, map[string]string{"/proc/sys/kernel/pid_max": "2000\n", "/proc/sys/kernel/threads-max": "5000\n"})
	want(t, "many processes", processes(&subject{root: many}), Fit, "(")
}
