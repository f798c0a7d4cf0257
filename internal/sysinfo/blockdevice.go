package sysinfo

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A BlockDevice is the storage below a directory. It is "" if the directory has none of its own: on
// tmpfs, on a network, and on file systems such as btrfs and overlay, which may use several devices.
type BlockDevice string // its directory in /sys, with symbolic links resolved

// A DeviceCount contains the counters of a block device; see Count.
type DeviceCount struct {
	known         bool
	read, written int64 // sectors
	// active is the time in which the device had a request. waits is the sum of the times of all
	// requests.
	active, waits time.Duration
}

// sector is the unit of the counters of sectors on every device.
const sector = 512

// Fields of the file stat of a block device, from 0: Documentation/block/stat.rst of Linux.
const (
	deviceRead       = 2
	deviceReadTime   = 3
	deviceWritten    = 6
	deviceWriteTime  = 7
	deviceActive     = 9
	deviceQueued     = 10
	deviceDiscarded  = 14
	deviceFlushed    = 16
	deviceFieldCount = 17
)

// Count reads the counters of a device. They are unknown if the device has never counted anything, as
// some virtual devices.
func (d BlockDevice) Count() (count DeviceCount) {
	if d == "" {
		return count
	}
	var n [deviceFieldCount]int64
	fields := strings.Fields(Host.Text(filepath.Join(string(d), "stat")))
	if len(fields) <= deviceQueued {
		return count
	}
	for i, field := range fields[:min(len(fields), deviceFieldCount)] {
		var err error
		if n[i], err = strconv.ParseInt(field, 10, 64); err != nil {
			return count
		}
	}
	waits := n[deviceReadTime] + n[deviceWriteTime] + n[deviceDiscarded] + n[deviceFlushed]
	return DeviceCount{
		known: n[deviceActive] > 0, read: n[deviceRead], written: n[deviceWritten],
		active: time.Duration(n[deviceActive]) * time.Millisecond, waits: time.Duration(waits) * time.Millisecond,
	}
}

// DeviceUse is the use of a block device by all programs of the machine between two counts.
type DeviceUse struct {
	Busy          float64 // fraction of the time in which the device had a request
	Read, Written int64   // bytes
}

// Since returns the use of a device since an earlier count. It returns false if it is unknown.
//
// The kernel counts the active time in ticks of a few milliseconds. A tick in which a request starts
// counts in full, so one short request in each tick would make the device look busy all the time. The
// device cannot be busy for longer than the times of all requests together, which are exact.
func (c DeviceCount) Since(before DeviceCount, elapsed time.Duration) (use DeviceUse, ok bool) {
	if !c.known || !before.known || elapsed <= 0 || c.active < before.active || c.read < before.read || c.written < before.written {
		return use, false
	}
	busy := min(c.active-before.active, max(0, c.waits-before.waits))
	return DeviceUse{
		Busy: min(1, busy.Seconds()/elapsed.Seconds()),
		Read: sector * (c.read - before.read), Written: sector * (c.written - before.written),
	}, true
}

// device returns the device with these numbers. A partition shares the limits of its disk, so it is
// the disk. A device whose counters are switched off is unknown.
func (r Root) device(major, minor uint32) BlockDevice {
	dir, err := filepath.EvalSymlinks(r.Path(fmt.Sprintf("/sys/dev/block/%d:%d", major, minor)))
	if err != nil {
		return ""
	}
	if _, ok := Host.Number(filepath.Join(dir, "partition")); ok {
		dir = filepath.Dir(dir)
	}
	if counts, ok := Host.Number(filepath.Join(dir, "queue/iostats")); ok && counts == 0 {
		return ""
	}
	return BlockDevice(dir)
}
