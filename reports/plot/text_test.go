package plot

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"iosweep/analysis/analysistest"
)

func TestShortNamesStayDistinct(t *testing.T) {
	long := func(n int) string {
		return fmt.Sprintf("mode=a quite long description of variant number %02d with many words in it, and even more words at its end", n)
	}
	for _, names := range [][]string{
		{"a", "b"},
		{long(1), long(2), long(3)},
		{long(1), "x", long(12)},
		{strings.Repeat("a", 100) + "b" + strings.Repeat("c", 100), strings.Repeat("a", 101) + "b" + strings.Repeat("c", 99)},
		{strings.Repeat("日", 80) + "本" + strings.Repeat("日", 80), strings.Repeat("日", 161)},
	} {
		got := distinct(names, 40)
		for i, s := range got {
			if n := len([]rune(s)); n > 44 {
				t.Errorf("%q has %d characters", s, n)
			}
			if slices.Index(got, s) != i {
				t.Errorf("two of the names are %q", s)
			}
		}
	}
	if got := distinct([]string{long(1), long(2)}, 40); !strings.Contains(got[0], "01") || !strings.Contains(got[1], "02") {
		t.Errorf("the names do not show their difference: %q", got)
	}
	grid := []string{"threads, workers=1, chunk_size=1", "threads, workers=1, chunk_size=64", "threads, workers=2, chunk_size=1", "threads, workers=2, chunk_size=64"}
	if got := distinct(grid, 22); got[0] != "…rkers=1, chunk_size=1" || strings.Contains(strings.Join(got, ""), "(2)") {
		t.Errorf("the names differ by numbers: %q", got)
	}
	if got := distinct([]string{"same", "same"}, 40); got[0] != "same" || got[1] != "same" {
		t.Errorf("equal names became %q", got)
	}
}

// TestEveryScriptIsVisible checks that PNG and PDF have a box for each character that the font lacks,
// that SVG has the text, and that a warning names the characters.
func TestEveryScriptIsVisible(t *testing.T) {
	style := textStyle(20, ink)
	for _, test := range []struct {
		text  string
		boxes int
	}{{"plain ×", 0}, {"Ελληνικά Привет", 0}, {"日本語 a", 3}, {"العربية", 7}, {"🚀👩\u200d🚀", 3}, {"a\x1bb\u0301", 0}} {
		var r recorder.Canvas
		missing := map[rune]bool{}
		canvas := draw.NewCanvas(boxCanvas{&r, missing}, px(300), px(50))
		canvas.FillText(style, vg.Point{}, test.text)
		boxes := 0
		for _, a := range r.Actions {
			if _, ok := a.(*recorder.Stroke); ok {
				boxes++
			}
		}
		if boxes != test.boxes || (len(missing) > 0) != (test.boxes > 0) {
			t.Errorf("%s has %d boxes and lacks %d characters, want %d boxes", test.text, boxes, len(missing), test.boxes)
		}
		if width := style.Width(test.text); width < px(float64(20*test.boxes)) {
			t.Errorf("%s has the width %v", test.text, width)
		}
	}
	log := analysistest.Log(2,
		analysistest.Cell{Levels: "operation=copy strategy=sequential", Seconds: []float64{1, 1.1}},
		analysistest.Cell{Levels: "operation=copy strategy=日本語", Seconds: []float64{1, 1.2}},
		analysistest.Cell{Levels: "operation=copy strategy=Привет", Seconds: []float64{1, 1.2}})
	log.Run.Plots, log.Run.Formats = []string{"time"}, []string{"png", "pdf"}
	pictures, warnings := drawn(log)
	if len(pictures) != 1 || len(warnings) != 1 || !strings.Contains(warnings[0], "a box for each: 日, 本 and 語.") && !strings.Contains(warnings[0], "a box for each: 日, 語 and 本.") {
		t.Fatalf("got %d pictures and the warnings %q", len(pictures), warnings)
	}
	if texts := svgTexts(t, pictures[0].SVG); !strings.Contains(texts, "\n日本語\n") || !strings.Contains(texts, "\nПривет\n") {
		t.Errorf("the SVG has the texts %s", texts)
	}
	log.Run.Formats = []string{"svg"}
	if _, warnings := drawn(log); len(warnings) > 0 {
		t.Errorf("got the warnings %q for SVG alone", warnings)
	}
}

// TestTextsKeepTheirWidth checks that an SVG states the width of its texts, so that a reader without
// the font sees no labels that overlap.
func TestTextsKeepTheirWidth(t *testing.T) {
	log := analysistest.Typical()
	log.Run.Plots, log.Run.Formats = []string{"time"}, []string{"svg"}
	pictures, _ := drawn(log)
	svg := pictures[0].Files[0].Data
	for _, m := range regexp.MustCompile(`<text ([^>]*)>([^<]*)<`).FindAllSubmatch(svg, -1) {
		if has := bytes.Contains(m[1], []byte(" textLength=")); has != (len(m[2]) > 5) {
			t.Errorf("the text %s has a width: %v", m[2], has)
		}
	}
	if bytes.Contains(svg, []byte("font-variant")) {
		t.Error("a text has not the compact form")
	}
}
