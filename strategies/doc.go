// Package strategies schedules the items of a workload. Items run one after another, on a
// pool of goroutines, in worker processes, as tasks behind a semaphore, or through the
// stages of a pipeline.
//
// A strategy knows nothing about the content of an item. A trial has these steps:
//
//  1. The caller describes the work as a Job: a task of package operations, the number of
//     its items, and the levels of the axes.
//  2. Strategy.Start starts the workers, which wait at the start gate. The time that this
//     takes is the trial's startup.
//  3. Pool.Work opens the gate. Each worker takes item numbers and passes them to its
//     executor. The executor does the item and writes its result to the shared file, if
//     there is one. Work returns when the last item is done, or after the first failure.
//  4. Pool.Stop ends the workers and waits for their processes. It returns Stats: the
//     counts of all workers.
//
// Run does steps 2 to 4 and measures their times.
//
// The field Job.Task is the task of package operations. Everywhere else a task is a span of
// items that a worker takes at once.
//
// To add a strategy, write it in a new file and add a line to All. The new file contains
// everything that the rest of the program needs to know about the strategy. Info names its
// axes. Footprint returns the processes, workers and rings that it uses. If it does not support
// every operation, it implements Selective. If it is not available on every machine, it
// implements Conditional.
package strategies
