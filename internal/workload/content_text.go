package workload

import "bytes"

// repeatedText is text that consists of copies of one sentence, cut to a number of bytes. All
// items are equal. At the size of the sentence, an item is the text that the tutorial on saving
// in the background writes. Its first bytes, up to MaxPart and a sentence, are generated in
// advance, because there the text is given.
type repeatedText struct {
	beginning []byte
	size      int64
}

var (
	_ Content  = (*repeatedText)(nil)
	_ Ranged   = (*repeatedText)(nil)
	_ InMemory = (*repeatedText)(nil)
)

// sentence is the text that repeatedText repeats.
const sentence = "Hello world"

func newRepeatedText(size int64) *repeatedText {
	n := int(min(size, MaxPart+int64(len(sentence))))
	copies := (n + len(sentence) - 1) / len(sentence)
	return &repeatedText{bytes.Repeat([]byte(sentence), copies)[:n:n], size}
}

func (c *repeatedText) Size(int) int64 { return c.size }

func (c *repeatedText) Append(dst []byte, item int) ([]byte, error) {
	return c.AppendRange(dst, item, 0, c.size)
}

func (c *repeatedText) Stream(item int) Stream { return &rangeStream{content: c, item: item} }

func (c *repeatedText) AppendRange(dst []byte, item int, offset, n int64) ([]byte, error) {
	return appendParts(dst, c, item, offset, partLength(c.size, offset, n)), nil
}

func (c *repeatedText) Bytes(item int) (data []byte, ok bool) { return c.Part(item, 0, c.size) }

func (c *repeatedText) Part(_ int, offset, n int64) (data []byte, ok bool) {
	if n = partLength(c.size, offset, n); n > MaxPart {
		return nil, false
	}
	at := min(offset%int64(len(sentence)), int64(len(c.beginning))-n) // no less, unless n is 0
	return c.beginning[at : at+n : at+n], true
}
