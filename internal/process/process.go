// Package process starts, watches and ends processes. It knows nothing of what they
// do.
//
//  1. SelfCommand is a command that runs this very program again. Setsid,
//     TerminateWithParent, KillWithParent, StartInCgroup and PassFile say, before it is started,
//     what ends it and what it inherits.
//  2. Terminate asks it to end with all that it started; KillGroup, KillChildren and KillRun
//     kill what does not, also what has left the process group. A process of a run is
//     known by RunVariable in its environment.
//  3. WatchSuspension tells whether this process or the machine was stopped meanwhile;
//     StoppedChild and IsStopped tell it of children. StartUsage and ReadIO tell what a
//     process used.
//  4. ExplainLimit says which limit of the machine an error is about.
//
// What a system does not offer is a function that does nothing there: in other.go what
// only Linux has, in not_unix.go what Windows does not have.
package process

import (
	"os"
	"os/exec"
	"time"
)

// RunVariable is in the environment of all processes of a run's trials, with the
// run's id. A process that outlives the trial's process is known by it.
const RunVariable = "IOSWEEP_RUN"

// Grace is how long the process of a trial that is asked to end has for ending
// all that it started, and how long what it left may hold its output open.
const Grace = 2 * time.Second

// inheritedDescriptor is the workspace's in every process of a trial: the first
// of exec.Cmd.ExtraFiles.
const inheritedDescriptor = 3

// PassFile has a process of a trial inherit the workspace.
func PassFile(cmd *exec.Cmd, f *os.File) {
	if f != nil {
		cmd.ExtraFiles = []*os.File{f}
	}
}
