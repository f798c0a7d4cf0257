package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/analysis/compare"
	"iosweep/journal"
	"iosweep/reports/table"
)

// injection is a text that tries to control a terminal, break a line, and add markup to Markdown and
// to a web page.
const injection = "\x1b[2J\x1b]0;t\a\u009b1m\u202e\u2066\u200b\ufeff\u2028\x7f\r\n# heading\n> quote\n- item\n1. number\n" +
	"<script>alert(1)</script><img src=x onerror=x> [link](javascript:x) ![image](http://x.test/i.png) <http://x.test> " +
	"`code` **bold** __bold__ _it_ ~~gone~~ | cell | &#8238;&lt; <!-- -->"

// enumerations are the fields whose values decide what a report shows. They are replaced in separate
// runs: such a run may have nothing to report, but its output must be safe.
var enumerations = []string{"Status", "Phase", "Kind", "Measure", "Claim", "Latency", "Version"}

// inject replaces every string below v whose field is wanted. It keeps levels that are numbers.
func inject(v reflect.Value, field string, wanted func(field string) bool, text func(was string) string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			inject(v.Elem(), field, wanted, text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				inject(v.Field(i), v.Type().Field(i).Name, wanted, text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			inject(v.Index(i), field, wanted, text)
		}
	case reflect.Map:
		fresh := reflect.MakeMap(v.Type())
		for entries := v.MapRange(); entries.Next(); {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(entries.Value())
			if value.Kind() != reflect.String || strings.Trim(value.String(), "0123456789") != "" {
				inject(value, field, wanted, text)
			}
			fresh.SetMapIndex(entries.Key(), value)
		}
		if v.Len() > 0 {
			v.Set(fresh)
		}
	case reflect.String:
		if wanted(field) {
			v.SetString(text(v.String()))
		}
	}
}

// deep returns a deep copy of a log.
func deep(t *testing.T, log *journal.Log) *journal.Log {
	t.Helper()
	data, err := json.Marshal(log)
	if err != nil {
		t.Fatal(err)
	}
	fresh := &journal.Log{}
	if err := json.Unmarshal(data, fresh); err != nil {
		t.Fatal(err)
	}
	return fresh
}

// furnished returns a copy of a log with a value in every text field.
func furnished(t *testing.T, log *journal.Log) *journal.Log {
	log = deep(t, log)
	r := &log.Run
	r.Profile, r.Overrides, r.Only = "quick", []string{"a=b"}, []string{"c=d"}
	r.Programs, r.ProgramSums = map[string]string{"cp": "/bin/cp"}, map[string]string{"cp": "ab"}
	r.Workspaces = []string{"/ws", "/other"}
	r.Machine.Mount, r.Machine.Governor = "rw", "powersave"
	r.Origin = journal.Origin{Source: "s", File: "f", Dir: "d"}
	r.Commands = []journal.Command{{Name: "cp", Operation: "copy", Run: []string{"cp", "x"}, Env: []string{"A=b"}, ExpectError: "e", Scripts: map[string]string{"a.sh": "ab"}}}
	for i := range r.Cells {
		c := &r.Cells[i]
		c.Inputs, c.Command = "ab", "cd"
		c.Levels["flavour"], c.Custom = fmt.Sprint("f", i), []string{"flavour"}
		c.Levels["content"] = fmt.Sprint("rows", i)
	}
	for i := range log.Trials {
		trial := &log.Trials[i]
		trial.Stderr = "error output"
		if m := trial.Measurement; m != nil {
			m.Noise = "steal 10%"
			if i%7 == 0 {
				m.Finding = "found"
			}
		}
	}
	for _, kind := range []string{journal.NoteWarning, journal.NoteResumed, journal.NoteRepeated, journal.NoteKept, journal.NoteQuarantined, journal.NotePrecise, journal.NoteRace, journal.NoteFault} {
		log.Notes = append(log.Notes, journal.Note{At: analysistest.StartTime, Kind: kind, Text: "text", After: len(log.Trials) / 2, Cell: new(1)})
	}
	return log
}

