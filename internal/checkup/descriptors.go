package checkup

import "iosweep/internal/process"

// minDescriptors is enough for an async strategy with a thousand workers, each with two files, and
// for the rest of the program.
const minDescriptors = 4096

func descriptors(*subject) Check {
	limit, known := process.DescriptorLimit()
	if !known {
		return unknown("the limit is not available on this machine")
	}
	return judgeDescriptors(limit)
}

func judgeDescriptors(limit uint64) Check {
	switch {
	case limit > 1<<62:
		return fit("no limit")
	case limit < minDescriptors:
		return unfit("raise the hard limit (ulimit -Hn, /etc/security/limits.conf, systemd: LimitNOFILE=); cells that need more are skipped",
			"at most %d open files", limit)
	}
	return fit("at most %d open files", limit)
}
