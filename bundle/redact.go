package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"iosweep/internal/lazyregexp"
	"iosweep/journal"
)

// redactedNote describes the replacements, in the bundle.
const redactedNote = "Names of hosts and users, and absolute paths, are replaced everywhere in this bundle, and the lines of the journal are framed anew. Paths that every Linux system has, such as /usr/bin/sort and /dev/null, are kept."

// A redactor replaces what tells the host, the user and the places of files.
type redactor struct {
	words *regexp.Regexp    // names of hosts and users
	names map[string]string // what replaces them
	known *regexp.Regexp    // paths that are known in full, also those with blanks
	paths map[string]string // what replaces a path
	sums  map[string]string // checksums of redacted scripts, by the checksums of the originals
}

// newRedactor returns the redactor of a run in a results directory.
func newRedactor(log *journal.Log, dir string) *redactor {
	r := &redactor{names: map[string]string{}, paths: map[string]string{}, sums: map[string]string{}}
	run := &log.Run
	known := []string{run.Origin.Dir, filepath.Dir(run.Origin.File), run.Origin.File}
	known = append(known, run.Workspaces...)
	for _, path := range run.Programs {
		known = append(known, path)
	}
	for _, s := range run.Sources {
		known = append(known, s.Git)
	}
	if abs, err := filepath.Abs(dir); err == nil {
		known = append(known, abs)
	}
	if home, err := os.UserHomeDir(); err == nil {
		known = append(known, home)
	}
	r.known = anyOf(slices.DeleteFunc(known, func(p string) bool { return !strings.ContainsAny(p, `/\`) || len(p) < 3 || isCommon(p) }), "", `(?:[/\\][^\s"'(),;<>|\]}]*)?`)
	r.nameHosts(run)
	r.nameUsers(run, known)
	words := make([]string, 0, len(r.names))
	for name := range r.names {
		words = append(words, name)
	}
	r.words = anyOf(words, `\b`, `\b`)
	return r
}

// anyOf returns an expression that matches any of some texts, the longest first; nil if there are none.
func anyOf(texts []string, before, after string) *regexp.Regexp {
	if len(texts) == 0 {
		return nil
	}
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = regexp.QuoteMeta(t)
	}
	slices.SortFunc(quoted, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return regexp.MustCompile(before + "(?:" + strings.Join(slices.Compact(quoted), "|") + ")" + after)
}

// nameHosts replaces the names of machines.
func (r *redactor) nameHosts(run *journal.Run) {
	own, _ := os.Hostname()
	hosts := []string{run.Machine.Host, own}
	for _, n := range run.Nodes {
		hosts = append(hosts, n.Name, n.Machine.Host)
	}
	if run.Attempt != nil {
		hosts = append(hosts, run.Attempt.Name)
	}
	n := 0
	for _, h := range hosts {
		for _, name := range []string{h, strings.SplitN(h, ".", 2)[0]} {
			if len(name) > 1 && name != "localhost" && r.names[name] == "" && !isLevel(run, name) {
				n++
				r.names[name] = fmt.Sprintf("host-%d", n)
			}
		}
	}
}

var userDirectory = lazyregexp.New(`(?:/home/|/Users/|\\Users\\)([^/\\\s"']+)`)

// nameUsers replaces the names of users: the one who writes the bundle, and those with a home directory in
// the paths.
func (r *redactor) nameUsers(run *journal.Run, paths []string) {
	var users []string
	if u, err := user.Current(); err == nil {
		users = append(users, u.Username, u.Name)
	}
	for _, m := range userDirectory().FindAllStringSubmatch(strings.Join(paths, "\n")+"\n"+run.Origin.Source, -1) {
		users = append(users, m[1])
	}
	for _, name := range users {
		if len(name) > 1 && name != "root" && r.names[name] == "" && !isLevel(run, name) {
			r.names[name] = "user"
		}
	}
}

// isLevel reports whether a name is also a level or the name of the experiment. Replacing it would change the
// results.
func isLevel(run *journal.Run, name string) bool {
	if name == run.Name {
		return true
	}
	for i := range run.Cells {
		for axis, level := range run.Cells[i].Levels {
			if name == axis || name == level {
				return true
			}
		}
	}
	return false
}

// common matches paths that every Linux system has.
var common = lazyregexp.New(`^(/(usr/)?s?bin/[^/]+|/dev(/[^/]+)?|/tmp|/(proc|sys)(/.*)?)/?$`)

func isCommon(path string) bool { return common().MatchString(path) }

// absolute matches an absolute path after the beginning of a text or a delimiter. A URL has two slashes.
var absolute = lazyregexp.New(`(^|[\s"'=:(\[{,<>|]|file://)(/[^/\s"'():,;<>|\]}][^\s"'():,;<>|\]}]*|[A-Za-z]:\\[^\s"'(),;<>|\]}]+)`)

// text returns a text without names and paths.
func (r *redactor) text(s string) string {
	if sum, ok := r.sums[s]; ok {
		return sum
	}
	if r.known != nil {
		s = r.known.ReplaceAllStringFunc(s, r.path)
	}
	s = absolute().ReplaceAllStringFunc(s, func(match string) string {
		m := absolute().FindStringSubmatch(match)
		return m[1] + r.path(m[2])
	})
	if r.words != nil {
		s = r.words.ReplaceAllStringFunc(s, func(name string) string { return r.names[name] })
	}
	return s
}

// path returns what replaces a path. Equal paths have equal replacements.
func (r *redactor) path(p string) string {
	trimmed := strings.TrimRight(p, ".")
	if isCommon(trimmed) || strings.HasPrefix(p, redactedDir) {
		return p
	}
	if r.paths[trimmed] == "" {
		r.paths[trimmed] = fmt.Sprintf("%s%d", redactedDir, len(r.paths)+1)
	}
	return r.paths[trimmed] + p[len(trimmed):]
}

const redactedDir = "/redacted/"

var jsonString = lazyregexp.New(`"(?:[^"\\]|\\.)*"`)

// json redacts all strings of a JSON text, also its keys.
func (r *redactor) json(text []byte) []byte {
	return jsonString().ReplaceAllFunc(text, func(quoted []byte) []byte {
		var s string
		if json.Unmarshal(quoted, &s) != nil {
			return quoted
		}
		changed := r.text(s)
		if changed == s {
			return quoted
		}
		text, err := json.Marshal(changed)
		if err != nil {
			return quoted // a string always has a JSON form
		}
		return text
	})
}

// file redacts a file. It returns false if it had to leave something in a binary file.
func (r *redactor) file(f *File) bool {
	before := sha256.Sum256(f.Data)
	switch {
	case strings.HasSuffix(f.Name, ".json"):
		f.Data = r.json(f.Data)
	case utf8.Valid(f.Data) && !bytes.ContainsRune(f.Data, 0):
		f.Data = []byte(r.text(string(f.Data)))
	default:
		return (r.known == nil || !r.known.Match(f.Data)) && (r.words == nil || !r.words.Match(f.Data))
	}
	after := sha256.Sum256(f.Data)
	r.sums[hex.EncodeToString(before[:])] = hex.EncodeToString(after[:])
	f.Name = r.text(f.Name)
	return true
}
