// Package experiments is the experiment file: its format, its checks, its grid.
//
// The way of a file through this package:
//
//  1. Parse reads one YAML document as nodes (document.go), and lays a profile and
//     overrides over them (profile.go, override.go).
//  2. A decoder walks the nodes (decoder.go). Each mapping is read as a section of
//     keys (key.go). All keys stand in one list (format.go, axes.go), from which the
//     JSON Schema and the reference in the documentation are made too (schema.go,
//     reference_test.go). What is wrong is collected as Problems, each with its line and
//     column, instead of stopping at the first.
//  3. The blocks of the grid are read and checked (grid.go, check.go), then counted and
//     expanded to cells (plan.go): axes that a cell does not use are dropped, equal
//     cells are merged, excluded ones are left out (filter.go).
//  4. Every cell finds its baseline (baseline.go), and every row of a published table
//     its cells (publishedcells.go).
//
// An Experiment comes out, with its Cells, or all Problems.
package experiments
