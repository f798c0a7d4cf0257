package experiments

import (
	"fmt"
	"slices"
	"strings"
)

// A bracket is an open [ or {, with the part that was read last.
type bracket struct {
	open        rune
	row, column int
	last        part
	// startRow and start are the place where the item or value begins that ends with last.
	startRow, start int
	key             bool // a colon follows the last comma
}

// begin begins an item or value.
func (b *bracket) begin(p part, row, column int) { b.last, b.startRow, b.start = p, row, column }

// A part is a part of the text within brackets.
type part int

const (
	noPart      part = iota // nothing since the bracket or a comma
	plainPart               // text without quotes
	quotedPart              // text in quotes
	bracketPart             // a list or mapping in brackets
	colonPart
)

// brackets reads a list in [ ] or a mapping in { }. It returns false if the scan has ended.
func (s *syntaxScan) brackets() bool {
	home := 0 // the indentation of the line
	for s.at(home) == ' ' {
		home++
	}
	s.comment = ""
	s.open = append(s.open[:0], bracket{open: s.line[s.column], row: s.row, column: s.column})
	for s.column++; len(s.open) > 0 && !s.stopped; {
		if s.lineEnds() {
			s.nextLineInBrackets(home)
		} else {
			s.part(&s.open[len(s.open)-1])
		}
	}
	return !s.stopped
}

// nextLineInBrackets reads the next line. A bracket that is not closed is noticed at the first
// line that begins with a key in the column of a line outside.
func (s *syntaxScan) nextLineInBrackets(home int) {
	b := s.open[len(s.open)-1]
	if slices.Contains(s.line[min(s.column, len(s.line)):], closing(b.open)) {
		s.comment = fmt.Sprintf(" before the comment on line %d", s.row+1)
	}
	if !s.nextLine() {
		s.stop(b.row, b.column, "the %c that begins here is not closed: add %c%s", b.open, closing(b.open), s.comment)
		return
	}
	if s.lineEnds() || s.column > home || len(s.levels) == 0 {
		return
	}
	name := ""
	if colon := s.colonIn(s.column, len(s.line)); colon >= 0 {
		name = s.text(s.column, colon)
	}
	isKey := plainWord().MatchString(name) && (b.last != noPart || slices.Contains(keyNames(fileKeys), name))
	if isKey || s.isDash(s.column) {
		s.stop(b.row, b.column, "the %c that begins here is not closed before line %d: add %c%s", b.open, s.row+1, closing(b.open), s.comment)
	}
}

func closing(open rune) rune {
	if open == '[' {
		return ']'
	}
	return '}'
}

// part reads one part within brackets. b is the innermost bracket.
func (s *syntaxScan) part(b *bracket) {
	c := s.line[s.column]
	complete := b.last == quotedPart || b.last == bracketPart
	switch {
	case c == ']' || c == '}':
		s.close(c)
	case c == ',' && b.last == noPart:
		s.stopHere("a value is missing before this comma: remove the comma")
	case c == ',':
		b.last, b.key = noPart, false
		s.column++
	case c == ':' && (s.blankAt(s.column+1) || complete):
		s.colon(b)
	case complete, b.last == plainPart && strings.ContainsRune("[{", c):
		s.brokenItem(b)
	case b.last == plainPart && c != '?':
		s.plainText()
	case b.last == noPart && c == '/' && s.at(s.column+1) == '/' && s.blankAt(s.column+2):
		s.stopHere("a comment begins with #")
	case c == '[' || c == '{':
		b.begin(bracketPart, s.row, s.column)
		s.open = append(s.open, bracket{open: c, row: s.row, column: s.column})
		s.column++
	case c == '"' || c == '\'':
		b.begin(quotedPart, s.row, s.column)
		s.quoted()
	case c == '&' || c == '!':
		s.skipProperties()
	case c == '*':
		b.begin(plainPart, s.row, s.column)
		s.alias()
	case s.isDash(s.column):
		s.stopHere(`found a dash within brackets: separate items with commas and without dashes, or write "-" for the text`)
	case strings.ContainsRune("?%@`|>", c):
		from := s.column
		if b.last == plainPart && b.startRow == s.row {
			from = b.start
		}
		s.stop(s.row, from, "a value within brackets must not contain %c without quotes: write %s", c, inQuotes(s.text(from, s.itemEnd(s.column))))
	default:
		b.begin(plainPart, s.row, s.column)
		s.plainText()
	}
}

