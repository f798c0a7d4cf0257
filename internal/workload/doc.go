// Package workload says what files an experiment works on, and what they hold.
//
//  1. A Workload describes the items: how many, with what content, or an existing
//     tree. Equal workloads have equal content on every machine.
//  2. ContentOf makes the Content of a workload that is made: the bytes of any item,
//     in any order, in any process (content_*.go).
//  3. Survey makes or reads every item once and returns a Manifest: the name, size,
//     checksum and permissions of each.
//  4. A manifest has a written form, which is kept for later trials and whose
//     checksum tells whether two runs did the same work.
package workload
