package bundle

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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
