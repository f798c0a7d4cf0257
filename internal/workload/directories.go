package workload

import (
	"math"
	"strconv"
	"strings"
)

// CountDirectories returns the number of directories in a tree with depth levels of directories
// and fanout directories in each, or math.MaxInt64 if it is larger.
func CountDirectories(depth, fanout int64) int64 {
	sum, level := int64(0), int64(1)
	for range depth {
		if level > (math.MaxInt64-sum)/fanout {
			return math.MaxInt64
		}
		level *= fanout
		sum += level
	}
	return sum
}

// directories returns the directories of a generated workload, parents first.
func (w Workload) directories() []string {
	if w.Depth == 0 {
		return nil
	}
	list := make([]string, 0, CountDirectories(int64(w.Depth), int64(w.Fanout)))
	var add func(parent string, depth int)
	add = func(parent string, depth int) {
		for i := range w.Fanout {
			dir := parent + w.directoryName(i)
			list = append(list, dir)
			if depth > 1 {
				add(dir+"/", depth-1)
			}
		}
	}
	add("", w.Depth)
	return list
}

// directoryOf returns the directory of an item with a slash at its end, or "" in a flat workload.
// Consecutive items are in consecutive directories of the deepest level.
func (w Workload) directoryOf(item int) string {
	names := make([]string, w.Depth, w.Depth+1)
	for level := w.Depth - 1; level >= 0; level-- {
		names[level] = w.directoryName(item % w.Fanout)
		item /= w.Fanout
	}
	return strings.Join(append(names, ""), "/")
}

// directoryName returns the name of a directory in its parent. All names have the same number of
// digits, so that their order is the order of their numbers.
func (w Workload) directoryName(number int) string {
	digits := strconv.Itoa(number)
	return "dir-" + strings.Repeat("0", len(strconv.Itoa(w.Fanout-1))-len(digits)) + digits
}
