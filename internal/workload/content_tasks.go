package workload

import (
	"fmt"
	"strconv"
	"time"
)

// tasks is one line of text for each item, without a newline, which says how
// long the item had to be waited for:
//
//	Task 17 blocked for 0.506 of a second.
//
// It is what the tutorials let a thousand threads append to one file. There the
// wait is drawn at random; here it follows from the seed and the item, so that
// every contender waits alike and the outcome can be verified.
type tasks struct{ seed int64 }

var (
	_ Content = tasks{}
	_ Delayed = tasks{}
)

// TaskPrefix is what the line of every item begins with.
const TaskPrefix = "Task "

func (c tasks) Append(dst []byte, item int) ([]byte, error) {
	dst = append(dst, TaskPrefix...)
	dst = strconv.AppendInt(dst, int64(item), 10)
	return fmt.Appendf(dst, " blocked for 0.%03d of a second.", c.millis(item)), nil
}

// Delay is the V of the line, below a second.
func (c tasks) Delay(item int) time.Duration {
	return time.Duration(c.millis(item)) * time.Millisecond
}

// millis is from 0 to 999. The multiplier is 2^32 over the golden ratio: it
// spreads the waits of consecutive items evenly over the second. In Python:
//
//	((item + seed) * 2654435761 % 2**32) * 1000 >> 32
func (c tasks) millis(item int) uint64 {
	const multiplier = 2654435761
	spread := uint32(uint64(int64(item)+c.seed) * multiplier)
	return uint64(spread) * 1000 >> 32
}

// MinWait is how long it takes at least to wait for all items of a workload
// where so many can be waited for at once: as long as for the longest, and as long
// as all take together, shared out. 0 at once stands for any number. It is 0 for
// content that needs no waiting.
func MinWait(w Workload, atOnce int) time.Duration {
	if w.From != "" || w.Content != ContentTasks {
		return 0
	}
	slow := tasks{seed: w.Seed}
	var longest, sum time.Duration
	for item := range w.Files {
		longest, sum = max(longest, slow.Delay(item)), sum+slow.Delay(item)
	}
	if atOnce < 1 {
		return longest
	}
	return max(longest, sum/time.Duration(atOnce))
}
