package bundle

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"iosweep/internal/lazyregexp"
	"iosweep/journal"
)

// redactedNote describes the replacements, in the bundle.
const redactedNote = "Names of hosts and users, and absolute paths, are replaced everywhere in this bundle, and the lines of the journal are framed anew. Paths that every Linux system has, such as /usr/bin/sort and /dev/null, are kept."

// A redactor replaces the names of hosts and users, and absolute paths.
type redactor struct {
	hosts map[string]string // what replaces the name of a machine
	names map[string]string // what replaces a name in a text: hosts and users
	users int               // the number of users among them
	words *regexp.Regexp    // these names
	known *regexp.Regexp    // paths that are known in full, also those with blanks
	paths map[string]string // what replaces a path
	sums  map[string]string // checksums of redacted scripts, by the checksums of the originals
	keeps map[string]bool   // words that are never replaced
}

// newRedactor returns the redactor of a run with this journal and these files in a results directory.
func newRedactor(record []byte, files []File, log *journal.Log, dir string) *redactor {
	run := &log.Run
	r := &redactor{hosts: map[string]string{}, names: map[string]string{}, paths: map[string]string{}, sums: map[string]string{}, keeps: keptWords(run)}
	known := knownPaths(run, dir)
	patterns := make([]string, len(known))
	for i, p := range known {
		patterns[i] = strings.ReplaceAll(regexp.QuoteMeta(p), "/", "/+")
	}
	r.known = anyOf(patterns, `(?:[/\\]`+pathEnd+`*)?`)
	r.nameHosts(run)
	r.nameUsers([]byte(strings.Join(known, "\n")))
	r.nameUsers(record)
	for _, f := range files {
		r.nameUsers(f.Data)
	}
	words := make([]string, 0, len(r.names))
	for name := range r.names {
		words = append(words, bounded(name))
	}
	r.words = anyOf(words, "")
	return r
}

// bounded returns an expression for a whole word. \b knows only ASCII.
func bounded(word string) string {
	edge := func(c byte) string {
		if c == '_' || c < utf8.RuneSelf && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c))) {
			return `\b`
		}
		return ""
	}
	return edge(word[0]) + regexp.QuoteMeta(word) + edge(word[len(word)-1])
}

// anyOf returns an expression that matches any of some expressions, the longest first, and what follows; nil if
// there are none.
func anyOf(patterns []string, after string) *regexp.Regexp {
	if len(patterns) == 0 {
		return nil
	}
	slices.SortFunc(patterns, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return regexp.MustCompile("(?:" + strings.Join(slices.Compact(patterns), "|") + ")" + after)
}

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
	for _, h := range hosts {
		r.nameHost(h)
		r.nameHost(strings.SplitN(h, ".", 2)[0])
	}
}

func (r *redactor) nameHost(name string) {
	if len(name) < 2 || name == "localhost" || r.hosts[name] != "" {
		return
	}
	r.hosts[name] = fmt.Sprintf("host-%d", len(r.hosts)+1)
	if !r.keeps[name] {
		r.names[name] = r.hosts[name]
	}
}

var userDirectory = lazyregexp.New(`(?:/home/+|/Users/+|\\Users\\+)([\pL\pN_][\pL\pN_.-]*)`)

// nameUsers replaces the names of users: the one who writes the bundle, and those with a home directory in a
// text.
func (r *redactor) nameUsers(text []byte) {
	var users []string
	if u, err := user.Current(); err == nil {
		users = append(users, u.Username, u.Name)
	}
	for _, m := range userDirectory().FindAllSubmatch(text, -1) {
		users = append(users, strings.TrimRight(string(m[1]), "."))
	}
	for _, name := range users {
		if len(name) > 1 && name != "root" && r.names[name] == "" && !r.keeps[name] {
			r.users++
			r.names[name] = fmt.Sprintf("user-%d", r.users)
		}
	}
}

var sourceKey = lazyregexp.New(`(?m)(?:^\s*(?:- )?|[{,]\s*)["']?([A-Za-z_][A-Za-z0-9_-]*)["']?:(?:\s|$)`)

