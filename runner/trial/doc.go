// Package trial runs one trial in a child process.
//
// In the parent process:
//
//  1. A Launcher starts `iosweep trial` and sends it a Spec as JSON on standard input.
//  2. At the timeout, and when the run is cancelled, the Launcher asks the process to end. It
//     kills processes that do not end. When Run returns, no process of the trial is running.
//  3. The exit status and the response of the process become a record (outcome.go).
//
// In the child process:
//
//  1. Trial reads the Spec and starts a lifecycle. The lifecycle listens for signals in another
//     goroutine, because the work may hang in a system call.
//  2. Trial sets the state of the page cache, and then measures a strategy (strategy.go) or a
//     contender (contender.go). Everything else is outside of the timing.
//  3. It verifies the outcome, and reports whether the machine caused a failure.
//  4. It kills the remaining processes of the trial, and writes its response.
//
// A strategy with worker processes starts `iosweep worker`, which calls Worker.
package trial
