//go:build !portable

package operations

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

var ringedOperations = []Operation{write{}, read{}, copying{}, deleting{}}

// A kernel carries out requests by system calls, one after another. It cancels the requests that
// are linked to a failure, as io_uring does. A test can make it move fewer bytes than requested, or
// fail.
type kernel struct {
	atMost int // the most bytes that one request moves; 0 means no limit
	fail   Call
	errno  unix.Errno // for all requests with the call fail; 0 means none
	files  [MaxFiles]int
	calls  []Call

	largest int // bytes of a request
	memory  int // bytes of an item
}

// carryOut carries out all requests of an item.
func (k *kernel) carryOut(requests []Request) {
	broken := false
	for i := range requests {
		r := &requests[i]
		if r.Result = -int32(unix.ECANCELED); !broken {
			k.calls = append(k.calls, r.Call)
			n, err := k.do(r)
			if r.Result = int32(n); err != nil {
				r.Result = -int32(err.(unix.Errno))
			}
		}
		failed := r.Result < 0 || (r.Call == CallRead || r.Call == CallWrite) && int(r.Result) < len(r.Data)
		broken = r.Link != NoLink && (broken || failed && r.Link == LinkOnSuccess)
	}
}

func (k *kernel) do(r *Request) (n int, err error) {
	if k.errno != 0 && r.Call == k.fail {
		return 0, k.errno
	}
	data := r.Data
	if k.atMost > 0 && len(data) > k.atMost {
		data = data[:k.atMost]
	}
	k.largest = max(k.largest, len(r.Data))
	file := &k.files[r.File]
	switch r.Call {
	case CallOpen:
		if *file > 0 {
			return 0, unix.EBUSY
		}
		*file, err = unix.Openat(r.Dir, r.Name, r.Flags|unix.O_CLOEXEC, uint32(r.Mode))
	case CallRead:
		n, err = unix.Pread(*file, data, r.Offset)
	case CallWrite:
		n, err = unix.Pwrite(*file, data, r.Offset)
	case CallSync:
		err = unix.Fsync(*file)
	case CallClose:
		err = unix.Close(*file)
		*file = 0
	case CallUnlink:
		err = unix.Unlinkat(r.Dir, r.Name, 0)
	case CallWait:
		err = unix.ETIME
	}
	return n, err
}

// byRequests returns a doFunc that carries out the requests of Advance.
func byRequests(k *kernel) doFunc {
	return func(task Task, site Site, items []int) ([]uint32, error) {
		ranges := RangesOf(site)
		digests := make([]uint32, ranges.Len())
		var s Scratch
		defer s.Close()
		x := RingItem{Scratch: &s, Memory: func(n int) ([]byte, error) { k.memory = max(k.memory, n); return aligned(nil, n), nil }}
		for _, item := range items {
			s.Worker = item % site.Workers
			result, err := doByRequests(task.(Ringed), k, &x, item)
			if err != nil {
				return digests, err
			}
			if k.files != [MaxFiles]int{} {
				return digests, fmt.Errorf("item %d left a file open", item)
			}
			if want := ranges.At(item).Length; result.Bytes != want {
				return digests, fmt.Errorf("item %d: got %d bytes, want %d", item, result.Bytes, want)
			}
			digests[item] = result.Digest
		}
		return digests, s.Close()
	}
}

func doByRequests(task Ringed, k *kernel, x *RingItem, item int) (Result, error) {
	x.Reset(item)
	for round := 0; ; round++ {
		result, err := task.Advance(x)
		if err != nil || len(x.Requests) == 0 {
			return result, err
		}
		if len(x.Requests) > MaxRequests {
			return result, fmt.Errorf("got %d requests at once, want at most %d", len(x.Requests), MaxRequests)
		}
		if round > 1_000_000 {
			return result, errors.New("Advance never finishes")
		}
		k.carryOut(x.Requests)
	}
}

