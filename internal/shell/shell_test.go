package shell

import (
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	for _, test := range []struct {
		argv     []string
		programs string
		words    []string // only words with HERE
	}{
		{argv: []string{"cp", "-r", "a"}, programs: "cp"},
		{argv: []string{"python3", "HERE/x y.py"}, programs: "python3", words: []string{"HERE/x y.py"}},
		{argv: strings.Fields("env -u X LANG=C python3 x.py"), programs: "env python3"},
		{argv: strings.Fields("env LANG=C nice -n 5 timeout -k 1 10 cp a"), programs: "env nice timeout cp"},
		{argv: strings.Fields("nice -n5 -- cp a"), programs: "nice cp"},
		{argv: strings.Fields("env A=1 B=2"), programs: "env"},
		{argv: strings.Fields("env"), programs: "env"},
		{argv: []string{"taskset", "3", "sh", "-c", "gzip -k x"}, programs: "taskset sh gzip"},
		{argv: strings.Fields("busybox gzip x"), programs: "busybox"},
		{argv: []string{"sh", "-c", `for f in "$1"/*; do "$3" "-$4" -c "$f" >"$2/${f##*/}.gz"; done`, "sh", "in", "out", "pigz", "6"}, programs: "sh pigz"},
		{argv: []string{"sh", "-c", "cd x && tar c . | zstd >HERE/out <HERE/in; echo done"}, programs: "sh tar zstd", words: []string{"HERE/in"}},
		{
			argv:     []string{"sh", "-c", `X=1 LANG=C sort -T HERE/t "HERE/a b"/c 'HERE/d'e "HERE"/f HERE/g\ h`},
			programs: "sh sort", words: []string{"HERE/t", "HERE/a b/c", "HERE/de", "HERE/f", "HERE/g h"},
		},
		{argv: []string{"sh", "-c", `x="$(HERE/inner.sh "a b")"; "$x" y`}, programs: "sh HERE/inner.sh", words: []string{"HERE/inner.sh"}},
		{
			argv:     []string{"bash", "-ec", `f() { date; }; f; "$0" "$1/x" "HERE/$UNSET"`, "HERE/me", "HERE"},
			programs: "bash date HERE/me", words: []string{"HERE/me", "HERE/x", "HERE/" + Unknown, "HERE/me", "HERE"},
		},
		{argv: []string{"sh", "-c", `cd "$1"; shift; "$@"`, "sh", "in", "cp", "a"}, programs: "sh"},
		{argv: []string{"sh", "-c", `exec nice "$@"`, "sh", "cp", "a"}, programs: "sh exec nice cp"},
		{argv: []string{"sh", "-c", `bash -c 'wc "$1"' x HERE/deep`}, programs: "sh bash wc", words: []string{"HERE/deep", "HERE/deep"}},
		{
			argv:     []string{"sh", "-c", "if grep -q x y; then rm z; else case $1 in a) cat <<E\nHERE/text\nE\n;; esac; fi", "sh", "a"},
			programs: "sh grep rm cat", words: []string{"HERE/text\n"},
		},
		{argv: []string{"sh", "-c", "oops ( HERE/x"}, programs: "sh", words: []string{"oops ( HERE/x"}},
		{argv: strings.Fields("sh HERE/script.sh x"), programs: "sh", words: []string{"HERE/script.sh"}},
		{},
	} {
		got := Of(test.argv)
		words := slices.DeleteFunc(got.Words, func(w string) bool { return !strings.Contains(w, "HERE") })
		if programs := strings.Join(got.Programs, " "); programs != test.programs {
			t.Errorf("%q: got the programs %q, want %q", test.argv, programs, test.programs)
		}
		if !slices.Equal(words, test.words) {
			t.Errorf("%q: got the words %q, want %q", test.argv, words, test.words)
		}
	}
}

func TestScriptIndex(t *testing.T) {
	for _, test := range []struct {
		argv string // separated by spaces
		want string // the script
	}{
		{"sh -c SCRIPT sh x", "SCRIPT"},
		{"/bin/bash -ec SCRIPT", "SCRIPT"},
		{"dash -e -c SCRIPT", "SCRIPT"},
		{"zsh -f -c -x SCRIPT a", "SCRIPT"},
		{"ksh -o pipefail -c SCRIPT", "SCRIPT"},
		{"bash -euo pipefail -c SCRIPT", "SCRIPT"},
		{"bash --norc --rcfile file -c SCRIPT", "SCRIPT"},
		{"bash +x -c SCRIPT", "SCRIPT"},
		{"sh -c -- SCRIPT", "SCRIPT"},
		{"sh script.sh -c x", ""},
		{"sh -e script.sh -c x", ""},
		{"sh -c", ""},
		{"sh -", ""},
		{"sh -s -- -c x", ""},
		{"sh", ""},
		{"python3 -c SCRIPT", ""},
	} {
		argv := strings.Fields(test.argv)
		got := ""
		if at := ScriptIndex(argv); at >= 0 {
			got = argv[at]
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.argv, got, test.want)
		}
	}
}

// TestDeepScripts reads scripts that are nested deeply. Without limits, a few kilobytes of text
// would take hundreds of megabytes of stack.
func TestDeepScripts(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(32 << 20))
	for _, part := range []string{"$(", "(", "((", "{ ", "`", `"$(`, "if ", "while ", "! ", "a|", "${a:-", "sh -c '"} {
		Of([]string{"sh", "-c", strings.Repeat(part, 1<<20/len(part))})
		Of([]string{"sh", "-c", strings.Repeat(part, maxNesting/2)})
		Of([]string{"sh", "-c", strings.Repeat(part, maxScript/len(part))})
	}
}

func FuzzOf(f *testing.F) {
	f.Add(`for f in "$1"/*; do "$3" "-$4" -c "$f" >"$2/${f##*/}.gz"; done`)
	f.Add("cat <<E\nx $(y)\nE\n")
	f.Fuzz(func(t *testing.T, script string) {
		got := Of([]string{"sh", "-c", script, "sh", "a", "b"})
		if len(got.Programs) == 0 || got.Programs[0] != "sh" {
			t.Errorf("got the programs %q", got.Programs)
		}
	})
}
