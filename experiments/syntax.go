package experiments

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"iosweep/internal/lazyregexp"
)

// The YAML library reports a syntax error without a column, and often with the line on which
// an enclosing value began. So a syntaxScan reads a refused file again, up to the first place
// that YAML does not allow. It knows the parts of YAML that experiment files use. It may find
// nothing in a file with other parts, and must not be used for a valid file.

// A mistake is a place that YAML does not allow, with advice.
type mistake struct {
	row, column int // from 0, counted in characters
	message     string
}

// A syntaxScan reads a source once.
type syntaxScan struct {
	rest []byte // the source after the current line
	more bool   // another line follows
	line []rune // the current line
	// row and column are the current place, from 0.
	row, column int

	levels   []blockLevel // innermost last
	open     []bracket    // innermost last
	comment  string       // where a closing bracket is part of a comment, for a message
	anchors  map[string]bool
	awaiting bool // the last key or dash has no value yet
	plain    bool // the last value is text without quotes, which may continue
	// alone is the last text on a line without a key.
	alone     aloneText
	blockText int  // the column of the key of a text after | or >; -1: none
	anything  bool // the document has begun
	ended     bool // the line ... has ended it
	directive bool // a directive precedes the line ---

	mistakes []mistake
	// bare are placeholders that YAML reads as mappings, such as {output}. They are mistakes
	// only beside other placeholders without quotes, because the library accepts them.
	bare    []mistake
	broken  bool // a mistake is a placeholder without quotes
	stopped bool
}

// A blockLevel is a mapping or list that is written with indentation.
type blockLevel struct {
	column, row int // of its last key or dash
	list        bool
	key         string // the last key of a mapping
}

type aloneText struct {
	row, column int // row -1: none
	text        string
}

// syntaxMistakes returns the mistakes in a source that the YAML library refuses. It returns
// nil if it finds none.
func syntaxMistakes(source []byte) []mistake {
	s := &syntaxScan{rest: source, more: true, row: -1, anchors: map[string]bool{}, alone: aloneText{row: -1}, blockText: -1}
	for s.nextLine() {
		s.readLine()
	}
	if s.broken {
		s.mistakes = append(s.mistakes, s.bare...)
	}
	return s.mistakes
}

// add notes a mistake after which the scan can continue.
func (s *syntaxScan) add(row, column int, format string, args ...any) {
	if !s.stopped {
		s.mistakes = append(s.mistakes, mistake{row, column, fmt.Sprintf(format, args...)})
		s.stopped = len(s.mistakes) == maxProblems // further mistakes would not be reported
	}
}

// stop notes a mistake that ends the scan.
func (s *syntaxScan) stop(row, column int, format string, args ...any) {
	s.add(row, column, format, args...)
	s.stopped = true
}

// stopHere notes a mistake at the current place that ends the scan.
func (s *syntaxScan) stopHere(format string, args ...any) { s.stop(s.row, s.column, format, args...) }

func (s *syntaxScan) nextLine() bool {
	if !s.more || s.stopped {
		return false
	}
	var line []byte
	line, s.rest, s.more = cutLine(s.rest)
	s.line = append(s.line[:0], []rune(string(line))...)
	s.row, s.column = s.row+1, 0
	return true
}

// at returns a character of the current line, or 0 after its end.
func (s *syntaxScan) at(column int) rune {
	if column < len(s.line) {
		return s.line[column]
	}
	return 0
}

// blankAt reports whether a column contains white space or the end of the line.
func (s *syntaxScan) blankAt(column int) bool {
	return column >= len(s.line) || s.line[column] == ' ' || s.line[column] == '\t'
}

func (s *syntaxScan) isDash(column int) bool { return s.at(column) == '-' && s.blankAt(column+1) }

// lineEnds skips white space and reports whether only a comment follows.
func (s *syntaxScan) lineEnds() bool {
	for s.column < len(s.line) && s.blankAt(s.column) {
		s.column++
	}
	return s.column >= len(s.line) || s.line[s.column] == '#'
}

// text returns the part of the current line between two columns, without white space around it.
func (s *syntaxScan) text(from, to int) string {
	return strings.Trim(string(s.line[min(from, len(s.line)):min(to, len(s.line))]), " \t")
}

