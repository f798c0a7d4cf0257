// Package workload describes the files of an experiment and their content.
//
//  1. A Workload describes the items: their number and content, or an existing tree. Equal
//     workloads have equal content on every machine.
//  2. ContentOf returns the generator of a workload's content. It makes the bytes of any
//     item, in any order, in any process (content_*.go). A Stream makes an item that is larger
//     than memory in pieces, and a Ranged content makes any part of it.
//  3. Survey generates or reads every item once. It returns a Manifest: the name, size,
//     checksum and permissions of each item.
//  4. A manifest has a text form. It is stored for later trials, and its checksum shows
//     whether two runs did the same work.
package workload
