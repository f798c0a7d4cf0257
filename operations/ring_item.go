//go:build linux && !portable

package operations

import (
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"strings"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
)

// ask puts in one request.
func (x *RingItem) add(r Request) { x.Requests = append(x.Requests, r) }

// then says what the request that was put in last is to the next one.
func (x *RingItem) link(l Link) { x.Requests[len(x.Requests)-1].Link = l }

// heard looks at the answers to all that was asked, in their order, and returns the
// first error, in the words of dirio.Folder. What was cancelled because a request
// before it moved less than it was to says nothing by itself.
func (x *RingItem) checkResults() error {
	x.bytesRead, x.bytesWritten = -1, -1
	short := false // a request moved less than it was to
	for i := range x.Requests {
		r := &x.Requests[i]
		switch errno := unix.Errno(-r.Result); {
		case r.Result >= 0 && r.Call == CallRead:
			x.bytesRead, short = int(r.Result), short || int(r.Result) < len(r.Data)
		case r.Result >= 0 && r.Call == CallWrite:
			x.bytesWritten, short = int(r.Result), short || int(r.Result) < len(r.Data)
		case r.Result >= 0, errno == unix.ECANCELED && short, r.Call == CallWait && errno == unix.ETIME:
		default:
			return x.requestError(r, errno)
		}
	}
	x.Requests = x.Requests[:0]
	return nil
}

func (x *RingItem) requestError(r *Request, errno unix.Errno) error {
	err := error(&fs.PathError{Op: callNames[r.Call], Path: x.name, Err: errno})
	if errno == unix.EINVAL && r.Flags&unix.O_DIRECT != 0 {
		err = fmt.Errorf("the file system cannot read past the page cache; use cache: warm or cold: %w", err)
	}
	return err
}

// callNames are what errors say of each call.
var callNames = [...]string{
	CallOpen: "openat", CallRead: "read", CallWrite: "write", CallSync: "fsync",
	CallClose: "close", CallUnlink: "unlinkat", CallWait: "wait",
}

// enter opens the folder of the item, if it is not open still.
func (x *RingItem) enter(c *dirio.Cursor, dir dirio.Directory, place string) (here dirio.Folder, err error) {
	if here, x.name, err = c.Enter(dir, place, x.file.Name); err != nil {
		return here, err
	}
	return here, checkName(x.name)
}

// checkName refuses a name of which the kernel would see the first half.
func checkName(name string) error {
	if strings.IndexByte(name, 0) >= 0 {
		return &fs.PathError{Op: "openat", Path: name, Err: unix.EINVAL}
	}
	return nil
}

// memory is n bytes for the kernel to use. There is as much as the largest item so
// far needed, by powers of two, so that items which grow do not each ask for more.
func (x *RingItem) memory(n int) ([]byte, error) {
	if len(x.buffer) < n {
		var err error
		if x.buffer, err = x.Memory(max(directBlock, 1<<bits.Len(uint(n-1)))); err != nil {
			return nil, err
		}
	}
	return x.buffer[:n], nil
}

// blocks is the least number of whole blocks that hold more than size bytes, in bytes:
// a file that has grown shows itself.
func readSize(size int64) int { return (int(size)/directBlock + 1) * directBlock }

// The item's files: where its content comes from, and where it goes.
const (
	fromFile = iota
	toFile
)

// requestOpen asks for the item's file in a directory to be opened for reading, as
// dirio.Directory.OpenItem does. O_CLOEXEC is for descriptors, and this file has none. Nor is it opened
// with O_NONBLOCK: where a file system cannot say beforehand whether a read would wait,
// io_uring answers EAGAIN instead of waiting. A pipe in the place of a file holds up the
// trial's process then, which has a timeout.
func (x *RingItem) requestOpen(dir dirio.Directory) error {
	here, err := x.enter(&x.Scratch.from, dir, "")
	if err != nil {
		return err
	}
	flags := unix.O_RDONLY | unix.O_NOFOLLOW
	if dir.Direct {
		flags |= unix.O_DIRECT
	}
	x.add(Request{Call: CallOpen, File: fromFile, Dir: here.FD, Name: x.name, Flags: flags})
	x.link(LinkOnSuccess)
	return nil
}

