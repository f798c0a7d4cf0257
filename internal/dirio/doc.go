// Package dirio opens files and directories below a directory that is open already, and
// never leaves it. A path is looked up again each time that it is used, and somebody
// who may write one of its directories may have put another one there meanwhile;
// an open directory stays the same one.
//
//  1. OpenBelow opens a Directory of a run's own beneath its descriptor, OpenTree opens
//     somebody's tree by its path. Names below it are slash-separated.
//  2. A Cursor goes from file to file and keeps the Folder of the last one open. In a
//     folder files are single names: they are opened, made, renamed and removed.
//  3. Walk visits all that is below a directory, StateOf sums up what it looks like.
//  4. DropPages, ResidentPages and Sync speak of the page cache and of the disk.
//
// On Linux a folder is a descriptor, and the calls on it are the system's own; it stops
// at mounts if it is told to. Elsewhere it is an os.Root, which does not.
package dirio
