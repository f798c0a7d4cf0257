// Package plot draws the pictures of a run.
//
//  1. A Kind says which pictures there are to draw, each as a Sketch. Kinds lists all.
//  2. Each kind is a file: published.go, speedup.go, time.go, heatmap.go, trials.go. Those
//     share charts of lines (lines.go) and of rows (rows.go), and panels, into which a group
//     is split that has more lines than can be told apart.
//  3. Charts are put together from scales, axes, bars and colours (scale.go,
//     bars.go, palette.go) and rendered on a canvas that all share (canvas.go).
//  4. Draw does it, under recover: the plot library panics where it meets what it cannot
//     scale.
package plot
