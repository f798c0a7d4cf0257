package process

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestGrowTable: the kernel says in FDSize how large the table is (proc_pid_status(5)).
func TestGrowTable(t *testing.T) {
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
	GrowDescriptorTable(1 << 30) // beyond any limit: no harm is done
}
