package sysinfo

import (
	"fmt"
	"strings"
)

// OOMKills counts the processes that the kernel has killed for want of memory.
// Nobody is told why a process was killed; that the count rose meanwhile is what
// can be known. Counts are 0 where they cannot be read.
type OOMKills struct {
	Machine int // since it was started; in a container that of its host
	Group   int // in the control group of this process
}

// Since says by how much the counts rose, or "" if they did not.
func (k OOMKills) Since(before OOMKills) string {
	var said []string
	if n := k.Group - before.Group; n > 0 {
		said = append(said, fmt.Sprintf("it killed %d in this control group", n))
	}
	if n := k.Machine - before.Machine; n > 0 {
		said = append(said, fmt.Sprintf("it killed %d on this machine", n))
	}
	return strings.Join(said, ", ")
}
