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
	// Stream returns a stream of one item, for items that are too large for memory.
	Stream(item int) Stream
}

// A Stream generates the content of one item in pieces, from its beginning to its end. It is not
// safe for concurrent use.
type Stream interface {
	// Append appends the next n bytes of the item to dst, or fewer at the end of the item. It
	// allocates nothing if dst has room for n bytes.
	Append(dst []byte, n int) ([]byte, error)
}

// A Ranged content can generate any part of an item without the part before it.
type Ranged interface {
	// Size returns the size of an item, which it computes without generating the item.
	Size(item int) int64
	// AppendRange appends n bytes of an item, which begin at an offset, to dst, or fewer at the
	// end of the item. It allocates nothing if dst has room for n bytes. It is safe for concurrent
	// use. For consecutive parts of a few kilobytes a Stream is faster.
	AppendRange(dst []byte, item int, offset, n int64) ([]byte, error)
}

// A rangeStream is the Stream of a content that finds the beginning of a range at no cost.
type rangeStream struct {
	content Ranged
	item    int
	offset  int64
}

func (s *rangeStream) Append(dst []byte, n int) ([]byte, error) {
	start := len(dst)
	dst, err := s.content.AppendRange(dst, s.item, s.offset, int64(n))
	s.offset += int64(len(dst) - start)
	return dst, err
}

// A Delayed content has a delay for each item, like the response of a server. Code that
// generates an item within a trial first sleeps for that time. Sleeping uses no processor, so
// workers can wait in parallel. Append does not wait: surveying, preparing and verifying items
// need no delay.
type Delayed interface {
	Delay(item int) time.Duration
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
		return newRandomBytes(w.Seed, lognormal{w.Size, w.Sigma, w.Seed}), nil
	case ContentTasks:
		return tasks{seed: w.Seed}, nil
	case ContentText:
		return newRepeatedText(w.Size), nil
	}
	return nil, fmt.Errorf("unknown content %q; expected one of %s, %s, %s, %s, %s, %s",
		w.Content, ContentRows, ContentRandom, ContentPythonRandom, ContentBytes, ContentTasks, ContentText)
}
