package operations

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"iosweep/internal/workload"
)

// TestCacheStates warms the inputs, reads the cached fraction, drops them and reads it again.
func TestCacheStates(t *testing.T) {
	ctx := context.Background()
	for _, op := range []Operation{read{}, copying{}, zipping{}, unzipping{}} {
		site := newSite(t, op, workload.Workload{Files: 5, Content: workload.ContentBytes, Size: 100_000}, nil)
		must(t, WarmCache(ctx, op, site))
		warm, err := CachedFraction(ctx, op, site)
		if runtime.GOOS != "linux" {
			if !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("got error %v, want errors.ErrUnsupported", err)
			}
			continue
		}
		must(t, err)
		if warm != 1 {
			t.Errorf("%s: cached fraction after reading: got %v, want 1", op.Info().Name, warm)
		}
		cold, err := DropCache(ctx, op, site)
		must(t, err)
		again, err := CachedFraction(ctx, op, site)
		must(t, err)
		if cold != again || cold < 0 || cold > 1 {
			t.Errorf("%s: DropCache returned %v, CachedFraction returned %v", op.Info().Name, cold, again)
		}
	}
}

// TestCacheWithoutInputs checks an operation that makes its content.
func TestCacheWithoutInputs(t *testing.T) {
	ctx := context.Background()
	site := newSite(t, write{}, workload.Workload{Files: 5, Content: workload.ContentBytes, Size: 10}, nil)
	must(t, WarmCache(ctx, write{}, site))
	for _, fraction := range []func(context.Context, Operation, Site) (float64, error){DropCache, CachedFraction} {
		if got, err := fraction(ctx, write{}, site); got != 0 || err != nil {
			t.Errorf("got %v, %v; want 0", got, err)
		}
	}
}

func TestWarmCacheNamesMissingFile(t *testing.T) {
	site := newSite(t, read{}, workload.Workload{Files: 2, Content: workload.ContentBytes, Size: 10}, nil)
	must(t, os.Remove(filepath.Join(site.Input, "data-0001.bin")))
	if err := WarmCache(context.Background(), read{}, site); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got error %v, want one about the missing file", err)
	}
}
