// Command iosweep runs declarative experiments on concurrent file I/O.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"iosweep/internal/oneline"
)

func main() {
	// If the reader of a pipe ends early, as in `iosweep run x 2>&1 | head`, writes must
	// fail instead of killing the program. signal.Ignore would do that too, but the child
	// processes would inherit the ignored signal.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(execute(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// streams are the standard streams of the program. Results go to out. Progress, warnings
// and errors go to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// execute runs the program with these arguments and streams, and returns the exit code.
func execute(args []string, s streams) int {
	out := &output{to: s.out}
	s.out, s.err = out, oneline.Writer(&messages{s.err})
	root := newRoot
	if slices.Equal(args, []string{"worker"}) {
		// A trial may start thousands of worker processes, which need no other command.
		root, args = newWorker, args[1:]
	}
	program := root(s)
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		completeArguments(program) // only then: it would take half of the time that a trial's process needs to start
	}
	program.SetArgs(args)
	err := out.addError(plainError(program.Execute()))
	var e *exitError
	if err != nil && (!errors.As(err, &e) || e.err != nil) {
		fmt.Fprintln(s.err, "iosweep: "+withoutRepeats(err.Error()))
	}
	return codeOf(err)
}
