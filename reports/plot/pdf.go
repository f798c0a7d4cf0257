package plot

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func init() {
	// A PDF is the same every time.
	fpdf.SetDefaultCatalogSort(true)
	fpdf.SetDefaultCreationDate(time.Unix(0, 0).UTC())
	fpdf.SetDefaultModificationDate(time.Unix(0, 0).UTC())
}

// A pdfCanvas draws to a PDF of one page. The PDF canvas of the plot library confuses bold and normal
// fonts, has no characters beyond Windows-1252, and needs a directory for temporary files.
type pdfCanvas struct {
	doc   *fpdf.Fpdf
	fonts map[string]bool // in the document
}

var _ vg.Canvas = (*pdfCanvas)(nil)

func encodePDF(d *Drawing) ([]byte, error) {
	width, height := d.zoom()*d.Width.Points(), d.zoom()*d.Height.Points()
	c := &pdfCanvas{fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: width, Ht: height}}), map[string]bool{}}
	c.doc.SetMargins(0, 0, 0)
	c.doc.SetAutoPageBreak(false, 0)
	c.doc.SetTitle(d.Alt, true)
	c.doc.AddPage()
	c.Push()
	c.Translate(vg.Point{Y: vg.Points(height)})
	c.Scale(d.zoom(), -d.zoom()) // the origin of a drawing is at the bottom
	vg.Initialize(c)
	d.Draw(draw.NewCanvas(boxCanvas{c, d.missing()}, d.Width, d.Height))
	c.Pop()
	var b bytes.Buffer
	err := c.doc.Output(&b)
	return b.Bytes(), err
}

// SetLineWidth sets the width of lines.
func (c *pdfCanvas) SetLineWidth(w vg.Length) { c.doc.SetLineWidth(w.Points()) }

// SetLineDash sets the dashes of lines.
func (c *pdfCanvas) SetLineDash(pattern []vg.Length, offset vg.Length) {
	lengths := make([]float64, len(pattern))
	for i, l := range pattern {
		lengths[i] = l.Points()
	}
	c.doc.SetDashPattern(lengths, offset.Points())
}

// SetColor sets the colour of lines, areas and texts.
func (c *pdfCanvas) SetColor(colour color.Color) {
	if colour == nil {
		colour = color.Black
	}
	r, g, b, _ := colour.RGBA()
	for _, set := range []func(r, g, b int){c.doc.SetDrawColor, c.doc.SetFillColor, c.doc.SetTextColor} {
		set(int(r>>8), int(g>>8), int(b>>8))
	}
}

// Rotate turns the coordinates.
func (c *pdfCanvas) Rotate(angle float64) { c.doc.TransformRotate(-angle*180/math.Pi, 0, 0) }

// Translate moves the origin.
func (c *pdfCanvas) Translate(p vg.Point) { c.doc.TransformTranslate(p.X.Points(), p.Y.Points()) }

// Scale scales the coordinates.
func (c *pdfCanvas) Scale(x, y float64) { c.doc.TransformScale(x*100, y*100, 0, 0) }

// Push saves the state.
func (c *pdfCanvas) Push() { c.doc.TransformBegin() }

// Pop restores the state.
func (c *pdfCanvas) Pop() { c.doc.TransformEnd() }

// Stroke draws the lines of a path.
func (c *pdfCanvas) Stroke(p vg.Path) {
	if c.doc.GetLineWidth() > 0 {
		c.path(p, "D")
	}
}

// Fill fills a path.
func (c *pdfCanvas) Fill(p vg.Path) { c.path(p, "F") }

func (c *pdfCanvas) path(p vg.Path, style string) {
	for _, part := range p {
		x, y := part.Pos.X.Points(), part.Pos.Y.Points()
		switch part.Type {
		case vg.MoveComp:
			c.doc.MoveTo(x, y)
		case vg.LineComp:
			c.doc.LineTo(x, y)
		case vg.ArcComp:
			c.arc(part)
		case vg.CurveComp:
			last := part.Control[len(part.Control)-1]
			first := part.Control[0]
			if len(part.Control) == 1 {
				c.doc.CurveTo(first.X.Points(), first.Y.Points(), x, y)
			} else {
				c.doc.CurveBezierCubicTo(first.X.Points(), first.Y.Points(), last.X.Points(), last.Y.Points(), x, y)
			}
		case vg.CloseComp:
			c.doc.ClosePath()
		}
	}
	c.doc.DrawPath(style)
}

// arc draws an arc as Bézier curves of at most a quarter of a circle each.
func (c *pdfCanvas) arc(a vg.PathComp) {
	x, y, r := a.Pos.X.Points(), a.Pos.Y.Points(), a.Radius.Points()
	n := max(1, math.Ceil(math.Abs(a.Angle)/(math.Pi/2)))
	step := a.Angle / n
	k := r * 4 / 3 * math.Tan(step/4) // distance of the control points
	sin, cos := math.Sincos(a.Start)
	c.doc.LineTo(x+r*cos, y+r*sin)
	for i := 1.0; i <= n; i++ {
		nextSin, nextCos := math.Sincos(a.Start + i*step)
		c.doc.CurveBezierCubicTo(x+r*cos-k*sin, y+r*sin+k*cos, x+r*nextCos+k*nextSin, y+r*nextSin-k*nextCos, x+r*nextCos, y+r*nextSin)
		sin, cos = nextSin, nextCos
	}
}

// FillString draws a text. The document embeds the characters that it uses.
func (c *pdfCanvas) FillString(f plotfont.Face, at vg.Point, s string) {
	name, style := f.Font.Name(), ""
	if f.Font.Weight == font.WeightBold {
		style = "B"
	}
	if !c.fonts[name] {
		var data bytes.Buffer
		if _, err := f.Face.WriteSourceTo(nil, &data); err != nil {
			c.doc.SetError(err)
			return
		}
		c.doc.AddUTF8FontFromBytes(name, style, data.Bytes())
		c.fonts[name] = true
	}
	c.Push()
	defer c.Pop()
	c.Translate(at)
	c.Scale(1, -1)
	c.doc.SetFont(name, style, 1) // the document sets only a size that changes, and Pop restores another
	c.doc.SetFont(name, style, f.Font.Size.Points())
	c.doc.Text(0, 0, s)
}

// DrawImage draws nothing: no picture has an image.
func (c *pdfCanvas) DrawImage(vg.Rectangle, image.Image) {}