// judgedLog returns a run that judges a metric.
func judgedLog() *journal.Log {
	const n = 12
	rates := analysistest.Around(100, n, 3)
	rates[4] = 10
	return analysistest.Judge(analysistest.Log(n,
		analysistest.Cell{Levels: "operation=copy strategy=sequential workers=1", Seconds: analysistest.Around(1, n, 1)},
		analysistest.Cell{Levels: "operation=copy strategy=threads workers=4", Seconds: analysistest.Around(2, n, 2)},
	), journal.Metric{Name: "throughput", Stdout: "(.+)", Unit: "MB/s", Better: journal.BetterHigher}, analysistest.Around(50, n, 4), rates)
}

// injected returns hostile runs: one for each kind of run, and one for each field that is an
// enumeration.
func injected(t *testing.T) map[string]*journal.Log {
	logs := map[string]*journal.Log{}
	for name, log := range map[string]*journal.Log{
		"typical": analysistest.Typical(), "eventful": analysistest.Until(analysistest.Eventful(), journal.NoteFault, 9), "sweep": analysistest.Sweeps(),
		"published": analysistest.SaveFiles(), "blocked": saveBehind(), "appended": appendFile(), "judged": judgedLog(),
	} {
		log = furnished(t, log)
		n := 0
		inject(reflect.ValueOf(log).Elem(), "", func(field string) bool { return !slices.Contains(enumerations, field) }, func(was string) string {
			n++
			if was == "sequential" || was == "threads" {
				return was // so that there is a baseline
			}
			return injection + was
		})
		if n < 30 {
			t.Fatalf("%s: only %d fields have text, want at least 30", name, n)
		}
		for i := range log.Run.Metrics { // a reader refuses other names and words
			m := &log.Run.Metrics[i]
			m.Name, m.Better, log.Run.Judge = "throughput", journal.BetterHigher, "throughput"
		}
		custom := injection + "axis"
		for i := range log.Run.Cells {
			c := &log.Run.Cells[i]
			c.Levels[custom], c.Custom = injection+fmt.Sprint(i), []string{custom}
		}
		log.Run.Plots = []string{"time", "speedup"}
		logs[name] = log
	}
	for _, field := range enumerations[:len(enumerations)-1] {
		log := furnished(t, analysistest.SaveFiles())
		inject(reflect.ValueOf(log).Elem(), "", func(f string) bool { return f == field }, func(was string) string { return injection })
		logs["forged "+field] = log
	}
	return logs
}

// safeText fails the test if a text has invisible characters.
func safeText(t *testing.T, what, text string) {
	t.Helper()
	if list := invisible(text, '\n', '\t'); list != nil {
		at := strings.IndexRune(text, list[0])
		t.Errorf("%s has %q: …%q…", what, list, text[max(0, at-80):min(len(text), at+40)])
	}
}

var (
	ownTags     = regexp.MustCompile(`</?details( open)?>|</?summary>`)
	ownLinks    = regexp.MustCompile(`!?\[[^\]\[]*\]\((plots/[a-z0-9_-]+\.png|[a-z]+\.csv)\)`)
	backslashed = regexp.MustCompile(`\\[!-/:-@\[-` + "`" + `{-~]`) // backslash and punctuation
	forged      = regexp.MustCompile(`^[- ]*(# heading|> quote|- item|1\. number)`)
	ownBold     = regexp.MustCompile(`(?m)^- \*\*[^*\n]+\*\*|\*\*(reproduced|contradicted|inconclusive|limited|corrupt|intact|variant|xfail)\*\*`)
	alive       = regexp.MustCompile(`<[a-zA-Z/!?]|\]\(|\*\*|__|\b_it_|~~|&#|&lt;lt;|` + "`")
)

// ownLines fails the test if injected text begins a line. Do not use it for text that is wrapped to
// fit a terminal: there injected text can begin a line.
func ownLines(t *testing.T, what, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if forged.MatchString(line) {
			t.Errorf("%s has a forged line: %s", what, line)
		}
	}
}

