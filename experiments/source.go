package experiments

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A Source is the git repository with the program of a command. Each revision of it is cloned and
// built before the first trial.
type Source struct {
	Git   string   // path of the repository, relative to the experiment file
	Build []string // an argv that runs in the clone, with placeholders; nil: nothing to build
}

// Levels of the axis Revision with a meaning of their own.
const (
	// Worktree is the level for the files of the repository as they are, committed or not.
	Worktree = "worktree"
	// Control is the level of the control of `iosweep ab`: BASE, measured once more.
	Control = "control"
)

// An AB is the pair of revisions that `iosweep ab` compares.
type AB struct{ Base, New string }

// levels returns the revisions of every block of the grid.
func (ab *AB) levels(at *yaml.Node) []level {
	return []level{{ab.Base, at}, {ab.New, at}, {Control, at}}
}

var sourceKeys = []key{
	{
		name: "git", required: true, form: pathForm,
		doc:      "The directory of a git repository on this machine, relative to the experiment file. iosweep only reads it.",
		examples: []string{`../tool`},
	},
	{
		name: "build", form: argvForm, defaultWords: "nothing to build",
		doc:      "The program that builds a revision, and its arguments. It runs once in the clone of each revision, with the placeholders {source}, {here} and {cpus}. No shell interprets them.",
		examples: []string{`make`, `[go, build, -o, tool, .]`},
	},
}

// sourcePlaceholder is the placeholder of the directory in which a revision was built. It exists for
// the commands with a source.
const sourcePlaceholder = "source"

// buildPlaceholders are the placeholders of a build. It runs once for a revision, and so for many
// cells.
var buildPlaceholders = []string{sourcePlaceholder, "here", "cpus"}

// readSource reads the key source of a command.
func (d *decoder) readSource(label string, n *yaml.Node) *Source {
	if n == nil {
		return nil
	}
	s := d.section(label, n, sourceKeys)
	src := &Source{Git: s.line("git")}
	if isURL(src.Git) {
		d.problem(s.node("git"), "%s.git: expected the directory of a repository on this machine, found the address %s: clone it first, and write the path of the clone", label, quote(src.Git))
	}
	src.Build = d.argv(label+".build", s.node("build"))
	for _, arg := range s.items("build") {
		for _, p := range d.placeholders(arg) {
			if !slices.Contains(buildPlaceholders, p.name) {
				d.add(d.placeholderPosition(p), "%s.build: {%s} is not available, because a build runs once for each revision: expected {%s}", label, clip(p.name), strings.Join(buildPlaceholders, "}, {"))
			}
		}
	}
	return src
}

// isURL reports whether a text is an address that git would fetch from.
func isURL(text string) bool {
	before, _, found := strings.Cut(text, "://")
	if found && !strings.Contains(before, "/") {
		return true
	}
	host, _, found := strings.Cut(text, ":") // user@host:path
	return found && strings.Contains(host, "@") && !strings.Contains(host, "/")
}

// revision reads a level of the axis Revision. Git decides which commit it names.
func (d *decoder) revision(n *yaml.Node) (string, bool) {
	text, ok := d.text(Revision.String(), n, int(axes[Revision].max))
	switch {
	case !ok:
		return text, false
	case strings.HasPrefix(text, "-"):
		d.problem(n, "revision: %s begins with -, as options do: name a branch, a tag or a commit", quote(text))
		return text, false
	case strings.Contains(text, "..") && !strings.HasPrefix(text, ":/"):
		d.problem(n, "revision: %s is a range of commits: name each commit as a level", quote(text))
		return text, false
	}
	return text, true
}

// ArgvOfBuild returns the build of a source with its placeholders replaced. values must contain
// source, here and cpus.
func (s *Source) ArgvOfBuild(values map[string]string) []string {
	return mapSlice(s.Build, func(arg string) string { return fill(arg, values) })
}

// RevisionOf returns the git revision of a cell's program. The revision of a control is BASE.
func (e *Experiment) RevisionOf(c Cell) string {
	level := c.Level(Revision)
	if e.AB != nil && level == Control {
		return e.AB.Base
	}
	return level
}

// fixedPlaceholders returns the placeholders that are not axes. A file without a source may use the
// name source for an axis of its own.
func (f *file) fixedPlaceholders() []string {
	if slices.ContainsFunc(f.Commands, func(c Command) bool { return c.Source != nil }) {
		return append(slices.Clone(fixedPlaceholders), sourcePlaceholder)
	}
	return fixedPlaceholders
}

// checkSource refuses the placeholder {source} in a command without a source.
func (f *file) checkSource(c *contender) {
	if c.Source != nil || !slices.Contains(f.fixedPlaceholders(), sourcePlaceholder) {
		return // the axis source of the grid, or an unknown placeholder
	}
	for _, p := range c.placeholders {
		if p.name == sourcePlaceholder {
			f.add(f.placeholderPosition(p), "{source} is not available for the command %q, which has no source: add source: {git: ., build: [make]}", c.Name)
		}
	}
}

// reduceToSources makes a block compare two revisions: it removes the strategies without a source,
// and gives the others the revisions of the pair.
func (f *file) reduceToSources(b *block, ab *AB) {
	b.levels[Strategy] = slices.DeleteFunc(b.levels[Strategy], func(l level) bool {
		c := f.contenders[l.text]
		if c != nil && c.Source != nil {
			return false
		}
		if !slices.Contains(f.Dropped, l.text) {
			f.Dropped = append(f.Dropped, l.text)
		}
		return true
	})
	for i, d := range b.locksteps {
		b.locksteps[i] = slices.DeleteFunc(d, func(c column) bool { return c.axis == Revision })
	}
	b.keys[Revision] = b.at
	b.levels[Revision] = ab.levels(b.at)
	f.variedAxes |= setOf(Revision)
}

// keepSources removes the commands without a source from the experiment. They are known to its
// filters, but are neither run nor checked.
func (f *file) keepSources() {
	if len(f.blocks) == 0 && len(f.problems) == 0 {
		f.add(f.PositionOf("grid"), "no command of the grid has a source, so there are no revisions to compare: add source: {git: ., build: [make]} to a command, and {source} to its run")
	}
	f.Commands = slices.DeleteFunc(f.Commands, func(c Command) bool { return c.Source == nil })
}
