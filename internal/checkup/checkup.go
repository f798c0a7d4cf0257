// Package checkup says whether a machine is fit to measure on: what of it makes times
// longer, or makes them differ, before anything is measured. Nothing that it does
// leaves a trace; the files that it tries things out on never have a name.
//
// Each check is one function in the list of all checks, and gives one Check:
//
//  1. The machine is watched for a while: what other processes use, what a hypervisor
//     takes, what has to wait.
//  2. Every check looks at that, or at what /proc and /sys say, or tries something out.
//  3. What is unfit says what to do about it. What cannot be known is unknown, and
//     never fit.
package checkup

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"iosweep/internal/oneline"
	"iosweep/internal/regular"
	"iosweep/internal/sysinfo"
)

// A State is what came of a check.
type State string

// States of a check.
const (
	Fit     State = "fit"
	Unfit   State = "unfit"
	Unknown State = "unknown" // it cannot be known here
)

// A Check is one thing that was looked at.
type Check struct {
	Name   string `json:"name"`
	State  State  `json:"state"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"` // what to do; never empty where it is unfit
	// warning is a sentence on what this means for times that are measured all the same.
	// It is there where what is unfit belongs to the moment, or to all trials alike.
	warning string
}

// A subject is what is looked at.
type subject struct {
	root  sysinfo.Root
	dir   string // on the file system under test
	cpus  int    // that this process may use
	noise sysinfo.Disturbance
}

// A check is one function. Those that are cheap are made before every run, too.
type check struct {
	name  string
	look  func(*subject) Check
	cheap bool
}

// all are in the order in which they are shown.
var all = []check{
	{"cpus", cpus, false},
	{"cpu quota", quota, true},
	{"governor", governor, true},
	{"turbo", turbo, false},
	{"heat", heat, true},
	{"load", load, false},
	{"other processes", others, true},
	{"steal", steal, true},
	{"pressure", pressure, false},
	{"memory", memory, true},
	{"clock source", clockSource, true},
	{"clock", clock, false},
	{"jitter", jitter, false},
	{"virtualisation", virtualisation, false},
	{"file system", fileSystem, true},
	{"free room", freeRoom, false},
	{"cold cache", coldCache, false},
	{"direct reads", directReads, false},
	{"copies", copies, false},
	{"io_uring", ioUring, false},
	{"descriptors", descriptors, false},
	{"processes", processes, false},
}

// How long a machine is watched: long enough for many of the kernel's ticks of 10 ms.
const (
	longWatch  = time.Second
	shortWatch = 200 * time.Millisecond
)

// Directory says what is wrong with a directory that checks are to be made for. It is
// not made if it is not there.
func Directory(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &os.PathError{Op: "check", Path: dir, Err: fmt.Errorf("it is %s and no directory", regular.KindOf(info.Mode()))}
	}
	return nil
}

// Run makes all checks of this machine, for work in a directory. It takes one to two
// seconds. The error is that of Directory, or of ctx.
func Run(ctx context.Context, dir string) ([]Check, error) {
	if err := Directory(dir); err != nil {
		return nil, err
	}
	s, err := watched(ctx, sysinfo.Host, longWatch)
	if err != nil {
		return nil, err
	}
	s.dir = dir
	return s.checks(func(check) bool { return true }), nil
}

// Before makes the checks that are cheap, and says as sentences what of this machine is
// unfit for timing in any of some directories; nothing on a machine that is quiet. It
// takes less than 0.3 s. An interrupted one says nothing.
func Before(ctx context.Context, dirs []string) []string {
	return before(ctx, sysinfo.Host, dirs)
}

func before(ctx context.Context, root sysinfo.Root, dirs []string) (warnings []string) {
	s, err := watched(ctx, root, shortWatch)
	if err != nil {
		return nil
	}
	seen := map[string]bool{}
	for _, dir := range dirs {
		s.dir = dir
		for _, c := range s.checks(func(c check) bool { return c.cheap }) {
			if c.State == Unfit && c.warning != "" && !seen[c.warning] {
				seen[c.warning] = true
				warnings = append(warnings, c.warning)
			}
		}
	}
	return warnings
}

// watched is a machine after it was watched for a while.
func watched(ctx context.Context, root sysinfo.Root, while time.Duration) (*subject, error) {
	watch := root.Watch()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(while):
	}
	return &subject{root: root, cpus: runtime.NumCPU(), noise: watch.End()}, nil
}

func (s *subject) checks(wanted func(check) bool) (list []Check) {
	for _, c := range all {
		if wanted(c) {
			done := c.look(s)
			done.Name = c.name
			// Processes and mounts have whatever names they were given.
			done.Found, done.warning = oneline.Of(done.Found), oneline.Of(done.warning)
			list = append(list, done)
		}
	}
	return list
}

func fit(format string, args ...any) Check {
	return Check{State: Fit, Found: fmt.Sprintf(format, args...)}
}

func unknown(format string, args ...any) Check {
	return Check{State: Unknown, Found: fmt.Sprintf(format, args...)}
}

func unfit(advice, format string, args ...any) Check {
	return Check{State: Unfit, Found: fmt.Sprintf(format, args...), Advice: advice}
}

// warn adds what it means for times.
func (c Check) warn(format string, args ...any) Check {
	c.warning = fmt.Sprintf(format, args...)
	return c
}
