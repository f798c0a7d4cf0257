package journal

import (
	"slices"
	"strings"
)

// ProgramDetails describes the file of a program.
type ProgramDetails struct {
	SHA256 string `json:"sha256,omitempty"` // in hexadecimal; empty: unknown
	// Problem is the reason why the file could not be read.
	Problem string `json:"problem,omitempty"`
}

// A Version is what a program printed about its version, before the first trial of a session.
type Version struct {
	Argv     []string `json:"argv"`     // with levels, and with {here}
	Commands []string `json:"commands"` // the contenders
	Text     string   `json:"text,omitempty"`
	Problem  string   `json:"problem,omitempty"` // why there is no text
}

// Line returns the first line of the version, or the reason why it is unknown.
func (v *Version) Line() string {
	if v.Problem != "" {
		return "version unknown: " + v.Problem
	}
	line, _, _ := strings.Cut(v.Text, "\n")
	return strings.TrimSpace(line)
}

// Name returns the program or script whose version it is. It is the last argument without a dash,
// such as the script in python3 save.py --version.
func (v *Version) Name() string {
	for _, arg := range slices.Backward(v.Argv) {
		if !strings.HasPrefix(arg, "-") && arg != "version" && arg != "help" {
			return arg
		}
	}
	return strings.Join(v.Argv, " ")
}

// VersionOf returns the first line of the version of a program, or "".
func (r *Run) VersionOf(program string) string {
	for i := range r.Versions {
		if v := &r.Versions[i]; v.Name() == program && v.Problem == "" {
			return v.Line()
		}
	}
	return ""
}
