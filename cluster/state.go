package cluster

import (
	"slices"

	"iosweep/journal"
)

// A State is what the files say about a shard.
type State struct {
	Attempts []*Attempt
	Done     bool
	Tries    int      // attempts that added no whole round, and submissions without any attempt
	Failed   []string // nodes on which attempts failed
}

// states returns the state of each shard.
func (s *Sweep) states(arrays []Array) ([]State, error) {
	list := make([]State, len(s.Shards))
	submitted := make([]int, len(s.Shards))
	for _, a := range arrays {
		for _, n := range a.Shards() {
			if !a.Cancelled {
				submitted[n]++
			}
		}
	}
	for n := range list {
		attempts, err := s.Attempts(n)
		if err != nil {
			return nil, err
		}
		st := State{Attempts: attempts, Done: s.isDone(attempts)}
		if !st.Done {
			s.load(attempts)
			st.weigh()
			st.Tries += max(0, submitted[n]-len(attempts))
		}
		list[n] = st
	}
	return list, nil
}

// weigh counts the attempts that failed, and finds their nodes. An attempt that was asked to end has not failed.
func (st *State) weigh() {
	whole, _ := wholeRounds(st.Attempts)
	for _, a := range st.Attempts {
		if !slices.ContainsFunc(whole, func(r round) bool { return r.of == a && r.phase == journal.Measured }) {
			st.Tries++
		}
		if a.hasFailed() && a.Node() != "" && !slices.Contains(st.Failed, a.Node()) {
			st.Failed = append(st.Failed, a.Node())
		}
	}
	slices.Sort(st.Failed)
}

// hasFailed reports whether an attempt has failed, or was killed, or still runs.
func (a *Attempt) hasFailed() bool {
	switch kind := a.ending(); kind {
	case journal.NoteFinished, journal.NoteInterrupted, journal.NoteBudget:
		return a.Failure != nil
	}
	return true
}

// ending returns the kind of the last note of an attempt, or "".
func (a *Attempt) ending() string {
	if a.Log == nil || len(a.Log.Notes) == 0 {
		return ""
	}
	switch n := a.Log.Notes[len(a.Log.Notes)-1]; n.Kind {
	case journal.NoteFinished, journal.NoteInterrupted, journal.NoteBudget, journal.NoteFault, journal.NoteFailFast:
		return n.Kind
	}
	return ""
}
