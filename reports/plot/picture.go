package plot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/internal/parallel"
)

// A Picture has been drawn.
type Picture struct {
	Name  string // of its files in plots/, without the extension
	Kind  string // "published", or the name of the kind in the experiment file
	Alt   string // description for readers who cannot see the picture
	SVG   string // an element for a page of HTML, without a size of its own
	Files []File // one per format that the experiment asks for

	missing map[rune]bool // characters that the files show as boxes
}

// A File is a picture in one format.
type File struct {
	Name string // in plots/
	Data []byte
}

// A Sketch is a picture that is not drawn yet.
type Sketch struct {
	Name string // the start of the file name; can contain any character
	Alt  string
	// Cells are the cells that the picture shows.
	Cells []*analysis.Summary
	Draw  func(Layout) (*Drawing, error)
}

// A Source is the data for pictures.
type Source struct {
	*analysis.Data
	Published *reproduce.Reproduction // nil if the run has no published table

	// X and Y are the factors of the axes of one picture; empty means the usual ones.
	X, Y string
	// Figure is what the kind time shows; nil means the figure that is judged.
	Figure *analysis.Figure
	// Whole puts all cells of a table into one picture.
	Whole bool
}

// x returns the factor of the x axis.
func (src Source) x() string { return cmp.Or(src.X, src.Run.X, experiments.Workers.String()) }

// pages splits cells of a table into pictures of rowsPerPicture rows. Of a large table it keeps as many
// cells as readers look at. It returns the conditions of the pictures, with the choice of the cells.
func (src Source) pages(g analysis.Table, cells []*analysis.Summary) (pages [][]*analysis.Summary, conditions string) {
	conditions = g.ConditionsSentence()
	if src.Whole && len(cells) > 0 {
		return [][]*analysis.Summary{cells}, conditions
	}
	most := 2 * rowsPerPicture
	if len(src.Tables) > 6 {
		most = rowsPerPicture
	}
	if g.Cells = cells; len(cells) > most {
		e := g.Excerpt(most)
		cells = e.Cells
		conditions = strings.TrimSuffix(fmt.Sprintf("shown: %s; %s", e.Kept, conditions), "; ")
	}
	return slices.Collect(slices.Chunk(cells, rowsPerPicture)), conditions
}

// A Kind is a kind of picture.
type Kind struct {
	Name   string                // as in the experiment file
	Always bool                  // drawn unless the experiment file has an empty list of kinds
	Sketch func(Source) []Sketch // returns the pictures of a run
	Axes   int                   // the number of axes that a caller can choose
}

// Published is the kind of picture that compares a run with its published table.
const Published = "published"

// Kinds lists all kinds of pictures, in drawing order.
var Kinds = []Kind{
	{Name: Published, Always: true, Sketch: publishedSketches},
	{Name: "effects", Always: true, Sketch: effectsSketches},
	{Name: "speedup", Sketch: speedupSketches, Axes: 1},
	{Name: "time", Sketch: timeSketches, Axes: 1},
	{Name: "heatmap", Sketch: heatmapSketches, Axes: 2},
	{Name: "trials", Sketch: trialsSketches},
	{Name: "order", Sketch: orderSketches},
	{Name: "latency", Sketch: latencySketches},
	{Name: "ceiling", Always: true, Sketch: ceilingSketches, Axes: 1},
}

// defaultKinds are the kinds that are drawn if the experiment file does not have a list.
var defaultKinds = []string{"speedup", "time", "heatmap"}

// defaultFormats are the formats of the files if the experiment file does not have a list.
var defaultFormats = []string{"png"}

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
	formats := src.Run.Formats
	if !slices.ContainsFunc(Formats, func(f Format) bool { return slices.Contains(formats, f.Name) }) {
		formats = defaultFormats
	}
	taken := map[string]bool{} // file names
	missing := map[rune]bool{}
	for _, k := range Kinds {
		if slices.Contains(wanted, k.Name) || k.Always && len(wanted) > 0 {
			drawn, problems := drawKind(k.Name, k.Sketch(src), formats, taken)
			pictures, warnings = append(pictures, drawn...), append(warnings, problems...)
		}
	}
	for _, p := range pictures {
		maps.Copy(missing, p.missing)
	}
	return pictures, append(warnings, MissingWarning(missing)...)
}

