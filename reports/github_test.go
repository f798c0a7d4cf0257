package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/analysis/analysistest"
)

// TestAnnotationsAreEscaped writes annotations that contain the characters of workflow commands.
func TestAnnotationsAreEscaped(t *testing.T) {
	var b bytes.Buffer
	err := WriteAnnotations(&b, []Annotation{
		{AnnotationWarning, "slower: copy/strategy=a,b", "0.5×"},
		{AnnotationError, "100%::stop", "one\r\n::error::two, three: 5%"},
	})
	want := "::error title=100%25%3A%3Astop::one%0D%0A::error::two, three: 5%25\n" +
		"::warning title=slower%3A copy/strategy=a%2Cb::0.5×\n"
	if diff := cmp.Diff(want, b.String()); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestAnnotationsAreCounted: GitHub shows ten of a level. The last one counts the others.
func TestAnnotationsAreCounted(t *testing.T) {
	var list []Annotation
	for i := range 25 {
		list = append(list, Annotation{AnnotationError, fmt.Sprint("failed: ", i), "x"})
	}
	var b bytes.Buffer
	if err := WriteAnnotations(&b, append(list, Annotation{AnnotationWarning, "slower", "y"})); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != maxAnnotations+1 || lines[maxAnnotations-1] != "::error title=iosweep::16 more: see the summary of the step" {
		t.Errorf("%d lines:\n%s", len(lines), b.String())
	}
}

// TestAnnotationsOfARun annotates the failed, skipped and slower cells of a run.
func TestAnnotationsOfARun(t *testing.T) {
	var b bytes.Buffer
	if err := WriteAnnotations(&b, Annotations(New(analysistest.Typical()))); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"::error title=failed%3A write/", "::warning title=skipped%3A write/strategy=io_uring", "::warning title=slower%3A write/strategy=python-threads/"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("there is no %q:\n%s", want, b.String())
		}
	}
}

// TestStepSummary: the summary has no links to files that GitHub does not have. It can be cut.
func TestStepSummary(t *testing.T) {
	c := New(analysistest.Typical())
	c.Draw()
	var b bytes.Buffer
	if err := WriteStepSummary(&b, c); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, "| threads | 8 |") || strings.Contains(text, "](plots/") || strings.Contains(text, "](report.html") || len(c.Pictures) == 0 {
		t.Errorf("the summary has links, or no table:\n%s", text)
	}
	for most := range b.Len() + 10 {
		cut := CutStepSummary(b.Bytes(), most)
		if len(cut) > most || most >= b.Len() && len(cut) != b.Len() || len(cut) > 0 && cut[len(cut)-1] != '\n' {
			t.Fatalf("%d bytes are cut to %d, at most %d are allowed", b.Len(), len(cut), most)
		}
	}
}