// keptWords returns the words that must stay, even if a host or a user has one as its name: levels, keys of the
// experiment, and the words that iosweep writes.
func keptWords(run *journal.Run) map[string]bool {
	kept := map[string]bool{
		run.Name: true, run.Machine.OS: true, run.Machine.Filesystem: true, run.Order: true, run.X: true, run.Judge: true, run.Profile: true,
	}
	words := []string{
		"true", "false", "null", "warmup", "measured", "shuffled", "listed", "python", "png", "svg", "pdf", "seconds", "lower", "higher", "here",
		"ok", "failed", "timeout", "crashed", "xfail", "missing", "faster", "slower", "equal", "fails", "none", "linux", "windows", "darwin",
		journal.NoteFinished, journal.NoteInterrupted, journal.NoteBudget, journal.NoteFailFast, journal.NoteWarning, journal.NoteFault, journal.NoteResumed,
		journal.NoteRepeated, journal.NoteQuarantined, journal.NotePrecise, journal.NoteRace, journal.NoteKept, journal.NoteBuilt, journal.NoteReference,
	}
	words = slices.Concat(words, run.Plots, run.Filesystems)
	for _, m := range sourceKey().FindAllStringSubmatch(run.Origin.Source, -1) {
		words = append(words, m[1])
	}
	for _, w := range words {
		kept[w] = true
	}
	for i := range run.Cells {
		for axis, level := range run.Cells[i].Levels {
			kept[axis], kept[level] = true, true
		}
	}
	return kept
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

// text returns a text without names and paths.
func (r *redactor) text(s string) string {
	if sum, ok := r.sums[s]; ok {
		return sum
	}
	if strings.ContainsAny(s, `/\`) {
		s = replaceGroup(quoted(), s, 1, func(p string) string {
			if strings.Contains(p, " ") && isPath(p) {
				return r.path(p)
			}
			return p
		})
		s = r.replaceKnown(s)
		s = replaceGroup(absolute(), s, 2, r.path)
	}
	if r.words != nil {
		s = r.words.ReplaceAllStringFunc(s, func(name string) string { return r.names[name] })
	}
	return s
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

// name matches a key that is a name of iosweep, an axis or a word of the experiment.
var name = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// server matches the machine of a network file system, as the device of a mount.
var server = lazyregexp.New(`^([^/:\s]+):/`)

// nextString returns the place of the next string of a JSON text, with its quotes; -1 if there is none.
func nextString(text []byte, from int) (begin, end int) {
	i := bytes.IndexByte(text[from:], '"')
	if i < 0 {
		return -1, -1
	}
	for end = from + i + 1; end < len(text); end++ {
		switch text[end] {
		case '\\':
			end++
		case '"':
			return from + i, end + 1
		}
	}
	return -1, -1
}

// json redacts the strings of a JSON text, also keys with a path or the name of a file.
func (r *redactor) json(text []byte) []byte {
	var out []byte
	at, key := 0, ""
	for begin, end := nextString(text, 0); begin >= 0; begin, end = nextString(text, end) {
		s := string(text[begin+1 : end-1])
		if strings.Contains(s, `\`) && json.Unmarshal(text[begin:end], &s) != nil {
			continue
		}
		changed := s
		switch isKey := bytes.HasPrefix(bytes.TrimLeft(text[end:], " \n"), []byte(":")); {
		case isKey:
			if key = s; !name().MatchString(s) {
				changed = r.text(s)
			}
		case (key == "host" || key == "node") && !r.keeps[key] && r.hosts[s] != "":
			changed = r.hosts[s]
		case key == "device" && server().MatchString(s):
			r.nameHost(server().FindStringSubmatch(s)[1])
			changed = r.hosts[server().FindStringSubmatch(s)[1]] + ":" + r.text(s[strings.Index(s, ":")+1:])
		default:
			changed = r.text(s)
		}
		if changed == s {
			continue
		}
		if quoted, err := json.Marshal(changed); err == nil { // a string always has a JSON form
			out = append(append(out, text[at:begin]...), quoted...)
			at = end
		}
	}
	return append(out, text[at:]...)
}

// file redacts a file and its name. Binary files are not changed, and the summary gets their names.
func (r *redactor) file(f *File, s *Summary) {
	before := sha256.Sum256(f.Data)
	f.Name = r.text(f.Name)
	switch {
	case f.Name == planName || f.Name == environmentName:
		f.Data = r.json(f.Data)
	case utf8.Valid(f.Data) && !bytes.ContainsRune(f.Data, 0):
		f.Data = []byte(r.text(string(f.Data)))
	case r.known != nil && r.known.Match(f.Data) || r.words != nil && r.words.Match(f.Data):
		s.Intact = append(s.Intact, f.Name)
	}
	after := sha256.Sum256(f.Data)
	r.sums[hex.EncodeToString(before[:])] = hex.EncodeToString(after[:])
}
