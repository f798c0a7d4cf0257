package checkup

import (
	"os"

	"golang.org/x/sys/unix"

	"iosweep/internal/ring"
)

// leastProcesses is more than any grid of a few hundred workers needs, with what a
// desktop has beside.
const leastProcesses = 1024

// processes: threads count as well (getrlimit(2)).
func processes(s *subject) Check {
	least, which := int64(-1), ""
	take := func(n int64, name string) {
		if least < 0 || n < least {
			least, which = n, name
		}
	}
	var own unix.Rlimit
	// It does not hold for root.
	if unix.Getrlimit(unix.RLIMIT_NPROC, &own) == nil && own.Max <= 1<<62 && os.Geteuid() != 0 {
		take(int64(own.Max), "ulimit -Hu")
	}
	if n, ok := s.root.MostProcesses(); ok {
		take(n, "pids.max of the control group")
	}
	for _, name := range []string{"pid_max", "threads-max"} {
		if n, ok := s.root.Number("/proc/sys/kernel/" + name); ok {
			take(n, "kernel."+name)
		}
	}
	switch {
	case least < 0:
		return unknown("it is not told here")
	case least < leastProcesses:
		return unfit("raise it (ulimit -u, systemd: TasksMax=, docker: --pids-limit), or use fewer workers",
			"%d, threads included (%s)", least, which)
	}
	return fit("%d, threads included (%s)", least, which)
}

// ioUring asks the kernel for a ring, for what it can do, and gives it back.
func ioUring(s *subject) Check {
	return judgeRing(s, ring.Check())
}

func judgeRing(s *subject, err error) Check {
	if err == nil {
		return fit("rings can be made")
	}
	found, advice := ring.Explain(err, s.root.Text(ring.DisabledPath))
	return unfit(advice, "%s", found)
}
