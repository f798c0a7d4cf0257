package reports

import (
	"regexp"
	"strings"

	"iosweep/internal/oneline"
)

// Text of others is shown in Markdown as it is: that it is markup, or HTML, is up to
// nobody but the reports. Addresses are left alone: where they become links, they say
// where they lead.

// escapeMarkdown is text on one line that is no markup, within a line.
func escapeMarkdown(s string) string {
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

// paragraph is escapeMarkdown for text that begins a line, or an item of a list: there
// it could be a heading, a quotation or a list of its own.
func paragraph(s string) string {
	return atStart.ReplaceAllString(escapeMarkdown(strings.TrimSpace(s)), `$1\$2`)
}

var atStart = regexp.MustCompile(`^([0-9]*)([-#>+=~:.)])`)

// prose is text of several lines, each of which is shown as it is.
func prose(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, line := range lines {
		lines[i] = paragraph(line)
	}
	return strings.Join(lines, "\n")
}

// code shows text as it is, without a backtick of its own that would end it.
func code(s string) string {
	if s = oneline.Of(s); s == "" {
		return "` `" // two backticks would begin something else
	}
	return "`" + strings.ReplaceAll(s, "`", "'") + "`"
}