func (x *RingItem) requestRead(buf []byte) {
	x.add(Request{Call: CallRead, File: fromFile, Data: buf, Offset: x.totalRead})
}

// ended reports whether a read that was asked to fill buf has met the end of the file. A
// direct one that ends within a block has, and no further one would be allowed.
func (x *RingItem) ended(buf []byte, direct bool) bool {
	return x.bytesRead == 0 || x.bytesRead < len(buf) && (x.totalRead == x.file.Size || direct && x.bytesRead%directBlock != 0)
}

// requestContent asks for all of the item's file in one go: it is opened, read and closed
// by three requests, of which each waits for the one before. A read that falls short,
// as one of the whole file and a byte more must, does not keep it from being closed.
func (x *RingItem) requestContent(dir dirio.Directory) error {
	buf, err := x.memory(readSize(x.file.Size))
	if err != nil {
		return err
	}
	if err := x.requestOpen(dir); err != nil {
		return err
	}
	x.requestRead(buf[x.totalRead:])
	x.link(LinkOnEnd)
	x.add(Request{Call: CallClose, File: fromFile})
	return nil
}

// content is all of the file, once it is here; not ok: the rest was asked for.
func (x *RingItem) content(dir dirio.Directory) (data []byte, ok bool, err error) {
	rest := x.buffer[x.totalRead:readSize(x.file.Size)]
	x.totalRead += int64(max(0, x.bytesRead))
	switch {
	case x.totalRead == x.file.Size:
		return x.buffer[:x.totalRead], true, nil
	case x.totalRead > x.file.Size || x.ended(rest, dir.Direct):
		return nil, false, sizeError(&x.file, x.totalRead)
	}
	return nil, false, x.requestContent(dir)
}

// requestStore asks for what is left of x.data to be written to the item's file; where
// nothing follows it, for the file to be made durable, if each has to be, and closed.
// Each waits until the one before has succeeded in full: what is left after a write
// that fell short is asked for once more, with what follows it.
func (o *output) requestStore(x *RingItem) error {
	if !x.created {
		if err := o.requestCreate(x); err != nil || x.needsMode {
			return err
		}
	}
	now := x.data[:min(len(x.data), MaxTransfer)]
	if len(now) > 0 {
		x.add(Request{Call: CallWrite, File: toFile, Data: now, Offset: x.totalWritten})
		x.link(LinkOnSuccess)
	}
	if !x.last || len(now) < len(x.data) {
		return nil
	}
	if o.site.Sync == SyncFile {
		x.add(Request{Call: CallSync, File: toFile})
		x.link(LinkOnSuccess)
	}
	x.add(Request{Call: CallClose, File: toFile})
	return nil
}

// requestCreate asks for the item's file to be made, as create does. No request sets
// permissions: where the mask strips some, the file is made by itself, and given its
// own by a call, before anything is written to it.
func (o *output) requestCreate(x *RingItem) error {
	here, err := o.enter(x)
	if err != nil {
		return err
	}
	const flags = unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW
	x.add(Request{Call: CallOpen, File: toFile, Dir: here.FD, Name: x.name, Flags: flags, Mode: x.file.Mode})
	x.created, x.needsMode = true, dirio.UmaskClears(x.file.Mode)
	if !x.needsMode {
		x.link(LinkOnSuccess)
	}
	return nil
}

func (o *output) enter(x *RingItem) (dirio.Folder, error) {
	return x.enter(&x.Scratch.to, o.dir, o.place(x.Scratch))
}

// storeResult takes what was written off x.data and says whether that was all of it. If
// not, the rest has to be asked for.
func (o *output) storeResult(x *RingItem) (bool, error) {
	if x.needsMode {
		x.needsMode = false
		here, err := o.enter(x)
		if err == nil {
			err = unix.Fchmodat(here.FD, x.name, uint32(x.file.Mode), 0)
		}
		if err != nil {
			err = &fs.PathError{Op: "fchmodat", Path: x.name, Err: err}
		}
		return false, err
	}
	if x.bytesWritten == 0 {
		return false, &fs.PathError{Op: "write", Path: x.name, Err: io.ErrShortWrite}
	}
	written := max(0, x.bytesWritten)
	x.data, x.totalWritten = x.data[written:], x.totalWritten+int64(written)
	return len(x.data) == 0, nil
}
