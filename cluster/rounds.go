package cluster

import (
	"cmp"
	"slices"
	"time"

	"iosweep/journal"
)

// A roundKey is a round of a plan.
type roundKey struct {
	phase  journal.Phase
	number int
}

func (k roundKey) compare(other roundKey) int {
	if k.phase != other.phase {
		return cmp.Compare(other.phase, k.phase) // warmup precedes measured
	}
	return cmp.Compare(k.number, other.number)
}

// A round is one pass of an attempt over the cells of its shard.
type round struct {
	roundKey
	of     *Attempt
	trials []journal.Trial
	whole  bool
}

// rounds returns the rounds of an attempt, in order.
func (a *Attempt) rounds() (list []round) {
	if a.Log == nil {
		return nil
	}
	trials := a.Log.Trials
	for begin, i := 0, 1; begin < len(trials); i++ {
		if i < len(trials) && trials[i].Phase == trials[begin].Phase && trials[i].Round == trials[begin].Round {
			continue
		}
		r := round{roundKey: roundKey{trials[begin].Phase, trials[begin].Round}, of: a, trials: trials[begin:i]}
		// A round has ended if a later one has begun. Adaptive repeats and quarantine can leave out cells.
		r.whole = i < len(trials) || a.Log.Finished() || r.hasAllCells()
		list = append(list, r)
		begin = i
	}
	return list
}

// hasAllCells reports whether each cell of the shard has a good trial in the round, except skipped cells.
func (r *round) hasAllCells() bool {
	good := map[int]bool{}
	for i := range r.trials {
		good[r.trials[i].Cell] = good[r.trials[i].Cell] || r.trials[i].Status == journal.OK
	}
	for cell := range r.of.Run.Cells {
		if r.of.Run.Cells[cell].Skip == "" && !good[cell] {
			return false
		}
	}
	return true
}

// span returns the time from the start of the first trial to the end of the last.
func (r *round) span() (start, end time.Time) {
	start = r.trials[0].StartedAt
	for i := range r.trials {
		end = latest(end, endOf(&r.trials[i]))
	}
	return start, end
}

// endOf returns the time at which a trial had ended at the earliest.
func endOf(t *journal.Trial) time.Time {
	seconds := 0.0
	if m := t.Measurement; m != nil {
		seconds = m.Seconds
		if m.Startup != nil {
			seconds += *m.Startup
		}
	}
	return t.StartedAt.Add(time.Duration(seconds * float64(time.Second)))
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// wholeRounds returns the rounds of a shard that some attempt has whole, in order: of each round the one of the
// first attempt that has it. The attempts must be loaded and sorted. It also returns the rounds that are not used:
// copies of whole rounds, and parts.
func wholeRounds(list []*Attempt) (whole, unused []round) {
	used := map[roundKey]bool{}
	for _, a := range list {
		for _, r := range a.rounds() {
			if r.whole && !used[r.roundKey] {
				used[r.roundKey] = true
				whole = append(whole, r)
			} else {
				unused = append(unused, r)
			}
		}
	}
	slices.SortStableFunc(whole, func(a, b round) int { return a.compare(b.roundKey) })
	return whole, unused
}

// FinishLate reports whether a shard is done. If an attempt has run all of it but could not write its file .done, for
// example because the disk was full, FinishLate writes it.
func (s *Sweep) FinishLate(shard int) (bool, error) {
	list, err := s.Attempts(shard)
	if err != nil {
		return false, err
	}
	if s.isDone(list) && s.isIntact(list) {
		return true, nil
	}
	s.load(list)
	for _, a := range list {
		if a.Log != nil && a.Done == nil && a.Log.Finished() {
			whole, _ := wholeRounds(list)
			var earlier []*Attempt
			for _, r := range whole {
				if r.of != a && r.phase == journal.Measured && !slices.Contains(earlier, r.of) {
					earlier = append(earlier, r.of)
				}
			}
			return true, a.Finish(earlier)
		}
	}
	return false, nil
}

// Earlier returns the log of a shard for a new attempt: the measured rounds that earlier attempts have whole. It
// also returns those attempts.
func (s *Sweep) Earlier(shard int) (log *journal.Log, from []*Attempt, err error) {
	list, err := s.Attempts(shard)
	if err != nil {
		return nil, nil, err
	}
	s.load(list)
	whole, _ := wholeRounds(list)
	log = &journal.Log{}
	for _, r := range whole {
		if r.phase != journal.Measured {
			continue // the machine may be another one, so a new attempt has its own warm-up
		}
		log.Trials = append(log.Trials, r.trials...)
		if !slices.Contains(from, r.of) {
			from = append(from, r.of)
		}
	}
	return log, from, nil
}
