package plot

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"regexp"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
)

// TestEveryFormatHasTheWholePicture checks that all formats come from the same drawing, that SVG is
// well-formed and has text, and that each format is the same every time.
func TestEveryFormatHasTheWholePicture(t *testing.T) {
	log := analysistest.Typical()
	log.Run.Plots, log.Run.Formats = []string{"speedup"}, []string{"pdf", "svg", "png"}
	title := "a<b & \"c\"\x01"
	log.Run.Cells = slices.Clone(log.Run.Cells)
	log.Run.Cells[0].Levels = map[string]string{"operation": "write", "strategy": title}
	pictures, warnings := drawn(log)
	if len(warnings) > 0 || len(pictures) != 3 {
		t.Fatalf("got %d pictures, want 3; warnings %q", len(pictures), warnings)
	}
	again, _ := drawn(log)
	p := pictures[1]
	for i, want := range []string{".png", ".svg", ".pdf"} {
		if got := p.Files[i]; got.Name != p.Name+want || !bytes.Equal(got.Data, again[1].Files[i].Data) {
			t.Errorf("file %d is %s, want %s, the same at each call", i, got.Name, p.Name+want)
		}
	}
	checkPicture(t, p)
	if pdf := p.Files[2].Data; !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.Contains(pdf, []byte("/FontFile2 ")) {
		t.Errorf("the PDF has no embedded font: it begins with %.20q", pdf)
	}
	for name, svg := range map[string]string{"file": string(p.Files[1].Data), "element": p.SVG} {
		texts := svgTexts(t, svg)
		for _, want := range []string{"speed-up (relative to the baseline)", "workers", "8"} {
			if !strings.Contains(texts, "\n"+want+"\n") {
				t.Errorf("the SVG %s has no text %q: %s", name, want, texts)
			}
		}
		if !strings.Contains(texts, `a<b & "c"\x01`) || !strings.Contains(svg, "<title>"+p.Alt+"</title>") {
			t.Errorf("the SVG %s has not the name of the baseline or the title %q: %s", name, p.Alt, texts)
		}
	}
	if root, _, _ := strings.Cut(p.SVG, ">"); !strings.HasPrefix(root, "<svg ") || !strings.Contains(root, ` role="img"`) ||
		!strings.Contains(root, ` viewBox="0 0 900 `) || strings.Contains(root, "width=") {
		t.Errorf("the element of the SVG is %s", root)
	}
	if strings.Contains(p.SVG, " id=") {
		t.Error("the SVG has identifiers, which another picture in the same page can have too")
	}
}

// svgTexts returns all texts of an SVG, one a line.
func svgTexts(t *testing.T, svg string) string {
	t.Helper()
	texts := "\n"
	in := ""
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if token == nil {
			if err != nil && err.Error() != "EOF" {
				t.Fatalf("the SVG is not well-formed: %v", err)
			}
			return texts
		}
		switch token := token.(type) {
		case xml.StartElement:
			in = token.Name.Local
		case xml.EndElement:
			in = ""
		case xml.CharData:
			if in == "text" {
				texts += string(token) + "\n"
			}
		}
	}
}

func TestZoomEnlargesEveryFormat(t *testing.T) {
	d := analysis.New(analysistest.Typical())
	drawing, err := speedupSketches(Source{Data: d})[0].Draw(Layout{})
	if err != nil {
		t.Fatal(err)
	}
	drawing.Zoom = 2
	image, err := encodePNG(drawing)
	if err != nil {
		t.Fatal(err)
	}
	if size, err := png.DecodeConfig(bytes.NewReader(image)); err != nil || size.Width != 2*pictureWidth {
		t.Errorf("the PNG has %d columns, want %d (%v)", size.Width, 2*pictureWidth, err)
	}
	for format, want := range map[string]string{"svg": ` width="1800pt"`, "pdf": `/MediaBox \[0 0 1800\.00 `} {
		for _, f := range Formats {
			if f.Name != format {
				continue
			}
			if data, err := f.Encode(drawing); err != nil || !regexp.MustCompile(want).Match(data) {
				t.Errorf("the %s has no %s (%v)", format, want, err)
			}
		}
	}
}
