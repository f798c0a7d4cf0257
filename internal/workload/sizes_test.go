package workload

import (
	"math"
	"testing"
)

func TestSizesEqualGeneratedItems(t *testing.T) {
	for _, w := range []Workload{
		{Files: 40, Content: ContentRows, Lines: 30, Values: 7},
		{Files: 3, Content: ContentRows, Lines: 1, Values: 1},
		{Files: 12, Content: ContentRows, Lines: 2, Values: 300, Seed: 995},
		{Files: 30, Content: ContentRows, Lines: 200, Values: 3, Seed: -120},
		{Files: 5, Content: ContentRows, Lines: 9, Values: 4, Seed: 99_999_999_999},
		{Files: 5, Content: ContentRows, Lines: 9, Values: 4, Seed: 999_999_999_999_999_990},
		{Files: 5, Content: ContentRows, Lines: 9, Values: 4, Seed: math.MaxInt64 - 5},
		{Files: 5, Content: ContentRows, Lines: 9, Values: 4, Seed: math.MinInt64},
		{Files: 5, Content: ContentRows, Lines: 9, Values: 4, Seed: -1_000_000_000_000_000_007},
		{Files: 9, Content: ContentBytes, Size: 4096},
		{Files: 90, Content: ContentBytes, Size: 4096, Sigma: 1.5, Seed: 8},
		{Files: 9, Content: ContentText, Size: 11},
		{Files: 4, Content: ContentTasks},
		{Files: 4, Content: ContentRandom, Lines: 5, Values: 2},
		{Files: 4, Content: ContentPythonRandom, Lines: 5, Values: 2},
	} {
		c, err := ContentOf(w)
		if err != nil {
			t.Fatal(err)
		}
		want := Sizes{Smallest: math.MaxInt64}
		for item := range w.Files {
			data, err := c.Append(nil, item)
			if err != nil {
				t.Fatal(err)
			}
			want.add(int64(len(data)))
		}
		if got, ok := SizesOf(w); !ok || got != want {
			t.Errorf("%+v: %+v, %v, want %+v", w, got, ok, want)
		}
	}
}

// TestSizesOfPublishedWorkloads checks the sizes of the tutorials of docs/reproducing.md.
func TestSizesOfPublishedWorkloads(t *testing.T) {
	for _, test := range []struct {
		files, lines int
		want         Sizes
	}{
		{5000, 5000, Sizes{Smallest: 239_034, Largest: 250_035, Total: 1_244_988_660}},
		{10_000, 10_000, Sizes{Smallest: 489_079, Largest: 599_998, Total: 5_495_383_420}},
	} {
		if got, ok := SizesOf(Workload{Files: test.files, Content: ContentRows, Lines: test.lines, Values: 10}); !ok || got != test.want {
			t.Errorf("%d files of %d lines: %+v, want %+v", test.files, test.lines, got, test.want)
		}
	}
	s, ok := SizesOf(Workload{Files: 1000, Content: ContentRandom, Lines: 10_000, Values: 10})
	if !ok || !s.Estimated || s.Total < 1_900_000_000 || s.Total > 1_960_000_000 {
		t.Errorf("random decimals: %+v, want an estimate of 1.93 GB", s)
	}
}

func TestSizesOfHostileWorkloads(t *testing.T) {
	const huge = 1_000_000_000
	for _, w := range []Workload{
		{},
		{From: "/tree"},
		{Files: 1, Content: "unknown", Lines: 1, Values: 1},
		{Files: huge, Content: ContentRows, Lines: 1, Values: 1},
		{Files: 1, Content: ContentRows, Lines: huge, Values: huge},
		{Files: 2, Content: ContentBytes, Size: math.MaxInt64},
		{Files: 100_000, Content: ContentBytes, Size: 1 << 50, Sigma: 5},
		{Files: 1, Content: ContentRandom, Lines: huge, Values: huge},
	} {
		if s, ok := SizesOf(w); ok {
			t.Errorf("%+v has the sizes %+v, want none", w, s)
		}
	}
}