// commentStart returns the column of the comment after a column, or the length of the line.
func (s *syntaxScan) commentStart(from int) int {
	for i := from; i < len(s.line); i++ {
		if s.line[i] == '#' && (i == 0 || s.blankAt(i-1)) {
			return i
		}
	}
	return len(s.line)
}

// colonIn returns the first column of a part of the line with a colon before white space or the
// end of the line, or -1.
func (s *syntaxScan) colonIn(from, to int) int {
	for i := from; i < to; i++ {
		if s.line[i] == ':' && s.blankAt(i+1) {
			return i
		}
	}
	return -1
}

// top returns the innermost level. There is at least one.
func (s *syntaxScan) top() *blockLevel { return &s.levels[len(s.levels)-1] }

// indentation returns the column of the innermost level, or -1 if there is none.
func (s *syntaxScan) indentation() int {
	if len(s.levels) == 0 {
		return -1
	}
	return s.top().column
}

// enter begins a key or a dash at a column. It opens a mapping or list if there is none in this
// column.
func (s *syntaxScan) enter(column int, list bool) {
	if s.indentation() < column || s.top().list != list {
		s.levels = append(s.levels, blockLevel{column: column, list: list})
	}
	s.top().row = s.row
	s.awaiting, s.plain = true, false
}

const tabAdvice = "a tab indents this line, but YAML allows only spaces there: replace the tab with spaces"

// secondDocument is the message for a file with more than one document.
const secondDocument = "a second document begins here, but an experiment file contains exactly one: remove this line, or move what follows to another file"

// readLine reads a line that does not begin within brackets or quotes.
func (s *syntaxScan) readLine() {
	for s.at(s.column) == ' ' {
		s.column++
	}
	indent := s.column
	text := s.text(indent, len(s.line))
	if s.blockText >= 0 {
		if text == "" || indent > s.blockText {
			return
		}
		s.blockText = -1
	}
	switch {
	case s.at(indent) == '\t' && (text != "" || indent <= max(s.indentation(), 0)):
		s.stopHere(tabAdvice)
	case text == "" || text[0] == '#':
	case indent == 0 && text == "---" && !s.anything:
		s.directive = false
	case indent == 0 && text[0] == '%' && s.directive:
		s.stopHere("the file has a second directive: remove this line")
	case indent == 0 && (text == "---" || strings.HasPrefix(text, "--- ")) && s.anything:
		s.stopHere(secondDocument)
	case indent == 0 && text == "..." && s.anything:
		s.anything, s.levels, s.awaiting, s.plain, s.ended = false, nil, false, false, true
	case s.ended:
		s.stopHere("the document ends at the line ... above: remove that line, or move what follows to another file")
	case indent == 0 && (strings.HasPrefix(text, "--- ") || text == "..."):
		s.stopped = true // no experiment file needs them
	case indent == 0 && text[0] == '%' && !s.anything:
		if s.directive = true; directiveProblem(text) != "" {
			s.stopHere("%s", directiveProblem(text))
		}
	case s.directive && !strings.HasPrefix(text, "---"):
		s.stopHere("the line --- is missing after the directive: remove the line that begins with %%, or add ---")
	case confusableDash(s.at(indent)) && s.blankAt(indent+1):
		s.stopHere("expected a dash and an item, or a key: %s", describeConfusable(s.at(indent)))
	case s.place():
		s.anything = true
		s.node()
	}
}

// confusableDash reports whether a character looks like a dash.
func confusableDash(r rune) bool {
	_, write := confusable(r)
	return write == "-"
}

