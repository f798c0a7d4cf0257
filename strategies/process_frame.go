package strategies

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"iosweep/operations"
)

// The parent and a worker process exchange frames over the worker's standard input and
// output. A frame is one byte for the kind, four bytes for the length, and the body.
// Numbers are little-endian. A task is two numbers: lo and hi of its span.
//
//	parent to worker               worker to parent
//	                               hello   empty: the process has started
//	job        JSON                ready   empty: its task is open
//	tasks      lo and hi of each   item    an item, or a block of one, for the parent to finish
//	committed  empty               batch   results of items for the parent to store
//	                               done    finished tasks
//	                               failed  the text of an error
//	                               summary counts and histogram
//
// A finished task contains the digests of its items if the worker finished them itself. The
// summary counts only such items. When its input ends, a worker sends its summary and exits.
type frameKind byte

const (
	frameJob       frameKind = 'J'
	frameTasks     frameKind = 'T'
	frameCommitted frameKind = 'A' // the parent has committed the block
	frameHello     frameKind = 'O' // the worker process has started
	frameReady     frameKind = 'R'
	frameItem      frameKind = 'P'
	frameBatch     frameKind = 'B'
	frameDone      frameKind = 'D'
	frameFailed    frameKind = 'E'
	frameSummary   frameKind = 'H'
)

// maxFrame limits the length of a frame, so that a stray write to standard output is not
// taken for a frame of four gigabytes.
const maxFrame = 1 << 30

// A frameWriter writes whole frames. It is safe for concurrent use.
type frameWriter struct {
	mu  sync.Mutex
	out io.Writer
	buf []byte
}

// write sends one frame with a single system call.
func (w *frameWriter) write(kind frameKind, body ...[]byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	size := 0
	for _, b := range body {
		size += len(b)
	}
	if size >= maxFrame {
		return fmt.Errorf("a frame of %d bytes is above the limit of %d", size, maxFrame)
	}
	w.buf = append(w.buf[:0], byte(kind))
	w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(size))
	for _, b := range body {
		w.buf = append(w.buf, b...)
	}
	_, err := w.out.Write(w.buf)
	return err
}

// A frameReader reads frames on one goroutine.
type frameReader struct {
	source io.Reader
	in     *bufio.Reader // reads source
	buf    []byte
}

func newFrameReader(in io.Reader) *frameReader {
	return &frameReader{source: in, in: bufio.NewReaderSize(in, 1<<16)}
}

// read returns the next frame. Its body is valid until the next call. The error is io.EOF
// between frames and io.ErrUnexpectedEOF within one.
func (r *frameReader) read() (frameKind, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return 0, nil, err
	}
	size := int(binary.LittleEndian.Uint32(head[1:]))
	if size >= maxFrame {
		return 0, nil, fmt.Errorf("a frame of %d bytes, expected fewer than %d: something else wrote to this pipe", size, maxFrame)
	}
	if cap(r.buf) < size {
		r.buf = make([]byte, size)
	}
	r.buf = r.buf[:size]
	if _, err := io.ReadFull(r.in, r.buf); err != nil {
		return 0, nil, errors.Join(io.ErrUnexpectedEOF, err)
	}
	return frameKind(head[0]), r.buf, nil
}

// errShort is the error for a body that is too short for its kind.
var errShort = errors.New("a frame is too short for its kind")

const spanSize = 16

func appendSpan(b []byte, s span) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(s.lo))
	return binary.LittleEndian.AppendUint64(b, uint64(s.hi))
}

// cutSpan decodes the first span of a body and returns the rest of the body.
func cutSpan(b []byte) (s span, rest []byte, err error) {
	if len(b) < spanSize {
		return span{}, nil, errShort
	}
	s = span{int(binary.LittleEndian.Uint64(b)), int(binary.LittleEndian.Uint64(b[8:]))}
	return s, b[spanSize:], nil
}

// itemHeader is the length of the fields before the data in a frame's body: item, worker, nanoseconds
// so far, size, checksum and offset. A byte follows that is 1 for the last block, and the length of the
// dictionary. The dictionary precedes the data.
const itemHeader = 49

func encodeItem(p *operations.StagedItem, worker int, took int64) []byte {
	b := make([]byte, 0, itemHeader+len(p.Dict))
	b = binary.LittleEndian.AppendUint64(b, uint64(p.Item))
	b = binary.LittleEndian.AppendUint64(b, uint64(worker))
	b = binary.LittleEndian.AppendUint64(b, uint64(took))
	b = binary.LittleEndian.AppendUint64(b, uint64(p.Size))
	b = binary.LittleEndian.AppendUint32(b, p.CRC)
	b = binary.LittleEndian.AppendUint64(b, uint64(p.Offset))
	b = appendBool(b, p.Last)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(p.Dict)))
	return append(b, p.Dict...)
}

// appendBool appends a byte that is 1 for true and 0 for false.
func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// decodeItem fills p with a copy of a frame's body.
func decodeItem(b []byte, p *operations.StagedItem) (worker int, took int64, err error) {
	if len(b) < itemHeader {
		return 0, 0, errShort
	}
	p.Resume(int(binary.LittleEndian.Uint64(b)), int64(binary.LittleEndian.Uint64(b[36:])))
	p.Last = b[44] != 0
	p.Size = int64(binary.LittleEndian.Uint64(b[24:]))
	p.CRC = binary.LittleEndian.Uint32(b[32:])
	body, dict := b[itemHeader:], binary.LittleEndian.Uint32(b[45:])
	if uint64(dict) > uint64(len(body)) {
		return 0, 0, errShort
	}
	p.Dict = append(p.Dict, body[:dict]...)
	p.Data = append(p.Data, body[dict:]...)
	return int(binary.LittleEndian.Uint64(b[8:])), int64(binary.LittleEndian.Uint64(b[16:])), nil
}

// appendDone encodes a task that is done: its span, the number of digests, and the digests.
// There is one digest for each item, or none.
func appendDone(b []byte, s span, digests []uint32) []byte {
	b = appendSpan(b, s)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(digests)))
	for _, d := range digests {
		b = binary.LittleEndian.AppendUint32(b, d)
	}
	return b
}

// decodeDone copies the digests of the tasks that are done, if they have any, to their items.
// It returns the number of these tasks.
func decodeDone(b []byte, digests []uint32) (tasks int, err error) {
	for ; len(b) > 0; tasks++ {
		var s span
		if s, b, err = cutSpan(b); err != nil {
			return tasks, err
		}
		if len(b) < 4 {
			return tasks, errShort
		}
		n := int(binary.LittleEndian.Uint32(b))
		b = b[4:]
		if s.lo < 0 || s.lo > s.hi || s.hi > len(digests) || n != 0 && n != s.hi-s.lo || len(b)/4 < n {
			return tasks, fmt.Errorf("%d digests in %d bytes for the items %d to %d of %d", n, len(b), s.lo, s.hi, len(digests))
		}
		for i := range n {
			digests[s.lo+i] = binary.LittleEndian.Uint32(b[4*i:])
		}
		b = b[4*n:]
	}
	return tasks, nil
}

// A summary is the counts of the items that a worker process did completely. Items that the
// parent finished are not included.
type summary struct {
	Items      int           `json:"items"`
	Bytes      int64         `json:"bytes"`
	Latency    string        `json:"latency"`
	PeakMemory int64         `json:"peak_memory"`
	RunDelay   time.Duration `json:"run_delay"`
}
