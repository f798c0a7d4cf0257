package checkup

import (
	"os"

	"golang.org/x/sys/unix"

	"iosweep/internal/ring"
)

// minProcesses is more than a grid with a few hundred workers needs, together with the processes of
// a desktop.
const minProcesses = 1024

// processes checks the maximum number of processes. Threads count as processes (getrlimit(2)).
func processes(s *subject) Check {
	limit, source := int64(-1), ""
	consider := func(n int64, name string) {
		if limit < 0 || n < limit {
			limit, source = n, name
		}
	}
	var own unix.Rlimit
	// This limit does not apply to root.
	if unix.Getrlimit(unix.RLIMIT_NPROC, &own) == nil && own.Max <= 1<<62 && os.Geteuid() != 0 {
		consider(int64(own.Max), "ulimit -Hu")
	}
	if n, ok := s.root.ProcessLimit(); ok {
		consider(n, "pids.max of the control group")
	}
	for _, name := range []string{"pid_max", "threads-max"} {
		if n, ok := s.root.Number("/proc/sys/kernel/" + name); ok {
			consider(n, "kernel."+name)
		}
	}
	switch {
	case limit < 0:
		return unknown("the limit is not available on this machine")
	case limit < minProcesses:
		return unfit("raise the limit (ulimit -u, systemd: TasksMax=, docker: --pids-limit), or use fewer workers",
			"at most %d, including threads (%s)", limit, source)
	}
	return fit("at most %d, including threads (%s)", limit, source)
}

// ioUring creates a ring, asks the kernel for its features, and closes it.
func ioUring(s *subject) Check {
	return judgeRing(s, ring.Check())
}

func judgeRing(s *subject, err error) Check {
	if err == nil {
		return fit("rings can be created")
	}
	found, advice := ring.Explain(err, s.root.Text(ring.DisabledPath))
	return unfit(advice, "%s", found)
}
