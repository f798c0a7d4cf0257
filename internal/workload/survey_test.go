package workload

import (
	"context"
	"errors"
	"hash/crc32"
	"testing"
)

// TestSurveyEqualsAppend surveys few items, in parts, and many.
func TestSurveyEqualsAppend(t *testing.T) {
	for _, w := range streamed() {
		for _, files := range []int{3, fewItems + 1} {
			if w.Files = files; files > fewItems && w.Size > 4<<10 {
				continue // this would take minutes
			}
			m, err := Survey(t.Context(), w)
			must(t, err)
			if m.Len() != files {
				t.Fatalf("%+v: %d items", w, m.Len())
			}
			for item, file := range m.All() {
				data := content(t, w, item)
				want := File{Name: itemName(w, item), Size: int64(len(data)), CRC: crc32.ChecksumIEEE(data), Mode: generatedMode}
				if file != want {
					t.Fatalf("%+v: item %d is %+v, want %+v", w, item, file, want)
				}
			}
		}
	}
}

// TestSurveyOfParts has sizes around the boundaries of parts.
func TestSurveyOfParts(t *testing.T) {
	for _, w := range []Workload{
		{Files: 1, Content: ContentText, Size: surveyPart - 1},
		{Files: 1, Content: ContentText, Size: surveyPart},
		{Files: 2, Content: ContentBytes, Size: 2*surveyPart + 1},
		{Files: 1, Content: ContentRows, Lines: 300_000, Values: 9, Seed: -7},
	} {
		m, err := Survey(t.Context(), w)
		must(t, err)
		data := content(t, w, 0)
		if file := m.File(0); file.Size != int64(len(data)) || file.CRC != crc32.ChecksumIEEE(data) {
			t.Errorf("%+v: %+v, want %d bytes and the checksum %x", w, file, len(data), crc32.ChecksumIEEE(data))
		}
	}
}

func TestSurveyOfEndlessItemStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, w := range []Workload{
		{Files: 1, Content: ContentBytes, Size: 1 << 45},
		{Files: 1, Content: ContentRandom, Lines: 1_000_000_000, Values: 1_000_000},
	} {
		if _, err := Survey(ctx, w); !errors.Is(err, context.Canceled) {
			t.Errorf("%+v: %v, want that it was cancelled", w, err)
		}
	}
}
