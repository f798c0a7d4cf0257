package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"iosweep/journal"
	"iosweep/reports"
)

// injection contains characters that must never reach a terminal.
const injection = "\x1b[2J\x1b]0;t\a\u009b1m\u202e\u2066\u200b\ufeff\u2028\x7f\rX "

// kept are the keys of a journal whose values stay unchanged: enumerated values, and values
// that a resume needs before it prints the others.
var kept = []string{"id", "custom", "status", "phase", "kind", "latency", "source", "file", "dir", "workspaces", "os", "host"}

// injected adds hostile text to every string of a decoded JSON value, except the kept keys.
func injected(value any, key string, kept []string) any {
	switch v := value.(type) {
	case string:
		if !slices.Contains(kept, key) && strings.Trim(v, "0123456789-:TZ.+") != "" {
			return injection + v
		}
	case []any:
		for i := range v {
			v[i] = injected(v[i], key, kept)
		}
	case map[string]any:
		for k := range v {
			v[k] = injected(v[k], k, kept)
		}
	}
	return value
}

// forgeJournal rewrites the journal of a run with hostile text and valid checksums.
func forgeJournal(t *testing.T, dir string, besides ...string) {
	t.Helper()
	log, err := journal.ReadDir(dir)
	noError(t, err)
	path := filepath.Join(dir, journal.FileName)
	noError(t, os.Remove(path))
	w, err := journal.Create(path)
	noError(t, err)
	entries := []journal.Entry{{Run: &log.Run}}
	for i := range log.Trials {
		entries = append(entries, journal.Entry{Trial: &log.Trials[i]})
	}
	for i := range log.Notes {
		entries = append(entries, journal.Entry{Note: &log.Notes[i]})
	}
	entries = append(entries, journal.Entry{Note: &journal.Note{Kind: journal.NoteWarning, Text: "forged"}})
	for _, e := range entries {
		data, err := json.Marshal(e)
		noError(t, err)
		var value any
		noError(t, json.Unmarshal(data, &value))
		data, err = json.Marshal(injected(value, "", append(besides, kept...)))
		noError(t, err)
		var forged journal.Entry
		noError(t, json.Unmarshal(data, &forged))
		noError(t, w.Append(forged))
	}
	noError(t, w.Close())
}

// checkPrintable checks that text contains only printable characters, line feeds and tabs.
func checkPrintable(t *testing.T, what, text string) {
	t.Helper()
	at := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsGraphic(r) })
	if at >= 0 {
		t.Errorf("%s contains %q", what, text[max(0, at-60):min(len(text), at+40)])
	}
}

// TestJournalTextIsEscaped: every command escapes the hostile text of a journal. CSV that
// does not go to a terminal is not escaped.
func TestJournalTextIsEscaped(t *testing.T) {
	skipIfShort(t)
	dir := dirWithRuns(t)
	t.Chdir(dir)
	launch(t, dir, "run", "x.yaml", "-q", "-o", "bad").exitsWith(t, exitFailures)
	forgeJournal(t, "base", "overrides") // so that resume lists the changes
	forgeJournal(t, "new")
	forgeJournal(t, "bad")
	hostile := injection + "dir"
	noError(t, os.CopyFS(hostile, os.DirFS("base")))
	calls := [][]string{
		{"report", "base"},
		{"report", "bad"},
		{"report", "base", "--format", "json"},
		{"report", hostile},
		{"resume", "base"},
		{"resume", "bad", "--as-planned"},
		{"resume", "base", "--extend", "x.yaml"},
		{"resume", hostile},
		{"compare", "base", "new", "--fail-on", "slower,faster,equivalent,inconclusive,failed,missing"},
		{"compare", "base", hostile},
		{"compare", "bad", "new"},
		{"plan", "x.yaml", "--earlier", "base"},
		{"plan", "x.yaml", "--earlier", hostile},
	}
	for _, f := range reports.Formats {
		for _, out := range []string{"base", "bad", hostile} {
			calls = append(calls, []string{"export", out, "--format", f.Name})
		}
	}
	for _, format := range comparisonFormats {
		calls = append(calls, []string{"compare", "base", "new", "--format", format}, []string{"compare", hostile, "bad", "--format", format})
	}
	if s := call("resume", "base"); s.code != exitUsage || !strings.Contains(s.err, `- \x1b[2J`) || strings.Count(s.err, "\n") > 40 {
		t.Errorf("the changes are not listed one per line:\n%s", s.err)
	}
	for _, args := range calls {
		s := call(args...)
		what := strings.Join(args, " ")
		checkPrintable(t, what+", standard error", s.err)
		if !slices.Contains(args, "csv") {
			checkPrintable(t, what+", standard output", s.out)
		}
		if s.code == exitGood && s.out == "" {
			t.Errorf("%q prints nothing", what)
		}
		// A resumed run writes new reports.
		if data, err := os.ReadFile(filepath.Join(args[1], "report.md")); err == nil {
			checkPrintable(t, what+", report.md", string(data))
		}
	}
}

