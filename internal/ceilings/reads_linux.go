package ceilings

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
)

// A directFile is a file that is read without the page cache.
type directFile struct {
	file *os.File
	size int64
	err  error // why there is no file
}

func (f *directFile) Close() error {
	if f == nil || f.file == nil {
		return nil
	}
	return f.file.Close()
}

const (
	largeBlock = 4 << 20
	smallBlock = 4 << 10
	// The file is read several times, as the inputs of trials are. It is smaller if the device writes
	// too slowly.
	largestFile  = 256 << 20
	smallestFile = 16 << 20
)

// sequentialReads measures the bytes that can be read in large blocks, one after another.
func sequentialReads(s *subject) (float64, string) {
	var next atomic.Int64
	return s.directReads(largeBlock, []int{4, 16}, func(int) int64 { return next.Add(1) - 1 })
}

// randomReads measures the number of small blocks that can be read in random order.
func randomReads(s *subject) (float64, string) {
	rate, note := s.directReads(smallBlock, []int{32, 128}, func(int) int64 { return rand.Int64() })
	return rate / smallBlock, note
}

// directReads reads blocks for several numbers of threads, and returns the highest rate in bytes. next
// returns the number of the next block for a worker.
func (s *subject) directReads(block int64, depths []int, next func(worker int) int64) (float64, string) {
	f := s.openDirect()
	if f.err != nil {
		return 0, f.err.Error()
	}
	best, bestDepth := 0.0, 0
	for _, depth := range depths {
		rate, err := s.readBlocks(f, block, depth, len(depths), next)
		if err != nil {
			return 0, err.Error()
		}
		if rate > best {
			best, bestDepth = rate, depth
		}
	}
	if cached, err := dirio.ResidentFraction(f.file, f.size); err == nil && cached > 0.01 {
		return 0, fmt.Sprintf("O_DIRECT does not bypass the page cache: %.0f%% of the file is in it after the reads", 100*cached)
	}
	return best, fmt.Sprintf("%d at once, in a file of %s", bestDepth, units.Size(f.size))
}

func (s *subject) readBlocks(f *directFile, block int64, depth, parts int, next func(int) int64) (float64, error) {
	// Many devices, above all virtual ones, are faster for a while after a pause. So are trials.
	time.Sleep(s.part * 2 / 5)
	memory, err := buffer(depth * int(block))
	if err != nil {
		return 0, err
	}
	fd, blocks := int(f.file.Fd()), f.size/block
	rate, err := s.peak(s.part/time.Duration(parts), depth, func(w int) (int64, error) {
		n, err := unix.Pread(fd, memory[int64(w)*block:][:block], next(w)%blocks*block)
		for err == unix.EINTR {
			n, err = unix.Pread(fd, memory[int64(w)*block:][:block], next(w)%blocks*block)
		}
		return int64(n), os.NewSyscallError("pread", err)
	})
	return rate, errors.Join(err, unix.Munmap(memory))
}

// buffer returns memory for O_DIRECT, which needs aligned addresses: a mapping begins at a page. The
// blocks of a device's request are as large as the pages, so huge pages make reads twice as fast.
func buffer(size int) ([]byte, error) {
	memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	_ = unix.Madvise(memory, unix.MADV_HUGEPAGE) // without huge pages it is a buffer like any other
	return memory, nil
}

// openDirect returns the file for reads. The first call writes it.
func (s *subject) openDirect() *directFile {
	if s.file == nil {
		s.file = &directFile{}
		s.file.err = s.writeDirect(s.file)
	}
	return s.file
}

func (s *subject) writeDirect(f *directFile) (err error) {
	kind := sysinfo.FilesystemOf(s.dir).Type
	if slices.Contains([]string{"tmpfs", "ramfs", "devtmpfs"}, kind) {
		return fmt.Errorf("%s is in memory: there is no device", kind)
	}
	f.file, err = s.ws.OpenFile(filepath.Join(s.ws.Path(), "reads"), unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_DIRECT, 0o600)
	if err != nil {
		return fmt.Errorf("O_DIRECT is not supported on %s: %w", kind, err)
	}
	want := int64(largestFile)
	if space, err := sysinfo.SpaceOf(s.dir); err == nil && space.Known {
		want = min(want, space.Free/20&^(largeBlock-1))
	}
	memory, err := buffer(largeBlock)
	if err != nil {
		return err
	}
	defer unix.Munmap(memory)
	// A device may store zeros, or equal blocks, without any space. No block of this file equals another.
	random := rand.NewChaCha8([32]byte{1})
	end := time.Now().Add(2 * s.part)
	for f.size < want && s.ctx.Err() == nil && time.Now().Before(end) {
		_, _ = random.Read(memory)
		n, err := f.file.WriteAt(memory[:min(largeBlock, want-f.size)], f.size)
		if err != nil {
			return fmt.Errorf("cannot write a file with O_DIRECT: %w", err)
		}
		f.size += int64(n)
	}
	if f.size < smallestFile {
		return fmt.Errorf("a file of only %s could be written: at least %s are needed", units.Size(f.size), units.Size(smallestFile))
	}
	return f.file.Sync()
}
