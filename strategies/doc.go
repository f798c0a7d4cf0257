// Package strategies is how the items of a workload are scheduled: one after
// another, by a pool of goroutines, by worker processes, as tasks of an event
// loop, through the stages of a pipeline.
//
// A strategy never knows what an item is. It is handed a Job, and it goes
// through these steps:
//
//  1. Start brings up the workers. They wait at a gate. What it takes is the
//     trial's startup.
//  2. Work opens the gate and returns when the last item is done, or when the
//     first one failed. It returns a Tally: who did what, and when.
//  3. Stop ends the workers and reaps their processes.
//
// Run does the three and times them.
package strategies