// MissingWarning returns a warning if a picture shows boxes instead of some characters.
func MissingWarning(missing map[rune]bool) []string {
	if len(missing) == 0 {
		return nil
	}
	var names []string
	for _, r := range slices.Sorted(maps.Keys(missing)) {
		names = append(names, oneline.Of(string(r)))
	}
	return []string{fmt.Sprintf("The font of the pictures lacks some characters, and PNG and PDF show a box for each: %s. SVG shows them in the reader's font (reports.formats: svg).", format.Several(names))}
}

// drawKind draws the pictures of a kind, but at most maxPictures.
func drawKind(kind string, sketches []Sketch, formats []string, taken map[string]bool) (pictures []Picture, warnings []string) {
	if n := len(sketches); n > maxPictures {
		warnings = append(warnings, fmt.Sprintf("Only %d of %d pictures of the kind %q were drawn, with a share for each operation and table. iosweep plot draws the others, and summary.csv has all results.", maxPictures, n, kind))
		sketches = share(sketches, maxPictures)
	}
	all, problems := make([]Picture, len(sketches)), make([]error, len(sketches))
	for i, s := range sketches {
		all[i] = Picture{Name: fileName(s.Name, taken), Kind: kind, Alt: s.Alt}
	}
	_ = parallel.Do(len(sketches), func(i int) error {
		problems[i] = all[i].draw(sketches[i], formats)
		return nil
	})
	for i, p := range all {
		if problems[i] != nil {
			warnings = append(warnings, fmt.Sprintf("The picture %s could not be drawn: %v.", p.Name, problems[i]))
			continue
		}
		pictures = append(pictures, p)
	}
	return pictures, warnings
}

// share chooses pictures so that each operation and each of its tables has about the same number. It
// keeps their order.
func share(sketches []Sketch, most int) []Sketch {
	type rank struct{ page, table, index int }
	tables := map[string]map[int]int{} // by operation: the position of each table
	pages := map[int]int{}             // by table: the pictures so far
	ranks := make([]rank, len(sketches))
	for i, s := range sketches {
		ranks[i].index = i
		if len(s.Cells) == 0 {
			continue
		}
		operation, table := s.Cells[0].Cell.Levels[experiments.Operation.String()], s.Cells[0].Cell.Baseline
		if tables[operation] == nil {
			tables[operation] = map[int]int{}
		}
		if _, known := tables[operation][table]; !known {
			tables[operation][table] = len(tables[operation])
		}
		ranks[i].page, ranks[i].table = pages[table], tables[operation][table]
		pages[table]++
	}
	slices.SortStableFunc(ranks, func(a, b rank) int { return cmp.Or(cmp.Compare(a.page, b.page), cmp.Compare(a.table, b.table)) })
	ranks = ranks[:most]
	slices.SortFunc(ranks, func(a, b rank) int { return cmp.Compare(a.index, b.index) })
	chosen := make([]Sketch, most)
	for i, r := range ranks {
		chosen[i] = sketches[r.index]
	}
	return chosen
}

// draw draws a sketch in the formats, and as SVG. It turns a panic into an error: the plot library
// panics on values that it cannot scale.
func (p *Picture) draw(s Sketch, formats []string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	d, err := s.Draw(Layout{})
	if err != nil {
		return err
	}
	d.Alt = oneline.Of(s.Alt)
	if p.SVG, err = d.svg(""); err != nil {
		return err
	}
	for _, f := range Formats {
		if slices.Contains(formats, f.Name) {
			data, err := f.Encode(d)
			if err != nil {
				return err
			}
			p.Files = append(p.Files, File{Name: p.Name + "." + f.Name, Data: data})
		}
	}
	p.missing = d.Missing
	return nil
}

// fileName returns a file name without extension that is valid on every file system, and unique even on file
// systems that ignore case.
func fileName(name string, taken map[string]bool) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_'
	})
	const longest = 100
	base := cmp.Or(strings.Join(words, "-"), "picture")
	base = base[:min(len(base), longest)]
	name = base
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	taken[name] = true
	return name
}
