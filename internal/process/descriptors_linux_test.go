package process

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestGrowDescriptorTable reads the table size from FDSize in proc_pid_status(5).
func TestGrowDescriptorTable(t *testing.T) {
	size := func() (n int) {
		status, err := os.ReadFile("/proc/self/status")
		must(t, err)
		_, rest, _ := strings.Cut(string(status), "FDSize:")
		_, err = fmt.Sscan(rest, &n)
		must(t, err)
		return n
	}
	before := size()
	limit, known := DescriptorLimit()
	if want := before + 500; !known || uint64(want) < limit {
		GrowDescriptorTable(want)
		if got := size(); got < want {
			t.Errorf("the table has room for %d, want %d", got, want)
		}
	}
	GrowDescriptorTable(1 << 30) // above any limit: must have no effect
}
