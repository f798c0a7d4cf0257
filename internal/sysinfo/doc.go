// Package sysinfo says what machine this is, and what else goes on in it. What a system
// does not tell is left empty: an unknown is no reason to fail a run.
//
//  1. Read and FilesystemOf describe the machine and what a directory lies on. A run
//     records both once.
//  2. Root.Watch counts, before a trial, what may disturb it: the processor time of every
//     process (a census), what a hypervisor took, for how long tasks waited, how often
//     processors were slowed down, what was swapped.
//  3. Watch.End counts again. The Disturbance is the difference, without what this
//     process and its children did themselves; its Noise is what a quiet machine would
//     not have, as sentences.
//  4. SpaceOf and ReadOOMKills explain failures: a full disk, a process that the kernel
//     killed for its memory.
//
// A Root is where /proc and /sys lie: / for Host, a directory in tests.
package sysinfo
