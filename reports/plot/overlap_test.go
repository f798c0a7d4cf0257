package plot

import (
	"fmt"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/analysis/reproduce"
	"iosweep/journal"
)

// A textCanvas records where texts are. It leaves out turned texts.
type textCanvas struct {
	recorder.Canvas
	turned bool
	boxes  map[string]vg.Rectangle // by text and place
}

func (c *textCanvas) Rotate(angle float64) { c.turned = true }

func (c *textCanvas) Pop() { c.turned = false }

func (c *textCanvas) FillString(f plotfont.Face, at vg.Point, s string) {
	if !c.turned && s != "" {
		c.boxes[fmt.Sprintf("%s at %.0f, %.0f", s, at.X, at.Y)] = vg.Rectangle{Min: at, Max: at.Add(vg.Point{X: widthOf(f, s), Y: 0.7 * f.Font.Size})}
	}
}

// TestTextsDoNotOverlap checks every kind of picture in its usual size and in the column of a paper.
func TestTextsDoNotOverlap(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws many pictures")
	}
	numbers := func(n int) (list []string) {
		for i := range n {
			list = append(list, fmt.Sprint(i+1))
		}
		return list
	}
	contenders := make([]string, 9)
	for i := range contenders {
		contenders[i] = fmt.Sprintf("a-contender-with-a-long-name-of-its-own-%d", i)
	}
	logs := map[string]*journal.Log{
		"typical": analysistest.Typical(), "eventful": analysistest.Eventful(), "save": analysistest.SaveFiles(), "zip": analysistest.ZipFiles(),
		"sweeps": analysistest.Sweeps(), "heat": heatLog(),
		"contenders": analysistest.Grid([]string{"write"}, contenders, []string{"1", "2", "4"}, []string{"1"}, 2),
		"chunks":     analysistest.Grid([]string{"write"}, contenders[:3], []string{"1", "2", "3", "4", "6", "8", "12", "16", "24", "32", "48", "64"}, []string{"1", "8", "64", "auto"}, 2),
		"large":      analysistest.Grid([]string{"write"}, []string{"threads"}, numbers(40), numbers(30), 1),
	}
	for name, log := range degenerate() {
		logs[name] = log
	}
	for name, log := range logs {
		d := analysis.New(log)
		for _, k := range Kinds {
			for _, s := range k.Sketch(Source{Data: d, Published: reproduce.New(d)}) {
				for _, width := range []float64{pictureWidth, 800, 416, leastWidth} {
					d, err := s.Draw(Layout{Width: width})
					if err != nil {
						t.Fatal(err)
					}
					c := &textCanvas{boxes: map[string]vg.Rectangle{}}
					d.Draw(draw.NewCanvas(c, d.Width, d.Height))
					checkTexts(t, fmt.Sprintf("%s, %s, %g pixels", name, s.Name, width), d, c.boxes)
				}
			}
		}
	}
}

func checkTexts(t *testing.T, picture string, d *Drawing, boxes map[string]vg.Rectangle) {
	t.Helper()
	if len(boxes) < 3 {
		t.Errorf("%s has only the texts %v", picture, boxes)
	}
	problems := 0
	for a, box := range boxes {
		if box.Min.X < -1 || box.Max.X > d.Width+1 || box.Min.Y < -1 || box.Max.Y > d.Height+1 {
			problems++
			t.Errorf("%s: %s is outside the picture", picture, a)
		}
		for b, other := range boxes {
			if a < b && box.Min.X < other.Max.X && other.Min.X < box.Max.X && box.Min.Y < other.Max.Y && other.Min.Y < box.Max.Y {
				problems++
				t.Errorf("%s: %s overlaps %s", picture, a, b)
			}
		}
		if problems > 3 {
			return
		}
	}
}

// TestLongLegendStandsBelow checks where the legend of a picture with one panel is.
func TestLongLegendStandsBelow(t *testing.T) {
	for n, below := range map[int]bool{1: false, besideEntries: false, besideEntries + 1: true} {
		f := frame{panels: []*plot.Plot{newPlot("")}, legend: newLegend(), height: 400}
		for i := range n {
			f.legend.add(fmt.Sprintf("entry %d", i))
		}
		d, err := f.drawing(Layout{})
		if err != nil {
			t.Fatal(err)
		}
		c := &textCanvas{boxes: map[string]vg.Rectangle{}}
		d.Draw(draw.NewCanvas(c, d.Width, d.Height))
		for text, box := range c.boxes {
			if strings.HasPrefix(text, "entry 0 ") && (box.Min.X < d.Width/2) != below {
				t.Errorf("of %d entries, the first is at %v", n, box.Min)
			}
		}
		if (d.Height > px(400+2*margin)) != below {
			t.Errorf("a legend of %d entries gives a height of %v", n, d.Height)
		}
	}
}
