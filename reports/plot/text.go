package plot

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/image/font/sfnt"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	"iosweep/internal/oneline"
)

// A scriptHandler measures and draws texts of one line in any script. It makes invisible characters
// visible. The library gives a character that its font lacks an arbitrary width, and draws nothing.
type scriptHandler struct{ text.Plain }

var _ text.Handler = scriptHandler{}

// boxWidth is the width of a character that the font lacks, as a part of the font size. In SVG, the
// reader's program draws it in a font of its own.
const boxWidth = 1

// hasGlyph reports whether a font has a character.
func hasGlyph(f plotfont.Face, r rune) bool {
	if ' ' <= r && r <= '~' {
		return true // quicker: almost all texts are ASCII
	}
	var b sfnt.Buffer
	i, err := f.Face.GlyphIndex(&b, r)
	return err == nil && i != 0
}

// hasNoWidth reports whether a character changes the one before it.
func hasNoWidth(r rune) bool { return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) }

// runs splits a text into parts of characters that the font has, and single other characters.
func runs(f plotfont.Face, s string) (list []string) {
	start := 0
	for i, r := range s {
		if hasGlyph(f, r) {
			continue
		}
		if start < i {
			list = append(list, s[start:i])
		}
		start = i + len(string(r))
		if !hasNoWidth(r) {
			list = append(list, s[i:start])
		}
	}
	if start < len(s) {
		list = append(list, s[start:])
	}
	return list
}

// widthOf returns the width of a text.
func widthOf(f plotfont.Face, s string) (width vg.Length) {
	for _, run := range runs(f, s) {
		if hasGlyph(f, []rune(run)[0]) {
			width += f.Width(run)
		} else {
			width += boxWidth * f.Font.Size
		}
	}
	return width
}

// Box returns the size of one line.
func (h scriptHandler) Box(s string, fnt plotfont.Font) (width, height, depth vg.Length) {
	face := h.Fonts.Lookup(fnt, fnt.Size)
	return widthOf(face, oneline.Of(s)), face.Extents().Ascent, face.Extents().Descent
}

// Lines returns the only line of a text.
func (h scriptHandler) Lines(s string) []string { return []string{oneline.Of(s)} }

// Draw draws a text.
func (h scriptHandler) Draw(c vg.Canvas, s string, style text.Style, at vg.Point) {
	if s == "" {
		return
	}
	face := h.Fonts.Lookup(style.Font, style.Font.Size)
	s = oneline.Of(s)
	c.SetColor(style.Color)
	offset := vg.Point{
		X: vg.Length(style.XAlign) * widthOf(face, s),
		Y: style.Height(s)*vg.Length(style.YAlign) - face.Extents().Ascent + style.Font.Size,
	}
	if style.Rotation == 0 {
		c.FillString(face, at.Add(offset), s)
		return
	}
	c.Push()
	defer c.Pop()
	c.Translate(at)
	c.Rotate(style.Rotation)
	c.FillString(face, offset, s)
}

// A boxCanvas draws a box for each character that the font lacks, and remembers it.
type boxCanvas struct {
	vg.Canvas
	missing map[rune]bool
}

// FillString draws a text.
func (c boxCanvas) FillString(f plotfont.Face, at vg.Point, s string) {
	for _, run := range runs(f, s) {
		r := []rune(run)[0]
		if hasGlyph(f, r) {
			c.Canvas.FillString(f, at, run)
		} else {
			c.missing[r] = true
			c.box(f, at)
		}
		at.X += widthOf(f, run)
	}
}

func (c boxCanvas) box(f plotfont.Face, at vg.Point) {
	size := f.Font.Size
	left, right, bottom, top := at.X+0.12*size, at.X+0.88*size, at.Y-0.05*size, at.Y+0.72*size
	var p vg.Path
	for i, corner := range corners(left, right, bottom, top) {
		if i == 0 {
			p.Move(corner)
		}
		p.Line(corner)
	}
	p.Close()
	c.SetLineDash(nil, 0)
	c.SetLineWidth(size / 16)
	c.Stroke(p)
}

// wrap splits a text into lines of a width. If there are more than most, the last line ends with an
// ellipsis.
func wrap(s string, style text.Style, width vg.Length, most int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(s) {
		if next := strings.TrimSpace(line + " " + word); style.Width(next) <= width {
			line = next
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) > most {
		lines = append(lines[:most-1], strings.Join(lines[most-1:], " "))
	}
	for i := range lines {
		lines[i] = fit(lines[i], style, width)
	}
	return lines
}

// fit cuts the end of a text that is wider than width.
func fit(s string, style text.Style, width vg.Length) string {
	if style.Width(s) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 1 && style.Width(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// distinct shortens names to maxLength characters so that different names stay different. It cuts all
// of them in the middle, or around the part that distinguishes them, or at their beginnings. Only if
// none of these is enough, it adds numbers.
func distinct(names []string, maxLength int) []string {
	different := len(unique(names))
	middle := make([]string, len(names))
	same := map[string][]int{}
	for i, name := range names {
		middle[i] = oneline.Shorten(name, maxLength)
		same[middle[i]] = append(same[middle[i]], i)
	}
	around, end := slices.Clone(middle), slices.Clone(middle)
	for i, name := range names {
		if group := same[middle[i]]; len(group) > 1 {
			around[i] = aroundDifference(name, commonPrefix(names, group), maxLength)
		}
		if runes := []rune(name); len(runes) > maxLength {
			end[i] = "…" + string(runes[len(runes)-maxLength+1:])
		}
	}
	best := middle
	for _, list := range [][]string{around, end} {
		if len(unique(best)) < different && len(unique(list)) > len(unique(best)) {
			best = list
		}
	}
	taken := map[string]string{}
	for i, name := range names {
		base := best[i]
		for n := 2; taken[best[i]] != "" && taken[best[i]] != name; n++ {
			best[i] = fmt.Sprintf("%s (%d)", base, n)
		}
		taken[best[i]] = name
	}
	return best
}

// unique returns the distinct texts, sorted.
func unique(texts []string) []string {
	list := slices.Clone(texts)
	slices.Sort(list)
	return slices.Compact(list)
}

// commonPrefix returns the number of characters that some of the names begin with.
func commonPrefix(names []string, group []int) int {
	first := []rune(names[group[0]])
	n := len(first)
	for _, i := range group {
		for k, r := range []rune(names[i]) {
			if k >= n || first[k] != r {
				n = min(n, k)
				break
			}
		}
		n = min(n, len([]rune(names[i])))
	}
	return n
}

// aroundDifference shortens a name to its beginning and the characters from position at.
func aroundDifference(name string, at, maxLength int) string {
	runes := []rune(name)
	if len(runes) <= maxLength {
		return name
	}
	head := maxLength / 3
	from := max(head, at-maxLength/6)
	rest := maxLength - head - 1
	if from+rest >= len(runes) {
		return string(runes[:head]) + "…" + string(runes[len(runes)-rest:])
	}
	return string(runes[:head]) + "…" + string(runes[from:from+rest-1]) + "…"
}