// TestItemsByRequests runs whole trials for every kind of workload and every axis. One kernel
// moves all requested bytes, the other one always moves fewer.
func TestItemsByRequests(t *testing.T) {
	changes := map[string]func(*Site){
		"plain":      nil,
		"per worker": func(s *Site) { s.Layout, s.Workers = LayoutPerWorker, 3 },
		"sync file":  func(s *Site) { s.Sync = SyncFile },
		"sync end":   func(s *Site) { s.Sync = SyncEnd },
	}
	for _, op := range ringedOperations {
		for kind, w := range workloads(t) {
			for name, change := range changes {
				if testing.Short() && strings.HasPrefix(name, "sync") {
					continue
				}
				for _, atMost := range []int{0, 1000} {
					t.Run(fmt.Sprintf("%s/%s/%s/%d", op.Info().Name, kind, name, atMost), func(t *testing.T) {
						site := newSite(t, op, w, change)
						k := &kernel{atMost: atMost}
						digests := perform(t, op, site, byRequests(k), allItems(site))
						checkOutcome(t, op, site, digests)
						synced := 0
						for _, c := range k.calls {
							if c == CallSync {
								synced++
							}
						}
						if makes := op.Info().Name == "write" || op.Info().Name == "copy"; makes && site.Sync == SyncFile && synced != site.Manifest.Len() {
							t.Errorf("got %d synced files, want %d", synced, site.Manifest.Len())
						}
					})
				}
			}
		}
	}
}

// TestPermissionsByRequests checks permissions that the umask would remove.
func TestPermissionsByRequests(t *testing.T) {
	for _, op := range []Operation{write{}, copying{}} {
		site := newSite(t, op, workload.Workload{From: makeTree(t)}, nil)
		perform(t, op, site, byRequests(&kernel{}), allItems(site))
		beyond := 0
		for _, file := range site.Manifest.All() {
			info, err := os.Lstat(filepath.Join(site.Output, file.Name))
			must(t, err)
			if info.Mode() != file.Mode {
				t.Errorf("%s: mode of %q: got %v, want %v", op.Info().Name, file.Name, info.Mode(), file.Mode)
			}
			if dirio.UmaskClears(file.Mode) {
				beyond++
			}
		}
		if beyond == 0 && dirio.UmaskClears(0o666) {
			t.Error("no file has permissions outside the umask")
		}
	}
}

// TestSizesByRequests uses files that end at or near the boundaries of blocks and pieces, with
// cached and with direct reads.
func TestSizesByRequests(t *testing.T) {
	tree := t.TempDir()
	for i, size := range []int{0, 1, 4095, 4096, 4097, autoBlock - 1, autoBlock, autoBlock + 1, 2*autoBlock + 4096, 3 * autoBlock} {
		must(t, os.WriteFile(filepath.Join(tree, string(rune('a'+i))), content(t, workload.Workload{Content: workload.ContentBytes, Size: int64(size)}, i), 0o644))
	}
	for _, op := range []Operation{write{}, read{}, copying{}} {
		for _, cache := range []string{CacheWarm, CacheDirect} {
			t.Run(op.Info().Name+"/"+cache, func(t *testing.T) {
				site := newSite(t, op, workload.Workload{From: tree}, func(s *Site) { s.Cache = cache })
				if cache == CacheDirect {
					if op.Info().Name == "write" {
						t.Skip("write has no axis cache")
					}
					folder := openInputs(t, site)
					if probe, err := folder.Top.OpenDirect("a"); err != nil {
						t.Skip(err)
					} else {
						must(t, probe.Close())
					}
				}
				digests := perform(t, op, site, byRequests(&kernel{}), allItems(site))
				checkOutcome(t, op, site, digests)
			})
		}
	}
}

// TestBlocksByRequests does items of several blocks. No request is larger than a block, and the
// memory is bounded by the block.
func TestBlocksByRequests(t *testing.T) {
	for kind, w := range largeWorkloads(t) {
		for _, block := range []Block{BlockAuto, BlockWhole, 512, 65_537} {
			if testing.Short() && (block == BlockWhole || block == 65_537) {
				continue
			}
			for _, op := range []Operation{write{}, read{}, copying{}} {
				for _, atMost := range []int{0, 40_000} {
					t.Run(fmt.Sprintf("%s/%s/%d/%d", kind, op.Info().Name, block, atMost), func(t *testing.T) {
						site := newSite(t, op, w, func(s *Site) { s.Block = block })
						k := &kernel{atMost: atMost}
						digests := perform(t, op, site, byRequests(k), allItems(site))
						checkOutcome(t, op, site, digests)
						if block != BlockWhole && k.largest > int(block.Of(1<<30))+1 {
							t.Errorf("got a request of %d bytes", k.largest)
						}
						if block != BlockWhole && k.memory > 2*int(block.Of(1<<30))+directBlock {
							t.Errorf("got %d bytes of memory", k.memory)
						}
					})
				}
			}
		}
	}
}

