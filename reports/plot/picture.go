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
	File string // name of the file in plots/
	Kind string // "published", or the name of the kind in the experiment file
	Alt  string // description for readers who cannot see the picture
	PNG  []byte
}

// A Sketch is a picture that is not drawn yet.
type Sketch struct {
	Name string // the start of the file name; can contain any character
	Alt  string
	Draw func() ([]byte, error) // as PNG
}

// A Source is the data for pictures.
type Source struct {
	*analysis.Data
	Published *reproduce.Reproduction // nil if the run has no published table
}

// A Kind is a kind of picture.
type Kind struct {
	Name   string                // as in the experiment file
	Always bool                  // drawn unless the experiment file has an empty list of kinds
	Sketch func(Source) []Sketch // returns the pictures of a run
}

// Published is the kind of picture that compares a run with its published table.
const Published = "published"

// Kinds lists all kinds of pictures, in drawing order.
var Kinds = []Kind{
	{Name: Published, Always: true, Sketch: publishedSketches},
	{Name: "speedup", Sketch: speedupSketches},
	{Name: "time", Sketch: timeSketches},
	{Name: "heatmap", Sketch: heatmapSketches},
	{Name: "trials", Sketch: trialsSketches},
}

// defaultKinds are the kinds that are drawn if the experiment file does not have a list.
var defaultKinds = []string{"speedup", "time", "heatmap"}

// maxPictures is the maximum number of pictures of a kind. A grid can have 100,000 cells, but a
// thousand pictures help no reader.
const maxPictures = 40

// Draw draws the pictures of the kinds in the experiment file. A picture that fails becomes a
// warning, so that the results are never lost because of a picture.
func Draw(src Source) (pictures []Picture, warnings []string) {
	wanted := src.Run.Plots
	if wanted == nil { // not the same as an empty list
		wanted = defaultKinds
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

// drawKind draws the pictures of a kind, but at most maxPictures.
func drawKind(kind string, sketches []Sketch, taken map[string]bool) (pictures []Picture, warnings []string) {
	if n := len(sketches); n > maxPictures {
		warnings = append(warnings, fmt.Sprintf("Only %d of %d pictures of the kind %q were drawn, because the grid is very large. summary.csv has all results.", maxPictures, n, kind))
		sketches = sketches[:maxPictures]
	}
	for _, s := range sketches {
		file := fileName(s.Name, taken)
		png, err := s.drawSafely()
		if err != nil {
			warnings = append(warnings, fmt.Sprintf("The picture %s could not be drawn: %v.", file, err))
			continue
		}
		pictures = append(pictures, Picture{File: file, Kind: kind, Alt: s.Alt, PNG: png})
	}
	return pictures, warnings
}

// drawSafely draws the picture, and turns a panic into an error: the plot library panics on
// values that it cannot scale.
func (s Sketch) drawSafely() (png []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return s.Draw()
}

// fileName returns a file name that is valid on every file system, and unique even on file
// systems that ignore case.
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
