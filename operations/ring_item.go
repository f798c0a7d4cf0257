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

// add adds one request.
func (x *RingItem) add(r Request) { x.Requests = append(x.Requests, r) }

// link sets the link between the last added request and the next one.
func (x *RingItem) link(l Link) { x.Requests[len(x.Requests)-1].Link = l }

// checkResults reads the results of all requests in order, and removes the requests. It
// returns the first error, in the same form as the methods of dirio.Folder. If a short
// transfer has cancelled the requests after it, that is not an error.
func (x *RingItem) checkResults() error {
	x.bytesRead, x.bytesWritten = -1, -1
	short := false // a transfer was shorter than requested
	for i := range x.Requests {
		r := &x.Requests[i]
		switch errno := unix.Errno(-r.Result); {
		case r.Result >= 0 && r.Call == CallOpen && r.File == fromFile:
			x.inputOpen = true
		case r.Result >= 0 && r.Call == CallClose && r.File == fromFile:
			x.inputOpen = false
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
		err = fmt.Errorf("the file system does not support reads without the page cache; use cache: warm or cold: %w", err)
	}
	return err
}

// callNames are the names of the calls in errors.
var callNames = [...]string{
	CallOpen: "openat", CallRead: "read", CallWrite: "write", CallSync: "fsync",
	CallClose: "close", CallUnlink: "unlinkat", CallWait: "wait",
}

// enter opens the item's folder, unless it is still open.
func (x *RingItem) enter(c *dirio.Cursor, dir dirio.Directory, itemDir string) (folder dirio.Folder, err error) {
	if folder, x.name, err = c.Enter(dir, itemDir, x.file.Name); err != nil {
		return folder, err
	}
	return folder, checkName(x.name)
}

// checkName refuses a name with a zero byte, because the kernel would cut the name there.
func checkName(name string) error {
	if strings.IndexByte(name, 0) >= 0 {
		return &fs.PathError{Op: "openat", Path: name, Err: unix.EINVAL}
	}
	return nil
}

// memory returns n bytes for the kernel to use. The size of the buffer is a power of two,
// so that growing items do not each allocate again.
func (x *RingItem) memory(n int) ([]byte, error) {
	if len(x.buffer) < n {
		var err error
		if x.buffer, err = x.Memory(max(directBlock, 1<<bits.Len(uint(n-1)))); err != nil {
			return nil, err
		}
	}
	return x.buffer[:n], nil
}

// The item's files: the input and the output.
const (
	fromFile = iota
	toFile
)

// requestOpen requests to open the item's file for reading, as dirio.Directory.OpenItem
// does. It does not need O_CLOEXEC, because the file has no descriptor. It does not use
// O_NONBLOCK, because io_uring would then return EAGAIN, instead of waiting, if a file system
// cannot predict whether a read would block. So a pipe that has replaced a file blocks the
// trial's process until its timeout.
func (x *RingItem) requestOpen(dir dirio.Directory) error {
	folder, err := x.enter(&x.Scratch.from, dir, "")
	if err != nil {
		return err
	}
	flags := unix.O_RDONLY | unix.O_NOFOLLOW
	if dir.Direct {
		flags |= unix.O_DIRECT
	}
	x.add(Request{Call: CallOpen, File: fromFile, Dir: folder.FD, Name: x.name, Flags: flags})
	x.link(LinkOnSuccess)
	return nil
}

// requestBlock requests the next block of the item's input, or the rest of a block. The last read
// of a range is linked to the request that closes the file, and the first one to the request that
// opens it. The close is linked with LinkOnEnd, because a short read counts as a failure.
func (x *RingItem) requestBlock(dir dirio.Directory) error {
	if _, err := x.memory(int(x.input.room())); err != nil {
		return err
	}
	if !x.inputOpen {
		if err := x.requestOpen(dir); err != nil {
			return err
		}
	}
	all := x.input.ask(x.buffer)
	now := all[:min(len(all), MaxTransfer)]
	x.add(Request{Call: CallRead, File: fromFile, Data: now, Offset: x.input.at})
	if x.input.isLast() && len(now) == len(all) {
		x.link(LinkOnEnd)
		x.add(Request{Call: CallClose, File: fromFile})
	}
	return nil
}

// block returns the block of the item's input that was read. If ok is false, it has requested the
// rest of the block.
func (x *RingItem) block(dir dirio.Directory) (data []byte, last, ok bool, err error) {
	full, changed := x.input.add(int64(max(0, x.bytesRead)))
	switch {
	case changed:
		folder, err := x.enter(&x.Scratch.from, dir, "")
		if err == nil {
			err = changedSize(folder, x.name, x.file.Size, x.input.at)
		}
		return nil, false, false, err
	case !full:
		return nil, false, false, x.requestBlock(dir)
	}
	data, last = x.input.take(x.buffer)
	return data, last, true, nil
}

// requestStore requests to write the rest of x.data to the item's file. If no data
// follows, it also requests to sync the file, if the axis sync has the level file, and to
// close it. Each request is linked to the success of the one before. After a short write
// the rest is requested again, with the requests that follow it.
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

// requestCreate requests to create the item's file, as create does. No request can set
// permissions. If the umask would remove some of them, the file is created first. An ordinary
// system call then sets its permissions before anything is written.
func (o *output) requestCreate(x *RingItem) error {
	folder, err := o.enter(x)
	if err != nil {
		return err
	}
	flags := unix.O_WRONLY | unix.O_NOFOLLOW
	if !x.outputExists {
		flags |= unix.O_CREAT | unix.O_EXCL
		x.needsMode = dirio.UmaskClears(x.file.Mode)
	}
	x.add(Request{Call: CallOpen, File: toFile, Dir: folder.FD, Name: x.name, Flags: flags, Mode: x.file.Mode})
	x.created = true
	if !x.needsMode {
		x.link(LinkOnSuccess)
	}
	return nil
}

func (o *output) enter(x *RingItem) (dirio.Folder, error) {
	return x.enter(&x.Scratch.to, o.dir, x.outputDir)
}

// storeResult removes the written bytes from x.data and reports whether no data remains.
// If some remains, the caller must request the store again.
func (o *output) storeResult(x *RingItem) (bool, error) {
	if x.needsMode {
		x.needsMode = false
		folder, err := o.enter(x)
		if err == nil {
			err = unix.Fchmodat(folder.FD, x.name, uint32(x.file.Mode), 0)
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
