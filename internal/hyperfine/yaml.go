package hyperfine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"iosweep/internal/lazyregexp"
)

// A writer writes the lines of an experiment file.
type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// width is the maximum length of a line of a comment.
const width = 100

// comment writes a text as lines of comments.
func (w *writer) comment(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.Map(func(r rune) rune {
			if !unicode.IsPrint(r) {
				return ' '
			}
			return r
		}, line)
		for len(line) > width {
			at := strings.LastIndexByte(line[:width], ' ')
			if at <= 0 {
				break
			}
			w.line("# %s", line[:at])
			line = line[at+1:]
		}
		w.line("%s", strings.TrimRight("# "+line, " "))
	}
}

// flow returns a list of texts in one line of YAML.
func flow(list []string) string {
	var quoted []string
	for _, text := range list {
		quoted = append(quoted, quoteYAML(text, true))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// levels returns one or several levels.
func levels(list []string) string {
	if len(list) == 1 {
		return quoteYAML(list[0], true)
	}
	return flow(list)
}

var (
	plainYAML = lazyregexp.New(`^[A-Za-z0-9_./+-]+$`)
	nullYAML  = []string{"null", "Null", "NULL", "~", "-", ".", "---", "..."}
)

// quoteYAML returns a text as a scalar.
func quoteYAML(text string, numbers bool) string {
	if plainYAML().MatchString(text) && !slices.Contains(nullYAML, text) && numbers {
		return text
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) && text != "" {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	quoted, _ := json.Marshal(text) // a JSON string is a YAML scalar
	return string(quoted)
}
