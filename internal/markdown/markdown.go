// Package markdown escapes texts from other sources for Markdown, so that they appear unchanged and
// add no markup or HTML to a report. It does not escape web addresses: if one becomes a link, the
// reader still sees its target.
package markdown

import (
	"regexp"
	"strings"

	"iosweep/internal/oneline"
)

// Escape puts a text on one line and escapes its markup. The result is for use within a line.
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

// atEdges matches underscores and tildes that can begin or end markup. It does not match
// underscores within words, as in chunk_size, or a single tilde, as in ~2.5.
var atEdges = regexp.MustCompile(`\b_+\B|\B_+\b|~~+`)

// Paragraph is Escape for a text at the beginning of a line or of a list item. There the text could
// start a heading, a quotation or a list.
func Paragraph(s string) string {
	return atStart.ReplaceAllString(Escape(strings.TrimSpace(s)), `$1\$2`)
}

var atStart = regexp.MustCompile(`^([0-9]*)([-#>+=~:.)])`)

// Prose escapes a text of several lines, and keeps the line breaks.
func Prose(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, line := range lines {
		lines[i] = Paragraph(line)
	}
	return strings.Join(lines, "\n")
}

// Code returns a text as inline code. It replaces backticks, because they would end the code.
func Code(s string) string {
	if s = oneline.Of(s); s == "" {
		return "` `" // two backticks would start longer code
	}
	return "`" + strings.ReplaceAll(s, "`", "'") + "`"
}

// Row returns a row of a table.
func Row(fields ...string) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString("| " + Escape(f) + " ")
	}
	return b.String() + "|\n"
}
