package table

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
)

// TestRowsStayDistinct writes rows with equal figures and similar keys at every width. No line is
// too long, and the rows differ.
func TestRowsStayDistinct(t *testing.T) {
	s := Sheet{Heads: []Head{
		{Title: "strategy", Words: true, Key: true},
		{Title: "workers", Words: true, Key: true},
		{Title: "mean", Weight: 10},
		{Title: "speed-up", Weight: 10},
		{Title: "rate", Weight: 4},
		{Title: "verdict", Words: true, Weight: 9},
	}}
	strategies := []string{"processes", "processes+threads", "python-processes+threads", "python-processes+workers", "日本語日本語日本語日本語1", "日本語日本語日本語日本語2"}
	for _, strategy := range strategies {
		for _, workers := range []string{"1", "16"} {
			s.Rows = append(s.Rows, []Cell{{Text: strategy}, {Text: workers}, {Text: "18.3 (open–51.8) ms"}, {Text: "0.116×"}, {Text: "212 KiB/s"}, {Text: "baseline (incomplete)"}})
		}
	}
	for width := 30; width <= 120; width++ {
		var b bytes.Buffer
		hidden := s.Write(&b, Options{Width: width})
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		for _, line := range lines {
			if text.StringWidth(line) > width {
				t.Errorf("%d columns are too few for the line %q", width, line)
			}
		}
		slices.Sort(lines)
		lines = slices.DeleteFunc(slices.Compact(lines), func(line string) bool {
			return !slices.ContainsFunc([]string{"proc", "pyt", "日"}, func(name string) bool { return strings.Contains(line, name) })
		})
		if len(lines) != len(s.Rows) {
			t.Errorf("%d columns: %d of %d rows differ:\n%s", width, len(lines), len(s.Rows), b.String())
		}
		if slices.Contains(hidden, "verdict") {
			t.Errorf("%d columns: the verdict is hidden, although other columns are not needed", width)
		}
	}
}

// TestBestIsBold checks that the best row is bold, and keeps its colours.
func TestBestIsBold(t *testing.T) {
	s := Sheet{
		Heads: []Head{{Title: "strategy", Key: true}, {Title: "mean"}, {Title: "verdict", Words: true}},
		Rows:  [][]Cell{{{Text: "threads"}, {Text: "1 s"}, {"faster", Good}}, {{Text: "async"}, {Text: "2 s"}, {"slower", Worse}}},
	}
	s.Embolden(0)
	for width, want := range map[int]string{
		80: " \x1b[1mthreads\x1b[0m    \x1b[1m1 s\x1b[0m  \x1b[32mfaster\x1b[0m\n async      2 s  \x1b[31mslower\x1b[0m\n",
		20: " \x1b[1mthreads\x1b[0m\n  \x1b[1m1 s\x1b[0m  \x1b[32mfaster\x1b[0m\n async\n  2 s  \x1b[31mslower\x1b[0m\n",
	} {
		var b bytes.Buffer
		s.Write(&b, Options{Width: width, Colour: true})
		if !strings.HasSuffix(b.String(), want) {
			t.Errorf("%d columns: got %q, want the end %q", width, b.String(), want)
		}
		b.Reset()
		if s.Write(&b, Options{Width: width}); strings.Contains(b.String(), "\x1b") {
			t.Errorf("%d columns: there are colours, although they are off: %q", width, b.String())
		}
	}
}

// TestWordsBreakInNarrowTerminal breaks a wide column of words. Each row stays below its keys.
func TestWordsBreakInNarrowTerminal(t *testing.T) {
	s := Sheet{
		Heads: []Head{{Title: "table", Key: true}, {Title: "fastest measured", Words: true, Weight: 9}, {Title: "speed-up", Weight: 9}, {Title: "verdict", Words: true, Weight: 9}, {Title: "slowest", Words: true}},
		Rows: [][]Cell{
			{{Text: "write, size=1KiB"}, {Text: "threads, workers=8, chunk_size=2"}, {Text: "1.77×"}, {Text: "inconclusive"}, {Text: "async"}},
			{{Text: "read, size=16KiB"}, {Text: "async"}, {Text: "1.27×"}, {Text: "baseline (incomplete)"}, {Text: "async"}},
			{{Text: "read, size=1KiB"}, {Text: "async"}, {Text: "1.26×"}, {Text: "faster"}, {Text: "async"}},
		},
	}
	var b bytes.Buffer
	hidden := s.Write(&b, Options{Width: 40})
	want := strings.Join([]string{
		" fastest         speed-up  verdict",
		" measured",
		"────────────────────────────────────────",
		" write, size=1KiB",
		" threads,           1.77×  inconclusive",
		" workers=8,",
		" chunk_size=2",
		" read, size=16KiB",
		" async              1.27×  baseline",
		"                           (incomplete)",
		" read, size=1KiB",
		" async              1.26×  faster",
		"",
	}, "\n")
	if b.String() != want || !slices.Equal(hidden, []string{"slowest"}) {
		t.Errorf("hidden %q, got:\n%s\nwant:\n%s", hidden, b.String(), want)
	}
}
