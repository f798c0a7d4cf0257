package preflight

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"iosweep/runner/schedule"
)

// writeProgram writes an executable script of a shell.
func writeProgram(t *testing.T, path, script string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// preparedIn prepares an experiment with commands in a directory with programs.
func preparedIn(t *testing.T, dir, commands, strategies string) *Prepared {
	t.Helper()
	source := fmt.Sprintf("name: x\nworkspace: %s\nworkload: {files: 1, lines: 1}\ngrid: {operation: copy, strategy: [sequential, %s]}\nbaseline: {strategy: sequential}\ncommands:\n%s", dir, strategies, commands)
	p, err := Prepare(t.Context(), schedule.NewPlan(parse(t, source)), Base{Here: dir, Dir: dir}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestProgramFiles checks which files are recorded for programs of every kind.
func TestProgramFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	writeProgram(t, filepath.Join(bin, "tool"), "#!/usr/bin/env -S sh -e\n", 0o755)
	writeProgram(t, filepath.Join(bin, "plain"), "#!/bin/sh\n", 0o644)
	writeProgram(t, filepath.Join(bin, "secret"), "#!/bin/sh\n", 0o111)
	writeProgram(t, filepath.Join(dir, "own"), "#!/bin/sh\n", 0o755)
	if err := os.Mkdir(filepath.Join(bin, "directory"), 0o755); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"link": "second", "second": "tool", "dangling": "nothing", "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(bin, link)); err != nil {
			t.Fatal(err)
		}
	}
	var commands, names []string
	for i, run := range []string{"link", "plain", "secret", "directory", "dangling", "loop", "{here}/own", "nice -n 1 second", bin + "/directory", "relative/tool"} {
		names = append(names, fmt.Sprintf("c%d", i))
		commands = append(commands, fmt.Sprintf("  c%d: {operation: copy, run: \"%s {input}\"}\n", i, run))
	}
	p := preparedIn(t, dir, strings.Join(commands, ""), strings.Join(names, ", "))
	found := p.Programs()
	real := func(name string) string {
		path, err := filepath.EvalSymlinks(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, want := range map[string]string{
		"link": real("bin/tool"), "second": real("bin/tool"), "secret": real("bin/secret"), "{here}/own": real("own"),
		"plain": "", "directory": "", "dangling": "", "loop": "", bin + "/directory": "", "relative/tool": "",
	} {
		if got := found.Paths[name]; got != want {
			t.Errorf("%s: got the path %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"sh", "nice", "/usr/bin/env"} { // also from the first line of a script
		if found.Details[name].SHA256 == "" {
			t.Errorf("%s has no checksum: %+v", name, found.Details[name])
		}
	}
	if found.Details["link"] != found.Details["second"] || len(found.Details["link"].SHA256) != 64 {
		t.Errorf("two names of one file have the details %+v and %+v", found.Details["link"], found.Details["second"])
	}
	if os.Geteuid() != 0 {
		if d := found.Details["secret"]; d.SHA256 != "" || !strings.Contains(d.Problem, "denied") {
			t.Errorf("a file that cannot be read has the details %+v", d)
		}
	}

	// A file that is written again is another program only if its content differs.
	writeProgram(t, filepath.Join(bin, "tool"), "#!/usr/bin/env -S sh -e\n", 0o755)
	if _, changed := found.Changed("second"); changed {
		t.Error("a file with the same content has changed")
	}
	writeProgram(t, filepath.Join(bin, "tool"), "#!/usr/bin/env -S sh -e\n# next\n", 0o755)
	if _, changed := found.Changed("second"); !changed {
		t.Error("a file with another content has not changed")
	}
	if _, changed := found.Changed("link"); changed {
		t.Error("the change of one file is reported twice")
	}
	if err := os.Remove(filepath.Join(bin, "tool")); err != nil {
		t.Fatal(err)
	}
	if now, changed := found.Changed("second"); !changed || now.Problem == "" {
		t.Errorf("a file that was removed is %+v, changed %v", now, changed)
	}
}

// TestVersionOf checks programs that print no version.
func TestVersionOf(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	for _, test := range []struct{ script, text, problem string }{
		{script: "echo tool 1.0; echo more", text: "tool 1.0\nmore"},
		{script: "echo tool 1.0 >&2", text: "tool 1.0"},
		{script: "echo to stdout; echo warning >&2", text: "to stdout"},
		{script: "true", problem: "it printed nothing"},
		{script: "printf ' \\n\\t'", problem: "it printed nothing"},
		{script: `printf 'a\000b'`, problem: "it did not print text"},
		{script: `printf '\377\376'`, problem: "it did not print text"},
		{script: "echo no such option >&2; exit 3", problem: "exit status 3 (no such option)"},
		{script: "kill -9 $$", problem: "signal: killed"},
		{script: "yes é | head -c 1048577 | tr -d '\\n'", text: strings.Repeat("é", maxVersion/2-1) + "…"},
		{script: "sleep 1000 & echo left", text: "left"},
	} {
		text, problem := versionOf(t.Context(), []string{"sh", "-c", test.script}, t.TempDir(), []string{"LC_ALL=C"})
		if text != test.text || problem != test.problem {
			t.Errorf("%s: got %q (%d bytes), problem %q; want %q, %q", test.script, text, len(text), problem, test.text, test.problem)
		}
	}
	if _, problem := versionOf(t.Context(), []string{t.TempDir()}, t.TempDir(), nil); !strings.Contains(problem, "denied") && !strings.Contains(problem, "directory") {
		t.Errorf("a directory: got the problem %q", problem)
	}
}

// TestVersionHangs checks that a program that prints a version has a time limit.
func TestVersionHangs(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("it waits for the time limit")
	}
	_, problem := versionOf(context.Background(), []string{"sh", "-c", "trap '' TERM; echo 1.0; sleep 1000"}, t.TempDir(), nil)
	if problem != "it did not end within 10s" {
		t.Errorf("got the problem %q", problem)
	}
}
