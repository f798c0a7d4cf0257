package checkup

import "iosweep/internal/process"

// leastDescriptors is what async strategies of a thousand workers need, two files
// each, with room to spare.
const leastDescriptors = 4096

func descriptors(*subject) Check {
	limit, known := process.DescriptorLimit()
	if !known {
		return unknown("there is no limit to be told")
	}
	return judgeDescriptors(limit)
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
