package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/term"

	"iosweep/internal/oneline"
)

// An output is standard output. It keeps the first write error and reports success to
// the command. So the command does not stop, and chooses its exit code as if all output
// was written. At the end, execute reports the write error once.
type output struct {
	to     io.Writer
	failed error  // the first write error
	hint   string // how to print the output again
}

// Unwrap returns the underlying writer, which may be a terminal.
func (o *output) Unwrap() io.Writer { return o.to }

func (o *output) Write(p []byte) (int, error) {
	if o.failed == nil {
		_, o.failed = o.to.Write(p)
	}
	return len(p), nil
}

// addError returns the error of a command, joined with the write error. A closed pipe is
// no error, because its reader, such as head, wants no more output.
func (o *output) addError(err error) error {
	if o.failed == nil || isClosed(o.failed) {
		return err
	}
	lost := fmt.Errorf("the output cannot be written: %w%s", o.failed, o.hint)
	if err == nil {
		return unwritten(lost)
	}
	if e := (*exitError)(nil); errors.As(err, &e) && e.err == nil {
		return &exitError{e.code, lost}
	}
	return &exitError{codeOf(err), fmt.Errorf("%w\n%w", err, lost)}
}

// isClosed reports whether err means that the reader closed the pipe. Windows has two
// errors for that: ERROR_BROKEN_PIPE and ERROR_NO_DATA.
func isClosed(err error) bool {
	const brokenPipe, noData = syscall.Errno(109), syscall.Errno(232)
	return errors.Is(err, syscall.EPIPE) ||
		runtime.GOOS == "windows" && (errors.Is(err, brokenPipe) || errors.Is(err, noData))
}

// setHint sets the text that follows a write error: how to print the output again.
func (s streams) setHint(hint string) {
	if o, ok := s.out.(*output); ok {
		o.hint = hint
	}
}

// people returns standard output for text that people read. It escapes control
// characters, for example in file names, and breaks long lines on a terminal.
func (s streams) people() io.Writer { return oneline.Writer(&messages{s.out}) }

// data returns standard output for data that programs read. It escapes control characters
// only on a terminal.
func (s streams) data() io.Writer {
	if ttyOf(s.out) != nil {
		return s.people()
	}
	return s.out
}

// bare returns the innermost writer of a stream.
func bare(w io.Writer) io.Writer {
	for {
		wrapped, ok := w.(interface{ Unwrap() io.Writer })
		if !ok {
			return w
		}
		w = wrapped.Unwrap()
	}
}

// ttyOf returns the terminal that a stream writes to, or nil.
func ttyOf(w io.Writer) *os.File {
	if f, ok := bare(w).(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}
