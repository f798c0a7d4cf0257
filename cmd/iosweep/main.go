// Command iosweep runs declarative experiments on concurrent file I/O.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// A reader that no longer listens, as in `iosweep run x 2>&1 | head`, ends nothing:
	// writing fails instead. Ignoring the signal would be passed on to contenders.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(execute(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}
