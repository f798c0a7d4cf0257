//go:build !race

package reports

const underRace = false
