//go:build race

package estimate

// raced says that the tests run under the race detector, which makes them slow.
const raced = true
