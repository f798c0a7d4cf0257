package bundle

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"iosweep/internal/lazyregexp"
	"iosweep/journal"
)

// knownPaths returns the paths of a run that stand alone in the journal, and their parent directories with
// blanks. In a text, nothing else shows where a path with a blank ends.
func knownPaths(run *journal.Run, dir string) (list []string) {
	all := append([]string{run.Origin.Dir, filepath.Dir(run.Origin.File), run.Origin.File}, run.Workspaces...)
	all = slices.AppendSeq(all, maps.Values(run.Programs))
	for _, s := range run.Sources {
		all = append(all, s.Git)
	}
	for _, c := range run.Commands {
		for _, arg := range c.Run {
			if isPath(arg) {
				all = append(all, arg)
			}
		}
		for _, v := range c.Env {
			_, value, _ := strings.Cut(v, "=")
			all = append(all, strings.Split(value, string(os.PathListSeparator))...)
		}
	}
	for i := range run.Cells {
		all = slices.AppendSeq(all, maps.Values(run.Cells[i].Levels))
	}
	if abs, err := filepath.Abs(dir); err == nil {
		all = append(all, abs)
	}
	if home, err := os.UserHomeDir(); err == nil {
		all = append(all, home)
	}
	for _, path := range all {
		if (strings.HasPrefix(path, "/") || filepath.IsAbs(path)) && len(path) > 2 && !isCommon(path) {
			list = append(list, path)
		}
		for up := filepath.Dir(path); strings.ContainsAny(filepath.Base(up), " \t") && filepath.IsAbs(up); up = filepath.Dir(up) {
			list = append(list, up)
		}
	}
	return list
}

// common matches paths that every Linux system has.
var common = lazyregexp.New(`^(/(usr/)?s?bin/[^/\s]+|/dev(/[^/\s]+)?|/tmp|/(proc|sys)(/\S*)?)/?$`)

func isCommon(path string) bool { return common().MatchString(path) }

// pathEnd matches a character of a path without quotes.
const pathEnd = "[^\\s\"'():,;<>|\\]}`]"

// absolute matches an absolute path after the beginning of a text, a delimiter, or an option of one letter. A URL
// has two slashes, and so may a path in a directory that many systems have.
var absolute = lazyregexp.New("(^|[\\s\"'=:(\\[{,<>|;@&!`]|(?:^|[\\s\"'=])-[A-Za-z]|file://)" +
	"(/[^/\\s\"'():,;<>|\\]}`]" + pathEnd + "*|//+(?:home|root|Users|tmp|mnt|media|opt|srv|var|etc|usr|data|scratch)/" + pathEnd + "*|[A-Za-z]:\\\\" + pathEnd + "+)")

// quoted matches a text in quotes that may be a path with blanks.
var quoted = lazyregexp.New("['\"`](/[^'\"`\n]+)['\"`]")

// isPath reports whether a text is an absolute path, which may have blanks, and no command line.
func isPath(s string) bool {
	first, _, _ := strings.Cut(s, " ")
	return strings.HasPrefix(s, "/") && !isCommon(first) && !strings.ContainsAny(s, "{}|<>;&$*=\n") && !strings.Contains(s, " -") && !strings.Contains(s, " /")
}

// replaceGroup replaces a group in each match of an expression.
func replaceGroup(re *regexp.Regexp, s string, group int, replace func(string) string) string {
	var b strings.Builder
	at := 0
	for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(s[at:m[2*group]])
		b.WriteString(replace(s[m[2*group]:m[2*group+1]]))
		at = m[2*group+1]
	}
	return b.String() + s[at:]
}

// inside matches the text before a slash that continues a path or a word. An option of one letter does not.
var inside, option = lazyregexp.New(`[\pL\pN_.~)}-]$`), lazyregexp.New(`(?:^|[^\pL\pN_-])-[A-Za-z]$`)

// continues matches the text after a path that belongs to its last name.
var continues = lazyregexp.New(`^\.?[\pL\pN_-]`)

// replaceKnown replaces the known paths and all below them.
func (r *redactor) replaceKnown(s string) string {
	if r.known == nil {
		return s
	}
	var b strings.Builder
	done := 0 // written to b
	for at := 0; ; {
		m := r.known.FindStringIndex(s[at:])
		if m == nil {
			return b.String() + s[done:]
		}
		begin, end := at+m[0], at+m[1]
		before := s[max(0, begin-8):begin]
		if inside().MatchString(before) && !option().MatchString(before) || continues().MatchString(s[end:]) {
			at = begin + len(s[begin:end]) - len(strings.TrimLeft(s[begin:end], "/")) // a path below may be known
			continue
		}
		b.WriteString(s[done:begin])
		b.WriteString(r.path(s[begin:end]))
		at, done = end, end
	}
}

// path returns what replaces a path. Equal paths have equal replacements.
func (r *redactor) path(p string) string {
	trimmed := strings.TrimRight(p, ".")
	clean := path.Clean("/" + trimmed)
	if isCommon(clean) || strings.HasPrefix(clean, redactedDir) {
		return p
	}
	if r.paths[clean] == "" {
		r.paths[clean] = fmt.Sprintf("%s%d", redactedDir, len(r.paths)+1)
	}
	return r.paths[clean] + p[len(trimmed):]
}

const redactedDir = "/redacted/"
