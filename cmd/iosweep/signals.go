package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"iosweep/internal/process"
)

// withSignals cancels the context at the first SIGINT, SIGTERM, SIGQUIT or SIGHUP, so
// that the run can clean up. A second signal ends the program at once. Under nohup,
// SIGHUP is ignored. By default Go prints all goroutines at SIGQUIT and exits, which would
// leave the workspace behind. kill -ABRT still prints them.
//
// withSignal returns its argument unchanged if no signal has arrived. After a signal it
// returns an error with the exit code of the signal.
func withSignals(parent context.Context) (ctx context.Context, withSignal func(error) error) {
	ctx, cancel := context.WithCancel(parent)
	incoming := make(chan os.Signal, 1)
	received := make(chan syscall.Signal, 1)
	signal.Notify(incoming, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT)
	process.CatchFileLimitSignal()
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(incoming, syscall.SIGHUP)
	}
	go func() {
		got := <-incoming
		if s, ok := got.(syscall.Signal); ok {
			received <- s
		}
		cancel()
		exitAtSecondSignal(incoming)
	}()
	return ctx, func(err error) error {
		select {
		case s := <-received:
			if err == nil {
				err = fmt.Errorf("%v", s)
			}
			return &exitError{signalled(s), err}
		default:
			return err
		}
	}
}

// notStarted is the advice for a run that was interrupted before it wrote anything.
const notStarted = "nothing was measured or written"

// interrupted replaces the error of a cancelled context, which a signal causes, by a message
// with advice. It returns other errors unchanged.
func interrupted(err error, advice string) error {
	if !errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("interrupted before the first trial\n%s", advice)
}

// exitAtSecondSignal ends the program at the next signal. This is safe: the journal is complete
// at any moment, the kernel signals the running trial to end, and the trial ends the
// processes that it started. A resume removes the workspace.
//
// SIGHUP does not count. When a terminal closes, the kernel signals the foreground and
// then the shell signals its jobs. Signals within 100 ms of the first one do not count
// either, because timeout(1) signals the program and then its process group. A person
// takes longer to send a second signal.
func exitAtSecondSignal(incoming <-chan os.Signal) {
	const grace = 100 * time.Millisecond
	for first := time.Now(); time.Since(first) < grace; {
		select {
		case <-incoming:
		case <-time.After(grace):
		}
	}
	for got := range incoming {
		s, ok := got.(syscall.Signal)
		if !ok || s == syscall.SIGHUP {
			continue
		}
		printed := make(chan struct{})
		go func() {
			// The progress line does not end with a line feed.
			fmt.Fprintf(os.Stderr, "\niosweep: ended at once by a second signal (%v)\nthe completed trials are kept; iosweep resume removes the workspace\n", s)
			close(printed)
		}()
		select {
		case <-printed:
		case <-time.After(time.Second): // standard error is blocked
		}
		os.Exit(signalled(s))
	}
}
