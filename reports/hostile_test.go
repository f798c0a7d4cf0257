package reports

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
	"iosweep/reports/table"
)

// hostile is a text that the output of a program or the name of a file can contain. It clears the
// screen, sets the title, changes the direction of text, and is a formula and markup.
const hostile = "=cmd|' /C calc'!A0 \x1b[2J\x1b]0;owned\a\u009b31m\r\u202e`<script>alert(1)</script>|\x00"

// hostileLog returns a log with hostile wherever text from other sources gets into a journal.
func hostileLog() *journal.Log {
	w := analysistest.NewBuilder(2,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{8}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=4", Seconds: []float64{2}},
		analysistest.Cell{Levels: "operation=write strategy=cp", Seconds: []float64{2}},
	)
	run := &w.Run
	run.Title, run.Description, run.Machine.Host, run.Programs = hostile, hostile+"\n\n\ttwo\n", hostile, map[string]string{"cp": hostile}
	run.Overrides = []string{hostile}
	run.Cells[1].Name += hostile
	run.Cells[1].Levels["flavour"], run.Cells[1].Custom = hostile, []string{"flavour"}
	run.Cells[2].Skip = hostile
	w.In(1).Good(0).Bad(1, journal.Timeout, hostile).Good(1).In(2).Good(0).Bad(1, journal.Failed, hostile)
	w.Note(journal.NoteWarning, hostile).Note(journal.NoteInterrupted, hostile)
	run.Cells[1].Levels["strategy"] = "threads" + hostile
	w.Trials[2].Measurement.Startup = nil // as for a program
	w.Trials[0].Measurement.Noise = hostile
	other := analysistest.OtherNode(hostile + "2")
	other.Machine.CPUModel, other.Machine.Kernel, other.Machine.Mount, other.Microcode, other.Usable = hostile, hostile, hostile, hostile, hostile
	run.Nodes = []journal.Node{analysistest.Node(hostile), other}
	for i := range w.Trials {
		w.Trials[i].Node = run.Nodes[i%2].Name
	}
	w.Trials[2].Measurement.Finding = hostile
	return w.Log
}

// invisible returns the invisible characters of a text, except the allowed ones.
func invisible(text string, allowed ...rune) (list []rune) {
	for _, r := range text {
		if !unicode.IsGraphic(r) && !slices.Contains(allowed, r) {
			list = append(list, r)
		}
	}
	return list
}

var codeSpan = regexp.MustCompile("(?m)`[^`\n]*`")

func TestNoControlCharacterIsShown(t *testing.T) {
	d := New(hostileLog())
	if list := invisible(tableOf(t, d, table.Options{}), '\n'); list != nil {
		t.Errorf("the table has %q", list)
	}
	if list := invisible(markdownOf(t, d), '\n', '\t'); list != nil {
		t.Errorf("report.md has %q", list)
	}
	for _, w := range d.Warnings {
		if list := invisible(w); list != nil {
			t.Errorf("a warning has %q: %s", list, w)
		}
	}
	for _, text := range []string{tableOf(t, d, table.Options{Width: 200}), markdownOf(t, d)} {
		if !strings.Contains(text, `\x1b`) {
			t.Errorf("the escaped characters are not shown:\n%s", text)
		}
	}
	if md := codeSpan.ReplaceAllString(markdownOf(t, d), ""); strings.Contains(md, "<script>") {
		t.Errorf("data appear as markup:\n%s", md)
	}
}

// TestFormulasAreNotChanged checks that CSV files contain fields unchanged, even if a spreadsheet would
// read them as formulas.
func TestFormulasAreNotChanged(t *testing.T) {
	levels := []string{"=cmd|' /C calc'!A0", "+1", "-O2", "@SUM(A1)", "a,b", `"`, "one\ntwo", "tab\t", " blank "}
	for _, level := range levels {
		log := analysistest.Log(1, analysistest.Cell{Levels: "operation=write", Seconds: []float64{1}})
		log.Run.Cells[0].Levels["flavour"], log.Run.Cells[0].Custom = level, []string{"flavour"}
		for name, write := range map[string]func(io.Writer, *Content) error{"summary": writeSummaryCSV, "trials": writeTrialsCSV} {
			rows := records(t, write, New(log))
			if at := slices.Index(rows[0], "flavour"); rows[1][at] != level {
				t.Errorf("%s.csv: got %q, want %q", name, rows[1][at], level)
			}
		}
	}
}

func TestHostileTextIsDrawn(t *testing.T) {
	d := New(hostileLog())
	d.Draw()
	if len(d.Pictures) == 0 {
		t.Fatalf("no pictures were drawn: %q", d.Warnings)
	}
	for _, p := range d.Pictures {
		if !bytes.HasPrefix(p.Files[0].Data, []byte("\x89PNG")) || strings.ContainsAny(p.Name, "/\\<> ") {
			t.Errorf("%q has %d bytes", p.Name, len(p.Files[0].Data))
		}
	}
}
