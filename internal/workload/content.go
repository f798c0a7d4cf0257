package workload

import (
	"fmt"
	"time"
)

// Content generates the bytes of a workload's items. Equal workloads have equal bytes in every
// process and on every machine, so items need not be transferred between processes.
type Content interface {
	// Append appends the content of one item to dst and returns the extended
	// slice. It is safe for concurrent use.
	Append(dst []byte, item int) ([]byte, error)
}

// A Delayed content has a delay for each item, like the response of a server. Code that
// generates an item within a trial first sleeps for that time. Sleeping uses no processor, so
// workers can wait in parallel. Append does not wait: surveying, preparing and verifying items
// need no delay.
type Delayed interface {
	Delay(item int) time.Duration
}

// An InMemory is a Content that keeps its bytes in memory, so code that only stores an item
// need not copy it first.
type InMemory interface {
	// Bytes returns the content of one item, which the caller must not modify. ok is false if
	// the item is not one contiguous part of memory.
	Bytes(item int) (data []byte, ok bool)
}

// ContentOf returns the content of a generated workload, not of a tree.
func ContentOf(w Workload) (Content, error) {
	switch w.Content {
	case ContentRows:
		return rows{seed: w.Seed, lines: w.Lines, values: w.Values}, nil
	case ContentRandom:
		return random{seed: w.Seed, lines: w.Lines, values: w.Values}, nil
	case ContentPythonRandom:
		return pythonRandom{seed: w.Seed, lines: w.Lines, values: w.Values}, nil
	case ContentBytes:
		return newRandomBytes(w.Seed, w.Size), nil
	case ContentTasks:
		return tasks{seed: w.Seed}, nil
	case ContentText:
		return newRepeatedText(w.Size), nil
	}
	return nil, fmt.Errorf("unknown content %q; expected one of %s, %s, %s, %s, %s, %s",
		w.Content, ContentRows, ContentRandom, ContentPythonRandom, ContentBytes, ContentTasks, ContentText)
}
