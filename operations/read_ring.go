//go:build linux && !portable

package operations

import "hash/crc32"

var _ Ringed = (*readTask)(nil)

// Ask brings the item's file into memory: askContent says how.
func (t *readTask) Ask(x *Exchange) (Done, error) {
	data, ok, err := t.bring(x)
	if err != nil {
		return Done{}, itemError(t.site.Manifest, x.Item, err)
	}
	if !ok {
		return Done{}, nil
	}
	return Done{Bytes: int64(len(data)), Digest: crc32.ChecksumIEEE(data)}, nil
}

func (t *readTask) bring(x *Exchange) (data []byte, ok bool, err error) {
	if x.stage == 0 {
		x.stage++
		x.file = t.site.Manifest.File(x.Item)
		return nil, false, x.askContent(t.dir)
	}
	if err := x.heard(); err != nil {
		return nil, false, err
	}
	return x.content(t.dir)
}
