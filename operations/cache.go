package operations

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sync/atomic"
)

// WarmCache reads what an operation will read through to the end, so that it is
// in the page cache. For an operation that reads nothing it does nothing.
func WarmCache(ctx context.Context, op Operation, site Site) error {
	in := inputsOf(op, site)
	return in.each(ctx, func() func(*os.File) error {
		buf := make([]byte, digestBuffer)
		return func(f *os.File) error {
			_, _, err := digest(f, buf)
			return err
		}
	})
}

// DropCache asks the system to forget what an operation will read, and returns
// the fraction of it, from 0 to 1, that is in the page cache nevertheless. The
// data is cold then; directories and inodes stay warm. Where a system has no
// such request the error says so.
func DropCache(ctx context.Context, op Operation, site Site) (float64, error) {
	in := inputsOf(op, site)
	if len(in.names) == 0 {
		return 0, nil
	}
	// A page that is not on the disk yet cannot be dropped.
	dir, err := openDirectory(in.dir)
	if err != nil {
		return 1, err
	}
	err = syncAll(dir)
	if closing := dir.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return 1, err
	}
	err = in.each(ctx, func() func(*os.File) error { return dropPages })
	if err != nil {
		return 1, err
	}
	return CachedFraction(ctx, op, site)
}

// CachedFraction is how much of what an operation will read is in the page
// cache, in pages, from 0 to 1. Nothing to read is 0. Where a system cannot tell
// the error says so.
func CachedFraction(ctx context.Context, op Operation, site Site) (float64, error) {
	in := inputsOf(op, site)
	var cached, all atomic.Int64
	err := in.each(ctx, func() func(*os.File) error {
		return func(f *os.File) error {
			info, err := f.Stat()
			if err != nil {
				return err
			}
			resident, err := residentPages(f, info.Size())
			cached.Add(resident)
			all.Add(pagesOf(info.Size()))
			return err
		}
	})
	if err != nil {
		return 1, err
	}
	if all.Load() == 0 {
		return 0, nil
	}
	return float64(cached.Load()) / float64(all.Load()), nil
}

// ReadsInputs says whether an operation reads files that were there before: what it
// uses up without looking at it, as delete does, is not read.
func ReadsInputs(op Operation, site Site) bool {
	return op.Info().Needs != NeedsVictims && len(inputsOf(op, site).names) > 0
}

// pagesOf is how many pages a file of this size takes.
func pagesOf(size int64) int64 {
	page := int64(os.Getpagesize())
	return (size + page - 1) / page
}

// inputs are the files that an operation reads.
type inputs struct {
	dir   string
	names []string
}

// inputsOf finds them: the items' files, the archive, or the tree that items
// come from.
func inputsOf(op Operation, site Site) inputs {
	in := inputs{dir: site.Input}
	all := []string{""}
	switch op.Info().Needs {
	case NeedsArchive:
		in.names = []string{ArchiveName}
		return in
	case NeedsNothing:
		if site.Workload.From == "" {
			return inputs{}
		}
		in.dir = site.Workload.From
	case NeedsVictims:
		all = places(site)
	}
	files := site.Manifest.Files
	in.names = make([]string, len(files))
	for item := range files {
		in.names[item] = path.Join(victimPlace(all, item, len(files)), files[item].Name)
	}
	return in
}

// each opens every file for reading and hands it to a function, on all
// processors.
func (in inputs) each(ctx context.Context, worker func() func(*os.File) error) error {
	if len(in.names) == 0 {
		return nil
	}
	dir, err := openDirectory(in.dir)
	if err != nil {
		return err
	}
	defer dir.Close()
	return forEach(ctx, len(in.names), func() func(int) error {
		do := worker()
		return func(i int) error {
			f, err := dir.root.Open(in.names[i])
			if err != nil {
				return err
			}
			defer f.Close()
			if err := do(f); err != nil {
				return fmt.Errorf("%s: %w", filepath.Join(in.dir, in.names[i]), err)
			}
			return nil
		}
	})
}
