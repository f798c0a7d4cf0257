// Command iosweep runs declarative experiments on concurrent file I/O.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"iosweep/internal/oneline"
)

func main() {
	// A reader that no longer listens, as in `iosweep run x 2>&1 | head`, ends nothing:
	// writing fails instead. Ignoring the signal would be passed on to contenders.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(execute(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// streams are what the program reads and writes. Results go to out; everything for
// people who wait goes to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// execute is the program as a function of its arguments and streams. It returns the
// exit code.
func execute(args []string, s streams) int {
	out := &output{to: s.out}
	s.out, s.err = out, oneline.Writer(s.err)
	root := newRoot(s)
	root.SetArgs(args)
	err := out.or(root.Execute())
	var e *exit
	if err != nil && (!errors.As(err, &e) || e.err != nil) {
		fmt.Fprintln(s.err, "iosweep: "+once(err.Error()))
	}
	return codeOf(err)
}
