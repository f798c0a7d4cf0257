// Package process starts, watches and ends processes. It does not know what they do.
//
//  1. SelfCommand returns a command that runs this program again. Setsid, KillWithParent,
//     TerminateWithParent, StartInCgroup and PassFile configure it before it starts: how it
//     ends, and what it inherits.
//  2. Terminate asks it to end together with everything that it started. KillGroup,
//     KillChildren and KillRun kill the remaining processes, also those that have left the
//     process group. RunVariable in the environment identifies a process of a run.
//  3. WatchSuspension detects that this process or the machine was stopped. StoppedChild and
//     IsStopped do so for children. StartUsage, ReadIO and WatchMemory measure the resources of
//     processes.
//  4. Run runs a program that belongs to no trial, such as one that prints a version.
//  5. ExplainLimit adds the limit that was reached to an error.
//
// A function does nothing on a system that does not support it. other.go contains the
// functions that only Linux supports, and not_unix.go the functions that Windows does not
// support.
package process

import (
	"os"
	"os/exec"
	"time"
)

// RunVariable is the environment variable with the run's id. All processes of a run's trials
// have it, so a process that outlives its trial can be found. experiments.RunVariable has the
// same value: no experiment file may set the variable.
const RunVariable = "IOSWEEP_RUN"

// Grace is the time that the process of a trial gets to end everything it started, after it
// was asked to end. It is also the time that remaining processes may keep its output open.
const Grace = 2 * time.Second

// inheritedDescriptor is the number of the workspace descriptor in every process of a trial:
// the first of exec.Cmd.ExtraFiles.
const inheritedDescriptor = 3

// PassFile makes a process of a trial inherit f, the workspace directory.
func PassFile(cmd *exec.Cmd, f *os.File) {
	if f != nil {
		cmd.ExtraFiles = []*os.File{f}
	}
}
