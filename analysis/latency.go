package analysis

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// Latency is the time per item, in seconds, over all trials of a cell. A contender has no
// latency, because its items are not visible.
type Latency struct{ P50, P90, P99, Max estimate.Value }

// mergedLatency merges the histograms of the trials, because quantiles of quantiles would
// be meaningless. unread counts the damaged histograms.
func mergedLatency(trials []*journal.Trial) (l Latency, unread int) {
	var m latencyMerger
	for _, t := range trials {
		// A histogram rounds its maximum up; LatencyMax is exact.
		if most := t.Measurement.LatencyMax; most != nil && *most > l.Max.X {
			l.Max = estimate.Of(*most)
		}
		if encoded := t.Measurement.Latency; encoded != "" && m.add(encoded) != nil {
			unread++
		}
	}
	if all := m.merged(); all != nil && all.TotalCount() > 0 {
		l.P50 = estimate.Of(float64(all.ValueAtQuantile(50)) / 1e9)
		l.P90 = estimate.Of(float64(all.ValueAtQuantile(90)) / 1e9)
		l.P99 = estimate.Of(float64(all.ValueAtQuantile(99)) / 1e9)
	}
	return l, unread
}

// A latencyMerger adds encoded histograms. The library needs 100 KB of memory to decode one, and
// 100,000 trials took 4 seconds. So it decodes the first, and latencyMerger adds the counts of
// the others if they have the same buckets.
type latencyMerger struct {
	first  *hdrhistogram.Histogram
	header []byte  // of first, without the length of its counts
	counts []int64 // per bucket, of the others with the same header

	inflate io.ReadCloser // reused, because a new one takes 40 KB
	raw     bytes.Buffer
}

// The layout of an HDR histogram in the V2 format, in bytes. The compressed form begins with a
// cookie and a length. The data in it begins with a cookie, the length of the counts, and four
// fields that define the buckets. See encodeIntoByteBuffer of the library.
const (
	compressedHeader = 8
	cookieEnd        = 4
	lengthEnd        = 8
	headerEnd        = 40
)

var errHistogram = errors.New("the latency histogram is damaged")

// add adds a histogram in HdrHistogram's compressed V2 form, as base64. After an error it has added
// nothing.
func (m *latencyMerger) add(encoded string) error {
	if m.first != nil {
		same, err := m.read(encoded)
		if err != nil {
			return err
		}
		if same {
			return m.addCounts(m.raw.Bytes()[headerEnd:])
		}
	}
	h, err := hdrhistogram.Decode([]byte(encoded))
	switch {
	case err != nil:
		return err
	case m.first != nil:
		if m.first.Merge(h) > 0 {
			return errHistogram
		}
		return nil
	}
	m.first, m.counts = h, make([]int64, len(h.Export().Counts))
	if _, err := m.read(encoded); err != nil {
		return err
	}
	m.header = bytes.Clone(m.raw.Bytes()[:headerEnd])
	return nil
}

// read decompresses a histogram to m.raw, and reports whether its buckets equal the buckets of the first.
func (m *latencyMerger) read(encoded string) (same bool, err error) {
	data := base64.NewDecoder(base64.StdEncoding, strings.NewReader(encoded))
	if _, err := io.CopyN(io.Discard, data, compressedHeader); err != nil {
		return false, err
	}
	if m.inflate == nil {
		m.inflate, err = zlib.NewReader(data)
	} else {
		err = m.inflate.(zlib.Resetter).Reset(data, nil)
	}
	if err != nil {
		return false, err
	}
	m.raw.Reset()
	n, err := m.raw.ReadFrom(io.LimitReader(m.inflate, int64(headerEnd+binary.MaxVarintLen64*len(m.counts)+1)))
	raw := m.raw.Bytes()
	if err != nil || n < headerEnd {
		return false, errors.Join(errHistogram, err)
	}
	if m.header == nil || !bytes.Equal(raw[:cookieEnd], m.header[:cookieEnd]) || !bytes.Equal(raw[lengthEnd:headerEnd], m.header[lengthEnd:]) {
		return false, nil
	}
	if int64(binary.BigEndian.Uint32(raw[cookieEnd:])) != n-headerEnd {
		return false, errHistogram
	}
	return true, nil
}

// addCounts adds the counts of a histogram. Each is a varint; a negative one is a number of empty
// buckets.
func (m *latencyMerger) addCounts(encoded []byte) error {
	for _, add := range []bool{false, true} { // check all before adding any
		bucket, rest := 0, encoded
		for len(rest) > 0 {
			count, n := binary.Varint(rest)
			left := int64(len(m.counts) - bucket)
			if n <= 0 || count < -left || count >= 0 && left == 0 {
				return errHistogram
			}
			rest = rest[n:]
			if count < 0 {
				bucket -= int(count)
				continue
			}
			if add {
				m.counts[bucket] += count
			}
			bucket++
		}
	}
	return nil
}

// merged returns the sum of all histograms; nil without any.
func (m *latencyMerger) merged() *hdrhistogram.Histogram {
	if m.first == nil {
		return nil
	}
	sum := m.first.Export()
	for i, count := range m.counts {
		sum.Counts[i] += count
	}
	return hdrhistogram.Import(sum)
}
