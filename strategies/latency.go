package strategies

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Latency is a histogram of the durations of items. It is an HDR histogram of
// nanoseconds, from 1 ns to an hour, with two significant digits. It takes 37 KiB for any
// number of items. Three digits would take eight times as much, for each shard.
type Latency struct{ h *hdrhistogram.Histogram }

const (
	shortest = int64(time.Nanosecond)
	longest  = int64(time.Hour)
	digits   = 2
)

// NewLatency returns an empty histogram.
func NewLatency() *Latency {
	return &Latency{hdrhistogram.New(shortest, longest, digits)}
}

// Record adds one item. A duration outside the range counts as the nearest bound.
func (l *Latency) Record(d time.Duration) {
	// RecordValue cannot fail within the bounds.
	_ = l.h.RecordValue(min(max(int64(d), shortest), longest))
}

// Merge adds all items of another histogram.
func (l *Latency) Merge(other *Latency) { l.h.Merge(other.h) }

// Count returns the number of items.
func (l *Latency) Count() int64 { return l.h.TotalCount() }

// Quantile returns the duration at quantile q, from 0 to 1: a share q of the items took no
// longer.
func (l *Latency) Quantile(q float64) time.Duration {
	return time.Duration(l.h.ValueAtQuantile(q * 100))
}

// Max returns the longest duration.
func (l *Latency) Max() time.Duration { return time.Duration(l.h.Max()) }

// Encode returns the histogram in HdrHistogram's compressed V2 form, as base64.
func (l *Latency) Encode() (string, error) {
	text, err := l.h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	return string(text), err
}

// DecodeLatency decodes the result of Encode.
func DecodeLatency(s string) (*Latency, error) {
	h, err := hdrhistogram.Decode([]byte(s))
	if err != nil {
		return nil, err
	}
	return &Latency{h}, nil
}
