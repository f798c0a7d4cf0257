// Package ring implements io_uring(7): the program sends requests to the kernel through two
// queues in shared memory, instead of one system call per request.
//
//  1. New creates a ring. RegisterFiles gives it a file table.
//  2. Next returns the next free entry of the submission queue. A method of Entry sets the
//     request, Link chains it to the following entry, and Tag identifies its completion.
//  3. Enter submits the entries and waits for completions.
//  4. Completion removes the next completion from the completion queue.
//  5. Close cancels the remaining requests and frees all resources.
//
// A ring belongs to one system thread from New to Close, so its user must call
// runtime.LockOSThread first. Then the kernel needs no locks, and processes completions when
// they are requested instead of by an interrupt.
//
// A request must not point to memory that the garbage collector may free: the collector does
// not know that the kernel uses it. So paths and buffers are memory of Map, outside the Go
// heap. Memory that the kernel only reads may be on the heap, which does not move. The program
// must then keep a reference to it until the request has ended.
//
// Check reports whether the kernel supports rings with all required requests. Only Linux has
// rings.
package ring
