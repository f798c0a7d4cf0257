package operations

import (
	"os"
	"path/filepath"
	"testing"

	"iosweep/internal/workload"
)

// TestReadOfBlocksIsVerified changes the digest of a large file, and then its content.
func TestReadOfBlocksIsVerified(t *testing.T) {
	op := read{}
	site := newSite(t, op, workload.Workload{Files: 3, Content: workload.ContentBytes, Size: 5000}, func(s *Site) { s.Block = 512 })
	digests := perform(t, op, site, oneByOne, allItems(site))
	checkOutcome(t, op, site, digests)
	digests[1]++
	expectRefused(t, op, site, digests, `item 1 "data-0001.bin": content differs: the digest of its blocks`, "1 of 3 items wrong")
	digests[1]--
	path := filepath.Join(site.Input, "data-0002.bin")
	content, err := os.ReadFile(path)
	must(t, err)
	content[4999]++
	must(t, os.WriteFile(path, content, 0o644))
	digests = perform(t, op, site, oneByOne, allItems(site))
	expectRefused(t, op, site, digests, `item 2 "data-0002.bin": content differs: CRC-32`, "1 of 3 items wrong")
}

// TestChain checks that a digest depends on every byte and on the order of the blocks.
func TestChain(t *testing.T) {
	a, b := make([]byte, 4096), make([]byte, 4096)
	b[4095] = 1
	of := func(blocks ...[]byte) (digest uint32) {
		for _, block := range blocks {
			digest = chain(digest, block)
		}
		return digest
	}
	all := map[uint32]bool{of(a, a): true, of(a, b): true, of(b, a): true, of(b, b): true, of(a): true, of(a, a, a): true}
	if len(all) != 6 {
		t.Errorf("got %d different digests of 6 contents", len(all))
	}
}
