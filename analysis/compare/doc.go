// Package compare compares two runs, cell by cell, or several runs of two sides. With several runs a run is the
// unit (runs.go).
//
//  1. Cells of BASE and NEW are matched by their operation, strategy and other levels
//     (match.go). A cell that cannot be compared gets a Status and a reason.
//  2. Each other cell gets the speed-up of NEW over BASE, and one test judges all of
//     them together (verdict.go).
//  3. Differences between the runs as a whole show whether a verdict is about machines,
//     code or plans (environment.go).
//  4. Notes explain how to read the result (compare.go), and package gate finds
//     the cells that a CI job looks for.
package compare
