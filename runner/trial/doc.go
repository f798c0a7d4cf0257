// Package trial does one trial in a child process.
//
// The parent's side:
//
//  1. A Launcher starts `iosweep trial`, and tells it its Spec as JSON on standard input.
//  2. At the timeout, and when the run is ended, it asks the process to end, and kills what
//     does not. When Run returns, no process of the trial is left.
//  3. How the process ended, and the response that it wrote, become a record (outcome.go).
//
// The child's side:
//
//  1. Trial reads the Spec and starts its lifecycle, which listens for signals beside the
//     work: the work may hang in a system call.
//  2. It sets the page cache, and then measures a strategy (strategy.go) or a contender
//     (contender.go). Only what stands between the start and the end of the timing counts.
//  3. It verifies what was done, and says whether the machine is to blame for a failure.
//  4. It kills what the trial started and has not ended, and writes its response.
//
// A strategy of processes starts `iosweep worker`, which is Worker.
package trial
