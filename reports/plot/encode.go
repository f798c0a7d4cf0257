package plot

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"html"
	"image/color"
	"strconv"
	"strings"

	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"iosweep/internal/lazyregexp"
)

// A Drawing is the content of a picture. Every format is made from it.
type Drawing struct {
	Width, Height vg.Length
	Draw          func(draw.Canvas) // on a canvas of this size
	// Zoom enlarges the drawing with all its texts and lines; 0 means 1.
	Zoom float64
	// Dots is the number of dots per inch of PNG; 0 means 96, as on a screen.
	Dots int
	// Alt describes the picture for readers who cannot see it.
	Alt string
	// Missing has the characters that a format showed as boxes, because the font lacks them.
	Missing map[rune]bool
}

// A Format is a format of picture files.
type Format struct {
	Name   string // in the experiment file, and the extension of the files
	Encode func(*Drawing) ([]byte, error)
}

// Formats lists all formats of picture files.
var Formats = []Format{{"png", encodePNG}, {"svg", encodeSVG}, {"pdf", encodePDF}}

func (d *Drawing) zoom() float64 {
	if d.Zoom == 0 {
		return 1
	}
	return d.Zoom
}

func (d *Drawing) missing() map[rune]bool {
	if d.Missing == nil {
		d.Missing = map[rune]bool{}
	}
	return d.Missing
}

func encodePNG(d *Drawing) ([]byte, error) {
	image := vgimg.NewWith(vgimg.UseWH(d.Width, d.Height), vgimg.UseDPI(cmp.Or(d.Dots, int(dotsPerInch*d.zoom()))), vgimg.UseBackgroundColor(color.White))
	d.Draw(draw.NewCanvas(boxCanvas{image, d.missing()}, d.Width, d.Height))
	var b bytes.Buffer
	_, err := vgimg.PngCanvas{Canvas: image}.WriteTo(&b)
	return b.Bytes(), err
}

// fontFamilies are fonts whose characters have the widths of the font of the drawing.
const fontFamilies = "Liberation Sans, Arial, Helvetica, sans-serif"

func encodeSVG(d *Drawing) ([]byte, error) {
	size := fmt.Sprintf(` width="%.5gpt" height="%.5gpt"`, d.zoom()*d.Width.Points(), d.zoom()*d.Height.Points())
	svg, err := d.svg(size)
	return []byte(xml.Header + svg), err
}

// svg returns the drawing as an SVG element. It has no identifiers, so that several of them fit into
// one page of HTML. Without a size it takes the width of its parent there.
func (d *Drawing) svg(size string) (string, error) {
	canvas := vgsvg.New(d.Width, d.Height)
	d.Draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", err
	}
	_, content, _ := strings.Cut(b.String(), "<g") // replace the header of the library
	content = joinPaths(svgText().ReplaceAllStringFunc(content, compactText))
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg"%s viewBox="0 0 %.5g %.5g" role="img" font-family="%s" fill="#222222">
<title>%s</title>
<rect width="100%%" height="100%%" fill="#fff"/>
<g%s`, size, d.Width.Points(), d.Height.Points(), fontFamilies, html.EscapeString(validXML(d.Alt)), validXML(content)), nil
}

// svgText matches a text as the library writes it.
var svgText = lazyregexp.New(`(<text [^>]*)\n\tstyle="font-family:[^;]*;font-variant:normal;font-weight:(normal|bold);font-style:normal;font-size:([0-9.]+)px;?([^"]*)">([^<]*)`)

// compactText writes a text without the properties that all texts have in common. It sets the width
// that the layout expects, for readers without the font. A text with characters that the font lacks
// keeps its own width.
func compactText(element string) string {
	m := svgText().FindStringSubmatch(element)
	start, weight, size, style, content := m[1], m[2], m[3], m[4], m[5]
	points, _ := strconv.ParseFloat(size, 64)
	font := textStyle(points*dotsPerInch/72, ink)
	if weight == "bold" {
		font, start = boldStyle(points*dotsPerInch/72), start+` font-weight="bold"`
	}
	face := plotfont.DefaultCache.Lookup(font.Font, font.Font.Size)
	text := html.UnescapeString(content)
	const short = 5 // characters, such as a number: the width hardly depends on the font
	if len(text) > short && !strings.ContainsFunc(text, func(r rune) bool { return !hasGlyph(face, r) }) {
		start += fmt.Sprintf(` textLength="%.4g" lengthAdjust="spacingAndGlyphs"`, font.Width(text).Points())
	}
	if style != "fill:#222222" { // the element of the drawing has this colour
		start += fmt.Sprintf(` style="%s"`, style)
	}
	return fmt.Sprintf(`%s font-size="%s">%s`, start, size, content)
}

// svgPath matches a path.
var svgPath = lazyregexp.New(`^<path d="([^"]*)" style="([^"]*)" />$`)

// joinPaths joins consecutive paths of the same style into one. A page can have many pictures, with
// thousands of points and bars.
func joinPaths(content string) string {
	var b strings.Builder
	style := "" // of the open path
	for element := range strings.Lines(content) {
		m := svgPath().FindStringSubmatch(strings.TrimSuffix(element, "\n"))
		if m != nil && m[2] == style {
			b.WriteString(m[1])
			continue
		}
		if style != "" {
			fmt.Fprintf(&b, "\" style=\"%s\" />\n", style)
			style = ""
		}
		if m == nil {
			b.WriteString(element)
			continue
		}
		b.WriteString(`<path d="` + m[1])
		style = m[2]
	}
	return b.String() // the last element is the end of the drawing
}

// validXML replaces the characters that XML does not allow.
func validXML(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return '\ufffd'
		}
		return r
	}, s) // replaces invalid UTF-8 too
}
