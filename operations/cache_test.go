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

// TestCacheStates warms inputs, asks, drops them and asks again.
func TestCacheStates(t *testing.T) {
	ctx := context.Background()
	for _, op := range []Operation{read{}, copying{}, zipping{}, unzipping{}} {
		site := newSite(t, op, workload.Workload{Files: 5, Content: workload.ContentBytes, Size: 100_000}, nil)
		must(t, WarmCache(ctx, op, site))
		warm, err := CachedFraction(ctx, op, site)
		if runtime.GOOS != "linux" {
			if !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("error %v, want one that says what this system cannot do", err)
			}
			continue
		}
		must(t, err)
		if warm != 1 {
			t.Errorf("%s: %v of the inputs is cached after reading them, want all", op.Info().Name, warm)
		}
		cold, err := DropCache(ctx, op, site)
		must(t, err)
		again, err := CachedFraction(ctx, op, site)
		must(t, err)
		if cold != again || cold < 0 || cold > 1 {
			t.Errorf("%s: dropping says %v is left, asking says %v", op.Info().Name, cold, again)
		}
	}
}

// TestCacheWithoutInputs for an operation that makes its content.
func TestCacheWithoutInputs(t *testing.T) {
	ctx := context.Background()
	site := newSite(t, write{}, workload.Workload{Files: 5, Content: workload.ContentBytes, Size: 10}, nil)
	must(t, WarmCache(ctx, write{}, site))
	for _, ask := range []func(context.Context, Operation, Site) (float64, error){DropCache, CachedFraction} {
		if fraction, err := ask(ctx, write{}, site); fraction != 0 || err != nil {
			t.Errorf("%v, %v; want 0", fraction, err)
		}
	}
}

func TestWarmCacheNamesMissingFile(t *testing.T) {
	site := newSite(t, read{}, workload.Workload{Files: 2, Content: workload.ContentBytes, Size: 10}, nil)
	must(t, os.Remove(filepath.Join(site.Input, "data-0001.bin")))
	if err := WarmCache(context.Background(), read{}, site); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want one about the missing file", err)
	}
}
