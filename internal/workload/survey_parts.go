package workload

import (
	"context"
	"hash/crc32"
	"math"

	"iosweep/internal/parallel"
)

// A workload with fewer than fewItems is surveyed in parts of surveyPart bytes, because one of the
// items may take most of the time.
const (
	fewItems   = 256
	surveyPart = 8 << 20
)

// surveyParts returns the manifest of n items. It surveys one item after the other, with all
// processors.
func surveyParts(ctx context.Context, n int, name func(item int) string, content Ranged) (*Manifest, error) {
	var b manifestBuilder
	buffers := make([][]byte, parallel.Processors(math.MaxInt))
	for item := range n {
		file := File{Name: name(item), Size: content.Size(item), Mode: generatedMode}
		// The last part may be empty, so an empty item has one part.
		sums := make([]uint32, file.Size/surveyPart+1)
		err := parallel.ForEach(ctx, len(sums), func(number int) func(int) error {
			return func(part int) (err error) {
				sums[part], err = crcOfRange(content, item, int64(part)*surveyPart, &buffers[number])
				return err
			}
		})
		if err != nil {
			return nil, err
		}
		for part, sum := range sums {
			file.CRC = CombineCRC(file.CRC, sum, partLength(file.Size, int64(part)*surveyPart, surveyPart))
		}
		b.add(&file)
	}
	return b.manifest(), nil
}

// crcOfRange returns the CRC-32 of the part of an item that begins at an offset.
func crcOfRange(content Ranged, item int, offset int64, buf *[]byte) (crc uint32, err error) {
	for end := offset + surveyPart; offset < end; offset += DigestBuffer {
		if *buf, err = content.AppendRange((*buf)[:0], item, offset, DigestBuffer); err != nil {
			return 0, err
		}
		crc = crc32.Update(crc, crc32.IEEETable, *buf)
		if len(*buf) < DigestBuffer {
			break // the end of the item
		}
	}
	return crc, nil
}
