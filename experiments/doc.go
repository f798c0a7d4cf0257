// Package experiments reads and checks experiment files and expands their grids into cells.
//
// The steps from a file to an Experiment:
//
//  1. Parse reads one YAML document as nodes (document.go) and merges the profile and the
//     overrides into it (profile.go, override.go).
//  2. A decoder walks the nodes (decoder.go). It reads each mapping as a section of keys
//     (key.go). One list contains all keys (format.go, axes.go). The JSON Schema and the
//     reference in the documentation are generated from the same list (schema.go,
//     reference_test.go). The decoder does not stop at the first error: it collects
//     Problems, each with its line and column.
//  3. The blocks of the grid are read and checked (grid.go, check.go), then counted and
//     expanded to cells (plan.go). This drops the axes that a cell does not use, merges
//     equal cells and removes excluded ones (filter.go).
//  4. Every cell gets its baseline (baseline.go), and every row of a published table gets
//     its cells (publishedcells.go).
//
// The result is an Experiment with its Cells, or all Problems.
package experiments
