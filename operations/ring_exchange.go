//go:build linux && !portable

package operations

import (
	"fmt"
	"io/fs"
	"math/bits"
	"strings"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
)

// ask puts in one request.
func (x *Exchange) ask(r Request) { x.Requests = append(x.Requests, r) }

// then says what the request that was put in last is to the next one.
func (x *Exchange) then(b Before) { x.Requests[len(x.Requests)-1].Before = b }

// heard looks at the answers to all that was asked, in their order, and returns the
// first error, in the words of folder_linux.go. What was cancelled because a request
// before it moved less than it was to says nothing by itself.
func (x *Exchange) heard() error {
	x.got, x.put = -1, -1
	short := false // a request moved less than it was to
	for i := range x.Requests {
		r := &x.Requests[i]
		switch errno := unix.Errno(-r.Result); {
		case r.Result >= 0 && r.Call == CallRead:
			x.got, short = int(r.Result), short || int(r.Result) < len(r.Data)
		case r.Result >= 0 && r.Call == CallWrite:
			x.put, short = int(r.Result), short || int(r.Result) < len(r.Data)
		case r.Result >= 0, errno == unix.ECANCELED && short, r.Call == CallWait && errno == unix.ETIME:
		default:
			return x.failure(r, errno)
		}
	}
	x.Requests = x.Requests[:0]
	return nil
}

func (x *Exchange) failure(r *Request, errno unix.Errno) error {
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
func (x *Exchange) enter(c *dirio.Cursor, dir dirio.Directory, place string) (here dirio.Folder, err error) {
	if here, x.name, err = c.Enter(dir, place, x.file.Name); err != nil {
		return here, err
	}
	return here, sayable(x.name)
}

// sayable refuses a name of which the kernel would see the first half.
func sayable(name string) error {
	if strings.IndexByte(name, 0) >= 0 {
		return &fs.PathError{Op: "openat", Path: name, Err: unix.EINVAL}
	}
	return nil
}

// memory is n bytes for the kernel to use. There is as much as the largest item so
// far needed, by powers of two, so that items which grow do not each ask for more.
func (x *Exchange) memory(n int) ([]byte, error) {
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
func blocks(size int64) int { return (int(size)/directBlock + 1) * directBlock }

// The item's files: where its content comes from, and where it goes.
const (
	fromFile = iota
	toFile
)

// askOpen asks for the item's file in a directory to be opened for reading, as
// openItem does. O_CLOEXEC is for descriptors, and this file has none. Nor is it opened
// with O_NONBLOCK: where a file system cannot say beforehand whether a read would wait,
// io_uring answers EAGAIN instead of waiting. A pipe in the place of a file holds up the
// trial's process then, which has a timeout.
func (x *Exchange) askOpen(dir dirio.Directory) error {
	here, err := x.enter(&x.Scratch.from, dir, "")
	if err != nil {
		return err
	}
	flags := unix.O_RDONLY | unix.O_NOFOLLOW
	if dir.Direct {
		flags |= unix.O_DIRECT
	}
	x.ask(Request{Call: CallOpen, File: fromFile, Dir: here.FD, Name: x.name, Flags: flags})
	x.then(OnSuccess)
	return nil
}

func (x *Exchange) askRead(buf []byte) {
	x.ask(Request{Call: CallRead, File: fromFile, Data: buf, Offset: x.moved})
}

// ended says whether a read that was asked to fill buf has met the end of the file. A
// direct one that ends within a block has, and no further one would be allowed.
func (x *Exchange) ended(buf []byte, direct bool) bool {
	return x.got == 0 || x.got < len(buf) && (x.moved == x.file.Size || direct && x.got%directBlock != 0)
}
