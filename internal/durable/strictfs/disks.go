package strictfs

import (
	"iter"
	"maps"
	"slices"
)

// Disks are all that the disk may hold if the power fails now, as files by path.
func (fsys *FS) Disks() iter.Seq[map[string][]byte] {
	return func(yield func(map[string][]byte) bool) {
		for subset := range 1 << len(fsys.pending) {
			names := maps.Clone(fsys.onDisk)
			for i, n := range fsys.pending {
				if subset>>i&1 == 1 {
					n.apply(names)
				}
			}
			if !contents(names, slices.Sorted(maps.Keys(names)), map[string][]byte{}, yield) {
				return
			}
		}
	}
}

// contents gives the files at paths every content that they may have, each with
// each, beside those that are on the disk already. It returns false once it is
// to stop.
func contents(names map[string]*inode, paths []string, disk map[string][]byte, yield func(map[string][]byte) bool) bool {
	if len(paths) == 0 {
		return yield(maps.Clone(disk))
	}
	for content := range names[paths[0]].onDisk() {
		disk[paths[0]] = content
		if !contents(names, paths[1:], disk, yield) {
			return false
		}
	}
	return true
}
