package workload

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"time"
)

// tasks is one line of text for each item, without a newline. The line contains the delay of
// the item:
//
//	Task 17 blocked for 0.506 of a second.
//
// The tutorials of docs/reproducing.md let a thousand threads append such lines to one file,
// with random delays. Here the seed and the item determine the delay, so that every strategy
// waits equally long. A contender may choose its delays: see ParseTask.
type tasks struct{ seed int64 }

var (
	_ Content = tasks{}
	_ Ranged  = tasks{}
	_ Delayed = tasks{}
)

// TaskPrefix is the beginning of every item's line.
const TaskPrefix = "Task "

// A task's line is TaskPrefix, its number, taskMiddle, the part of a second, and taskEnd.
const (
	taskMiddle = " blocked for "
	taskEnd    = " of a second."
)

func (c tasks) Append(dst []byte, item int) ([]byte, error) {
	dst = append(dst, TaskPrefix...)
	dst = strconv.AppendInt(dst, int64(item), 10)
	return fmt.Appendf(dst, taskMiddle+"0.%03d"+taskEnd, c.millis(item)), nil
}

func (c tasks) Size(item int) int64 {
	return int64(len(TaskPrefix) + len(strconv.Itoa(item)) + len(taskMiddle+"0.000"+taskEnd))
}

func (c tasks) Stream(item int) Stream { return &rangeStream{content: c, item: item} }

func (c tasks) AppendRange(dst []byte, item int, offset, n int64) ([]byte, error) {
	var array [2 * len(TaskPrefix+taskMiddle+taskEnd)]byte
	line, err := c.Append(array[:0], item)
	offset = min(offset, int64(len(line)))
	return append(dst, line[offset:offset+partLength(int64(len(line)), offset, n)]...), err
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

// ParseTask returns the wait in the line of an item, and whether the line is one. A contender
// chooses its waits, so they may have any number of digits, but must be below a second.
func ParseTask(line []byte, item int) (wait time.Duration, ok bool) {
	rest, begins := bytes.CutPrefix(line, []byte(TaskPrefix+strconv.Itoa(item)+taskMiddle))
	number, ends := bytes.CutSuffix(rest, []byte(taskEnd))
	if !begins || !ends || len(bytes.Trim(number, "0123456789.e-")) > 0 {
		return 0, false // other texts, such as Infinity, are no part of a second
	}
	seconds, err := strconv.ParseFloat(string(number), 64)
	if err != nil || math.Signbit(seconds) || seconds >= 1 {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}

// Waits summarizes the waits of tasks.
type Waits struct {
	Tasks        int
	Longest, Sum time.Duration
}

// WaitsOf returns the waits of a workload. They are zero for content without delays.
func WaitsOf(w Workload) (waits Waits) {
	if w.From != "" || w.Content != ContentTasks {
		return Waits{}
	}
	slow := tasks{seed: w.Seed}
	for item := range w.Files {
		waits.Add(slow.Delay(item))
	}
	return waits
}

// Add adds the wait of a task.
func (w *Waits) Add(wait time.Duration) {
	w.Tasks++
	w.Longest, w.Sum = max(w.Longest, wait), w.Sum+wait
}

// Min returns the shortest time in which all waits can pass. concurrent is the largest number
// of tasks that can wait at the same time. The result is the longest wait, or the sum of all
// waits divided by concurrent if that is larger. If concurrent is 0, any number can wait.
func (w Waits) Min(concurrent int) time.Duration {
	if concurrent < 1 {
		return w.Longest
	}
	return max(w.Longest, w.Sum/time.Duration(concurrent))
}

// LeastSum returns the least sum that waits can have if they are random parts of a second. Less
// would be 6 standard deviations below the expected half second for each task, which happens to
// fewer than one run in a hundred million.
func (w Waits) LeastSum() time.Duration {
	n := float64(w.Tasks)
	return time.Duration(max(0, n/2-6*math.Sqrt(n/12)) * float64(time.Second))
}
