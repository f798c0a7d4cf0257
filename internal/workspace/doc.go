// Package workspace is the only code of iosweep that creates and deletes directories.
// Benchmark tools have deleted people's data. The rules here prevent that:
//
//  1. Create makes a new directory under the directory that the experiment tests. It writes
//     a marker file with the run's id into it and locks that file.
//  2. All work happens relative to a descriptor of that directory. It follows no symbolic
//     link and enters no mount.
//  3. The processes of a trial inherit the descriptor (Inherit). They keep working in the
//     same directory, even if its path is replaced.
//  4. Remove deletes only that directory, and only while its marker contains the run's id
//     and its path still leads to it. It never adopts a directory that existed before. A
//     RemovalError lists the paths that it could not remove.
//  5. Reclaim deletes the directories of a run that was killed, by the same rules, and only
//     if no running process has locked the marker.
//  6. No run works inside the workspace of another run.
package workspace
