//go:build linux && !portable

package operations

import "hash/crc32"

var _ Ringed = (*readTask)(nil)

// Advance reads the item's file into memory: see requestContent.
func (t *readTask) Advance(x *RingItem) (Result, error) {
	data, ok, err := t.content(x)
	if err != nil {
		return Result{}, itemError(t.site.Manifest, x.Item, err)
	}
	if !ok {
		return Result{}, nil
	}
	return Result{Bytes: int64(len(data)), Digest: crc32.ChecksumIEEE(data)}, nil
}

func (t *readTask) content(x *RingItem) (data []byte, ok bool, err error) {
	if x.stage == 0 {
		x.stage++
		x.file = t.site.Manifest.File(x.Item)
		return nil, false, x.requestContent(t.dir)
	}
	if err := x.checkResults(); err != nil {
		return nil, false, err
	}
	return x.content(t.dir)
}
