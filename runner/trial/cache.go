package trial

import (
	"context"
	"fmt"

	"iosweep/journal"
	"iosweep/operations"
)

// coldLimit is the largest fraction of the inputs that may be in the page cache under `cache:
// cold` and `cache: direct`.
const coldLimit = 0.01

// setCache brings the page cache into the state that the cell requests, and returns the fraction
// of the inputs in it. The fraction is nil if the trial reads no inputs or it is unknown.
func setCache(ctx context.Context, op operations.Operation, site operations.Site) (*float64, error) {
	switch site.Cache {
	case operations.CacheWarm:
		if err := operations.WarmCache(ctx, op, site); err != nil {
			return nil, err
		}
	case operations.CacheCold, operations.CacheDirect:
		// Direct reads do not need a cold cache, but checkDirect does.
		left, err := operations.DropCache(ctx, op, site)
		if err != nil {
			return nil, fmt.Errorf("cache %s: %w", site.Cache, err)
		}
		if left > coldLimit {
			return nil, fmt.Errorf("cache %s: %.1f%% of the inputs are still in the page cache, more than %.0f%%: another process has them open or mapped, or the file system keeps them",
				site.Cache, 100*left, 100*coldLimit)
		}
	default:
		if !operations.ReadsInputs(op, site) {
			return nil, nil
		}
	}
	cached, err := operations.CachedFraction(ctx, op, site)
	if err != nil {
		return nil, nil // an unknown fraction is neither zero nor a failure
	}
	return &cached, nil
}

// warmLimit is the smallest fraction of the inputs that must be in the page cache under `cache:
// warm`.
const warmLimit = 0.99

// warmCacheNoise describes inputs that are not in memory although they were read before the
// trial: memory is too small, or something else uses it. It returns "" if they are in memory.
func warmCacheNoise(site operations.Site, cached *float64) string {
	if site.Cache != operations.CacheWarm || cached == nil || *cached >= warmLimit || site.Manifest.Bytes() == 0 {
		return ""
	}
	return fmt.Sprintf("only %.0f%% of the inputs were in memory although cache is warm", 100**cached)
}

// checkDirect checks after a trial with `cache: direct` that the reads have bypassed the page
// cache. A file system may treat O_DIRECT as a hint and still read into the cache (open(2)).
func checkDirect(ctx context.Context, op operations.Operation, site operations.Site) error {
	if site.Cache != operations.CacheDirect {
		return nil
	}
	cached, err := operations.CachedFraction(ctx, op, site)
	if err != nil || cached <= coldLimit {
		return nil
	}
	return fmt.Errorf(journal.Unverified+"cache %s: after the work %.1f%% of the inputs were in the page cache, so they were not read directly: this file system ignores O_DIRECT",
		site.Cache, 100*cached)
}
