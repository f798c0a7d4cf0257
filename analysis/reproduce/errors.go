package reproduce

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"iosweep/internal/format"
	"iosweep/internal/lazyregexp"
)

// errorFinding reports a program that fails at another file than the printed error names. Only
// the base names are compared, because the directories differ.
func (m *Method) errorFinding() []string {
	printedFile := fileAtEnd(m.Printed.Error)
	if printedFile == "" {
		return nil
	}
	var list []string
	for _, a := range m.Attempts {
		var files []string
		for _, t := range a.Cell.Good {
			if file := path.Base(fileAtEnd(t.Measurement.Finding)); file != "." && !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
		if len(files) == 0 || len(files) == 1 && files[0] == path.Base(printedFile) {
			continue
		}
		list = append(list, fmt.Sprintf("%s: the page prints an error at %s, and here %s fails at %s.", m.Printed.Method, printedFile, a.withCustomLevels(), format.Several(files)))
	}
	return list
}

// withCustomLevels returns the name of an attempt with the levels of its custom axes, such as a
// limit of descriptors. They may decide at which file the program fails.
func (a *Attempt) withCustomLevels() string {
	var levels []string
	for _, axis := range a.Cell.Cell.Custom {
		if level := axis + "=" + a.Cell.Cell.Levels[axis]; !strings.Contains(a.Contender, level) {
			levels = append(levels, level)
		}
	}
	if len(levels) == 0 {
		return a.Contender
	}
	return a.Contender + " (" + strings.Join(levels, ", ") + ")"
}

// fileAtEndRegexp matches the last word of a message, or the last words in quotes, before
// punctuation. The word is a file if it contains a dot or a slash.
var fileAtEndRegexp = lazyregexp.New(`(?:'([^']+)'|"([^"]+)"|([^\s'"]+?))[\s.,;:)\]]*$`)

// fileAtEnd returns the path of a file at the end of a message; empty if there is none.
func fileAtEnd(message string) string {
	m := fileAtEndRegexp().FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	file := m[1] + m[2] + m[3]
	if !strings.ContainsAny(strings.Trim(file, "./"), "./") {
		return ""
	}
	return file
}
