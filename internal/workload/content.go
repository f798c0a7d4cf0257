package workload

import (
	"fmt"
	"time"
)

// Content makes the bytes of a workload's items. Equal workloads make equal
// bytes, in every process and on every machine, so that an item need not be
// carried from one to the other.
type Content interface {
	// Append appends the content of one item to dst and returns the extended
	// slice. It is safe for concurrent use.
	Append(dst []byte, item int) ([]byte, error)
}

// A Delayed content has to be waited for, as for the answer of a server: whoever
// makes an item within a trial first sleeps that long. It costs no processor, so
// workers wait side by side. Append does not wait: what surveys, prepares and
// verifies items has nothing to wait for.
type Delayed interface {
	Delay(item int) time.Duration
}

// A InMemory content lies in memory before it is asked for, so that whoever only
// stores an item need not copy it first.
type InMemory interface {
	// Bytes is the content of one item, which is not to be changed; not ok where
	// it does not lie there in one piece.
	Bytes(item int) (data []byte, ok bool)
}

// ContentOf is the content of a workload that is made, not read from a tree.
func ContentOf(w Workload) (Content, error) {
	switch w.Content {
	case ContentRows:
		return rows{seed: w.Seed, lines: w.Lines, values: w.Values}, nil
	case ContentRandom:
		return random{seed: w.Seed, lines: w.Lines, values: w.Values}, nil
	case ContentBytes:
		return newNoise(w.Seed, w.Size), nil
	case ContentTasks:
		return tasks{seed: w.Seed}, nil
	}
	return nil, fmt.Errorf("content %q is not known; expected one of %s, %s, %s, %s",
		w.Content, ContentRows, ContentRandom, ContentBytes, ContentTasks)
}
