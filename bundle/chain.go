package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// chainName describes the chain in the metadata.
const chainName = "SHA-256 chain over the lines of trials.jsonl"

// head returns the head of the chain over the lines of a journal, and the number of lines. The chain begins
// with 32 zero bytes. Each link is the SHA-256 of the link before it and of a line without its line end. So
// the head changes if a line is changed, moved, added or left out.
func head(journal []byte) (digest string, lines int) {
	var link [sha256.Size]byte
	hash := sha256.New()
	for line := range bytes.Lines(journal) {
		hash.Reset()
		hash.Write(link[:])
		hash.Write(bytes.TrimRight(line, "\r\n"))
		hash.Sum(link[:0])
		lines++
	}
	return hex.EncodeToString(link[:]), lines
}
