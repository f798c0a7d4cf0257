// Package ring is io_uring(7): requests to the kernel by way of two queues in
// memory that both share, rather than by one system call each.
//
//  1. New makes a ring; RegisterFiles gives it a table of files of its own.
//  2. Next gives the next free entry of the submission queue. A method of Entry
//     says what is asked for; Link ties it to the entry that follows; Tag is what
//     the completion brings back.
//  3. Enter hands over what was filled in and waits for completions.
//  4. Completion takes the next one off the completion queue.
//  5. Close ends what is still under way and gives everything back.
//
// A ring belongs to one thread of the system, from New to Close: whoever has one
// has called runtime.LockOSThread. That lets the kernel do without locks, and do
// the work of completions when it is asked for them instead of interrupting.
//
// What a request points to (a path, a buffer) is memory of Map, outside the Go
// heap: the garbage collector does not know that the kernel is writing to it. What
// the kernel only reads may be on the heap, which does not move, if somebody holds it
// until the request has ended.
//
// Check says beforehand whether the kernel makes rings, and whether they can do
// what is needed. Elsewhere than on Linux there are none.
package ring
