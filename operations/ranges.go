package operations

import (
	"sort"

	"iosweep/internal/workload"
)

// A Range is a part of a file.
type Range struct {
	File           int // the file's index in the manifest
	Offset, Length int64
}

// Ranges are the items of a trial's tasks. Each file is an item, and under the axis split each range
// of a larger file.
type Ranges struct {
	manifest *workload.Manifest
	split    int64
	ends     []int // by file, the number of ranges up to its end; nil if each file is one range
}

// RangesOf returns the ranges of a site.
func RangesOf(site Site) Ranges {
	r := Ranges{manifest: site.Manifest, split: site.Split}
	if r.split <= 0 {
		return r
	}
	ends, end := make([]int, site.Manifest.Len()), 0
	for i, file := range site.Manifest.All() {
		end += int(max(1, (file.Size+r.split-1)/r.split))
		ends[i] = end
	}
	if end > len(ends) {
		r.ends = ends
	}
	return r
}

// Len returns the number of ranges.
func (r *Ranges) Len() int {
	if n := len(r.ends); n > 0 {
		return r.ends[n-1]
	}
	return r.manifest.Len()
}

// splits reports whether a file of this size has several ranges.
func (r *Ranges) splits(size int64) bool { return r.ends != nil && size > r.split }

// first returns the item of the first range of a file.
func (r *Ranges) first(file int) int {
	if r.ends == nil || file == 0 {
		return file
	}
	return r.ends[file-1]
}

// At returns the range of an item. The ranges of a file follow each other.
func (r *Ranges) At(item int) Range {
	if r.ends == nil {
		return Range{item, 0, r.manifest.File(item).Size}
	}
	file := sort.SearchInts(r.ends, item+1)
	offset := int64(item-r.first(file)) * r.split
	return Range{file, offset, min(r.split, r.manifest.File(file).Size-offset)}
}
