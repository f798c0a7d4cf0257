package checkup

import "iosweep/internal/ring"

// ioUring asks the kernel for a ring, for what it can do, and gives it back.
func ioUring(s *subject) Check {
	return judgeRing(s, ring.Check())
}

func judgeRing(s *subject, err error) Check {
	if err == nil {
		return fit("rings can be made")
	}
	found, advice := ring.Explain(err, s.root.Text(ring.Setting))
	return unfit(advice, "%s", found)
}