// TestSplitByRequests does the ranges of files by requests, some of which move few bytes.
func TestSplitByRequests(t *testing.T) {
	tree := splitTree(t)
	for _, atMost := range []int{0, 3000} {
		for _, block := range []Block{BlockAuto, 512} {
			for _, op := range []Operation{read{}, copying{}} {
				for _, layout := range []string{LayoutShared, LayoutPerWorker} {
					t.Run(fmt.Sprintf("%s/%d/%d/%s", op.Info().Name, atMost, block, layout), func(t *testing.T) {
						site := newSite(t, op, workload.Workload{From: tree}, func(s *Site) {
							s.Block, s.Split, s.Layout, s.Workers = block, 4096, layout, 3
						})
						digests := perform(t, op, site, byRequests(&kernel{atMost: atMost}), allItems(site))
						checkOutcome(t, op, site, digests)
						checkModes(t, op, site)
					})
				}
			}
		}
	}
}

// TestRequestsOfBlocks checks the system calls of an item of three blocks.
func TestRequestsOfBlocks(t *testing.T) {
	for name, want := range map[string][]Call{
		"write": {CallOpen, CallWrite, CallWrite, CallWrite, CallClose},
		"read":  {CallOpen, CallRead, CallRead, CallRead, CallClose},
		"copy":  {CallOpen, CallRead, CallOpen, CallWrite, CallRead, CallWrite, CallRead, CallClose, CallWrite, CallClose},
	} {
		op, _ := Named(name)
		site := newSite(t, op, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 3 * 512}, func(s *Site) { s.Block = 512 })
		k := &kernel{}
		perform(t, op, site, byRequests(k), allItems(site))
		if fmt.Sprint(k.calls) != fmt.Sprint(want) {
			t.Errorf("%s: got calls %v, want %v", name, k.calls, want)
		}
	}
}

// TestRequestsOfAnItem checks the system calls of an item.
func TestRequestsOfAnItem(t *testing.T) {
	for name, want := range map[string][]Call{
		"write":  {CallOpen, CallWrite, CallClose},
		"read":   {CallOpen, CallRead, CallClose},
		"copy":   {CallOpen, CallRead, CallClose, CallOpen, CallWrite, CallClose},
		"delete": {CallUnlink},
	} {
		op, _ := Named(name)
		site := newSite(t, op, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 5000}, nil)
		k := &kernel{}
		perform(t, op, site, byRequests(k), allItems(site))
		if fmt.Sprint(k.calls) != fmt.Sprint(want) {
			t.Errorf("%s: got calls %v, want %v", name, k.calls, want)
		}
	}
}

// TestErrorsByRequests checks that Advance returns the same errors as Do.
func TestErrorsByRequests(t *testing.T) {
	const name = "data-0001.bin"
	for damage, spoil := range map[string]func(t *testing.T, dir string){
		"missing": func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, name))) },
		"longer":  func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, name), 9000)) },
		"longer by one": func(t *testing.T, dir string) {
			must(t, os.Truncate(filepath.Join(dir, name), 8193))
		},
		"shorter": func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, name), 4000)) },
		"empty":   func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, name), 0)) },
		"a link": func(t *testing.T, dir string) {
			must(t, os.Rename(filepath.Join(dir, name), filepath.Join(dir, "elsewhere")))
			must(t, os.Symlink("elsewhere", filepath.Join(dir, name)))
		},
		"a directory": func(t *testing.T, dir string) {
			must(t, os.Remove(filepath.Join(dir, name)))
			must(t, os.Mkdir(filepath.Join(dir, name), 0o755))
		},
	} {
		for _, op := range ringedOperations {
			for _, cache := range []string{CacheWarm, CacheDirect} {
				if testing.Short() && cache == CacheDirect {
					continue
				}
				t.Run(op.Info().Name+"/"+damage+"/"+cache, func(t *testing.T) {
					var messages []string
					for _, do := range []doFunc{oneByOne, byRequests(&kernel{})} {
						site := newSite(t, op, workload.Workload{Files: 3, Content: workload.ContentBytes, Size: 8192}, func(s *Site) { s.Cache = cache })
						dir := site.Input
						if op.Info().Needs == NeedsNothing {
							dir = site.Output
							must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o644))
						}
						spoil(t, dir)
						task, err := op.Open(site)
						must(t, err)
						_, err = do(task, site, allItems(site))
						must(t, task.Close())
						messages = append(messages, fmt.Sprint(err))
					}
					if messages[0] != messages[1] {
						t.Errorf("Do returned %q, Advance returned %q", messages[0], messages[1])
					}
				})
			}
		}
	}
}

