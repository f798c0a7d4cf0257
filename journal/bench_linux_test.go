package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkRead1M reads a journal of a million trials, about 1 GB, in a separate process,
// so that its memory peak is the peak of reading. The budget is 20 s and 1 GiB.
func BenchmarkRead1M(b *testing.B) {
	const trials = 1_000_000
	dir := b.TempDir()
	path := filepath.Join(dir, FileName)
	if err := typicalFile(path, trials); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	var seconds, peak float64
	for b.Loop() {
		output, err := helperCommand("read", dir).Output()
		if err != nil {
			b.Fatal(err)
		}
		var s float64
		var kib, read int
		if _, err := fmt.Sscan(string(output), &s, &kib, &read); err != nil || read != trials {
			b.Fatalf("the helper printed %q, want %d trials read", output, trials)
		}
		seconds, peak = seconds+s, max(peak, float64(kib)/1024)
	}
	b.ReportMetric(seconds/float64(b.N), "s/read")
	b.ReportMetric(peak, "peak-MiB")
}

// readAndPrint is that process. It prints the time that reading took, its memory peak in
// KiB and the number of trials.
func readAndPrint(dir string) error {
	start := time.Now()
	log, err := ReadDir(dir)
	if err != nil {
		return err
	}
	took := time.Since(start)
	// VmHWM is the peak of this program. The value of getrusage(2) may include the
	// program that it was forked from.
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Println(took.Seconds(), strings.Fields(rest)[0], len(log.Trials))
	return nil
}

func init() { helpers["read"] = readAndPrint }
