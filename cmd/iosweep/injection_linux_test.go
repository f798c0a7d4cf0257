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

// injection is what no text of others may do to a terminal.
const injection = "\x1b[2J\x1b]0;t\a\u009b1m\u202e\u2066\u200b\ufeff\u2028\x7f\rX "

// kept are the keys of a journal whose words decide what is looked at, and those that a
// resumed run needs to come to what it says of the rest.
var kept = []string{"id", "custom", "status", "phase", "kind", "latency", "source", "file", "dir", "workspaces", "os", "host"}

// injected has hostile text in every string of a decoded JSON value.
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

// forge rewrites the journal of a run with hostile text in it, checksums and all.
func forge(t *testing.T, dir string, besides ...string) {
	t.Helper()
	log, err := journal.ReadDir(dir)
	must0(t, err)
	path := filepath.Join(dir, journal.FileName)
	must0(t, os.Remove(path))
	w, err := journal.Create(path)
	must0(t, err)
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
		must0(t, err)
		var value any
		must0(t, json.Unmarshal(data, &value))
		data, err = json.Marshal(injected(value, "", append(besides, kept...)))
		must0(t, err)
		var forged journal.Entry
		must0(t, json.Unmarshal(data, &forged))
		must0(t, w.Append(forged))
	}
	must0(t, w.Close())
}

// shown fails the test if text has a character that does anything but be seen.
func shown(t *testing.T, what, text string) {
	t.Helper()
	at := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsGraphic(r) })
	if at >= 0 {
		t.Errorf("%s has %q", what, text[max(0, at-60):min(len(text), at+40)])
	}
}

// TestNothingIsInjected: whatever a journal holds, no command sends it to a terminal as
// it is. CSV that is no terminal's has data as they are.
func TestNothingIsInjected(t *testing.T) {
	long(t)
	dir := tried(t)
	t.Chdir(dir)
	launch(t, dir, "run", "x.yaml", "-q", "-o", "bad").ends(t, exitFailures)
	forge(t, "base", "overrides") // so that a resumed run comes to list the changes
	forge(t, "new")
	forge(t, "bad")
	hostile := injection + "dir"
	must0(t, os.CopyFS(hostile, os.DirFS("base")))
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
		t.Errorf("the changes are not listed, each on a line:\n%s", s.err)
	}
	for _, args := range calls {
		s := call(args...)
		what := strings.Join(args, " ")
		shown(t, what+", standard error", s.err)
		if !slices.Contains(args, "csv") {
			shown(t, what+", standard output", s.out)
		}
		if s.code == exitGood && s.out == "" {
			t.Errorf("%q says nothing", what)
		}
		// What was resumed has reports of its own.
		if data, err := os.ReadFile(filepath.Join(args[1], "report.md")); err == nil {
			shown(t, what+", report.md", string(data))
		}
	}
}

// TestNothingIsInjectedByArguments: nor is what somebody was told to type, or what stands
// in the file that he was sent.
func TestNothingIsInjectedByArguments(t *testing.T) {
	long(t)
	dir := tried(t)
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
		shown(t, what+", standard error", s.err)
		shown(t, what+", standard output", s.out)
	}
}

// hostileYAML is hostile text as YAML has it in quotes.
const hostileYAML = `\e[2J\e]0;t\a\u009b1m\u202e\u2066\u200b\ufeff\u2028\x7f\rX`

// TestATerminalGetsNoRawCSV: what is data for a program is text for a person.
func TestATerminalGetsNoRawCSV(t *testing.T) {
	dir := tried(t)
	forge(t, filepath.Join(dir, "base"))
	for _, args := range [][]string{{"export", "base"}, {"export", "base", "--format", "benchfmt"}, {"compare", "base", "base", "--format", "csv"}, {"report", "base"}} {
		term := at(t, dir, "iosweep", args...)
		term.ends(t, exitGood)
		text := colour.ReplaceAllString(strings.ReplaceAll(term.text(), "\r\n", "\n"), "")
		shown(t, strings.Join(args, " "), text)
		if !strings.Contains(text, `\x1b[2J`) {
			t.Errorf("what it was is not shown:\n%s", text)
		}
	}
}

// colour is what the tables have of their own.
var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)
