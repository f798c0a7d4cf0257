package experiments

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestSplitLine checks the words of command lines. A shell must split lines without special
// characters in the same way.
func TestSplitLine(t *testing.T) {
	sh, _ := exec.LookPath("sh")
	for _, test := range []struct {
		line    string
		words   string // joined by |
		special string // the rest of the line from the first special character
		open    string // the rest of the line from a quote or backslash without an end
	}{
		{line: "cp -r  in\tout", words: "cp|-r|in|out"},
		{line: ` a 'b c' "d e"f `, words: "a|b c|d ef"},
		{line: `a '' ""`, words: "a||"},
		{line: `a\ b \' \\ \* \n`, words: `a b|'|\|*|n`},
		{line: `"a\"b\\c\$d\n\*" 'a\"b'`, words: `a"b\c$d\n\*|a\"b`},
		{line: "a \\\n b\\\nc \"d\\\ne\"", words: "a|bc|de"},
		{line: "'a\nb' end\n", words: "a\nb|end"},
		{line: `'|' ">" \; '$x' a~ a#b -x=~`, words: "||>|;|$x|a~|a#b|-x=~"},
		{line: `é "ü x"`, words: "é|ü x"},
		{line: "a | b", words: "a|||b", special: "| b"},
		{line: "a >b *", words: "a|>b|*", special: ">b *"},
		{line: `a "$x"`, words: "a|$x", special: `$x"`},
		{line: "a `b`", words: "a|`b`", special: "`b`"},
		{line: "a \"`b`\"", words: "a|`b`", special: "`b`\""},
		{line: "a;b", words: "a;b", special: ";b"},
		{line: "a&", words: "a&", special: "&"},
		{line: "a <b", words: "a|<b", special: "<b"},
		{line: "a b?", words: "a|b?", special: "?"},
		{line: "a [b]", words: "a|[b]", special: "[b]"},
		{line: "(a)", words: "(a)", special: "(a)"},
		{line: "a ~/b", words: "a|~/b", special: "~/b"},
		{line: "a #b", words: "a|#b", special: "#b"},
		{line: "a\nb", words: "a|b", special: "\nb"},
		{line: `a 'b`, words: "a|b", open: "'b"},
		{line: `a "b'`, words: "a|b'", open: `"b'`},
		{line: `a b\`, words: `a|b\`, open: `\`},
		{line: `a "b\`, words: `a|b\`, open: `"b\`},
		{line: " \t\n"},
	} {
		got := splitLine(test.line)
		rest := func(at int) string {
			if at < 0 {
				return ""
			}
			return strings.TrimRight(test.line[at:], "\n")
		}
		if words := strings.Join(got.words, "|"); words != test.words || rest(got.special) != test.special || rest(got.open) != test.open {
			t.Errorf("%q: got %q, special %q, open %q; want %q, %q, %q", test.line, words, rest(got.special), rest(got.open), test.words, test.special, test.open)
		}
		for i, start := range got.starts {
			if c := got.words[i]; c != "" && !strings.ContainsAny(test.line[start:start+1], `'"\`) && test.line[start] != c[0] {
				t.Errorf("%q: word %d %q does not begin at %d", test.line, i, c, start)
			}
		}
		if sh == "" || test.special != "" || test.open != "" || len(got.words) == 0 {
			continue
		}
		out, err := exec.Command(sh, "-c", `printf '%s\0' `+test.line).Output()
		if err != nil {
			t.Fatal(err)
		}
		if words := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); !slices.Equal(words, got.words) {
			t.Errorf("%q: a shell splits it into %q, and not %q", test.line, words, got.words)
		}
	}
}

// TestAsScript runs the advice for a command line with values that a shell would interpret.
func TestAsScript(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	values := map[string]string{"input": `a b'"$x;`, "output": "*"}
	for _, line := range []string{
		`printf '%s|' {input} "{output}" '{input}' {input}{output} "x{input}x"`,
		`printf '%s|' {input} | cat`,
	} {
		argv := asScript(line)
		argv[0] = sh
		for i := range argv {
			argv[i] = fill(argv[i], values)
		}
		got, err := exec.Command(argv[0], argv[1:]...).Output()
		if err != nil {
			t.Fatal(err)
		}
		want := fill("{input}|", values)
		if strings.Contains(line, "output") {
			want = fill("{input}|{output}|{input}|{input}{output}|x{input}x|", values)
		}
		if string(got) != want {
			t.Errorf("%q prints %q, want %q", argv, got, want)
		}
	}
}
