// Package checkup checks whether a machine is fit for measurements. It looks for conditions that
// make times longer or less stable, before anything is measured. The checks leave no files: their
// test files never have a name.
//
// Each check is one function in the list of all checks, and returns one Check:
//
//  1. The package observes the machine for a while: the processor time of other processes, the
//     time that a hypervisor takes, and the time that tasks wait.
//  2. Each check uses these observations, reads /proc and /sys, or tries an operation.
//  3. A Check that is unfit contains advice. If a check cannot find out, its state is unknown,
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

// A State is the result of a check.
type State string

// States of a check.
const (
	Fit     State = "fit"
	Unfit   State = "unfit"
	Unknown State = "unknown" // the check could not find out
)

// A Check is one check with its result.
type Check struct {
	Name   string `json:"name"`
	State  State  `json:"state"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"` // what to do; never empty if the state is unfit
	// warning is a sentence about the effect on measured times. It is set only for conditions
	// that are temporary, or that affect all trials equally.
	warning string
}

// A subject is the machine and the directory under test.
type subject struct {
	root  sysinfo.Root
	dir   string // on the file system under test
	cpus  int    // usable by this process
	noise sysinfo.Disturbance
}

// A checkSpec is the function of a check and its name. Cheap checks also run before every run of
// an experiment.
type checkSpec struct {
	name  string
	run   func(*subject) Check
	cheap bool
}

// all lists the checks in display order.
var all = []checkSpec{
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

// How long a machine is observed: long enough for many of the kernel's ticks of 10 ms.
const (
	longWatch  = time.Second
	shortWatch = 200 * time.Millisecond
)

// Directory returns an error if dir is not an existing directory. It does not create it.
func Directory(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &os.PathError{Op: "check", Path: dir, Err: fmt.Errorf("it is %s, not a directory", regular.KindOf(info.Mode()))}
	}
	return nil
}

// Run runs all checks for work in a directory on this machine. It takes one to two seconds. It
// returns the error of Directory or of ctx.
func Run(ctx context.Context, dir string) ([]Check, error) {
	if err := Directory(dir); err != nil {
		return nil, err
	}
	s, err := observe(ctx, sysinfo.Host, longWatch)
	if err != nil {
		return nil, err
	}
	s.dir = dir
	return s.checks(func(checkSpec) bool { return true }), nil
}

// Warnings runs the cheap checks for work in several directories on this machine. It returns one
// sentence for each condition that is unfit, and none for a quiet machine. It takes less than
// 0.3 s. If ctx is cancelled, it returns no warnings.
func Warnings(ctx context.Context, dirs []string) []string {
	return warningsAt(ctx, sysinfo.Host, dirs)
}

// warningsAt is Warnings for another root of /proc and /sys.
func warningsAt(ctx context.Context, root sysinfo.Root, dirs []string) (warnings []string) {
	s, err := observe(ctx, root, shortWatch)
	if err != nil {
		return nil
	}
	seen := map[string]bool{}
	for _, dir := range dirs {
		s.dir = dir
		for _, c := range s.checks(func(c checkSpec) bool { return c.cheap }) {
			if c.State == Unfit && c.warning != "" && !seen[c.warning] {
				seen[c.warning] = true
				warnings = append(warnings, c.warning)
			}
		}
	}
	return warnings
}

// observe observes the machine for a duration.
func observe(ctx context.Context, root sysinfo.Root, d time.Duration) (*subject, error) {
	watch := root.Watch()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(d):
	}
	return &subject{root: root, cpus: runtime.NumCPU(), noise: watch.End()}, nil
}

// checks runs the wanted checks.
func (s *subject) checks(wanted func(checkSpec) bool) (list []Check) {
	for _, c := range all {
		if wanted(c) {
			result := c.run(s)
			result.Name = c.name
			// Names of processes and mounts can contain any character.
			result.Found, result.warning = oneline.Of(result.Found), oneline.Of(result.warning)
			list = append(list, result)
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

// warn returns the check with a warning.
func (c Check) warn(format string, args ...any) Check {
	c.warning = fmt.Sprintf(format, args...)
	return c
}
