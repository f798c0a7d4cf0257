//go:build race

package plot

// underRace: drawing is twenty times slower under the race detector, and has no
// goroutines for it to look at.
const underRace = true