// place closes the levels that end before the line, and reports whether the line begins a key,
// an item or a value.
func (s *syntaxScan) place() bool {
	indent := s.column
	var closed *blockLevel // the outermost one
	for s.indentation() > indent {
		level := *s.top()
		closed, s.levels = &level, s.levels[:len(s.levels)-1]
		s.awaiting, s.plain = false, false
	}
	dash := s.isDash(indent)
	switch top := s.indentation(); {
	case top < 0 && closed == nil && s.anything:
		s.stopHere("%s follows the end of the only value of the file: remove it, or move it into the brackets", s.subject())
	case top < 0 && closed == nil:
	case top < indent && s.awaiting:
	case top < indent && s.plain:
		s.continueText()
		return false
	case top < indent:
		s.misaligned(closed)
	case dash && !s.top().list && !s.awaiting:
		s.stopHere("found a list item in the column of the key %s, which has a value: begin a list on the line after its key, or remove the dash", quote(s.top().key))
	case !dash && s.top().list:
		list := *s.top()
		s.levels = s.levels[:len(s.levels)-1]
		if s.indentation() != indent { // otherwise the list is in the column of its key
			s.stopHere("%s begins in the column of a dash: to belong to the item on line %d, it must begin in column %d", s.subject(), list.row+1, list.column+3)
		}
	}
	return !s.stopped
}

// subject describes what begins at the current place, for a message.
func (s *syntaxScan) subject() string {
	end := s.commentStart(s.column)
	if s.isDash(s.column) {
		return "this list item"
	}
	if colon := s.colonIn(s.column, end); colon >= 0 {
		end = colon
	}
	return quote(s.text(s.column, end))
}

// misaligned notes that the line begins in a column where no mapping or list is open.
func (s *syntaxScan) misaligned(closed *blockLevel) {
	near, indent := closed, s.column
	if len(s.levels) > 0 && (closed == nil || indent-s.indentation() < closed.column-indent) {
		near = s.top()
	}
	above, what := "the item", "the items of one list"
	if !near.list {
		above, what = quote(near.key), "the keys of one mapping"
	}
	advice := ""
	if near.column < indent && hasKeysBelow(near.key) {
		advice = fmt.Sprintf("; %s cannot have both a value and keys below it", quote(near.key))
	}
	s.stopHere("%s begins in column %d, but %s on line %d in column %d: %s must begin in the same column%s",
		s.subject(), indent+1, above, near.row+1, near.column+1, what, advice)
}

// continueText reads a line that continues text without quotes.
func (s *syntaxScan) continueText() {
	switch indent := s.column; {
	case s.colonIn(indent, s.commentStart(indent)) < 0:
	case s.alone.row >= 0 && s.alone.column == indent:
		s.noColon(s.alone)
	default:
		s.misaligned(nil)
	}
}

// node reads the rest of a line, from the beginning of an item, a key or a value.
func (s *syntaxScan) node() {
	for s.isDash(s.column) {
		s.enter(s.column, true)
		for s.column++; s.at(s.column) == ' '; s.column++ {
		}
		if s.at(s.column) == '\t' {
			s.stopHere("found a tab after a dash: write a space")
			return
		}
		if s.lineEnds() {
			return
		}
	}
	start := s.column
	if s.at(start) == '?' && s.blankAt(start+1) {
		s.stopped = true // no experiment file needs a complex key
		return
	}
	if s.skipProperties(); s.lineEnds() {
		return
	}
	from, row, plain := s.column, s.row, s.beginsPlain()
	if !s.content() {
		return
	}
	if s.lineEnds() || s.at(s.column) != ':' || !s.blankAt(s.column+1) || row != s.row {
		s.endWithoutColon(start, from, row, plain)
		return
	}
	s.enter(start, false)
	s.top().key = strings.Trim(s.text(from, s.column), `"'`)
	if s.column++; !s.lineEnds() {
		s.value()
	}
}

// endWithoutColon ends a line without a key: an item, a value below its key, or a mistake.
func (s *syntaxScan) endWithoutColon(start, from, row int, plain bool) {
	text := aloneText{row, from, s.text(from, s.commentStart(from))}
	isKey := len(s.levels) > 0 && !s.top().list && s.top().column == start
	switch {
	case isKey || len(s.levels) == 0 && plain:
		s.noColon(text)
	case !s.lineEnds():
		s.afterValue(from, row)
	}
	s.awaiting, s.plain, s.alone = false, plain, text
}

