package checkup

import (
	"fmt"
	"slices"
	"strings"

	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
)

func fileSystem(s *subject) Check {
	fs := sysinfo.FilesystemOf(s.dir)
	if fs.Type == "" {
		return unknown("the type is not available on this machine")
	}
	return judgeFileSystem(s.dir, fs, sysinfo.Writable(s.dir))
}

// inMemory lists the file systems without a disk.
var inMemory = []string{"tmpfs", "ramfs", "devtmpfs"}

// slowOptions are mount options that add work to the calls of a program, with their effect and the
// opposite option; see mount(8).
var slowOptions = map[string]struct{ effect, opposite string }{
	"sync":        {"every write waits for the disk", "nosync"},
	"dirsync":     {"every change of a directory waits for the disk", "nodirsync"},
	"strictatime": {"every read writes an access time", "relatime"},
}

func judgeFileSystem(dir string, fs sysinfo.Filesystem, writable error) Check {
	found := fmt.Sprintf("%s on %s at %s (%s)", fs.Type, fs.Device, fs.Mount, fs.Options)
	options := strings.Split(fs.Options, ",")
	switch {
	case slices.Contains(options, "ro"):
		return unfit("choose a directory on another file system", "%s: it is read-only", found)
	case writable != nil:
		return unfit("choose a directory that you can write to", "%s: %v", found, writable)
	case slices.Contains(inMemory, fs.Type):
		return fit("%s: it is in memory, so no disk is measured", found)
	}
	for _, option := range options {
		if slow, ok := slowOptions[option]; ok {
			return unfit(fmt.Sprintf("mount it without %s, unless you want to measure this option (sudo mount -o remount,%s %s)", option, slow.opposite, fs.Mount),
				"%s: with %s, %s", found, option, slow.effect).
				warn("The file system of %s is mounted with %s: %s, for every strategy.", dir, option, slow.effect)
		}
	}
	return fit("%s", found)
}

// The minimum free space of a file system. In a nearly full one the free blocks are scattered, and
// finding them takes longer.
const (
	minFree      = 0.05 // fraction of the total space
	minFreeFiles = 10000
)

func freeRoom(s *subject) Check {
	space, err := sysinfo.SpaceOf(s.dir)
	switch {
	case err != nil:
		return unknown("%v", err)
	case !space.Known:
		return unknown("not available on this machine")
	}
	return judgeRoom(space)
}

func judgeRoom(space sysinfo.Space) Check {
	found := fmt.Sprintf("%s of %s free", units.Size(space.Free), units.Size(space.Total))
	if space.Files > 0 {
		found += fmt.Sprintf(", %d inodes of %d", space.FilesFree, space.Files)
	}
	const advice = "free some space, or choose a directory on another file system; iosweep plan shows how much space a run needs"
	switch {
	case float64(space.Free) < minFree*float64(space.Total):
		return unfit(advice, "%s: a nearly full file system is slower", found)
	case space.Files > 0 && space.FilesFree < minFreeFiles:
		return unfit(advice, "%s: only a few more files can be created", found)
	}
	return fit("%s", found)
}
