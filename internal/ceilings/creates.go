package ceilings

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"iosweep/internal/dirio"
	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
)

// mostFiles is the maximum number of files that creates makes, because their removal takes time, too.
const mostFiles = 400_000

// errEnough ends a measurement before its time, without a failure.
var errEnough = errors.New("enough files")

// creates measures how many empty files can be created in one directory. A file system may let only
// one thread at a time change a directory, so the best number of threads counts.
func creates(s *subject) (float64, string) {
	left := int64(mostFiles)
	if space, err := sysinfo.SpaceOf(s.dir); err == nil && space.Files > 0 {
		left = min(left, space.FilesFree/10)
	}
	counts := slices.Compact([]int{1, min(2, runtime.NumCPU()), min(8, runtime.NumCPU())})
	best, bestWorkers := 0.0, 0
	for _, workers := range counts {
		rate, err := s.createFiles(workers, len(counts), left/int64(len(counts)))
		if err != nil {
			return 0, err.Error()
		}
		if rate > best {
			best, bestWorkers = rate, workers
		}
	}
	if best == 0 {
		return 0, "the file system has too few free inodes"
	}
	return best, fmt.Sprintf("empty files, by %s at once", units.Count(bestWorkers, "thread"))
}

// createFiles creates files in a new directory, and removes it. Each of several counts of workers has
// its part of the time.
func (s *subject) createFiles(workers, counts int, most int64) (float64, error) {
	name := "creates-" + strconv.Itoa(workers)
	if _, err := s.ws.MakeSpread(name); err != nil {
		return 0, err
	}
	path, err := s.ws.Make(name + "/files")
	if err != nil {
		return 0, err
	}
	dir, err := dirio.OpenTree(path)
	if err != nil {
		return 0, err
	}
	var made atomic.Int64
	rate, err := s.peak(s.part/time.Duration(counts), workers, func(int) (int64, error) {
		n := made.Add(1)
		if n > most {
			return 0, errEnough
		}
		f, err := dir.Top.Create(strconv.FormatInt(n, 10), 0o600)
		if err != nil {
			return 0, err
		}
		return 1, f.Close()
	})
	return rate, errors.Join(err, dir.Close(), s.ws.RemoveTree(path))
}