// value reads the value on the line of its key.
func (s *syntaxScan) value() {
	switch text := s.text(s.column, s.commentStart(s.column)); {
	case s.isDash(s.column) && isText(s.top().key):
		s.stopHere("YAML reads a value that begins with a dash and a space as a list: put it in quotes: %s", inQuotes(text))
		return
	case s.isDash(s.column):
		s.stopHere("a list cannot begin on the line of its key: begin a new line before the dash")
		return
	case s.at(s.column) == '?' && s.blankAt(s.column+1):
		s.stopHere("a value must not begin with ? and a space: put it in quotes: %s", inQuotes(text))
		return
	}
	if s.skipProperties(); s.lineEnds() {
		return // the value is on the next lines
	}
	from, row, plain := s.column, s.row, s.beginsPlain()
	if !s.content() {
		return
	}
	s.awaiting, s.plain, s.alone.row = false, plain, -1
	switch {
	case s.lineEnds():
	case plain:
		s.colonInValue(from)
	default:
		s.afterValue(from, row)
	}
}

// beginsPlain reports whether text without quotes begins at the current place.
func (s *syntaxScan) beginsPlain() bool { return !strings.ContainsRune(`"'[{|>*`, s.at(s.column)) }

// content reads one value or key at the current place. It returns false if the scan has ended or
// the value is text on the following lines.
func (s *syntaxScan) content() bool {
	switch c := s.at(s.column); c {
	case '"', '\'':
		return s.quoted()
	case '[', '{':
		return s.brackets()
	case '|', '>':
		if header := s.text(s.column, s.commentStart(s.column)); !blockHeader().MatchString(header) {
			s.stopHere("text after %c begins on the next line: move it there, or put it in quotes: %s", c, inQuotes(header))
			return false
		}
		s.blockText, s.awaiting, s.plain = max(s.indentation(), 0), false, false
		return false
	case '*':
		return s.alias()
	case '%', '@', '`', ',', ']', '}':
		s.stopHere("a value must not begin with %c: put it in quotes: %s", c, inQuotes(s.text(s.column, s.commentStart(s.column))))
		return false
	}
	end := s.commentStart(s.column)
	if colon := s.colonIn(s.column, end); colon >= 0 {
		end = colon
	}
	s.column = end
	return true
}

// blockHeader matches the beginning of a text on the next lines, such as | or >-.
var blockHeader = lazyregexp.New(`^[|>][+-]?[1-9]?[+-]?$`)

// colonInValue notes a value with a colon, such as `title: Copying: how fast?`.
func (s *syntaxScan) colonInValue(from int) {
	text, key := s.text(from, s.commentStart(from)), s.top().key
	kind, _ := confusable(s.at(from))
	switch {
	case kind != "":
		s.stop(s.row, from, "the value of %s begins with a character that is not a quote: %s", quote(key), describeConfusable(s.at(from)))
	case hasKeysBelow(key) && plainWord().MatchString(s.text(from, s.column)):
		s.add(s.row, from, "a key below %s cannot be on its line: write %s: {%s}, or begin a new line and indent it", quote(key), clip(key), clip(text))
	default:
		s.add(s.row, from, "the value of %s contains a colon and a space, which YAML reads as another key: put it in quotes: %s: %s", quote(key), clip(key), inQuotes(text))
	}
}

// plainWord matches a name, such as the name of a key.
var plainWord = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// noColon notes a line that should be a key with a value.
func (s *syntaxScan) noColon(line aloneText) {
	advice := "write a colon and a space after a key"
	first, rest, _ := strings.Cut(line.text, " ")
	name, value, colon := strings.Cut(line.text, ":")
	left, right, equals := strings.Cut(line.text, "=")
	switch r := confusableIn(line.text); {
	case r != 0:
		before, _, _ := strings.Cut(line.text, string(r))
		line.column += len([]rune(before))
		advice = describeConfusable(r)
	case strings.HasPrefix(line.text, "//") || strings.HasPrefix(line.text, "/*"):
		advice = "a comment begins with #"
	case colon && plainWord().MatchString(name):
		advice = fmt.Sprintf("write a space after the colon: %s: %s", clip(name), clip(value))
	case equals && plainWord().MatchString(strings.TrimSpace(left)):
		advice = fmt.Sprintf("write %s: %s", clip(strings.TrimSpace(left)), clip(strings.TrimSpace(right)))
	case rest != "" && plainWord().MatchString(first):
		advice = fmt.Sprintf("write a colon after the key: %s: %s", clip(first), clip(strings.TrimSpace(rest)))
	}
	s.stop(line.row, line.column, "expected a key and its value, found %s: %s", quote(line.text), advice)
}