// safeMarkdown is safeText for Markdown. It also fails the test if injected text is markup.
func safeMarkdown(t *testing.T, what, text string) {
	t.Helper()
	safeText(t, what, text)
	ownLines(t, what, text)
	// Remove code spans first, as Markdown does: a code span begins at a backtick that is not escaped,
	// and has no escapes.
	rest := regexp.MustCompile("\\\\`|`[^`\n]+`").ReplaceAllStringFunc(text, func(s string) string {
		if strings.HasPrefix(s, `\`) {
			return s
		}
		return ""
	})
	rest = backslashed.ReplaceAllString(rest, "")
	rest = ownBold.ReplaceAllString(ownLinks.ReplaceAllString(ownTags.ReplaceAllString(rest, ""), ""), "")
	for _, at := range alive.FindAllStringIndex(rest, 3) {
		t.Errorf("%s has markup: …%s…", what, rest[max(0, at[0]-60):min(len(rest), at[1]+60)])
	}
}

// TestNothingIsInjected checks hostile text in every field of a journal: every report and export must
// show it as text. CSV contains data unchanged, for programs; a filter protects terminals.
func TestNothingIsInjected(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes every report for every text of a journal")
	}
	for name, log := range injected(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := New(log)
			d.Draw()
			for _, p := range d.Pictures {
				safeText(t, "the name of a picture", p.Name)
			}
			safeText(t, "the table", tableOf(t, d, table.Options{Width: 200}))
			ownLines(t, "the wide table", tableOf(t, d, table.Options{Width: 100_000}))
			safeText(t, "the narrow table", tableOf(t, d, table.Options{Width: 80}))
			safeText(t, "the coloured table", colours.ReplaceAllString(tableOf(t, d, table.Options{Width: 200, Colour: true}), ""))
			for _, w := range d.Warnings {
				safeText(t, "a warning", w)
			}
			page := string(withoutScripts(exported(t, writeHTML, d)))
			safeText(t, "report.html", page)
			if n := strings.Count(page, "<script"); n != 2 || strings.Contains(page, "<img") { // the data
				t.Errorf("report.html has %d scripts beside its own, want the settings and the cells", n)
			}
			for _, f := range Formats {
				text := string(exported(t, f.Write, d))
				switch f.Name {
				case "csv":
				case "markdown":
					safeMarkdown(t, f.Name, text)
				case "json", "hyperfine":
					if !json.Valid([]byte(text)) {
						t.Errorf("%s is not valid", f.Name)
					}
					fallthrough
				default:
					safeText(t, f.Name, text)
				}
				if f.Omissions != nil {
					safeText(t, "the omissions of "+f.Name, strings.Join(f.Omissions(d), "\n"))
				}
			}
		})
	}
}

var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// TestNothingIsInjectedIntoComparisons compares hostile runs with each other and with themselves.
func TestNothingIsInjectedIntoComparisons(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes every report for every text of a journal")
	}
	logs := injected(t)
	for _, pair := range [][2]string{
		{"typical", "typical"},
		{"published", "published"},
		{"eventful", "eventful"},
		{"sweep", "sweep"},
		{"typical", "sweep"},
		{"forged Status", "forged Kind"},
		{"forged Kind", "forged Phase"},
	} {
		t.Run(pair[0]+" against "+pair[1], func(t *testing.T) {
			base, next := New(logs[pair[0]]), New(deep(t, logs[pair[1]]))
			if pair[0] != "typical" { // make it a different run
				same := append([]string{"Name", "Levels", "Custom"}, enumerations...)
				inject(reflect.ValueOf(&next.Run).Elem(), "", func(field string) bool { return !slices.Contains(same, field) }, func(was string) string { return was + "x" })
				next.Run.Machine.CPUs++
			}
			c, err := compare.Compare(base.Data, next.Data, compare.CompareOptions{BaseName: injection, NewName: injection, Margin: 0.02})
			if err != nil {
				safeText(t, "the error", strings.ReplaceAll(err.Error(), "\n", " "))
				return
			}
			for _, w := range c.Warnings {
				safeText(t, "a warning", w)
			}
			var text, wide, coloured, md, js bytes.Buffer
			for _, err := range []error{
				ComparisonTable(&text, c, table.Options{}), ComparisonTable(&wide, c, table.Options{Width: 100_000}), ComparisonTable(&coloured, c, table.Options{Width: 200, Colour: true}), WriteComparisonMarkdown(&md, c), WriteComparisonJSON(&js, c),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			safeText(t, "text", text.String())
			ownLines(t, "wide text", wide.String())
			safeText(t, "coloured text", colours.ReplaceAllString(coloured.String(), ""))
			safeMarkdown(t, "markdown", md.String())
			safeText(t, "json", js.String())
			if !json.Valid(js.Bytes()) {
				t.Error("the JSON is not valid")
			}
		})
	}
}
