package sysinfo

// A Space is what is free on the file system that a path lies on. The zero value
// stands for one of which nothing is known.
type Space struct {
	Known bool
	// FileSystem tells file systems apart: it is equal for paths on the same one.
	FileSystem uint64
	Block      int64 // what a file takes at least, in bytes
	Free       int64 // bytes that an ordinary user can still write
	Total      int64 // bytes in all
	Files      int64 // inodes in all; 0 where they are made as needed, as on btrfs
	FilesFree  int64
}

// Empty says that nothing more can be made there: no block is free, or no inode.
func (s Space) Empty() bool {
	return s.Known && (s.Free < s.Block || s.Files > 0 && s.FilesFree == 0)
}
