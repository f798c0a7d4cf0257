package bundle

import (
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"

	"iosweep/internal/lazyregexp"
	"iosweep/journal"
)

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
