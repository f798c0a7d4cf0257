package analysis

import (
	"fmt"

	"iosweep/internal/format"
	"iosweep/journal"
)

// What other processes may take of all trials together before it is said, in
// processors and in seconds: the same as of a single trial.
const (
	othersAllowed = 0.10
	othersSeen    = 0.030
)

// othersWarning says what other processes took of the measured trials as a whole. The
// kernel counts in ticks of 10 ms, so that of a short trial alone nothing can be said;
// of many of them it can.
func othersWarning(cells [][]turn) []string {
	var took, others float64
	trials := 0
	for _, turns := range cells {
		for i := range turns {
			m := turns[i].Measurement
			if turns[i].Phase != journal.Measured || m == nil {
				continue
			}
			trials++
			took += m.Seconds
			if m.Others != nil { // nor is it known of a trial shorter than a tick
				others += *m.Others * m.Seconds
			}
		}
	}
	if took <= 0 || others < othersSeen || others/took < othersAllowed {
		return nil
	}
	return []string{fmt.Sprintf("Other processes kept at least %.2f cpus busy while %s were measured: those that are too short to be called noisy one by one were disturbed, too.",
		others/took, format.Count(trials, "trial"))}
}
