// Package sysinfo describes the machine and its other activity. Unknown values are left empty,
// because they are no reason to fail a run.
//
//  1. Read and FilesystemOf describe the machine and the file system of a directory. A run records
//     both once.
//  2. Before a trial, Root.Watch reads the counters of possible disturbances. They are the processor
//     time of every process, stolen time, the time that tasks waited, the number of
//     slowdowns for heat, and the number of swapped pages.
//  3. After the trial, Watch.End reads them again. The Disturbance is the difference, without the
//     work of this process and its descendants. Its Noise describes, in sentences, the activity
//     that a quiet machine would not have.
//  4. SpaceOf and ReadOOMKills explain failures: a full disk, or a process that the kernel killed
//     because of memory.
//
// A Root is the directory that contains /proc and /sys: / for Host, and another directory in tests.
package sysinfo
