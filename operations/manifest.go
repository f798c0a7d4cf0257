package operations

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// madeMode is what files have whose content is made.
const madeMode = 0o644

// digestBuffer is how much of a file is read at a time where only its checksum
// is wanted.
const digestBuffer = 256 << 10

// Survey works out what a workload holds: by making every item once, or by
// reading the tree once. It uses all processors, and no more memory than the
// largest item for each of them. Do it once per workload and keep the manifest.
func Survey(ctx context.Context, w Workload) (*Manifest, error) {
	if w.From != "" {
		return surveyTree(ctx, w)
	}
	content, err := contentOf(w)
	if err != nil {
		return nil, err
	}
	if w.Files < 1 {
		return nil, fmt.Errorf("a workload of %d files: it takes at least 1", w.Files)
	}
	m := &Manifest{Files: make([]File, w.Files)}
	err = forEach(ctx, w.Files, func() func(int) error {
		var buf []byte
		return func(item int) (err error) {
			if buf, err = content.Append(buf[:0], item); err != nil {
				return err
			}
			m.Files[item] = File{
				Name: itemName(w, item),
				Size: int64(len(buf)),
				CRC:  crc32.ChecksumIEEE(buf),
				Mode: madeMode,
			}
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// forEach calls a function for every index below n, on all processors. worker
// makes the function for one of them, so that each has buffers of its own; it is
// not called concurrently. The first error stops them all.
func forEach(ctx context.Context, n int, worker func() func(item int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), n) {
		do := worker()
		group.Go(func() error {
			for {
				item := int(next.Add(1)) - 1
				if item >= n {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := do(item); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// digest reads r to its end and returns its length and its CRC-32.
func digest(r io.Reader, buf []byte) (size int64, crc uint32, err error) {
	for {
		n, err := r.Read(buf)
		size += int64(n)
		crc = crc32.Update(crc, crc32.IEEETable, buf[:n])
		if err == io.EOF {
			return size, crc, nil
		}
		if err != nil {
			return size, crc, err
		}
	}
}

// sizeError says that a file is not as long as the manifest has it.
func sizeError(file *File, found int64) error {
	if found > file.Size {
		return fmt.Errorf("holds more than the expected %d bytes", file.Size)
	}
	return fmt.Errorf("holds %d bytes, expected %d", found, file.Size)
}

// itemError says which item an error is about.
func itemError(item int, file *File, err error) error {
	return fmt.Errorf("item %d %q: %w", item, file.Name, err)
}