// plainText reads text without quotes, up to a character that ends it within brackets.
func (s *syntaxScan) plainText() {
	for s.column++; s.column < len(s.line); s.column++ {
		switch c := s.line[s.column]; {
		case strings.ContainsRune(",?[]{}", c), c == ':' && s.blankAt(s.column+1), c == '#' && s.blankAt(s.column-1):
			return
		}
	}
}

// close closes the innermost bracket.
func (s *syntaxScan) close(c rune) {
	const longest = 64
	b := s.open[len(s.open)-1]
	if c != closing(b.open) {
		s.stopHere("found %c, but the %c on line %d, column %d is open: write %c", c, b.open, b.row+1, b.column+1, closing(b.open))
		return
	}
	s.open = s.open[:len(s.open)-1]
	s.column++
	if b.open == '{' && b.row == s.row && s.column-b.column < longest {
		if text := s.text(b.column, s.column); placeholderText().FindString(text) == text {
			s.bare = append(s.bare, mistake{s.row, b.column, "YAML reads a placeholder without quotes as a mapping: put it in quotes: " + inQuotes(text)})
		}
	}
}

// colon reads a colon after a key.
func (s *syntaxScan) colon(b *bracket) {
	if !b.key {
		b.last, b.key = colonPart, true
		s.column++
		return
	}
	from := 0
	if b.startRow == s.row {
		from = b.start
	}
	text := s.text(from, s.column)
	word := text[strings.LastIndexAny(text, " \t")+1:]
	if b.startRow != s.row || word != text && isKeyName(word) {
		s.stop(s.row, max(s.column-len([]rune(word)), 0), "a comma is missing before %s", quote(word))
		return
	}
	end := s.itemEnd(s.column)
	s.add(s.row, from, "this value contains a colon and a space, which YAML reads as another key: put it in quotes: %s", inQuotes(s.text(from, end)))
	s.column = end
}

// brokenItem notes an item that continues after its end, such as {input}/. or "a" "b".
func (s *syntaxScan) brokenItem(b *bracket) {
	end := s.itemEnd(s.column)
	next := s.text(s.column, end)
	if colon := s.colonIn(s.column, end); colon >= 0 {
		next = strings.Trim(s.text(s.column, colon), `"'`)
	}
	if b.startRow != s.row {
		s.stopHere("a comma is missing before %s", quote(next))
		return
	}
	text, before := s.text(b.start, end), s.text(b.start, s.column)
	r := confusableIn(text)
	switch {
	case r != 0:
		s.stop(s.row, b.start, "this value has text after its end: %s", describeConfusable(r))
	case hasBrokenPlaceholder(text):
		s.quotePlaceholder(b.start, text)
	case strings.HasSuffix(before, ":"):
		s.stopHere("write a space after the colon: %s %s", clip(before), clip(next))
	case b.last == quotedPart || s.blankAt(s.column-1):
		s.stopHere("a comma is missing before %s", quote(next))
	default:
		s.add(s.row, b.start, "this value contains a bracket: put it in quotes: %s", inQuotes(text))
	}
	s.column, b.last = end, plainPart
}

// itemEnd returns the column at which the item ends that contains a column.
func (s *syntaxScan) itemEnd(from int) int {
	depth := 0
	for i := from; i < len(s.line); i++ {
		switch c := s.line[i]; {
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == '}' || c == ']'), c == '#' && s.blankAt(i-1):
			return i
		case c == '}' || c == ']':
			depth--
		}
	}
	return len(s.line)
}
