package sysinfo

// A Space is the free space on the file system of a path. The zero value means unknown.
type Space struct {
	Known bool
	// FileSystem identifies the file system. It is equal for paths on the same file system.
	FileSystem uint64
	Block      int64 // size of a block in bytes: the minimum size of a file
	Free       int64 // bytes that an ordinary user can still write
	Total      int64 // total number of bytes
	Files      int64 // total number of inodes; 0 if they are created on demand, as on btrfs
	FilesFree  int64
	// LongestName is the maximum length of a name in bytes; 0: unknown.
	LongestName int64
}

// Empty reports whether there is no space for another file: no block or no inode is free.
func (s Space) Empty() bool {
	return s.Known && (s.Free < s.Block || s.Files > 0 && s.FilesFree == 0)
}
