// Package runner runs the trials of a plan and writes the journal.
//
//  1. The caller makes the plan of an experiment (runner/schedule) and checks it against this
//     machine (runner/preflight). Nothing has been written so far.
//  2. Run creates the results directory with the journal and plan.json, a run directory in every
//     workspace, and a control group for the processes of trials.
//  3. The tracker selects the next slot of the plan: a cell in a round. attempt prepares the
//     inputs and runs the trial in a child process with a new trial directory (runner/trial).
//  4. guard.go and integrity.go check whether the trial wrote outside its directories, or changed
//     files that later trials need. Shared files that a contender has changed are made again.
//  5. The measurement or the failure is appended to the journal, which is synced before the next
//     trial starts. A failed trial is repeated if the experiment allows retries. A cell that
//     fails too often is quarantined.
//  6. At the end Run removes the run directories, unless the files of a failed trial must be kept.
//  7. Resume does the same with an existing journal. It replays the trials of that journal into
//     the tracker, and runs the remaining ones.
//
// The main types are run and store. A run is the state of Run or Resume. A store manages the files
// that trials share in one workspace.
package runner
