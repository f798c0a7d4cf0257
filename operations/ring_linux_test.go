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

// A kernel answers requests by system calls, one after another, and cancels what
// follows a failure, as a ring's does. It can be told to move less than it was asked
// to, and to fail.
type kernel struct {
	atMost int // bytes that one request moves; 0: all
	fail   Call
	errno  unix.Errno // of all requests that are fail; 0: none
	files  [MaxFiles]int
	asked  []Call
}

// answer answers all requests of an exchange.
func (k *kernel) answer(requests []Request) {
	broken := false
	for i := range requests {
		r := &requests[i]
		if r.Result = -int32(unix.ECANCELED); !broken {
			k.asked = append(k.asked, r.Call)
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

// byRequests is a way to do items by what Advance asks of a kernel.
func byRequests(k *kernel) doFunc {
	return func(task Task, site Site, items []int) ([]uint32, error) {
		digests := make([]uint32, site.Manifest.Len())
		var s Scratch
		defer s.Close()
		x := RingItem{Scratch: &s, Memory: func(n int) ([]byte, error) { return aligned(nil, n), nil }}
		for _, item := range items {
			s.Worker = item % site.Workers
			result, err := doByRequests(task.(Ringed), k, &x, item)
			if err != nil {
				return digests, err
			}
			if k.files != [MaxFiles]int{} {
				return digests, fmt.Errorf("item %d has left a file open", item)
			}
			if result.Bytes != site.Manifest.File(item).Size {
				return digests, fmt.Errorf("item %d: %d bytes done of %d", item, result.Bytes, site.Manifest.File(item).Size)
			}
			digests[item] = result.Digest
		}
		return digests, s.Close()
	}
}

func doByRequests(task Ringed, k *kernel, x *RingItem, item int) (Result, error) {
	x.Reset(item)
	for turn := 0; ; turn++ {
		result, err := task.Advance(x)
		if err != nil || len(x.Requests) == 0 {
			return result, err
		}
		if len(x.Requests) > MaxRequests {
			return result, fmt.Errorf("%d requests at once, more than %d", len(x.Requests), MaxRequests)
		}
		if turn > 1_000_000 {
			return result, errors.New("it asks for ever")
		}
		k.answer(x.Requests)
	}
}

// TestItemsByRequests does whole trials, on every kind of workload and under every
// axis, with a kernel that moves all it is asked to, and with one that never does.
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
						for _, c := range k.asked {
							if c == CallSync {
								synced++
							}
						}
						if makes := op.Info().Name == "write" || op.Info().Name == "copy"; makes && site.Sync == SyncFile && synced != site.Manifest.Len() {
							t.Errorf("%d of %d files were made durable", synced, site.Manifest.Len())
						}
					})
				}
			}
		}
	}
}

// TestPermissionsByRequests: those that the mask would strip are given all the same.
func TestPermissionsByRequests(t *testing.T) {
	for _, op := range []Operation{write{}, copying{}} {
		site := newSite(t, op, workload.Workload{From: makeTree(t)}, nil)
		perform(t, op, site, byRequests(&kernel{}), allItems(site))
		beyond := 0
		for _, file := range site.Manifest.All() {
			info, err := os.Lstat(filepath.Join(site.Output, file.Name))
			must(t, err)
			if info.Mode() != file.Mode {
				t.Errorf("%s: %q has %v, want %v", op.Info().Name, file.Name, info.Mode(), file.Mode)
			}
			if dirio.UmaskClears(file.Mode) {
				beyond++
			}
		}
		if beyond == 0 && dirio.UmaskClears(0o666) {
			t.Error("no file has permissions beyond the mask")
		}
	}
}

// TestSizesByRequests: files that end at and around the boundaries of blocks and
// pieces, through the cache and past it.
func TestSizesByRequests(t *testing.T) {
	tree := t.TempDir()
	for i, size := range []int{0, 1, 4095, 4096, 4097, copyPiece - 1, copyPiece, copyPiece + 1, 2*copyPiece + 4096, 3 * copyPiece} {
		must(t, os.WriteFile(filepath.Join(tree, string(rune('a'+i))), content(t, workload.Workload{Content: workload.ContentBytes, Size: int64(size)}, i), 0o644))
	}
	for _, op := range []Operation{write{}, read{}, copying{}} {
		for _, cache := range []string{CacheWarm, CacheDirect} {
			t.Run(op.Info().Name+"/"+cache, func(t *testing.T) {
				site := newSite(t, op, workload.Workload{From: tree}, func(s *Site) { s.Cache = cache })
				if cache == CacheDirect {
					if op.Info().Name == "write" {
						t.Skip("it has no axis cache")
					}
					here := openInputs(t, site)
					if probe, err := here.Top.OpenDirect("a"); err != nil {
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

// TestRequestsOfAnItem: how many system calls an item takes, and in how many turns
// they are asked for, is what a ring is chosen for.
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
		if fmt.Sprint(k.asked) != fmt.Sprint(want) {
			t.Errorf("%s asks for %v, want %v", name, k.asked, want)
		}
	}
}

// TestErrorsByRequests: Advance finds what Do finds, and says it in the same words.
func TestErrorsByRequests(t *testing.T) {
	const name = "data-0001.bin"
	for what, spoil := range map[string]func(t *testing.T, dir string){
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
				t.Run(op.Info().Name+"/"+what+"/"+cache, func(t *testing.T) {
					var said []string
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
						said = append(said, fmt.Sprint(err))
					}
					if said[0] != said[1] {
						t.Errorf("Do says %q, and Advance %q", said[0], said[1])
					}
				})
			}
		}
	}
}

// TestFailuresOfEachCall: whatever request of an item fails, the error names the item,
// the call and what the system said.
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

// TestWriteOfZeroBytesFails would be asked for again for ever.
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

// TestWaitingByRequests: content that has to be waited for is waited for by a request,
// as long as its item takes.
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
			t.Errorf("item %d asks for %+v, want to wait for %v", item, x.Requests, want)
		}
	}
}

func TestInfoRinged(t *testing.T) {
	for _, op := range All {
		site := newSite(t, op, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 1}, nil)
		task, err := op.Open(site)
		must(t, err)
		if _, ringed := task.(Ringed); ringed != op.Info().Ringed {
			t.Errorf("%s is said to be ringed: %v, and its task is: %v", op.Info().Name, !ringed, ringed)
		}
		must(t, task.Close())
	}
}
