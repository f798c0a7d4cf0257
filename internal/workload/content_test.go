package workload

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
)

// published is the workload of the tutorial about saving files.
var published = Workload{Files: 5000, Content: ContentRows, Lines: 5000, Values: 10}

func TestRowsHavePublishedSize(t *testing.T) {
	if n := len(content(t, published, 0)); n != 239_034 {
		t.Errorf("item 0 has %d bytes, want the published 239,034", n)
	}
}

func TestRows(t *testing.T) {
	tests := []struct {
		seed          int64
		lines, values int
		item          int
		want          string
	}{
		{0, 2, 3, 0, "0,1,2\n1,2,3"},
		{0, 1, 1, 7, "7"},
		{100, 3, 1, 5, "105\n106\n107"},
		{-3, 1, 5, 1, "-2,-1,0,1,2"},
	}
	for _, test := range tests {
		w := Workload{Content: ContentRows, Seed: test.seed, Lines: test.lines, Values: test.values}
		if got := string(content(t, w, test.item)); got != test.want {
			t.Errorf("seed %d item %d: got %q, want %q", test.seed, test.item, got, test.want)
		}
	}
}

func TestDecimalsMatchPython(t *testing.T) {
	// The right-hand sides are what repr() prints in Python 3.11.
	tests := map[float64]string{
		0:                      "0.0",
		0.1:                    "0.1",
		0.5:                    "0.5",
		0.0001:                 "0.0001",
		0.00001:                "1e-05",
		0.000012345:            "1.2345e-05",
		1.1102230246251565e-16: "1.1102230246251565e-16",
		1e-100:                 "1e-100",
		0.9999999999999999:     "0.9999999999999999",
		0.30000000000000004:    "0.30000000000000004",
	}
	for x, want := range tests {
		if got := string(appendDecimal(nil, x)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestRandomValues(t *testing.T) {
	w := Workload{Content: ContentRandom, Lines: 50, Values: 7, Seed: 9}
	lines := strings.Split(string(content(t, w, 3)), "\n")
	if len(lines) != 50 {
		t.Fatalf("%d lines, want 50", len(lines))
	}
	seen := make(map[string]bool)
	for _, line := range lines {
		values := strings.Split(line, ",")
		if len(values) != 7 {
			t.Fatalf("line %q has %d values, want 7", line, len(values))
		}
		for _, value := range values {
			x, err := strconv.ParseFloat(value, 64)
			if err != nil || x < 0 || x >= 1 || seen[value] {
				t.Fatalf("%q is not a new decimal in [0,1)", value)
			}
			seen[value] = true
		}
	}
}

func TestTextIsRepeatedAndCut(t *testing.T) {
	for size, want := range map[int64]string{
		0:  "",
		5:  "Hello",
		11: "Hello world",
		12: "Hello worldH",
		33: "Hello worldHello worldHello world",
	} {
		w := Workload{Files: 2, Content: ContentText, Size: size}
		c, err := ContentOf(w)
		must(t, err)
		inMemory, ok := c.(InMemory).Bytes(1)
		if got := string(content(t, w, 0)); got != want || !ok || string(inMemory) != want {
			t.Errorf("%d bytes: got %q, and in memory %q, want %q", size, got, inMemory, want)
		}
	}
}

func TestBytesAreIncompressible(t *testing.T) {
	for _, size := range []int64{0, 1, 7, 8, 9, 100_003} {
		data := content(t, Workload{Content: ContentBytes, Size: size, Seed: 4}, 2)
		if int64(len(data)) != size {
			t.Errorf("%d bytes, want %d", len(data), size)
		}
		var packed bytes.Buffer
		w, err := flate.NewWriter(&packed, 9)
		must(t, err)
		w.Write(data)
		must(t, w.Close())
		if packed.Len() < len(data) {
			t.Errorf("%d bytes were compressed to %d", size, packed.Len())
		}
	}
}

// TestContentIsDeterministic: content depends only on seed and item, and differs between items
// and seeds. Append must keep the content of dst.
func TestContentIsDeterministic(t *testing.T) {
	for _, kind := range []string{ContentRows, ContentRandom, ContentPythonRandom, ContentBytes, ContentTasks} {
		w := Workload{Content: kind, Lines: 30, Values: 3, Size: 1000, Seed: 6}
		once := content(t, w, 4)
		c, err := ContentOf(w)
		must(t, err)
		again, err := c.Append([]byte("before"), 4)
		must(t, err)
		if string(again) != "before"+string(once) {
			t.Errorf("%s: the same item has different content the second time", kind)
		}
		if bytes.Equal(once, content(t, w, 5)) {
			t.Errorf("%s: two items are equal", kind)
		}
		w.Seed++
		if bytes.Equal(once, content(t, w, 4)) {
			t.Errorf("%s: two seeds generate the same item", kind)
		}
	}
}

func TestUnknownContentIsRefused(t *testing.T) {
	_, err := ContentOf(Workload{Content: "prose"})
	if err == nil || !strings.Contains(err.Error(), `"prose"`) || !strings.Contains(err.Error(), "rows, random, python-random, bytes, tasks, text") {
		t.Errorf("error %v does not name the value found and the values allowed", err)
	}
}

func TestItemNames(t *testing.T) {
	tests := []struct {
		content string
		files   int
		item    int
		want    string
	}{
		{ContentRows, 1, 0, "data-0000.csv"},
		{ContentRandom, 43, 42, "data-0042.csv"},
		{ContentPythonRandom, 44, 43, "data-0043.csv"},
		{ContentRows, 1000, 999, "data-0999.csv"},
		{ContentBytes, 1001, 1000, "data-1000.bin"},
		{ContentRows, 123457, 123456, "data-123456.csv"},
		{ContentTasks, 8, 7, "data-0007.txt"},
		{ContentText, 1, 0, "data.txt"},
		{ContentText, 2, 0, "data-0000.txt"},
	}
	for _, test := range tests {
		if got := itemName(Workload{Files: test.files, Content: test.content}, test.item); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

func BenchmarkRows(b *testing.B) { benchmarkContent(b, published) }
func BenchmarkRandom(b *testing.B) {
	benchmarkContent(b, Workload{Content: ContentRandom, Lines: 5000, Values: 10})
}

func BenchmarkBytes(b *testing.B) {
	benchmarkContent(b, Workload{Content: ContentBytes, Size: 1 << 20})
}

func benchmarkContent(b *testing.B, w Workload) {
	c, err := ContentOf(w)
	must(b, err)
	data := content(b, w, 0)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	item := 0
	for b.Loop() {
		if data, err = c.Append(data[:0], item%1000); err != nil {
			b.Fatal(err)
		}
		item++
	}
}
