//go:build race

package estimate

// raceEnabled reports whether the tests run under the race detector, which makes them
// slow.
const raceEnabled = true
