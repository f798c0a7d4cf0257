package ring

import (
	"time"
	"unsafe"
)

// Tag is what the completion of this entry brings back.
func (e *Entry) Tag(tag uint64) { e.userData = tag }

// Link has the next entry wait until this one has succeeded in full: after an error,
// or after fewer bytes than were asked for, it and those linked to it are cancelled
// and complete with ECANCELED.
func (e *Entry) Link() { e.flags |= sqeLink }

// LinkHard has the next entry wait until this one has ended, however it did.
func (e *Entry) LinkHard() { e.flags |= sqeHardLink }

// Nop asks for nothing.
func (e *Entry) Nop() { e.op = Nop }

// Open opens a file into a place of the ring's table, as openat(2) would; what is
// there is closed. path is terminated by NUL. Flags must not have O_CLOEXEC: a file
// that is no descriptor is not inherited, and the kernel answers EINVAL.
func (e *Entry) Open(dir int, path *byte, flags int, mode uint32, place int) {
	e.op, e.fd, e.addr = OpenAt, int32(dir), address(path)
	e.opFlags, e.len = uint32(flags), mode
	e.fileIndex = uint32(place) + 1
}

// Close closes the file in a place of the ring's table.
func (e *Entry) Close(place int) {
	e.op, e.fileIndex = Close, uint32(place)+1
}

// Read reads from a file of the ring's table, as pread(2).
func (e *Entry) Read(place int, buf []byte, offset int64) {
	e.transfer(Read, place, buf, offset)
}

// Write writes to a file of the ring's table, as pwrite(2).
func (e *Entry) Write(place int, buf []byte, offset int64) {
	e.transfer(Write, place, buf, offset)
}

// maxTransfer is the most that one request moves: MAX_RW_COUNT, see read(2).
const maxTransfer = 0x7ffff000

func (e *Entry) transfer(op Op, place int, buf []byte, offset int64) {
	e.op, e.flags, e.fd = op, e.flags|sqeFixedFile, int32(place)
	e.addr, e.len, e.off = address(unsafe.SliceData(buf)), uint32(min(len(buf), maxTransfer)), uint64(offset)
}

// Sync makes a file of the ring's table durable, as fsync(2).
func (e *Entry) Sync(place int) {
	e.op, e.flags, e.fd = Fsync, e.flags|sqeFixedFile, int32(place)
}

// Unlink removes a file, as unlinkat(2). path is terminated by NUL.
func (e *Entry) Unlink(dir int, path *byte) {
	e.op, e.fd, e.addr = UnlinkAt, int32(dir), address(path)
}

// A Timespec is a duration as the kernel reads it: struct __kernel_timespec.
type Timespec struct{ seconds, nanoseconds int64 }

// Set makes it that of d.
func (t *Timespec) Set(d time.Duration) {
	t.seconds, t.nanoseconds = int64(d/time.Second), int64(d%time.Second)
}

// Wait waits for a while; it completes with ETIME when that is over.
func (e *Entry) Wait(while *Timespec) {
	e.op, e.addr, e.len = Timeout, uint64(uintptr(unsafe.Pointer(while))), 1
}

// cancelAll cancels every other request of the ring.
func (e *Entry) cancelAll() {
	e.op, e.fd, e.opFlags = Cancel, -1, cancelAll|cancelAny
}

func address(p *byte) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }
