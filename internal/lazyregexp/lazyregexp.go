// Package lazyregexp compiles regular expressions when they are first used. Every trial and every
// worker process starts this program, and compiling all expressions would take longer than the rest
// of its start.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New returns a function that returns the compiled expression. It panics if the expression is not
// valid.
func New(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
