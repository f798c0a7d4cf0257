package durable_test

import (
	"strings"
	"testing"

	"iosweep/internal/durable"
	"iosweep/internal/durable/strictfs"
)

// A file is written twice, and the power fails after every single operation.
func TestAPowerFailureLeavesTheWholeOldOrTheWholeNewFile(t *testing.T) {
	const path = "out/report.md"
	versions := []string{"", strings.Repeat("first ", 200), strings.Repeat("the second, longer one ", 200)}
	for cut, more := 0, true; more; cut++ {
		fsys := strictfs.New(nil)
		fsys.CutPowerAfter(cut)
		written := 0 // versions that were acknowledged
		for written+1 < len(versions) && durable.WriteFileOn(fsys, path, []byte(versions[written+1])) == nil {
			written++
		}
		more = written+1 < len(versions)
		for disk := range fsys.Disks() {
			content, ok := disk[path]
			switch {
			case written == 0 && !ok, ok && string(content) == versions[written]:
			case ok && more && string(content) == versions[written+1]:
			default:
				t.Fatalf("with %d versions written and the power cut after %q the file holds %.40q… (%d bytes)", written, fsys.Done, content, len(content))
			}
			if len(disk) > 2 {
				t.Fatalf("the disk holds %d files: the temporary ones of one writer pile up", len(disk))
			}
		}
	}
}
