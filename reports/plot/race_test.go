//go:build race

package plot

// underRace reports whether the race detector is on. Drawing is then twenty times slower, and it
// uses no goroutines, so some tests draw fewer pictures.
const underRace = true
