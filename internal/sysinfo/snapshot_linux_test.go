package sysinfo

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// busyShell returns the command of a shell with the given name that runs an endless loop.
func busyShell(t *testing.T, name string) []string {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	if shell, err = filepath.EvalSymlinks(shell); err != nil || strings.Contains(shell, "busybox") {
		t.Skip("busybox selects the program by its name, so the shell cannot have another name: ", shell, err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(shell, path); err != nil {
		t.Fatal(err)
	}
	return []string{path, "-c", "while :; do :; done"}
}

// TestOthersExcludeDescendants checks that a running child of this process does not count as
// another process, but that a process without its parent does.
func TestOthersExcludeDescendants(t *testing.T) {
	own := busyShell(t, "ownchild")
	child := exec.Command(own[0], own[1:]...)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Process.Kill(); _ = child.Wait() }()
	stranger := busyShell(t, "stranger")
	// The shell that starts the stranger ends, so the stranger is not a descendant of this process.
	out, err := exec.Command("sh", "-c", `"$0" "$@" >/dev/null 2>&1 & echo $!`, stranger[0], stranger[1], stranger[2]).Output()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Kill(pid, unix.SIGKILL) }()
	watch, excluding := Host.Watch(), Host.Watch(pid)
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		d := watch.End()
		found := false
		for _, b := range d.Others.Busiest {
			if b.Name == "ownchild" {
				t.Fatalf("a child of this process counts as another process: %+v", b)
			}
			if b.Name == "stranger" {
				found = b.PID == pid && b.Time > 0 && b.Time <= d.Others.Time
			}
		}
		if d.Others.Known && found {
			break
		}
		if time.Now().After(end) { // on a busy machine the stranger can start late
			t.Fatalf("the stranger %d is not among %+v", pid, d.Others)
		}
	}
	for _, b := range excluding.End().Others.Busiest {
		if b.Name == "stranger" {
			t.Errorf("an excluded process is noise: %+v", b)
		}
	}
}

// stat returns the line of /proc/PID/stat of a process with ticks of itself and of its children.
func stat(pid, parent int, name string, flags, own, children, started int) string {
	return fmt.Sprintf("%d (%s) S %d %d %d 0 -1 %d 100 0 0 0 %d 0 %d 0 20 0 1 0 %d 12345 1 18446744073709551615\n",
		pid, name, parent, pid, pid, flags, own, children, started)
}

// procWith returns a root with these processes.
func procWith(t *testing.T, stats ...string) Root {
	t.Helper()
	root := t.TempDir()
	for _, s := range stats {
		pid, _, _ := strings.Cut(s, " ")
		put(t, root, "/proc/"+pid+"/stat", s)
	}
	put(t, root, "/proc/stat", "cpu 1 2 3\n")
	put(t, root, "/proc/meminfo", "MemTotal: 1 kB\n")
	return Root(root)
}