// afterValue notes text after the end of a value, such as {input}/. or 'it's'.
func (s *syntaxScan) afterValue(from, row int) {
	end := s.commentStart(s.column)
	rest := s.text(s.column, end)
	text := rest
	if row == s.row {
		text = s.text(from, end)
	}
	switch {
	case hasBrokenPlaceholder(text):
		s.quotePlaceholder(from, text)
	case strings.ContainsAny(rest[:1], "]}"):
		s.stopHere("found %s without an opening bracket: remove it", rest[:1])
	case strings.ContainsAny(text[:1], "[{"):
		s.stopHere("found %s after the closing bracket: put the whole value in quotes, or begin a new line", quote(rest))
	case text[0] == '\'':
		s.stopHere("found %s after the closing quote: write a quote within single quotes twice, such as 'it''s'", quote(rest))
	default:
		s.stopHere("found %s after the end of the value: remove it, or put the whole value in quotes", quote(rest))
	}
}

// placeholderText matches a placeholder in text without quotes.
var placeholderText = lazyregexp.New(`\{[A-Za-z_][A-Za-z0-9_-]*\}`)

// hasBrokenPlaceholder reports whether text that is not in quotes contains a placeholder.
func hasBrokenPlaceholder(text string) bool {
	return text != "" && !strings.ContainsAny(text[:1], `["'`) && placeholderText().MatchString(text)
}

// quotePlaceholder notes text with a placeholder that needs quotes. The scan can continue.
func (s *syntaxScan) quotePlaceholder(column int, text string) {
	for n := len(s.bare); n > 0 && s.bare[n-1].row == s.row && s.bare[n-1].column >= column; n-- {
		s.bare = s.bare[:n-1] // it is a part of this text
	}
	s.broken = true
	s.add(s.row, column, "YAML reads the { of a placeholder as the beginning of a mapping: put the text in quotes: %s", inQuotes(text))
}

