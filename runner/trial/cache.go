package trial

import (
	"context"
	"fmt"

	"iosweep/journal"
	"iosweep/operations"
)

// coldLimit is how much of the inputs may be resident where none should be.
const coldLimit = 0.01

// setCache brings the page cache into the state that the cell asks for, and
// says how much of the inputs it holds. It is nil where nothing is read or there is
// no way to tell.
func setCache(ctx context.Context, op operations.Operation, site operations.Site) (*float64, error) {
	switch site.Cache {
	case operations.CacheWarm:
		if err := operations.WarmCache(ctx, op, site); err != nil {
			return nil, err
		}
	case operations.CacheCold, operations.CacheDirect:
		// What is read past the cache need not be cold, but only then can be told
		// afterwards that it was.
		left, err := operations.DropCache(ctx, op, site)
		if err != nil {
			return nil, fmt.Errorf("cache %s: %w", site.Cache, err)
		}
		if left > coldLimit {
			return nil, fmt.Errorf("cache %s: %.1f%% of the inputs are still in the page cache, more than %.0f%%: somebody else has them open or mapped, or the file system does not let go of them",
				site.Cache, 100*left, 100*coldLimit)
		}
	default:
		if !operations.ReadsInputs(op, site) {
			return nil, nil
		}
	}
	cached, err := operations.CachedFraction(ctx, op, site)
	if err != nil {
		return nil, nil // unknown is not zero, and no failure either
	}
	return &cached, nil
}

// warmLimit is how much of the inputs is to be resident where all should be.
const warmLimit = 0.99

// warmCacheNoise says that inputs which were read through are not in memory all the same:
// there is too little of it, or something else took it. Empty if they are.
func warmCacheNoise(site operations.Site, cached *float64) string {
	if site.Cache != operations.CacheWarm || cached == nil || *cached >= warmLimit || site.Manifest.Bytes() == 0 {
		return ""
	}
	return fmt.Sprintf("only %.0f%% of the inputs were in memory, though cache is warm", 100**cached)
}

// checkDirect checks after a trial under `cache: direct` that what was read has gone
// past the page cache: a file system may take O_DIRECT for a hint and read into the
// cache all the same (open(2)).
func checkDirect(ctx context.Context, op operations.Operation, site operations.Site) error {
	if site.Cache != operations.CacheDirect {
		return nil
	}
	cached, err := operations.CachedFraction(ctx, op, site)
	if err != nil || cached <= coldLimit {
		return nil
	}
	return fmt.Errorf(journal.Unverified+"cache %s: after the work %.1f%% of the inputs were in the page cache, so they were not read past it: this file system does not take O_DIRECT by its word",
		site.Cache, 100*cached)
}
