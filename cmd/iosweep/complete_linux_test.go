package main

import (
	"os/exec"
	"testing"
)

// TestCompletionInShells types in real shells.
func TestCompletionInShells(t *testing.T) {
	for _, shell := range [][]string{
		{"bash", "--norc", "--noprofile", "-i"},
		{"zsh", "-f", "-i"},
		{"fish", "--no-config", "-i"},
	} {
		t.Run(shell[0], func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(shell[0]); err != nil {
				t.Skipf("%s is not installed", shell[0])
			}
			term := startOnTerminal(t, t.TempDir(), shell[0], shell[1:]...)
			switch shell[0] {
			case "bash":
				term.types(t, "source /usr/share/bash-completion/bash_completion; source <(iosweep completion bash); echo rea''dy\n")
			case "zsh":
				term.types(t, "autoload -U compinit; compinit -u -D; source <(iosweep completion zsh); echo rea''dy\n")
			case "fish":
				term.types(t, "iosweep completion fish | source; echo rea''dy\n")
			}
			term.shows(t, "ready")
			term.types(t, "iosweep plan quick\t")
			term.shows(t, "quickstart")
			term.types(t, " --only operation=zip,strategy=thr\t")
			term.shows(t, "operation=zip,strategy=threads")
			term.types(t, "\x03exit\n")
		})
	}
}
