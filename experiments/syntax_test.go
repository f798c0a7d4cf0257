package experiments

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSyntaxMessages checks that a file that is not YAML gets the place of the mistake and what
// to write instead. Characters that an editor hides are written as escapes.
func TestSyntaxMessages(t *testing.T) {
	const (
		head = "name: a\nworkload: {files: 10}\n"
		grid = "grid: {operation: copy, strategy: sequential}\n"
		run  = head + "grid: {operation: copy, strategy: [sequential, cp]}\ncommands:\n  cp:\n    operation: copy\n    run: "
	)
	for _, test := range []struct{ name, source, want string }{
		// indentation
		{"tab", "name: a\nworkload:\n\tfiles: 10\n" + grid, "3:1: " + tabAdvice},
		{"tab after spaces", "name: a\nworkload:\n  \tfiles: 10\n" + grid, "3:3: " + tabAdvice},
		{"tab before a comment", head + "\t# note\n" + grid, "3:1: " + tabAdvice},
		{"tab after a dash", head + "grid:\n  -\toperation: copy\n    strategy: sequential\n", "4:4: found a tab after a dash: write a space"},
		{"too far right", "name: a\nworkload:\n  files: 10\n   content: rows\n" + grid, `4:4: "content" begins in column 4, but "files" on line 3 in column 3: the keys of one mapping must begin in the same column`},
		{"too far left", "name: a\nworkload:\n    files: 10\n  content: rows\n" + grid, `4:3: "content" begins in column 3, but "files" on line 3 in column 5: the keys of one mapping must begin in the same column`},
		{"between two levels", head + "grid:\n  - operation: copy\n   strategy: sequential\n", `5:4: "strategy" begins in column 4, but "operation" on line 4 in column 5: the keys of one mapping must begin in the same column`},
		{"first key indented", " name: a\nworkload: {files: 10}\n" + grid, `2:1: "workload" begins in column 1, but "name" on line 1 in column 2: the keys of one mapping must begin in the same column`},
		{"in the column of a dash", head + "grid:\n  - operation: copy\n  strategy: sequential\n", `5:3: "strategy" begins in the column of a dash: to belong to the item on line 4, it must begin in column 5`},
		{"list among keys", "name: a\nworkload:\n  files: 10\n  - lines: 3\n" + grid, `4:3: found a list item in the column of the key "files", which has a value: begin a list on the line after its key, or remove the dash`},
		{"value and keys", head + grid + "trials: 5\n  warmup: 0\n", `5:3: "warmup" begins in column 3, but "trials" on line 4 in column 1: the keys of one mapping must begin in the same column; "trials" cannot have both a value and keys below it`},
		{"after brackets", "name: a\nworkload: {files: 10}\n  lines: 3\n" + grid, `3:3: "lines" begins in column 3, but "workload" on line 2 in column 1: the keys of one mapping must begin in the same column; "workload" cannot have both a value and keys below it`},

		// colons
		{"colon in a title", "name: a\ntitle: Copying: how fast?\n" + head[8:] + grid, `2:8: the value of "title" contains a colon and a space, which YAML reads as another key: put it in quotes: title: "Copying: how fast?"`},
		{"colon in a quoted part", "name: a\ntitle: Copying \"all\": how fast?\n" + head[8:] + grid, `2:8: the value of "title" contains a colon and a space, which YAML reads as another key: put it in quotes: title: 'Copying "all": how fast?'`},
		{"two keys on a line", "name: a\nworkload: files: 10\n" + grid, `2:11: a key below "workload" cannot be on its line: write workload: {files: 10}, or begin a new line and indent it`},
		{"no space", "name:a\nworkload: {files: 10}\n" + grid, `1:1: expected a key and its value, found "name:a": write a space after the colon: name: a`},
		{"no colon", "name a\nworkload: {files: 10}\n" + grid, `1:1: expected a key and its value, found "name a": write a colon after the key: name: a`},
		{"no colon below", "name: a\nworkload:\n  files 10\n  lines: 3\n" + grid, `3:3: expected a key and its value, found "files 10": write a colon after the key: files: 10`},
		{"equals sign", "name = a\nworkload: {files: 10}\n" + grid, `1:1: expected a key and its value, found "name = a": write name: a`},
		{"comment of another language", "// my file\n" + head + grid, `1:1: expected a key and its value, found "// my file": a comment begins with #`},
		{"list on the line of its key", head + "grid: - operation: copy\n", "3:7: a list cannot begin on the line of its key: begin a new line before the dash"},
		{"colon within brackets", "name: a\nworkload: {files: 10, content: rows: 3}\n" + grid, `2:32: this value contains a colon and a space, which YAML reads as another key: put it in quotes: "rows: 3"`},

		// brackets
		{"no closing brace", "name: a\nworkload: {files: 10\n" + grid, "2:11: the { that begins here is not closed before line 3: add }"},
		{"closing brace in a comment", "name: a\nworkload: {files: 10 # ten}\n" + grid, "2:11: the { that begins here is not closed before line 3: add } before the comment on line 2"},
		{"comment of JSON", "{\n  \"name\": \"a\", // note\n  \"workload\": {\"files\": 10}\n}\n", "2:16: a comment begins with #"},
		{"no closing bracket", head + "grid: {operation: copy, strategy: [sequential, threads}\n", "3:55: found }, but the [ on line 3, column 35 is open: write ]"},
		{"no closing bracket at the end", head + "grid:\n  operation: copy\n  strategy: [sequential,\n    threads\n", "5:13: the [ that begins here is not closed: add ]"},
		{"no comma", "name: a\nworkload: {files: 10 lines: 3}\n" + grid, `2:22: a comma is missing before "lines"`},
		{"no comma in JSON", "{\n  \"name\": \"a\"\n  \"workload\": {\"files\": 10}\n}\n", `3:3: a comma is missing before "workload"`},
		{"two commas", head + "grid: {operation: copy, strategy: [sequential,, threads]}\n", "3:47: a value is missing before this comma: remove the comma"},
		{"dash within brackets", head + "grid: {operation: copy, strategy: [- sequential, - threads]}\n", `3:36: found a dash within brackets: separate items with commas and without dashes, or write "-" for the text`},
		{"no space within brackets", head + "grid: {operation: copy, strategy:[sequential]}\n", "3:34: write a space after the colon: strategy: [sequential]"},
		{"text after a bracket", head + "grid: {operation: copy, strategy: sequential} # fine\ntrials: {repeats: 3} seconds\n", `4:22: found "seconds" after the closing bracket: put the whole value in quotes, or begin a new line`},

		// quotes
		{"no closing quote", "name: a\ntitle: \"Copying\n" + head[8:] + grid, `2:8: the text in quotes that begins here does not end: add " at its end`},
		{"no closing quote before others", "name: a\ntitle: \"Copying\n" + run[8:] + "[cp, \"{input}/.\", \"{output}\"]\n", `2:8: the text in quotes that begins here does not end on its line: add " at its end`},
		{"apostrophe", "name: a\ntitle: 'it's fast'\n" + head[8:] + grid, `2:12: found "s fast'" after the closing quote: write a quote within single quotes twice, such as 'it''s'`},
		{"escape", head + grid + "workspace: \"C:\\data\"\n", `4:15: \d has no meaning in double quotes: write \\d, or put the text in single quotes`},
		{"percent sign", head + grid + "title: %5 faster\n", `4:8: a value must not begin with %: put it in quotes: "%5 faster"`},
		{"at sign", run + "[cp, @list, x]\n", `7:15: a value within brackets must not contain @ without quotes: write "@list"`},
		{"question mark", run + "[cp, a?, x]\n", `7:15: a value within brackets must not contain ? without quotes: write "a?"`},
		{"star in a title", "name: a\ntitle: *New* copy # note\n" + head[8:] + grid, `2:8: YAML reads a value that begins with * as an alias: put it in quotes: "*New* copy"`},
		{"dash in a title", "name: a\ntitle: - copy\n" + head[8:] + grid, `2:8: YAML reads a value that begins with a dash and a space as a list: put it in quotes: "- copy"`},
		{"question mark in a title", "name: a\ntitle: ? copy\n" + head[8:] + grid, `2:8: a value must not begin with ? and a space: put it in quotes: "? copy"`},
		{"text after |", "name: a\ntitle: | copy\n" + head[8:] + grid, `2:8: text after | begins on the next line: move it there, or put it in quotes: "| copy"`},
		{"text after >", "name: a\ntitle: >5 copies # note\n" + head[8:] + grid, `2:8: text after > begins on the next line: move it there, or put it in quotes: ">5 copies"`},
		{"star", run + "[cp, *.csv, x]\n", `7:15: YAML reads a value that begins with * as an alias: put it in quotes: "*.csv"`},
		{"alias of cpus", head + "grid: {operation: copy, strategy: threads, workers: *cpus}\n", "3:53: YAML reads *cpus as an alias: write cpus, or a multiple such as 2*cpus"},
		{"unknown anchor", head + "grid: *sweep\n", `3:7: YAML reads *sweep as an alias, but the file has no anchor &sweep before it: correct the name, or put the text in quotes: "*sweep"`},

		// placeholders
		{"placeholders in brackets", run + "[cp, -r, {input}/., {output}]\n", `7:19: YAML reads the { of a placeholder as the beginning of a mapping: put the text in quotes: "{input}/."
7:30: YAML reads a placeholder without quotes as a mapping: put it in quotes: "{output}"`},
		{"placeholder in an option", run + "[cp, --n={workers}, \"{output}\"]\n", `7:15: YAML reads the { of a placeholder as the beginning of a mapping: put the text in quotes: "--n={workers}"`},
		{"placeholders in a list", run + "\n      - cp\n      - {input}/.\n      - {output}\n", `9:9: YAML reads the { of a placeholder as the beginning of a mapping: put the text in quotes: "{input}/."
10:9: YAML reads a placeholder without quotes as a mapping: put it in quotes: "{output}"`},
		{"placeholder as a value", run + "{here}/tool {input}\n", `7:10: YAML reads the { of a placeholder as the beginning of a mapping: put the text in quotes: "{here}/tool {input}"`},

		// characters
		{"NUL", "name: a\nworkload: {files: 10, size: 1\x00KiB}\n" + grid, "2:30: YAML does not allow the character U+0000 (NUL): remove it"},
		{"escape character", "name: a\x1b[0m\n" + head[8:] + grid, "1:8: YAML does not allow the character U+001B (escape): remove it"},
		{"no-break space", head + "grid:\n  - operation: copy\n    strategy:\u00a0 sequential\n", "5:14: expected a key and its value, found \"strategy:<U+00A0> sequential\": U+00A0 is a no-break space: write a space"},
		{"no-break space in a key", "name: a\nworkload:\u00a0{files: 10}\n" + grid, "1:1: workload.files is missing: set the number of files, or name an existing tree with workload.from\n2:1: unknown key \"workload:<U+00A0>{files\"; U+00A0 is a no-break space: write a space; expected one of " + strings.Join(keyNames(fileKeys), ", ")},
		{"full-width colon", "name\uff1aa\n" + head[8:] + grid, "1:5: expected a key and its value, found \"name\uff1aa\": U+FF1A is a full-width character: write :"},
		{"typographic dash", head + "grid:\n  \u2013 operation: copy\n    strategy: sequential\n", "4:3: expected a dash and an item, or a key: U+2013 is a typographic dash: write -"},
		{"typographic quotes", "name: a\ntitle: \u201cCopying: fast\u201d\n" + head[8:] + grid, "2:8: the value of \"title\" begins with a character that is not a quote: U+201C is a typographic quote: write \""},
		{"typographic quotes around a placeholder", run + "[cp, \u201c{input}/.\u201d]\n", "7:15: this value has text after its end: U+201C is a typographic quote: write \""},
		{"not UTF-8", "name: a\ntitle: caf\xe9\n", "2:11: the file is not UTF-8: the byte 0xE9 begins no character; save the file as UTF-8"},
		{"UTF-16", "\xff\xfen\x00a\x00", "1:1: the file is UTF-16, as Windows PowerShell writes it: save it as UTF-8"},
		{"after a byte order mark", "\ufeffname: a\nworkload: {files: x}\n" + grid, "2:19: files: expected a whole number from 1 to 10,000,000, found \"x\""},

		// documents, directives, tags
		{"second document", head + grid + "---\n" + head + grid, "4:1: " + secondDocument},
		{"broken second document", head + grid + "---\nname a\nx: 1\n", "4:1: " + secondDocument},
		{"end of the document", head + grid + "---\n", "4:1: " + secondDocument},
		{"empty document", "---\n", "1:1: the file is empty: expected a mapping with name, workload and grid; `iosweep init` creates one"},
		{"directive without a space", "%YAML 1.1#x\n---\n" + head + grid, `1:1: a line that begins with % is a directive of YAML, and "%YAML 1.1#x" is not supported: remove it`},
		{"other version", "%YAML 1.2\n---\n" + head + grid, `1:1: a line that begins with % is a directive of YAML, and "%YAML 1.2" is not supported: remove it`},
		{"directive for tags", "# first\n%TAG ! tag:x,2000:\n---\n" + head + grid, `2:1: a line that begins with % is a directive of YAML, and "%TAG ! tag:x,2000:" is not supported: remove it`},
		{"unknown directive", "%FOO\n---\n" + head + grid, `1:1: a line that begins with % is a directive of YAML, and "%FOO" is not supported: remove it`},
		{"two directives", "%YAML 1.1\n%YAML 1.1\n---\n" + head + grid, "2:1: the file has a second directive: remove this line"},
		{"no line --- after a directive", "%YAML 1.1\n# note\n" + head + grid, "3:1: the line --- is missing after the directive: remove the line that begins with %, or add ---"},
		{"text after the end", head + grid + "...\ntitle: x\n", "5:1: the document ends at the line ... above: remove that line, or move what follows to another file"},
		{"tag with a handle", "name: !x!y a\nworkload: {files: !! 10}\n" + grid, "1:7: the tag !x!y is not supported: remove it\n2:19: the tag !! is not supported: remove it"},
		{"tags without a name", "name: ! a\nworkload: ! {files: &n ! 10}\ngrid: {! operation: copy, strategy: [! sequential]}\n", `1:7: the tag ! is not supported: remove it
2:11: the tag ! is not supported: remove it
2:21: the tag ! is not supported: remove it
3:8: the tag ! is not supported: remove it
3:38: the tag ! is not supported: remove it`},
		{"only text", "name:a\n", `1:1: expected a mapping with name, workload and grid, found "name:a": write a space after the colon: name: a`},
	} {
		t.Run(test.name, func(t *testing.T) {
			for newline, source := range map[string]string{"LF": test.source, "CRLF": strings.ReplaceAll(test.source, "\n", "\r\n"), "CR": strings.ReplaceAll(test.source, "\n", "\r")} {
				_, err := Parse([]byte(source), Options{File: "f", Catalogue: testCatalogue, CPUs: 4})
				if got := strings.ReplaceAll("\n"+errorText(err), "\nf:", "\n")[1:]; got != test.want {
					t.Errorf("with %s got\n%s\nwant\n%s", newline, got, test.want)
				}
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}

// TestValidDirectivesAndMarks checks that YAML of other programs passes: a byte order mark, a
// directive with the version, and the beginning of the only document.
func TestValidDirectivesAndMarks(t *testing.T) {
	for _, start := range []string{"\ufeff", "---\n", "# a\n---\n", "%YAML 1.1\n---\n", "%YAML 1.1 # a\n--- # b\n", "%YAML\t1.1\t\n---\n"} {
		for _, newline := range []string{"\n", "\r\n", "\r"} {
			parse(t, strings.ReplaceAll(start+minimal, "\n", newline))
		}
	}
	if e := parse(t, minimal+"title: wow!\ndescription: \"! important\"\n"); e.Title != "wow!" || e.Description != "! important" {
		t.Errorf("got the title %q and the description %q", e.Title, e.Description)
	}
}

// TestSyntaxScanFindsNothingInValidFiles checks that the scan understands all of YAML that valid
// files use: it finds no mistake in them.
func TestSyntaxScanFindsNothingInValidFiles(t *testing.T) {
	for _, pattern := range []string{"testdata/ok/*.yaml", "*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s (%v)", pattern, err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range syntaxMistakes(source) {
				t.Errorf("%s:%d:%d: %s", file, m.row+1, m.column+1, m.message)
			}
		}
	}
}

// TestProblemsOfAliases checks that a value at a wrong place has the position of its alias, and
// that a value that is wrong at its anchor is reported once.
func TestProblemsOfAliases(t *testing.T) {
	const source = `name: alias
workload: &w {files: 5, content: bytes}
grid:
  - &seq {operation: copy, strategy: sequental}
  - *seq
  - {operation: copy, strategy: *w}
  - {operation: copy, strategy: threads, workers: *w}
`
	_, err := Parse([]byte(source), Options{File: "f", Catalogue: testCatalogue, CPUs: 4})
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var places []string
	for _, p := range problems {
		places = append(places, p.At.String())
	}
	want := "f:4:38 f:6:33 f:7:51"
	if got := strings.Join(places, " "); got != want {
		t.Errorf("got the positions %s, want %s:\n%v", got, want, err)
	}
}
