// Package plot draws the pictures of a run.
//
//  1. A Kind returns the pictures to draw, each as a Sketch. Kinds lists all kinds.
//  2. Each kind has its own file: published.go, speedup.go, time.go, heatmap.go, trials.go. They
//     share charts of lines (lines.go) and of rows (rows.go). A table with too many lines for one
//     plot is split into panels (speedup.go).
//  3. Charts consist of scales, axes, bars and colours (scale.go, bars.go, palette.go). A frame lays
//     out title, conditions, panels and legend (frame.go, legend.go, text.go).
//  4. Draw draws the sketches in every format (encode.go), and recovers from panics: the plot library
//     panics on values that it cannot scale.
package plot
