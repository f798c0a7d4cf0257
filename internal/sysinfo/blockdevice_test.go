package sysinfo

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// deviceRoot returns a root with the disk 8:0, its partition 8:1, a disk that does not count (8:16) and a
// device without any requests (253:0).
func deviceRoot(t *testing.T) Root {
	t.Helper()
	root := t.TempDir()
	const counted = "100 3 2048 40 50 6 4096 30 0 60 70 0 0 0 0 5 9\n"
	put(t, root, "/sys/devices/block/sda/stat", counted)
	put(t, root, "/sys/devices/block/sda/queue/iostats", "1\n")
	put(t, root, "/sys/devices/block/sda/sda1/stat", "1 0 8 1 1 0 8 1 0 1 1 0 0 0 0 0 0\n")
	put(t, root, "/sys/devices/block/sda/sda1/partition", "1\n")
	put(t, root, "/sys/devices/block/sdb/stat", counted)
	put(t, root, "/sys/devices/block/sdb/queue/iostats", "0\n")
	put(t, root, "/sys/devices/block/dm-0/stat", "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n")
	dir := filepath.Join(root, "sys/dev/block")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"8:0": "sda", "8:1": "sda/sda1", "8:16": "sdb", "253:0": "dm-0"} {
		if err := os.Symlink("../../devices/block/"+target, filepath.Join(dir, name)); err != nil {
			t.Skip("this system has no symbolic links: ", err)
		}
	}
	return Root(root)
}

func TestDevice(t *testing.T) {
	root := deviceRoot(t)
	disk := root.device(8, 0)
	if filepath.Base(string(disk)) != "sda" || root.device(8, 1) != disk {
		t.Errorf("got the devices %q and %q, want the disk twice", disk, root.device(8, 1))
	}
	if d := root.device(8, 16); d != "" {
		t.Errorf("got %q, want no device without counters", d)
	}
	if d := root.device(0, 42); d != "" || d.Count().known {
		t.Errorf("got %q, want no device for numbers that do not exist", d)
	}
	if root.device(253, 0).Count().known {
		t.Error("the counters of a device that has never counted are known")
	}
	want := DeviceCount{known: true, read: 2048, written: 4096, active: 60 * time.Millisecond, waits: 79 * time.Millisecond}
	if got := disk.Count(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDeviceUse(t *testing.T) {
	start := DeviceCount{known: true, read: 10, written: 20, active: time.Second, waits: time.Second}
	add := func(read, written int64, active, waits time.Duration) DeviceCount {
		return DeviceCount{known: true, read: 10 + read, written: 20 + written, active: time.Second + active, waits: time.Second + waits}
	}
	for name, c := range map[string]struct {
		end     DeviceCount
		elapsed time.Duration
		want    DeviceUse
		ok      bool
	}{
		"one request at a time":           {add(8, 0, 500*time.Millisecond, 500*time.Millisecond), time.Second, DeviceUse{Busy: 0.5, Read: 4096}, true},
		"many at a time":                  {add(0, 16, time.Second, 32*time.Second), time.Second, DeviceUse{Busy: 1, Written: 8192}, true},
		"a short request in every tick":   {add(8, 0, time.Second, 25*time.Millisecond), time.Second, DeviceUse{Busy: 0.025, Read: 4096}, true},
		"a tick longer than the interval": {add(8, 0, 4*time.Millisecond, 9*time.Millisecond), time.Millisecond, DeviceUse{Busy: 1, Read: 4096}, true},
		"nothing":                         {start, time.Second, DeviceUse{}, true},
		"no time":                         {add(8, 0, 1, 1), 0, DeviceUse{}, false},
		"a counter that began again":      {DeviceCount{known: true}, time.Second, DeviceUse{}, false},
		"unknown":                         {DeviceCount{}, time.Second, DeviceUse{}, false},
	} {
		if got, ok := c.end.Since(start, c.elapsed); got != c.want || ok != c.ok {
			t.Errorf("%s: got %+v and %v, want %+v and %v", name, got, ok, c.want, c.ok)
		}
	}
}

func BenchmarkDeviceCount(b *testing.B) {
	d := BlockDeviceOf(b.TempDir())
	if d == "" {
		b.Skip("the temporary directory is on no block device")
	}
	for b.Loop() {
		d.Count()
	}
}
