package plot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
)

// A Picture is a PNG that has been drawn.
type Picture struct {
	File string // its name in plots/
	Kind string // "published", or the name that the experiment file has for it
	Alt  string // what it shows, for who cannot see it
	PNG  []byte
}

// A Sketch is a picture yet to be drawn.
type Sketch struct {
	Name string // the start of its file name, of any characters
	Alt  string
	Draw func() ([]byte, error) // as PNG
}

// A Source is what pictures are drawn from.
type Source struct {
	*analysis.Data
	Published *reproduce.Reproduction // nil if the run is held against no table
}

// A Kind of picture says which pictures of a run there are to draw.
type Kind struct {
	Name   string // as the experiment file has it
	Always bool   // drawn whichever kinds the experiment file names, unless it wants none
	Sketch func(Source) []Sketch
}

// Published is the kind of picture that a run has for its published table.
const Published = "published"

// Kinds are all kinds of pictures, in the order in which they are drawn.
var Kinds = []Kind{
	{Name: Published, Always: true, Sketch: publishedSketches},
	{Name: "speedup", Sketch: speedupSketches},
	{Name: "time", Sketch: timeSketches},
	{Name: "heatmap", Sketch: heatmapSketches},
	{Name: "trials", Sketch: trialsSketches},
}

// unnamed are the kinds that are drawn where the experiment file names none.
var unnamed = []string{"speedup", "time", "heatmap"}

// picturesOfAKind bounds how much is drawn: nobody looks at a thousand pictures,
// and a grid may have 100,000 cells.
const picturesOfAKind = 40

// Draw makes the pictures of the Kinds that the run asks for. Whatever goes wrong with one
// becomes a warning: a result is never lost over its picture.
func Draw(src Source) (pictures []Picture, warnings []string) {
	wanted := src.Run.Plots
	if wanted == nil { // not the same as an empty list
		wanted = unnamed
	}
	taken := map[string]bool{} // file names
	for _, k := range Kinds {
		if slices.Contains(wanted, k.Name) || k.Always && len(wanted) > 0 {
			drawn, problems := drawKind(k.Name, k.Sketch(src), taken)
			pictures, warnings = append(pictures, drawn...), append(warnings, problems...)
		}
	}
	return pictures, warnings
}

// drawKind draws the pictures of a kind, up to a bound.
func drawKind(kind string, sketches []Sketch, taken map[string]bool) (pictures []Picture, warnings []string) {
	if n := len(sketches); n > picturesOfAKind {
		warnings = append(warnings, fmt.Sprintf("Only %d of %d pictures of the kind %q are drawn: the grid is too large to look at, summary.csv has all of it.", picturesOfAKind, n, kind))
		sketches = sketches[:picturesOfAKind]
	}
	for _, s := range sketches {
		file := fileName(s.Name, taken)
		png, err := s.drawn()
		if err != nil {
			warnings = append(warnings, fmt.Sprintf("The picture %s could not be drawn: %v.", file, err))
			continue
		}
		pictures = append(pictures, Picture{File: file, Kind: kind, Alt: s.Alt, PNG: png})
	}
	return pictures, warnings
}

// drawn draws under recover: the plot library panics where it meets what it cannot scale.
func (s Sketch) drawn() (png []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return s.Draw()
}

// fileName makes a name that every file system takes, and takes once: also one
// that does not tell capitals from small letters.
func fileName(name string, taken map[string]bool) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_'
	})
	const longest = 100
	base := cmp.Or(strings.Join(words, "-"), "picture")
	base = base[:min(len(base), longest)]
	file := base + ".png"
	for n := 2; taken[file]; n++ {
		file = fmt.Sprintf("%s-%d.png", base, n)
	}
	taken[file] = true
	return file
}