// TestFailuresOfEachCall lets each request of an item fail. The error must name the item, the
// call and the system's error.
func TestFailuresOfEachCall(t *testing.T) {
	for name, calls := range map[string][]Call{
		"write": {CallOpen, CallWrite, CallSync, CallClose}, "read": {CallOpen, CallRead, CallClose},
		"copy": {CallOpen, CallRead, CallWrite, CallSync, CallClose}, "delete": {CallUnlink},
	} {
		op, _ := Named(name)
		for _, c := range calls {
			site := newSite(t, op, workload.Workload{Files: 2, Content: workload.ContentBytes, Size: 100}, func(s *Site) { s.Sync = SyncFile })
			task, err := op.Open(site)
			must(t, err)
			_, err = byRequests(&kernel{fail: c, errno: unix.EIO})(task, site, allItems(site))
			want := fmt.Sprintf(`item 0 "data-0000.bin": %s data-0000.bin: input/output error`, callNames[c])
			if err == nil || err.Error() != want {
				t.Errorf("%s: got %v, want %q", name, err, want)
			}
			must(t, task.Close())
		}
	}
}

// TestWriteOfZeroBytesFails checks that a write of nothing is an error and not repeated forever.
func TestWriteOfZeroBytesFails(t *testing.T) {
	site := newSite(t, write{}, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 100}, nil)
	task, err := write{}.Open(site)
	must(t, err)
	defer task.Close()
	var s Scratch
	x := RingItem{Scratch: &s, Memory: func(n int) ([]byte, error) { return aligned(nil, n), nil }}
	x.Reset(0)
	_, err = task.(Ringed).Advance(&x)
	must(t, err)
	for i := range x.Requests {
		if x.Requests[i].Result = 0; x.Requests[i].Call == CallClose {
			x.Requests[i].Result = -int32(unix.ECANCELED)
		}
	}
	if _, err = task.(Ringed).Advance(&x); err == nil || !strings.Contains(err.Error(), "short write") {
		t.Errorf("got %v", err)
	}
}

// TestWaitingByRequests checks that an item with a delay requests a wait of that length.
func TestWaitingByRequests(t *testing.T) {
	w := workload.Workload{Files: 5, Content: workload.ContentTasks, Seed: 7}
	site := newSite(t, write{}, w, nil)
	task, err := write{}.Open(site)
	must(t, err)
	defer task.Close()
	for item := range w.Files {
		x := RingItem{Scratch: &Scratch{}, Memory: func(n int) ([]byte, error) { return aligned(nil, n), nil }}
		x.Reset(item)
		_, err := task.(Ringed).Advance(&x)
		must(t, err)
		if want := delay(t, w, item); want > 0 && (len(x.Requests) != 1 || x.Requests[0].Call != CallWait || x.Requests[0].Wait != want) {
			t.Errorf("item %d: got requests %+v, want a wait of %v", item, x.Requests, want)
		}
	}
}

func TestInfoRinged(t *testing.T) {
	for _, op := range All {
		site := newSite(t, op, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 1}, nil)
		task, err := op.Open(site)
		must(t, err)
		if _, ringed := task.(Ringed); ringed != op.Info().Ringed {
			t.Errorf("%s: Info().Ringed is %v, but its task implements Ringed: %v", op.Info().Name, !ringed, ringed)
		}
		must(t, task.Close())
	}
}
