package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"
)

// A phrase is a regular expression for a turn of phrase that readers have to read twice,
// and the advice what to write instead. It matches whole words in lower case.
type phrase struct{ pattern, write string }

// phrases must not appear in comments, strings, scripts or pages.
var phrases = []phrase{
	{`(says?|tells?|said|told) whether`, "reports whether"},
	{`(says?|tells?|said|told) what`, "the thing itself: reports the size"},
	{`(that|those) of`, "the noun again"},
	{`whoever`, "the one who acts"},
	{`what (is|was|has|are|were)`, "the thing itself: the remaining trials"},
	{`so (many|much)`, "the number"},
	{`for (want|lack) of`, "because there is no"},
	{`lest`, "so that it does not"},
	{`nor (does|do|did|is|are|was|has|have|can|may)`, "and does not"},
	{`(is|are|was|were) (not )?to (be|have|do|go|run|write|say|hold|stay|come|end|stop|take)`, "must, should or will"},
	{`to be had`, "available"},
	{`(go|goes|went|going) on`, "continue"},
	{`nobody`, "no process, no program, no user"},
	{`(call|name|do|put) (it|them) otherwise`, "choose another name"},
	{`beneath`, "below or under"},
	{`be (it|they) an?`, "whether it is a"},
	{`thereby|whereupon|thereof|therein|wherein|hereby|hitherto|thence`, "so, then or there"},
	{`as it were`, "nothing"},
	{`(takes?|took) (it |them )?down`, "record"},
	{`puts? (it |them )?right`, "repair"},
	{`sees? to it`, "ensure"},
	{`knows? of`, "know"},
}

// metaphors are words that do not belong to the field. No text and no identifier has one.
var metaphors = []phrase{
	{`hands`, "worker, executor or passes"},
	{`crews?|fleets?|swarms?|emissar(y|ies)`, "pool or worker"},
	{`belts?`, "queue"},
	{`parcels?`, "item"},
	{`shipments?`, "batch"},
	{`victims?`, "disposable copy"},
	{`tall(y|ies)|ledgers?|diar(y|ies)`, "counters, stats or records"},
	{`sittings?`, "session"},
	{`undone`, "remaining"},
	{`worr(y|ies)`, "warning"},
	{`lacking`, "unsupported or unavailable"},
	{`pardons?`, "retry"},
}

// contracts are values in columns of CSV files that stay as earlier versions wrote them.
var contracts = []string{"this machine has 1 cpu, and what was gained elsewhere may have taken several"}

// mostWords is the longest sentence, in words.
const mostWords = 30

// A passage is a piece of text from one place: a paragraph of a comment or a page, a
// string, or an identifier.
type passage struct {
	path string // relative to this directory
	line int
	text string // on one line, without comment markers
}

// A corpus is all text of the repository.
type corpus struct {
	comments, strings, pages, scripts []passage
	names                             map[string]passage // where each identifier occurs first
}

// readCorpus reads the repository once for all tests.
var readCorpus = sync.OnceValues(func() (corpus, error) {
	c := corpus{names: map[string]passage{}}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		path = filepath.ToSlash(path)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "bin", "results"}, entry.Name()):
			return filepath.SkipDir
		case !entry.Type().IsRegular() || path == "../docs/prose_test.go":
			return nil
		}
		switch ext := filepath.Ext(path); {
		case ext == ".go":
			return c.readGo(path)
		case ext == ".md":
			return readParagraphs(path, "", &c.pages)
		case slices.Contains([]string{".yaml", ".py", ".c", ".txt"}, ext), entry.Name() == "Makefile", strings.HasPrefix(path, "../.ci/"):
			return readParagraphs(path, "#", &c.scripts)
		}
		return nil
	})
	return c, err
})

// readParagraphs adds the paragraphs of a file to a list. mark begins a comment.
func readParagraphs(path, mark string, list *[]passage) error {
	text, err := os.ReadFile(path)
	lines := strings.Split(string(text), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, mark)
	}
	*list = append(*list, paragraphs(path, 1, strings.Join(lines, "\n"))...)
	return err
}

func (c *corpus) readGo(path string) error {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	at := func(pos token.Pos, text string) passage { return passage{path, set.Position(pos).Line, text} }
	for _, group := range file.Comments {
		c.comments = append(c.comments, paragraphs(path, set.Position(group.Pos()).Line, commentText(group))...)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			n.Tag = nil // a key of a file format
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				text, _ := strconv.Unquote(n.Value) // cannot fail: the file is parsed
				c.strings = append(c.strings, at(n.Pos(), strings.Join(strings.Fields(text), " ")))
			}
		case *ast.Ident:
			if _, known := c.names[n.Name]; !known {
				c.names[n.Name] = at(n.Pos(), n.Name)
			}
		}
		return true
	})
	return nil
}

// commentText returns the lines of a comment without their markers.
func commentText(group *ast.CommentGroup) string {
	var lines []string
	for _, comment := range group.List {
		text := strings.TrimSuffix(strings.TrimPrefix(comment.Text, "/*"), "*/")
		lines = append(lines, strings.TrimPrefix(text, "//"))
	}
	return strings.Join(lines, "\n")
}

// paragraphStart matches a line that begins a list item, a row of a table or a heading.
var paragraphStart = regexp.MustCompile(`^\s*([-*] |\d+\. |\||#)`)

