// Package docs_test checks the documentation: it parses its experiments, compiles its
// code, and looks up its commands, flags, links and columns.
package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/experiments"
	"iosweep/runner/catalogue"
	"iosweep/strategies"
)

// A page is one Markdown file.
type page struct {
	path string // relative to this directory
	text string
}

// pages returns the README, the changelog and all pages in this directory.
func pages(t *testing.T) []page {
	t.Helper()
	paths, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []page
	for _, path := range append([]string{"../README.md", "../CHANGELOG.md"}, paths...) {
		list = append(list, page{path, read(t, path)})
	}
	return list
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var fenced = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// blocks returns the fenced blocks of a page in one language.
func (p page) blocks(language string) []string {
	var list []string
	for _, m := range fenced.FindAllStringSubmatch(p.text, -1) {
		if m[1] == language {
			list = append(list, m[2])
		}
	}
	return list
}

// section returns the text from a heading to the next heading of any level.
func (p page) section(t *testing.T, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(p.text, "\n"+heading+"\n")
	if !found {
		t.Fatalf("%s has no heading %q", p.path, heading)
	}
	section, _, _ := strings.Cut(rest, "\n#")
	return section
}

var firstCell = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")

// firstCells returns the first cells of table rows that begin with code.
func firstCells(text string) []string {
	var list []string
	for _, m := range firstCell.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

func pageAt(t *testing.T, path string) page {
	t.Helper()
	return page{path, read(t, path)}
}

func TestExperimentsAreValid(t *testing.T) {
	named := regexp.MustCompile(`(?m)^name:`)
	parsed := 0
	for _, p := range pages(t) {
		for _, block := range p.blocks("yaml") {
			if !named.MatchString(block) {
				continue
			}
			parsed++
			e, err := experiments.Parse([]byte(block), experiments.Options{File: p.path, Catalogue: catalogue.New(), CPUs: 4})
			if err != nil {
				t.Errorf("%s: this experiment is refused:\n%s%v", p.path, block, err)
				continue
			}
			for _, w := range e.Warnings {
				t.Errorf("%s: this experiment has a warning:\n%s%v", p.path, block, w)
			}
		}
	}
	if parsed < 4 {
		t.Errorf("got %d experiments in the documentation, want at least 4", parsed)
	}
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	unslug  = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// anchors returns the fragments of links to the headings of a page.
func anchors(text string) []string {
	var list []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		slug := unslug.ReplaceAllString(strings.ToLower(m[1]), "")
		list = append(list, strings.ReplaceAll(slug, " ", "-"))
	}
	return list
}

func TestLinksResolve(t *testing.T) {
	for _, p := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(fenced.ReplaceAllString(p.text, ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			path, fragment, _ := strings.Cut(m[1], "#")
			target := p.path
			if path != "" {
				target = filepath.Join(filepath.Dir(p.path), filepath.FromSlash(path))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", p.path, m[1], err)
			} else if fragment != "" && !slices.Contains(anchors(read(t, target)), fragment) {
				t.Errorf("%s links to %s, but there is no such heading", p.path, m[1])
			}
		}
	}
}

// sources returns the code of the command line.
func sources(t *testing.T) string {
	t.Helper()
	paths, err := filepath.Glob("../cmd/iosweep/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range paths {
		all.WriteString(read(t, path))
	}
	return all.String()
}

// declared returns the more names and the matches of a pattern's first group in the sources.
func declared(t *testing.T, pattern string, more ...string) []string {
	t.Helper()
	list := more
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(sources(t), -1) {
		list = append(list, m[1])
	}
	return list
}

func TestCommandsExist(t *testing.T) {
	commands := declared(t, `\bUse:\s+"(\w+)`, "completion", "help") // of cobra
	flags := declared(t, `Var(?:P)?\(&?[\w.]+, "([a-z-]+)"`, "help")
	call := regexp.MustCompile(`(?m)^\s*(?:bin/)?iosweep (\S+)(.*)$`)
	flag := regexp.MustCompile(` --([a-z-]+)`)
	calls := 0
	for _, p := range pages(t) {
		for _, block := range p.blocks("sh") {
			for _, m := range call.FindAllStringSubmatch(block, -1) {
				calls++
				if !slices.Contains(commands, m[1]) {
					t.Errorf("%s: iosweep has no command %q", p.path, m[1])
				}
				for _, f := range flag.FindAllStringSubmatch(m[2], -1) {
					if !slices.Contains(flags, f[1]) {
						t.Errorf("%s: iosweep has no flag --%s", p.path, f[1])
					}
				}
			}
		}
	}
	if calls < 5 {
		t.Errorf("got %d calls of iosweep in the documentation, want at least 5", calls)
	}
}

func TestCommandsAreAllDescribed(t *testing.T) {
	want := declared(t, `\bUse:\s+"([a-z]+)`)
	want = slices.DeleteFunc(want, func(name string) bool { return name == "iosweep" }) // the program
	got := firstCells(strings.SplitN(pageAt(t, "commands.md").text, "\n## ", 2)[0])
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table of commands.md differs from the commands (-want +got):\n%s", diff)
	}
}

func TestStrategiesAreAllDescribed(t *testing.T) {
	var want, got []string
	for _, s := range strategies.All {
		want = append(want, s.Info().Name)
	}
	text := pageAt(t, "strategies.md").text
	for _, m := range regexp.MustCompile(`(?m)^## ([a-z_+-]+)$`).FindAllStringSubmatch(text, -1) {
		got = append(got, m[1])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the headings of strategies.md differ from strategies.All (-want +got):\n%s", diff)
	}
}

func TestQuotedCodeIsCompiled(t *testing.T) {
	source := read(t, "example_test.go")
	quotes := pageAt(t, "extending.md").blocks("go")
	for _, quote := range quotes {
		if !strings.Contains(source, quote) {
			t.Errorf("example_test.go does not contain this block of extending.md:\n%s", quote)
		}
	}
	if len(quotes) < 3 {
		t.Errorf("got %d quoted blocks in extending.md, want at least 3", len(quotes))
	}
}
