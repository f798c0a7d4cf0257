package workload

import "bytes"

// repeatedText is text that consists of copies of one sentence, cut to a number of bytes. All
// items are equal. At the size of the sentence, an item is the text that the tutorial on saving
// in the background writes. The text is generated in advance, because there it is given.
type repeatedText []byte

var (
	_ Content  = repeatedText{}
	_ InMemory = repeatedText{}
)

// sentence is the text that repeatedText repeats.
const sentence = "Hello world"

func newRepeatedText(size int64) repeatedText {
	copies := (size + int64(len(sentence)) - 1) / int64(len(sentence))
	return bytes.Repeat([]byte(sentence), int(copies))[:size:size]
}

func (c repeatedText) Append(dst []byte, _ int) ([]byte, error) { return append(dst, c...), nil }

func (c repeatedText) Bytes(_ int) (data []byte, ok bool) { return c, true }
