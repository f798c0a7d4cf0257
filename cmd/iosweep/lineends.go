package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/internal/regular"
	"iosweep/journal"
)

// adviceOnLineEnds names the scripts of which only the line ends have changed since the run began,
// in the directory here. It returns "" if there are none.
func adviceOnLineEnds(run *journal.Run, here string) string {
	const most = 16 << 20 // bytes of a script
	var names []string
	for _, c := range run.Commands {
		for _, script := range slices.Sorted(maps.Keys(c.Scripts)) {
			data, err := regular.ReadFile(filepath.Join(here, filepath.FromSlash(script)), most)
			if err != nil || slices.Contains(names, script) {
				continue
			}
			feeds := bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
			returns := bytes.ReplaceAll(feeds, []byte("\n"), []byte("\r\n"))
			if was := c.Scripts[script]; was != sumOf(data) && (was == sumOf(feeds) || was == sumOf(returns)) {
				names = append(names, script)
			}
		}
	}
	if names == nil {
		return ""
	}
	return fmt.Sprintf("\nonly the line ends of %s have changed; git converts them if core.autocrlf is set\nto keep them: write the line `* -text` to .gitattributes beside the scripts, and check them out again", strings.Join(names, ", "))
}

// sumOf returns the checksum of a script, as the journal has it.
func sumOf(script []byte) string {
	sum := sha256.Sum256(script)
	return hex.EncodeToString(sum[:])
}