// TestSnapshot checks the times of processes that start, end and have children.
func TestSnapshot(t *testing.T) {
	const self, second = 100, 100
	base := []string{stat(1, 0, "init", 0, 50, 5000, 1), stat(2, 0, "kthreadd", kernelThread, 0, 0, 1), stat(self, 1, "iosweep", 0, 10, 0, 90)}
	for name, c := range map[string]struct {
		before, after []string
		excluded      []int
		want          string // for each name: name, pid, number of processes, ticks
	}{
		"nothing":      {nil, nil, nil, ""},
		"one":          {[]string{stat(7, 1, "a", 0, 20, 0, 5)}, []string{stat(7, 1, "a", 0, 25, 0, 5)}, nil, "a 7 1 5"},
		"its children": {[]string{stat(7, 1, "make", 0, 20, 30, 5)}, []string{stat(7, 1, "make", 0, 21, 90, 5)}, nil, "make 7 1 61"},
		"a new one":    {nil, []string{stat(7, 1, "a", 0, 25, 0, 5)}, nil, "a 7 1 25"},
		"a reused pid": {
			[]string{stat(7, 1, "old", 0, 1000, 0, 5)},
			[]string{stat(7, 1, "new", 0, 3, 0, 95)},
			nil, "new 7 1 3",
		},
		"one name": {
			[]string{stat(7, 1, "a", 0, 20, 0, 5), stat(8, 1, "a", 0, 20, 0, 5), stat(9, 1, "b", 0, 20, 0, 5)},
			[]string{stat(7, 1, "a", 0, 25, 0, 5), stat(8, 1, "a", 0, 28, 0, 5), stat(9, 1, "b", 0, 27, 0, 5)},
			nil, "a 8 2 13, b 9 1 7",
		},
		"one that ended had used most before": {
			[]string{stat(7, 1, "sh", 0, 1, 0, 5), stat(8, 7, "a", 0, 9000, 0, 6)},
			[]string{stat(7, 1, "sh", 0, 1, 9004, 5)},
			nil, "sh 7 1 4",
		},
		"one that ended with its parent": {
			[]string{stat(7, 1, "sh", 0, 1, 0, 5), stat(8, 7, "a", 0, 9000, 0, 6)},
			[]string{stat(1, 0, "init", 0, 50, 5000+9001+6, 1)},
			nil, "init 1 1 6",
		},
		"one that ended without a visible parent": {[]string{stat(8, 1, "a", 0, 9000, 0, 6)}, nil, nil, ""},
		"descendants": {
			[]string{stat(101, self, "w", 0, 0, 0, 95)},
			[]string{stat(101, self, "w", 0, 70, 0, 95), stat(102, 101, "x", 0, 70, 0, 96), stat(self, 1, "iosweep", 0, 90, 40, 90)},
			nil, "",
		},
		"excluded": {
			[]string{stat(7, 1, "runner", 0, 20, 0, 5), stat(8, 7, "a", 0, 1, 0, 5)},
			[]string{stat(7, 1, "runner", 0, 25, 0, 5), stat(8, 7, "a", 0, 3, 0, 5)},
			[]int{7},
			"a 8 1 2",
		},
		"a name with brackets": {nil, []string{stat(7, 1, "a) S 2 (b c", 0, 4, 0, 5)}, nil, "a) S 2 (b c 7 1 4"},
		"a kernel thread":      {nil, []string{stat(7, 2, "kworker/0:1", kernelThread|0x40, 90, 0, 5)}, nil, ""},
		"not numbers":          {nil, []string{"7 (a\n", "8 )a( S 1\n", "9 (a) S 1 2\n"}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before, after := procWith(t, append(base, c.before...)...).snapshot(), procWith(t, append(base, c.after...)...).snapshot()
			after.at = before.at.Add(time.Second)
			o := after.since(before, self, c.excluded)
			var got []string
			var sum time.Duration
			for _, b := range o.Busiest {
				got = append(got, fmt.Sprintf("%s %d %d %d", b.Name, b.PID, b.Processes, b.Time/tick))
				sum += b.Time
			}
			if text := strings.Join(got, ", "); text != c.want || sum != o.Time || !o.Known {
				t.Errorf("got %q, %v in total; want %q", text, o.Time, c.want)
			}
			if want := float64(sum/tick) / second; o.CPUs() != want {
				t.Errorf("got %v cpus, want %v", o.CPUs(), want)
			}
		})
	}
	if Root(t.TempDir()).snapshot().since(procWith(t, base...).snapshot(), self, nil).Known {
		t.Error("the times of an empty snapshot are known")
	}
}

func TestOthersOfLessThanATickAreUnknown(t *testing.T) {
	before, after := procWith(t, stat(7, 1, "a", 0, 20, 0, 5)).snapshot(), procWith(t, stat(7, 1, "a", 0, 21, 0, 5)).snapshot()
	for elapsed, known := range map[time.Duration]bool{tick - 1: false, tick: true} {
		after.at = before.at.Add(elapsed)
		if o := after.since(before, 100, nil); o.Known != known || !known && o.CPUs() != 0 {
			t.Errorf("after %v: got %+v, want known %v", elapsed, o, known)
		}
	}
}

func BenchmarkSnapshot(b *testing.B) {
	b.ReportAllocs()
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Host.snapshot()
	}
	b.ReportMetric(float64(len(entries)), "processes")
}
