package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/analysis/compare"
	"iosweep/analysis/gate"
	"iosweep/internal/format"
	"iosweep/internal/lazyregexp"
)

// An Annotation is a message that GitHub shows at the head of a build.
type Annotation struct {
	Level string // AnnotationError or AnnotationWarning
	Title string
	Text  string
}

// The levels of annotations.
const (
	AnnotationError   = "error"
	AnnotationWarning = "warning"
)

// maxAnnotations is the number of annotations of a level that GitHub shows for a step.
const maxAnnotations = 10

// WriteAnnotations writes annotations as workflow commands. If there are more of a level than GitHub
// shows, the last one counts the others.
func WriteAnnotations(w io.Writer, list []Annotation) error {
	var b strings.Builder
	for _, level := range []string{AnnotationError, AnnotationWarning} {
		own := slices.DeleteFunc(slices.Clone(list), func(a Annotation) bool { return a.Level != level })
		if n := len(own) - maxAnnotations; n > 0 {
			own = append(own[:maxAnnotations-1:maxAnnotations-1], Annotation{level, "iosweep", fmt.Sprintf("%d more: see the summary of the step", n+1)})
		}
		for _, a := range own {
			fmt.Fprintf(&b, "::%s title=%s::%s\n", a.Level, escapeProperty(a.Title), escapeData(a.Text))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// escapeData escapes the text of a workflow command.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// escapeProperty escapes a property of a workflow command.
func escapeProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeData(s))
}

// Annotations returns an annotation for each reason why cells failed or have no result, and for each
// cell that is slower than its baseline.
func Annotations(c *Content) (list []Annotation) {
	for _, g := range c.Troubles.Groups {
		level := AnnotationWarning
		if g.Cells[0].Status == analysis.StatusFailed {
			level = AnnotationError
		}
		list = append(list, Annotation{level, fmt.Sprintf("%s: %s", g.Cells[0].Status, g.Name()), format.OneLine(g.Reason)})
	}
	slower := slices.DeleteFunc(c.Cells(), func(s *analysis.Summary) bool { return s.Verdict != analysis.Slower || s.Cell.Retired })
	slices.SortStableFunc(slower, func(a, b *analysis.Summary) int { return cmp.Compare(a.Speedup.Value.X, b.Speedup.Value.X) })
	for _, s := range slower {
		list = append(list, Annotation{AnnotationWarning, "slower: " + s.Cell.Name, speedupSentence(c.Judge, s.Speedup.Value, s.Speedup.CI, s.Baseline)})
	}
	return list
}

// ComparisonAnnotations returns an annotation for each cell that failed or is slower in NEW.
func ComparisonAnnotations(c *compare.Comparison) (list []Annotation) {
	for _, x := range c.Matching(gate.Failed) {
		list = append(list, Annotation{AnnotationError, "failed: " + x.Name(), format.OneLine(x.Reason)})
	}
	for _, x := range c.Matching(gate.Slower) {
		list = append(list, Annotation{AnnotationWarning, "slower: " + x.Name(), speedupSentence(c.Judge, x.Speedup.Value, x.Speedup.CI, "BASE")})
	}
	return list
}

func speedupSentence(judge analysis.Figure, speedup analysis.Value, ci analysis.Interval, baseline string) string {
	text := ""
	if !judge.IsTime() {
		text = judge.SpeedupName() + ": "
	}
	return text + fmt.Sprintf("%s against %s (95%% interval %s)", format.Times(speedup), baseline, format.TimesInterval(ci))
}

// WriteStepSummary writes the report for the summary of a step: without pictures and links, because
// GitHub does not have the other files there.
func WriteStepSummary(w io.Writer, c *Content) error {
	plain := *c
	plain.Pictures = nil
	var b bytes.Buffer
	if err := writeMarkdown(&b, &plain); err != nil {
		return err
	}
	_, err := w.Write(fileLink().ReplaceAll(b.Bytes(), []byte("$1")))
	return err
}

// fileLink matches a link to a file of the results directory. Escaped text has no such brackets.
var fileLink = lazyregexp.New(`\[([a-z]+\.(?:html|csv))\]\([a-z]+\.(?:html|csv)\)`)

// MaxStepSummary is the largest summary of a step that GitHub accepts, in bytes.
const MaxStepSummary = 1 << 20

// CutStepSummary cuts a text at the end of a line, so that it has at most this number of bytes.
func CutStepSummary(text []byte, most int) []byte {
	const note = "\n\nThe summary ends here, because GitHub limits its size.\n"
	if len(text) <= most {
		return text
	}
	if most < len(note) {
		return nil
	}
	kept := text[:most-len(note)]
	return append(kept[:bytes.LastIndexByte(kept, '\n')+1:len(kept)], note...)
}
