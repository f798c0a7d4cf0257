//go:build unix

package checkup

import "golang.org/x/sys/unix"

// leastDescriptors is what async strategies of a thousand workers need, two files
// each, with room to spare.
const leastDescriptors = 4096

func descriptors(*subject) Check {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return unknown("%v", err)
	}
	return judgeDescriptors(uint64(limit.Max)) // Go programs raise the soft limit to it
}

func judgeDescriptors(most uint64) Check {
	switch {
	case most > 1<<62:
		return fit("no limit")
	case most < leastDescriptors:
		return unfit("raise the hard limit (ulimit -Hn, /etc/security/limits.conf, systemd: LimitNOFILE=); cells that need more are skipped",
			"%d open files at once", most)
	}
	return fit("%d open files at once", most)
}
