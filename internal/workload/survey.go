package workload

import (
	"context"
	"fmt"
	"hash/crc32"
)

// madeMode is what files have whose content is made.
const madeMode = 0o644

// Survey works out what a workload holds: by making every item once, or by
// reading the tree once. It uses all processors, and no more memory than the
// manifest and the largest item for each of them. Do it once per workload and
// keep the manifest.
func Survey(ctx context.Context, w Workload) (*Manifest, error) {
	if w.From != "" {
		return surveyTree(ctx, w)
	}
	content, err := ContentOf(w)
	if err != nil {
		return nil, err
	}
	if w.Files < 1 {
		return nil, fmt.Errorf("a workload of %d files: it takes at least 1", w.Files)
	}
	name := func(item int) string { return itemName(w, item) }
	return surveyItems(ctx, w.Files, name, func(int) func(int, *File) error {
		var buf []byte
		return func(item int, file *File) (err error) {
			if buf, err = content.Append(buf[:0], item); err != nil {
				return err
			}
			file.Size, file.CRC, file.Mode = int64(len(buf)), crc32.ChecksumIEEE(buf), madeMode
			return nil
		}
	})
}

// surveyItems makes the manifest of n items, a block at a time: all processors
// look at the items of a block, each with a look of its own, which fills in all
// but the name; then the block is put away.
func surveyItems(ctx context.Context, n int, name func(item int) string, worker func(number int) func(item int, file *File) error) (*Manifest, error) {
	var b manifestBuilder
	files := make([]File, min(n, blockItems))
	for first := 0; first < n; first += blockItems {
		files := files[:min(blockItems, n-first)]
		err := ForEach(ctx, len(files), func(number int) func(int) error {
			look := worker(number)
			return func(i int) error {
				files[i].Name = name(first + i)
				return look(first+i, &files[i])
			}
		})
		if err != nil {
			return nil, err
		}
		for i := range files {
			b.add(&files[i])
		}
	}
	return b.manifest(), nil
}