// paragraphs returns the paragraphs of a text that starts at a line of a file. Each cell
// of a table is a paragraph. Fenced blocks and indented lines of comments are left out.
func paragraphs(path string, line int, text string) (list []passage) {
	start, words, fenced := 0, []string(nil), false
	end := func() {
		if len(words) > 0 {
			list = append(list, passage{path, start, strings.Join(words, " ")})
		}
		words = nil
	}
	for i, l := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), "```") {
			fenced = !fenced
		}
		code := fenced || strings.HasPrefix(l, "\t")
		if code || strings.TrimSpace(l) == "" || paragraphStart.MatchString(l) {
			end()
		}
		if code {
			continue
		}
		for _, cell := range strings.Split(l, " | ") {
			if words == nil {
				start = line + i
			}
			words = append(words, strings.Fields(cell)...)
			if strings.HasPrefix(l, "|") {
				end()
			}
		}
	}
	end()
	return list
}

// literals returns all texts that a phrase matches. A pattern without repetition matches a
// finite number of texts. A search for them takes a tenth of the time of the expression.
func literals(re *syntax.Regexp) (list []string) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return []string{""}
	case syntax.OpLiteral:
		return []string{string(re.Rune)}
	case syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				list = append(list, string(r))
			}
		}
		return list
	case syntax.OpCapture:
		return literals(re.Sub[0])
	case syntax.OpQuest:
		return append(literals(re.Sub[0]), "")
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			list = append(list, literals(sub)...)
		}
		return list
	case syntax.OpConcat:
		list = []string{""}
		for _, sub := range re.Sub {
			var longer []string
			for _, start := range list {
				for _, rest := range literals(sub) {
					longer = append(longer, start+rest)
				}
			}
			list = longer
		}
		return list
	}
	panic("a phrase has an unlimited number of texts: " + re.String())
}

// A finder finds phrases as whole words. Its keys are the first words of their texts.
type finder map[string][]literal

type literal struct{ text, write string }

func newFinder(t *testing.T, list ...phrase) finder {
	t.Helper()
	f := finder{}
	for _, p := range list {
		re, err := syntax.Parse(p.pattern, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range literals(re) {
			first := text[:wordLength(text)]
			f[first] = append(f[first], literal{text, p.write})
		}
	}
	return f
}

// find returns the phrases in a text in lower case.
func (f finder) find(text string) (found []literal) {
	for text != "" {
		n := wordLength(text)
		for _, l := range f[text[:n]] {
			if rest, ok := strings.CutPrefix(text, l.text); ok && wordLength(rest) == 0 {
				found = append(found, l)
			}
		}
		text = text[max(n, 1):]
	}
	return found
}

// wordLength returns the length of the word at the start of a text: of letters, digits and _.
func wordLength(text string) int {
	for i := range len(text) {
		if c := text[i]; c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return i
		}
	}
	return len(text)
}

// TestFinderFindsWhatPatternsMatch compares the finder with the regular expressions, on a text with
// every phrase alone, within a longer word, and between other words.
func TestFinderFindsWhatPatternsMatch(t *testing.T) {
	t.Parallel()
	for _, p := range slices.Concat(phrases, metaphors) {
		f := newFinder(t, p)
		re := regexp.MustCompile(`\b(` + p.pattern + `)\b`)
		count := 0
		for _, list := range f {
			for _, l := range list {
				count++
				for _, text := range []string{l.text, "x" + l.text, l.text + "x", "a " + l.text + ", b", "_" + l.text, l.text + "-" + l.text} {
					var found []string
					for _, hit := range f.find(text) {
						found = append(found, hit.text)
					}
					if want := re.FindAllString(text, -1); !slices.Equal(found, want) {
						t.Errorf("%q: got %q, want %q", text, found, want)
					}
				}
			}
		}
		if count == 0 {
			t.Errorf("%s matches no text", p.pattern)
		}
	}
	if found := newFinder(t, phrases...).find("it is not to be said whether nobody says what"); len(found) != 4 {
		t.Errorf("got %v, want 4 phrases", found)
	}
}

func TestNoPhraseIsReadTwice(t *testing.T) {
	t.Parallel()
	c, err := readCorpus()
	if err != nil {
		t.Fatal(err)
	}
	f := newFinder(t, slices.Concat(phrases, metaphors)...)
	for _, p := range slices.Concat(c.comments, c.strings, c.pages, c.scripts) {
		for _, found := range f.find(strings.ToLower(p.text)) {
			if !slices.Contains(contracts, p.text) {
				t.Errorf("%s:%d: %q: write %s", p.path, p.line, found.text, found.write)
			}
		}
	}
}

func TestIdentifiersAreWordsOfTheField(t *testing.T) {
	t.Parallel()
	c, err := readCorpus()
	if err != nil {
		t.Fatal(err)
	}
	f := newFinder(t, metaphors...)
	for _, p := range c.names {
		for _, found := range f.find(words(p.text)) {
			t.Errorf("%s:%d: %s: write %s", p.path, p.line, p.text, found.write)
		}
	}
}

// words returns the words of an identifier in lower case, separated by spaces.
func words(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		if r == '_' || lower && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		if r != '_' {
			b.WriteRune(unicode.ToLower(r))
		}
		lower = unicode.IsLower(r)
	}
	return b.String()
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?]["')\]*]*(\s|$)`)
	codeOrLink  = regexp.MustCompile("`[^`]*`|\\]\\([^)]*\\)")
)

func TestSentencesAreShort(t *testing.T) {
	t.Parallel()
	c, err := readCorpus()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range slices.Concat(c.comments, c.pages) {
		if len(strings.Fields(p.text)) <= mostWords {
			continue // so no sentence is longer
		}
		for _, sentence := range sentenceEnd.Split(codeOrLink.ReplaceAllString(p.text, "code"), -1) {
			if n := len(strings.Fields(sentence)); n > mostWords {
				t.Errorf("%s:%d: a sentence of %d words, at most %d: %s", p.path, p.line, n, mostWords, sentence)
			}
		}
	}
}
