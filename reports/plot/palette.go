package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg/draw"
)

// A seriesStyle distinguishes one series from the others by its colour, and also by its shape
// and dashes, for readers who cannot see the colour or print without it.
type seriesStyle struct {
	colour color.RGBA
	shape  draw.GlyphDrawer
	dashes []float64 // in points
}

// pale returns the style in a lighter colour.
func (s seriesStyle) pale() seriesStyle {
	s.colour = blend(s.colour, white, 0.45)
	return s
}

// seriesStyles returns one style for each line that a picture can contain. The colours are from
// M. Okabe and K. Ito, "Color Universal Design" (2008). Grey replaces their yellow, which is too
// light for a line on white.
func seriesStyles() []seriesStyle {
	return []seriesStyle{
		{rgb(0x0072b2), draw.CircleGlyph{}, nil},
		{rgb(0xd55e00), draw.BoxGlyph{}, []float64{7, 3}},
		{rgb(0x009e73), draw.PyramidGlyph{}, []float64{2, 2}},
		{rgb(0xcc79a7), outlineGlyph{}, []float64{9, 3, 2, 3}},
		{rgb(0xe69f00), outlineGlyph{corners: 4}, nil},
		{rgb(0x56b4e9), outlineGlyph{corners: 3}, []float64{7, 3}},
		{rgb(0x000000), outlineGlyph{corners: 5, filled: true}, []float64{2, 2}},
		{rgb(0x777777), outlineGlyph{corners: 6}, []float64{9, 3, 2, 3}},
	}
}

// The colours of elements that are not series.
var (
	ink        = rgb(0x222222)
	white      = rgb(0xffffff)
	subdued    = rgb(0x555555)
	faint      = rgb(0x999999)
	context    = rgb(0xc4c4c4) // lines of other panels
	gridColour = rgb(0xe4e4e4)
	blank      = rgb(0xeeeeee) // no value in a heat map, or the range of no difference
	vermilion  = rgb(0xd55e00)
	blue       = rgb(0x0072b2)
)

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// viridisStops are evenly spaced points of the colour map viridis, by N. Smith and S. van der
// Walt. It becomes steadily lighter, in colour, in grey, and for colour-blind readers.
var viridisStops = []color.RGBA{
	rgb(0x440154), rgb(0x472d7b), rgb(0x3b528b), rgb(0x2c728e), rgb(0x21918c),
	rgb(0x28ae80), rgb(0x5ec962), rgb(0xaddc30), rgb(0xfde725),
}

// viridis returns the colour of a number from 0 to 1.
func viridis(part float64) color.RGBA { return between(viridisStops, part) }

// divergingStops are evenly spaced points of a colour map from orange over white to blue, by C. Brewer
// (PuOr, RdBu). Colour-blind readers can tell its ends apart.
var divergingStops = []color.RGBA{
	rgb(0x7f3b08), rgb(0xb35806), rgb(0xe08214), rgb(0xfdb863), rgb(0xfee0b6), rgb(0xf7f7f7),
	rgb(0xd1e5f0), rgb(0x92c5de), rgb(0x4393c3), rgb(0x2166ac), rgb(0x053061),
}

// diverging returns the colour of a number from 0 to 1. The middle is almost white.
func diverging(part float64) color.RGBA { return between(divergingStops, part) }

// between returns the colour at a part of a colour map.
func between(stops []color.RGBA, part float64) color.RGBA {
	x := min(max(part, 0), 1) * float64(len(stops)-1)
	i := min(int(x), len(stops)-2)
	return blend(stops[i], stops[i+1], x-float64(i))
}

// blend returns a mixture of two colours with this part of the second.
func blend(a, b color.RGBA, t float64) color.RGBA {
	mix := func(a, b uint8) uint8 {
		return uint8(math.Round(float64(a) + t*(float64(b)-float64(a))))
	}
	return color.RGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 0xff}
}

// readableOn returns black or white, whichever has the higher contrast with a shade. It uses the
// luminance of the Web Content Accessibility Guidelines.
func readableOn(c color.RGBA) color.Color {
	light := func(channel uint8) float64 { return math.Pow(float64(channel)/255, 2.2) }
	luminance := 0.2126*light(c.R) + 0.7152*light(c.G) + 0.0722*light(c.B)
	if luminance > 0.18 {
		return color.Black
	}
	return color.White
}
