package checkup

import (
	"fmt"
	"slices"
	"strings"

	"iosweep/internal/sysinfo"
)

func fileSystem(s *subject) Check {
	fs := sysinfo.FilesystemOf(s.dir)
	if fs.Type == "" {
		return unknown("its type is not told here")
	}
	return judgeFileSystem(s.dir, fs, sysinfo.Writable(s.dir))
}

// inMemory are the file systems that have no disk.
var inMemory = []string{"tmpfs", "ramfs", "devtmpfs"}

// costly are mount options that make each operation wait for something that the
// program has not asked for, and what is without them; see mount(8).
var costly = map[string]struct{ what, without string }{
	"sync":        {"every write waits for the disk", "nosync"},
	"dirsync":     {"every change of a directory waits for the disk", "nodirsync"},
	"strictatime": {"every read writes a time", "relatime"},
}

func judgeFileSystem(dir string, fs sysinfo.Filesystem, writable error) Check {
	found := fmt.Sprintf("%s on %s at %s (%s)", fs.Type, fs.Device, fs.Mount, fs.Options)
	options := strings.Split(fs.Options, ",")
	switch {
	case slices.Contains(options, "ro"):
		return unfit("name a directory on another file system", "%s: nothing can be written to it", found)
	case writable != nil:
		return unfit("name a directory that you may write to", "%s: %v", found, writable)
	case slices.Contains(inMemory, fs.Type):
		return fit("%s: it is in memory, no disk is measured", found)
	}
	for _, option := range options {
		if cost, ok := costly[option]; ok {
			return unfit(fmt.Sprintf("mount it without %s, unless that is what is to be measured (sudo mount -o remount,%s %s)", option, cost.without, fs.Mount),
				"%s: with %s %s", found, option, cost.what).
				warn("The file system of %s is mounted with %s: %s, for every strategy.", dir, option, cost.what)
		}
	}
	return fit("%s", found)
}

// How full a file system may be: towards the end its free blocks lie apart, and it
// takes longer to find some.
const (
	leastFree      = 0.05
	leastFreeFiles = 10000
)

func freeRoom(s *subject) Check {
	space, err := sysinfo.SpaceOf(s.dir)
	switch {
	case err != nil:
		return unknown("%v", err)
	case !space.Known:
		return unknown("it is not told here")
	}
	return judgeRoom(space)
}

func judgeRoom(space sysinfo.Space) Check {
	found := fmt.Sprintf("%s of %s free", size(space.Free), size(space.Total))
	if space.Files > 0 {
		found += fmt.Sprintf(", %d inodes of %d", space.FilesFree, space.Files)
	}
	const advice = "make room, or name a directory on another file system; iosweep plan says how much a run needs"
	switch {
	case float64(space.Free) < leastFree*float64(space.Total):
		return unfit(advice, "%s: a file system this full is slower", found)
	case space.Files > 0 && space.FilesFree < leastFreeFiles:
		return unfit(advice, "%s: hardly any file can be made", found)
	}
	return fit("%s", found)
}