// TestArgumentsAreEscaped: every command escapes hostile arguments and the hostile text of
// an experiment file.
func TestArgumentsAreEscaped(t *testing.T) {
	skipIfShort(t)
	dir := dirWithRuns(t)
	t.Chdir(dir)
	const x = injection
	writeFile(t, x+".yaml", small)
	writeFile(t, "hostile.yaml", `
name: small
title: "`+hostileYAML+`"
description: "`+hostileYAML+`"
workload: {files: 3, lines: 2}
grid: {operation: copy, strategy: [sequential, cp], "fla\u202evour": ["`+hostileYAML+`"]}
workspace: "`+hostileYAML+`"
commands:
  cp: {operation: copy, run: [cp, "`+hostileYAML+`"], env: {"A\u202eB": "`+hostileYAML+`"}}
`)
	writeFile(t, "env.yaml", strings.Replace(small, "'{output}']", `'{output}'], env: {"A\u202eB\u200b": "`+hostileYAML+`"}`, 1))
	writeFile(t, "level.yaml", strings.Replace(small, "strategy: [sequential, bad]", `strategy: cp, flavour: ["`+hostileYAML+`"]`, 1))
	for _, args := range [][]string{
		{x},
		{"run", x},
		{"run", x + ".yaml", "-q", "-o", x},
		{"run", "x.yaml", "-o", "base"},
		{"run", "x.yaml", "-o", x + "/" + x, "--workspace", x},
		{"run", "x.yaml", "--set", x},
		{"run", "x.yaml", "--set", "grid." + x + "=1"},
		{"run", "x.yaml", "--set", "grid.strategy=" + x},
		{"run", "x.yaml", "--set", "title=" + x, "-q", "-o", "titled"},
		{"run", "x.yaml", "--only", x},
		{"run", "x.yaml", "--only", "strategy=" + x},
		{"run", "x.yaml", "--only", x + "=1"},
		{"run", "x.yaml", "--profile", x},
		{"run", "x.yaml", "--budget", x},
		{"run", "x.yaml", "--seed", x},
		{"run", "x.yaml", "--format", x},
		{"run", "x.yaml", "--" + x},
		{"plan", "hostile.yaml"},
		{"plan", "env.yaml"},
		{"plan", "level.yaml"},
		{"plan", x + ".yaml"},
		{"plan", "x.yaml", "--earlier", x},
		{"plan", x},
		{"validate", "hostile.yaml"},
		{"validate", "env.yaml", "level.yaml", x + ".yaml"},
		{"validate", x},
		{"reproduce", x},
		{"reproduce", x + ".yaml"},
		{"resume", x},
		{"resume", "base", "--extend", x},
		{"resume", "base", "--budget", x},
		{"report", x + x},
		{"export", "base", "--format", x},
		{"plot", "base", "--kind", x},
		{"plot", "base", "--only", x, "-o", "x.svg"},
		{"plot", "base", "--only", "strategy=" + x, "-o", "x.svg"},
		{"plot", "base", "--x", x, "-o", "x.svg"},
		{"plot", "base", "--width", x, "-o", "x.svg"},
		{"plot", "base", "-o", x},
		{"compare", x, "base"},
		{"compare", "base", "new", "--margin", x},
		{"compare", "base", "new", "--fail-on", x},
		{"list", x},
		{"list", "operations", x},
		{"init", "x.yaml"},
		{"init", x + "/no/such"},
		{"init", x + "new.yaml"},
		{"doctor", x + x},
		{"help", x},
		{"completion", x},
		{"schema", x},
		{"version", x},
	} {
		s := call(args...)
		what := strings.Join(args, " ")
		checkPrintable(t, what+", standard error", s.err)
		checkPrintable(t, what+", standard output", s.out)
	}
}

// hostileYAML is the injection as a quoted YAML string.
const hostileYAML = `\e[2J\e]0;t\a\u009b1m\u202e\u2066\u200b\ufeff\u2028\x7f\rX`

// TestDataIsEscapedOnTerminal: on a terminal, data formats are escaped, too.
func TestDataIsEscapedOnTerminal(t *testing.T) {
	dir := dirWithRuns(t)
	forgeJournal(t, filepath.Join(dir, "base"))
	for _, args := range [][]string{{"export", "base"}, {"export", "base", "--format", "benchfmt"}, {"plot", "base", "--kind", "time", "--format", "svg"}, {"compare", "base", "base", "--format", "csv"}, {"report", "base"}} {
		term := startOnTerminal(t, dir, "iosweep", args...)
		term.exitsWith(t, exitGood)
		text := colour.ReplaceAllString(strings.ReplaceAll(term.text(), "\r\n", "\n"), "")
		checkPrintable(t, strings.Join(args, " "), text)
		if !strings.Contains(text, `\x1b[2J`) {
			t.Errorf("the escaped text is missing:\n%s", text)
		}
	}
}

// colour matches the colour sequences of the tables.
var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)
