package ring

import (
	"time"
	"unsafe"
)

// Tag sets the value that the completion of this entry returns.
func (e *Entry) Tag(tag uint64) { e.userData = tag }

// Link makes the next entry wait until this one has succeeded completely. After an error, or a
// transfer of fewer bytes than requested, the linked entries are cancelled and complete with
// ECANCELED.
func (e *Entry) Link() { e.flags |= sqeLink }

// LinkHard makes the next entry wait until this one has ended, successfully or not.
func (e *Entry) LinkHard() { e.flags |= sqeHardLink }

// Nop sets a request that does nothing.
func (e *Entry) Nop() { e.op = Nop }

// Open opens a file into a slot of the ring's file table, like openat(2). A file that is
// already in the slot is closed. path ends with a zero byte. flags must not contain O_CLOEXEC:
// a file without a descriptor is not inherited, and the kernel returns EINVAL.
func (e *Entry) Open(dir int, path *byte, flags int, mode uint32, slot int) {
	e.op, e.fd, e.addr = OpenAt, int32(dir), address(path)
	e.opFlags, e.len = uint32(flags), mode
	e.fileIndex = uint32(slot) + 1
}

// Close closes the file in a slot of the ring's table.
func (e *Entry) Close(slot int) {
	e.op, e.fileIndex = Close, uint32(slot)+1
}

// Read reads from a file of the ring's table, like pread(2).
func (e *Entry) Read(slot int, buf []byte, offset int64) {
	e.transfer(Read, slot, buf, offset)
}

// Write writes to a file of the ring's table, like pwrite(2).
func (e *Entry) Write(slot int, buf []byte, offset int64) {
	e.transfer(Write, slot, buf, offset)
}

// maxTransfer is the largest number of bytes of one request: MAX_RW_COUNT, see read(2).
const maxTransfer = 0x7ffff000

func (e *Entry) transfer(op Op, slot int, buf []byte, offset int64) {
	e.op, e.flags, e.fd = op, e.flags|sqeFixedFile, int32(slot)
	e.addr, e.len, e.off = address(unsafe.SliceData(buf)), uint32(min(len(buf), maxTransfer)), uint64(offset)
}

// Sync makes a file of the ring's table durable, like fsync(2).
func (e *Entry) Sync(slot int) {
	e.op, e.flags, e.fd = Fsync, e.flags|sqeFixedFile, int32(slot)
}

// Unlink removes a file, like unlinkat(2). path ends with a zero byte.
func (e *Entry) Unlink(dir int, path *byte) {
	e.op, e.fd, e.addr = UnlinkAt, int32(dir), address(path)
}

// A Timespec is a duration in the kernel's format: struct __kernel_timespec.
type Timespec struct{ seconds, nanoseconds int64 }

// Set sets the duration to d.
func (t *Timespec) Set(d time.Duration) {
	t.seconds, t.nanoseconds = int64(d/time.Second), int64(d%time.Second)
}

// Timeout sets a request that completes with ETIME after the duration.
func (e *Entry) Timeout(duration *Timespec) {
	e.op, e.addr, e.len = Timeout, uint64(uintptr(unsafe.Pointer(duration))), 1
}

// cancelAll sets a request that cancels every other request of the ring.
func (e *Entry) cancelAll() {
	e.op, e.fd, e.opFlags = Cancel, -1, cancelAll|cancelAny
}

func address(p *byte) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }
