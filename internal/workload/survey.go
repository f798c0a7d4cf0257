package workload

import (
	"context"
	"fmt"
	"io"

	"iosweep/internal/parallel"
)

// generatedMode is the mode of files with generated content.
const generatedMode = 0o644

// Survey returns the manifest of a workload. It generates every item once, or reads the tree
// once. It uses all processors, and no more memory than the manifest plus a buffer per processor.
// Call it once per workload and keep the manifest. The zero Workload has no items.
func Survey(ctx context.Context, w Workload) (m *Manifest, err error) {
	switch {
	case w == (Workload{}):
		return NewManifest(), nil
	case w.From != "":
		return surveyTree(ctx, w)
	}
	content, err := ContentOf(w)
	if err != nil {
		return nil, err
	}
	if w.Files < 1 {
		return nil, fmt.Errorf("a workload of %d files; at least 1 is required", w.Files)
	}
	name := func(item int) string { return itemName(w, item) }
	if ranged, ok := content.(Ranged); ok && w.Files < fewItems {
		m, err = surveyParts(ctx, w.Files, name, ranged)
	} else {
		m, err = surveyStreams(ctx, w.Files, name, content)
	}
	if err != nil {
		return nil, err
	}
	m.Dirs = w.directories()
	return m, nil
}

// surveyStreams returns the manifest of n items. Each processor surveys items.
func surveyStreams(ctx context.Context, n int, name func(item int) string, content Content) (*Manifest, error) {
	return surveyItems(ctx, n, name, func(int) func(int, *File) error {
		buf := make([]byte, DigestBuffer)
		return func(item int, file *File) (err error) {
			file.Mode = generatedMode
			file.Size, file.CRC, err = Digest(ctx, &streamReader{content.Stream(item)}, buf)
			return err
		}
	})
}

// A streamReader reads a stream.
type streamReader struct{ stream Stream }

func (r *streamReader) Read(p []byte) (int, error) {
	block, err := r.stream.Append(p[:0], len(p))
	if err == nil && len(block) == 0 {
		err = io.EOF
	}
	return len(block), err
}

// surveyItems returns the manifest of n items. It processes one block at a time: all
// processors inspect items of the block, each with its own function from worker, which sets
// all fields except the name. Then the block is added to the manifest, without the items whose
// name the function has removed.
func surveyItems(ctx context.Context, n int, name func(item int) string, worker func(number int) func(item int, file *File) error) (*Manifest, error) {
	var b manifestBuilder
	files := make([]File, min(n, blockItems))
	for first := 0; first < n; first += blockItems {
		files := files[:min(blockItems, n-first)]
		err := parallel.ForEach(ctx, len(files), func(number int) func(int) error {
			inspect := worker(number)
			return func(i int) error {
				files[i].Name = name(first + i)
				return inspect(first+i, &files[i])
			}
		})
		if err != nil {
			return nil, err
		}
		for i := range files {
			if files[i].Name != "" {
				b.add(&files[i])
			}
		}
	}
	return b.manifest(), nil
}
