package workload

import (
	"fmt"
	"strconv"
	"time"
)

// tasks is one line of text for each item, without a newline. The line contains the delay of
// the item:
//
//	Task 17 blocked for 0.506 of a second.
//
// The tutorials of docs/reproducing.md let a thousand threads append such lines to one file,
// with random delays. Here the seed and the item determine the delay, so that every contender
// waits equally long and the result can be verified.
type tasks struct{ seed int64 }

var (
	_ Content = tasks{}
	_ Delayed = tasks{}
)

// TaskPrefix is the beginning of every item's line.
const TaskPrefix = "Task "

func (c tasks) Append(dst []byte, item int) ([]byte, error) {
	dst = append(dst, TaskPrefix...)
	dst = strconv.AppendInt(dst, int64(item), 10)
	return fmt.Appendf(dst, " blocked for 0.%03d of a second.", c.millis(item)), nil
}

// Delay returns the delay in the item's line. It is less than a second.
func (c tasks) Delay(item int) time.Duration {
	return time.Duration(c.millis(item)) * time.Millisecond
}

// millis returns the delay in milliseconds, from 0 to 999. The multiplier is 2^32 divided by
// the golden ratio: it spreads the delays of consecutive items evenly over the second. In
// Python:
//
//	((item + seed) * 2654435761 % 2**32) * 1000 >> 32
func (c tasks) millis(item int) uint64 {
	const multiplier = 2654435761
	spread := uint32(uint64(int64(item)+c.seed) * multiplier)
	return uint64(spread) * 1000 >> 32
}

// MinWait returns the shortest time in which all delays of a workload can pass. concurrent is
// the largest number of items that can wait at the same time. The result is the longest delay,
// or the sum of all delays divided by concurrent if that is larger. If concurrent is 0, any
// number can wait. The result is 0 for content without delays.
func MinWait(w Workload, concurrent int) time.Duration {
	if w.From != "" || w.Content != ContentTasks {
		return 0
	}
	slow := tasks{seed: w.Seed}
	var longest, sum time.Duration
	for item := range w.Files {
		longest, sum = max(longest, slow.Delay(item)), sum+slow.Delay(item)
	}
	if concurrent < 1 {
		return longest
	}
	return max(longest, sum/time.Duration(concurrent))
}
