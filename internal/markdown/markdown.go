// Package markdown shows text of others in Markdown as it is: that it is markup, or HTML,
// is up to nobody but the reports. Addresses are left alone: where they become links, they
// say where they lead.
package markdown

import (
	"regexp"
	"strings"

	"iosweep/internal/oneline"
)

// Escape is text on one line that is no markup, within a line.
func Escape(s string) string {
	s = markup.Replace(oneline.Of(s))
	if !strings.ContainsAny(s, "_~") {
		return s
	}
	return atEdges.ReplaceAllString(s, `\$0`)
}

var markup = strings.NewReplacer(
	`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "<", "&lt;", "&", "&amp;", "[", `\[`, "]", `\]`, "\n", " ",
)

// atEdges are underscores and tildes that may begin or end something: not those inside of
// words, as in chunk_size, nor a tilde before a number, as in ~2.5.
var atEdges = regexp.MustCompile(`\b_+\B|\B_+\b|~~+`)

// Paragraph is Escape for text that begins a line, or an item of a list: there
// it could be a heading, a quotation or a list of its own.
func Paragraph(s string) string {
	return atStart.ReplaceAllString(Escape(strings.TrimSpace(s)), `$1\$2`)
}

var atStart = regexp.MustCompile(`^([0-9]*)([-#>+=~:.)])`)

// Prose is text of several lines, each of which is shown as it is.
func Prose(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, line := range lines {
		lines[i] = Paragraph(line)
	}
	return strings.Join(lines, "\n")
}

// Code shows text as it is, without a backtick of its own that would end it.
func Code(s string) string {
	if s = oneline.Of(s); s == "" {
		return "` `" // two backticks would begin something else
	}
	return "`" + strings.ReplaceAll(s, "`", "'") + "`"
}

// Row is one row of a table.
func Row(fields ...string) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString("| " + Escape(f) + " ")
	}
	return b.String() + "|\n"
}
