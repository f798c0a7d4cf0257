package operations

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// WarmCache reads what an operation will read through to the end, so that it is
// in the page cache. For an operation that reads nothing it does nothing.
func WarmCache(ctx context.Context, op Operation, site Site) error {
	in := op.Info().Needs.inputs(site)
	return in.each(ctx, workload.DigestBuffer, func(f dirio.File, buf []byte) error {
		_, _, err := workload.Digest(ctx, f, buf)
		return err
	})
}

// DropCache asks the system to forget what an operation will read, and returns
// the fraction of it, from 0 to 1, that is in the page cache nevertheless. The
// data is cold then; directories and inodes stay warm. Where a system has no
// such request the error says so.
func DropCache(ctx context.Context, op Operation, site Site) (float64, error) {
	in := op.Info().Needs.inputs(site)
	if in.n == 0 {
		return 0, nil
	}
	// A page that is not on the disk yet cannot be dropped.
	dir, err := in.open()
	if err != nil {
		return 1, err
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return 1, err
	}
	err = in.each(ctx, 0, func(f dirio.File, _ []byte) error { return dirio.DropPages(f) })
	if err != nil {
		return 1, err
	}
	return CachedFraction(ctx, op, site)
}

// CachedFraction is how much of what an operation will read is in the page
// cache, in pages, from 0 to 1. Nothing to read is 0. Where a system cannot tell
// the error says so.
func CachedFraction(ctx context.Context, op Operation, site Site) (float64, error) {
	in := op.Info().Needs.inputs(site)
	var cached, all atomic.Int64
	err := in.each(ctx, 0, func(f dirio.File, _ []byte) error {
		size, err := dirio.FileSize(f)
		if err != nil {
			return err
		}
		resident, err := dirio.ResidentPages(f, size)
		cached.Add(resident)
		all.Add(dirio.PagesOf(size))
		return err
	})
	if err != nil {
		return 1, err
	}
	if all.Load() == 0 {
		return 0, nil
	}
	return float64(cached.Load()) / float64(all.Load()), nil
}

// ReadsInputs reports whether an operation reads files that were there before: what it
// uses up without looking at it, as delete does, is not read.
func ReadsInputs(op Operation, site Site) bool {
	return op.Info().Needs != NeedsDisposableCopy && op.Info().Needs.inputs(site).n > 0
}

// inputs are the files that an operation reads.
type inputs struct {
	open func() (dirio.Directory, error)
	n    int
	name func(i int) string // made when it is asked for: there may be a million
}

// each opens every file for reading and hands it to a function, on all processors, with a
// buffer of a size. The process of a trial asks for none: what it leaves as garbage is
// collected in the timed part.
func (in inputs) each(ctx context.Context, buffer int, do func(f dirio.File, buf []byte) error) (err error) {
	if in.n == 0 {
		return nil
	}
	dir, err := in.open()
	if err != nil {
		return err
	}
	folders := make([]dirio.Cursor, workload.Processors(in.n))
	defer func() {
		err = errors.Join(err, dirio.CloseCursors(folders), dir.Close())
	}()
	return workload.ForEach(ctx, in.n, func(number int) func(int) error {
		buf, folder := make([]byte, buffer), &folders[number]
		return func(i int) error {
			name := in.name(i)
			err := dirio.WithFile(dir, folder, name, func(f dirio.File, _ dirio.Status) error { return do(f, buf) })
			if err != nil {
				return fmt.Errorf("%s: %w", filepath.Join(dir.Path, name), err)
			}
			return nil
		}
	})
}
