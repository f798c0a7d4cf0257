package runner

import (
	"fmt"
	"io"
	"net"
)

// lockRun takes a run for this process, wherever its results are: a copy of them has a
// lock of its own. A socket with an abstract name is taken by one process at a time and
// given back when that ends: unix(7).
func lockRun(id string) (io.Closer, error) {
	held, err := net.Listen("unix", "@iosweep-"+id)
	if err != nil {
		return nil, fmt.Errorf("the run %s is in use: another process goes on with it, perhaps from a copy of these results\nwait until it has ended, or stop it (%w)", id, err)
	}
	return held, nil
}
