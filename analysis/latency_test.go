package analysis

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// TestLatencyMerger compares merged counts with the counts that the library merges, for histograms of
// equal and of different buckets, and for damaged ones.
func TestLatencyMerger(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	kinds := []func() *hdrhistogram.Histogram{
		func() *hdrhistogram.Histogram { return hdrhistogram.New(1, 3600e9, 2) },
		func() *hdrhistogram.Histogram { return hdrhistogram.New(1, 3600e9, 2) },
		func() *hdrhistogram.Histogram { return hdrhistogram.New(1000, 3600e9, 2) },
		func() *hdrhistogram.Histogram { return hdrhistogram.New(1, 3600e9, 3) },
	}
	for range 300 {
		var m latencyMerger
		var want *hdrhistogram.Histogram
		for i := range 1 + random.IntN(8) {
			h := kinds[random.IntN(len(kinds))]()
			for range random.IntN(200) {
				if err := h.RecordValues(int64(1000*random.ExpFloat64())+1, 1+random.Int64N(1<<random.IntN(40))); err != nil {
					t.Fatal(err)
				}
			}
			text, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
			if err != nil {
				t.Fatal(err)
			}
			encoded := string(text)
			if i > 0 && random.IntN(2) == 0 {
				encoded = damage(t, random, encoded)
			}
			decoded, err := hdrhistogram.Decode([]byte(encoded))
			if got := m.add(encoded); (got != nil) != (err != nil) {
				t.Fatalf("%s: error %v, but the library returns %v", encoded, got, err)
			}
			if err != nil {
				continue
			}
			if want == nil {
				want = decoded
			} else if dropped := want.Merge(decoded); dropped > 0 {
				t.Fatalf("the library dropped %d values", dropped)
			}
		}
		if want == nil {
			continue
		}
		got := m.merged()
		if !slices.Equal(got.Export().Counts, want.Export().Counts) {
			t.Fatalf("counts %v, want %v", got.Export().Counts, want.Export().Counts)
		}
		for _, q := range []float64{50, 90, 99, 100} {
			if got, want := got.ValueAtQuantile(q), want.ValueAtQuantile(q); got != want {
				t.Errorf("quantile %v: %d, want %d", q, got, want)
			}
		}
	}
}

// damage changes the decompressed counts of a histogram, or its length, so that the checksum of the
// compression is right.
func damage(t *testing.T, random *rand.Rand, encoded string) string {
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zlib.NewReader(bytes.NewReader(data[compressedHeader:]))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	switch random.IntN(5) {
	case 0:
		raw = raw[:random.IntN(len(raw))]
	case 1:
		raw[random.IntN(lengthEnd)] ^= 1 << random.IntN(8)
	case 2: // more buckets than there are
		raw = binary.AppendVarint(raw, -1<<20)
		binary.BigEndian.PutUint32(raw[cookieEnd:], uint32(len(raw)-headerEnd))
	case 3:
		raw = append(raw, 0x80)
		binary.BigEndian.PutUint32(raw[cookieEnd:], uint32(len(raw)-headerEnd))
	case 4:
		return encoded[:len(encoded)/2]
	}
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	head := bytes.Clone(data[:compressedHeader])
	binary.BigEndian.PutUint32(head[cookieEnd:], uint32(b.Len()))
	return base64.StdEncoding.EncodeToString(append(head, b.Bytes()...))
}
