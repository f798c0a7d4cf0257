// Package dirio opens files and directories below an open directory, and never outside it. The
// system resolves a path again on each use. Between two uses, a user with write permission can
// replace a directory of the path. An open directory stays the same.
//
//  1. OpenBelow opens a Directory of the run relative to the workspace's descriptor.
//     OpenTree opens an existing tree by its path. Names below it are slash-separated.
//  2. A Cursor moves from file to file and keeps the Folder of the last file open. A Folder
//     opens, creates, renames and removes files. Its names are single components.
//  3. Walk visits everything below a directory. StateOf computes a digest of its state.
//  4. DropPages, ResidentPages and Sync work on the page cache and the disk.
//
// On Linux a folder is a descriptor with direct system calls, which can refuse to cross
// mounts. On other systems it is an os.Root, which crosses mounts.
package dirio
