package operations

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"

	"iosweep/internal/dirio"
	"iosweep/internal/parallel"
	"iosweep/internal/workload"
)

// WarmCache reads the operation's inputs once, so that they are in the page cache. It
// does nothing for an operation without inputs.
func WarmCache(ctx context.Context, op Operation, site Site) error {
	in := op.Info().Needs.inputs(site)
	return in.each(ctx, workload.DigestBuffer, func(f dirio.File, buf []byte) error {
		_, _, err := workload.Digest(ctx, f, buf)
		return err
	})
}

// DropCache asks the system to drop the operation's inputs from the page cache. It
// returns the fraction of the inputs, from 0 to 1, that is still cached. Only data becomes
// cold; directories and inodes stay warm. On a system without such a request it returns
// an error.
func DropCache(ctx context.Context, op Operation, site Site) (float64, error) {
	in := op.Info().Needs.inputs(site)
	if in.n == 0 {
		return 0, nil
	}
	// A page that is not yet on the disk cannot be dropped.
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

// CachedFraction returns the fraction of the operation's inputs, in pages, that is in
// the page cache, from 0 to 1. It is 0 without inputs. On a system that does not report
// cached pages, it returns an error.
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

// ReadsInputs reports whether an operation reads files that existed before the trial. It is
// false for an operation such as delete, which removes its inputs without reading them.
func ReadsInputs(op Operation, site Site) bool {
	return op.Info().Needs != NeedsDisposableCopy && op.Info().Needs.inputs(site).n > 0
}

// inputs are the files that an operation reads.
type inputs struct {
	open func() (dirio.Directory, error)
	n    int
	name func(i int) string // a function, because there may be a million names
}

// each calls a function with every file, opened for reading, and a buffer of the given
// size. It uses all processors. In the process of a trial the size is 0, because a buffer
// would become garbage that is collected in the timed part.
func (in inputs) each(ctx context.Context, buffer int, do func(f dirio.File, buf []byte) error) (err error) {
	if in.n == 0 {
		return nil
	}
	dir, err := in.open()
	if err != nil {
		return err
	}
	cursors := make([]dirio.Cursor, parallel.Processors(in.n))
	defer func() {
		err = errors.Join(err, dirio.CloseCursors(cursors), dir.Close())
	}()
	return parallel.ForEach(ctx, in.n, func(number int) func(int) error {
		buf, cursor := make([]byte, buffer), &cursors[number]
		return func(i int) error {
			name := in.name(i)
			err := dirio.WithFile(dir, cursor, name, func(f dirio.File, _ dirio.Status) error { return do(f, buf) })
			if err != nil {
				return fmt.Errorf("%s: %w", filepath.Join(dir.Path, name), err)
			}
			return nil
		}
	})
}