// inQuotes returns a text in quotes, as YAML.
func inQuotes(text string) string {
	if strings.ContainsAny(text, `"\`) {
		return "'" + clip(strings.ReplaceAll(text, "'", "''")) + "'"
	}
	return `"` + clip(text) + `"`
}

// skipProperties skips anchors and tags. It keeps the names of anchors, and notes tags that the
// library does not accept.
func (s *syntaxScan) skipProperties() {
	for s.at(s.column) == '&' || s.at(s.column) == '!' {
		from := s.column
		if s.skipName(); s.line[from] == '&' {
			s.anchors[string(s.line[from+1:s.column])] = true
		} else if tag := string(s.line[from:s.column]); strings.Count(tag, "!") > 1 {
			s.add(s.row, from, "the tag %s is not supported: remove it", clip(tag))
		}
		for s.column < len(s.line) && s.blankAt(s.column) {
			s.column++
		}
	}
}

// skipName skips to the end of an anchor, a tag or an alias.
func (s *syntaxScan) skipName() {
	for !s.blankAt(s.column) && !strings.ContainsRune(",]}", s.line[s.column]) {
		s.column++
	}
}

var anchorName = lazyregexp.New(`^[A-Za-z0-9_-]+$`)

// alias reads *name.
func (s *syntaxScan) alias() bool {
	from := s.column
	s.skipName()
	text := string(s.line[from:s.column])
	switch name := strings.TrimRight(text[1:], ":"); {
	case strings.EqualFold(name, "cpus") || strings.EqualFold(name, "cpu"):
		s.stop(s.row, from, "YAML reads %s as an alias: write cpus, or a multiple such as 2*cpus", clip(text))
	case !anchorName().MatchString(name):
		s.stop(s.row, from, "YAML reads a value that begins with * as an alias: put it in quotes: %s", inQuotes(s.wholeValue(from)))
	case !s.anchors[name]:
		s.stop(s.row, from, "YAML reads %s as an alias, but the file has no anchor &%s before it: correct the name, or put the text in quotes: %s", clip(text), clip(name), inQuotes(s.wholeValue(from)))
	}
	return !s.stopped
}

// wholeValue returns the text without quotes that begins at a column.
func (s *syntaxScan) wholeValue(from int) string {
	if len(s.open) > 0 {
		return s.text(from, s.itemEnd(from))
	}
	return s.text(from, s.commentStart(from))
}

// escapes are the characters that may follow a backslash in double quotes.
const escapes = "0abtnvfre \"'\\N_LPxuU\t"

// quoted reads a text in quotes. It returns false if the scan has ended.
func (s *syntaxScan) quoted() bool {
	mark, row, column := s.line[s.column], s.row, s.column
	for s.column++; ; s.column++ {
		switch c := s.at(s.column); {
		case s.column >= len(s.line):
			if !s.nextLine() {
				s.stop(row, column, "the text in quotes that begins here does not end: add %c at its end", mark)
				return false
			}
			s.column = -1
		case c == '\\' && mark == '"':
			if s.column++; s.column < len(s.line) && !strings.ContainsRune(escapes, s.at(s.column)) {
				s.add(s.row, s.column-1, `\%[1]c has no meaning in double quotes: write \\%[1]c, or put the text in single quotes`, s.at(s.column))
			}
		case c == mark && mark == '\'' && s.at(s.column+1) == mark:
			s.column++
		case c == mark:
			s.column++
			return s.endQuoted(row, column, mark)
		}
	}
}

// endQuoted ends a text in quotes. If its closing quote is missing, it has ended at the opening
// quote of another text on a later line.
func (s *syntaxScan) endQuoted(row, column int, mark rune) bool {
	end := s.column
	if row != s.row && !s.lineEnds() && !strings.ContainsRune(",:]}", s.at(s.column)) {
		s.stop(row, column, "the text in quotes that begins here does not end on its line: add %c at its end", mark)
	}
	s.column = end
	return !s.stopped
}

// directive matches the only directive that the library understands and a file may have.
var directive = lazyregexp.New(`^%YAML[ \t]+1\.1([ \t]+#.*|[ \t]*)$`)

// directiveProblem returns why a line that begins with % is refused, or "".
func directiveProblem(line string) string {
	if directive().MatchString(line) {
		return ""
	}
	return fmt.Sprintf("a line that begins with %% is a directive of YAML, and %s is not supported: remove it", quote(line))
}

// unknownDirective returns the position of a directive that is refused, although the library
// accepts it, and the reason. Directives are before the document.
func unknownDirective(source []byte) (line int, reason string) {
	for more := true; more; line++ {
		var text []byte
		text, source, more = cutLine(source)
		switch trimmed := strings.Trim(string(text), " \t"); {
		case strings.HasPrefix(string(text), "%"):
			if reason := directiveProblem(trimmed); reason != "" {
				return line + 1, reason
			}
		case trimmed != "" && trimmed[0] != '#':
			return 0, ""
		}
	}
	return 0, ""
}

var libraryError = lazyregexp.New(`^yaml: (?:line (\d+): )?`)

// parserErrors are the errors for which the library returns the number of the line before.
var parserErrors = []string{
	"did not find expected <document start>", "did not find expected node content", "did not find expected '-' indicator",
	"did not find expected key", "did not find expected ',' or ']'", "did not find expected ',' or '}'", "found undefined tag handle",
}

// syntaxError reports why the library refuses a source.
func (d *decoder) syntaxError(err error, source []byte) {
	at := Position{File: d.opt.File}
	list := syntaxMistakes(source)
	for _, m := range list {
		at.Line, at.Column = m.row+1, m.column+1
		d.add(at, "%s", m.message)
	}
	if len(list) > 0 {
		return
	}
	text := err.Error()
	at.Line, at.Column = 1, 1
	if m := libraryError().FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if line, err := strconv.Atoi(m[1]); err == nil {
			at.Line = line
		}
		if slices.Contains(parserErrors, text) && m[1] != "" {
			at.Line++
		}
	}
	d.add(at, "invalid YAML near this line: %s", text)
}
