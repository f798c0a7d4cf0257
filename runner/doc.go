// Package runner turns a plan into a journal: it is the loop over trials.
//
//  1. The caller has a plan of an experiment (runner/schedule) and has it checked against
//     this machine (runner/preflight). Nothing has been written so far.
//  2. Run creates the results directory with the journal and plan.json, a workspace of its
//     own in every directory under test, and a control group for the processes of trials.
//  3. The tracker says which slot of the plan is next: a cell in a round. attempt prepares
//     the inputs and has the trial done in a child process with a fresh directory
//     (runner/trial).
//  4. guard and ground see whether the trial wrote elsewhere, or changed what the trials
//     after it need. What a contender spoiled is made anew.
//  5. What the child measured, or how it ended, goes into the journal and is synced before
//     the next trial begins. A trial that fails is tried again, and a cell that fails too
//     often is quarantined.
//  6. In the end, whatever the end was, the workspaces are removed, unless what a failed
//     trial left is to be kept.
//  7. Resume does the same with a journal that is there already: the tracker knows which
//     trials it holds, and those that remain are run.
//
// The types that matter are run, the state of Run and Resume, and store, what trials share
// in one workspace.
package runner
