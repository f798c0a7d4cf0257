package operations

import (
	"context"
	"os"
	"testing"

	"iosweep/internal/workload"
)

// BenchmarkEngine does each operation on many small files and on fewer large ones, one after
// another, as in engines.md. Set TMPDIR to choose the file system.
func BenchmarkEngine(b *testing.B) {
	sizes := map[string]workload.Workload{
		"4KiB":   {Files: 10_000, Content: workload.ContentBytes, Size: 4096},
		"239KiB": {Files: 1000, Content: workload.ContentBytes, Size: 239_034},
	}
	for _, op := range All {
		for size, workload := range sizes {
			b.Run(op.Info().Name+"/"+size, func(b *testing.B) {
				b.StopTimer()
				site := newSite(b, op, workload, nil)
				b.SetBytes(site.Manifest.Bytes())
				for range b.N {
					for _, dir := range []string{site.Input, site.Output} {
						must(b, os.RemoveAll(dir))
						must(b, os.Mkdir(dir, 0o755))
					}
					must(b, Prepare(context.Background(), op, site))
					items := allItems(site)
					b.StartTimer()
					perform(b, op, site, oneByOne, items)
					b.StopTimer()
				}
			})
		}
	}
}
