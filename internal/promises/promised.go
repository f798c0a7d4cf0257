package main

import "slices"

// A promise is a bound on the ratio of two cells of one run.
type promise struct {
	// by are the cells that may keep it: the best of them counts.
	by where
	// against is one cell.
	against where
	figure  figure
	// faster: the bound is the least that dividing the other's figure by ours may
	// give. Otherwise it is the most that dividing ours by the other's may.
	faster bool
	bound  float64
}

// Sizes tell the two workloads of files apart, however many files a profile has.
const (
	large = "239034"
	small = "4096"
)

// twoWorkers are the strategies that are held against a program with two threads.
const twoWorkers = "threads|processes"

// promised lists the promises, in the order in which people see them.
func promised() []promise {
	return slices.Concat(nearFloor(), besidePrograms(), zipped(), rowsSaved(), appended(), processesLikeThreads())
}

// nearFloor: what is left to gain is at most 15% of what the system calls take.
func nearFloor() (list []promise) {
	for _, operation := range []string{"write", "read", "copy", "delete"} {
		for _, size := range []string{large, small} {
			list = append(list, promise{
				by:      files(operation, size, twoWorkers, "2"),
				against: files(operation, size, "floor-"+operation, "2"),
				figure:  seconds, bound: 1.15,
			})
		}
	}
	return list
}

// besidePrograms: the same work as the program that most people would use.
func besidePrograms() (list []promise) {
	for _, peer := range []struct {
		operation, program string
		bound              float64
	}{{"read", "cat", 0.4}, {"copy", "cp", 0.6}, {"delete", "rm", 0.7}} {
		for _, size := range []string{large, small} {
			against := files(peer.operation, size, peer.program, "")
			list = append(list, promise{
				by: files(peer.operation, size, twoWorkers, "2"), against: against, figure: seconds, bound: peer.bound,
			})
		}
	}
	return list
}

// zipped: on two processors under half of the time of 7z at its fastest, and that
// not by packing less well.
func zipped() []promise {
	by := where{"operation": "zip", "strategy": twoWorkers, "workers": "2", "sink": "parallel"}
	against := where{"operation": "zip", "strategy": "7z"}
	return []promise{
		{by: by, against: against, figure: seconds, bound: 0.45},
		{by: by, against: against, figure: stored, bound: 1},
	}
}

// rowsSaved: where the processor is the limit, two of them are worth two.
func rowsSaved() []promise {
	by := where{"operation": "write", "content": "rows", "strategy": twoWorkers, "workers": "2"}
	one := where{"operation": "write", "content": "rows", "strategy": "threads", "workers": "1"}
	python := where{"operation": "write", "content": "rows", "strategy": "python"}
	return []promise{
		{by: by, against: one, figure: seconds, faster: true, bound: 1.9},
		{by: by, against: python, figure: seconds, faster: true, bound: 15},
	}
}

// appended: records that are gathered beat a lock for each.
func appended() []promise {
	with := func(sink string) where { return where{"operation": "append", "strategy": "threads", "sink": sink} }
	return []promise{{by: with("collector"), against: with("locked"), figure: seconds, faster: true, bound: 5}}
}

// processesLikeThreads: once they are up, processes that are told their items at
// once work like threads.
func processesLikeThreads() (list []promise) {
	add := func(cells func(strategy string) where) {
		list = append(list, promise{by: cells("processes"), against: cells("threads"), figure: work, bound: 1.05})
	}
	for _, operation := range []string{"write", "read", "copy", "delete"} {
		for _, size := range []string{large, small} {
			add(func(strategy string) where {
				w := files(operation, size, strategy, "2")
				w["chunk_size"] = "auto"
				return w
			})
		}
	}
	add(func(strategy string) where {
		return where{"operation": "write", "content": "rows", "strategy": strategy, "workers": "2", "chunk_size": "auto"}
	})
	return list
}

// files are cells that work on many files of one size. They share a directory: who
// has one for each worker does other work than a program that has not.
func files(operation, size, strategies, workers string) where {
	return where{
		"operation": operation, "content": "bytes", "size": size, "strategy": strategies, "workers": workers, "layout": "shared|",
	}
}
