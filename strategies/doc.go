// Package strategies schedules the items of a workload: one after another, on a
// pool of goroutines, in worker processes, as tasks behind a semaphore, through
// the stages of a pipeline.
//
// A strategy never knows what an item is. A trial goes through these steps:
//
//  1. The caller describes the work as a Job: a task of package operations, the
//     number of its items, and the levels of the axes.
//  2. Strategy.Start brings up the workers, which wait at the start gate. The time
//     that this takes is the trial's startup.
//  3. Pool.Work opens the gate. Each worker takes the numbers of items and passes
//     them to its executor, which does the item and brings the result to the
//     shared file where there is one. Work returns when the last item is done, or
//     when the first one has failed.
//  4. Pool.Stop ends the workers and reaps their processes. It returns Stats: who
//     did what, and when.
//
// Run goes through steps 2 to 4 and times them.
//
// To add a strategy, write it in a file of its own and add a line to All. All that
// the rest of the program knows about it stands in that file: Info names its axes,
// Footprint counts what it occupies, and the optional interfaces Selective and
// Conditional say what it cannot do and where it cannot run.
package strategies
