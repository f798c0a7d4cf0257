// Package compare holds one run against another, cell by cell.
//
//  1. Cells of BASE and NEW are matched by what they are (match.go). What cannot be
//     compared gets a Status and a reason.
//  2. Each other cell gets the speed-up of NEW over BASE, and all are judged together by one
//     test (verdict.go).
//  3. What differs between the runs as wholes says what a verdict is about (environment.go).
//  4. Notes say how to read it (compare.go), Found what CI looks for (order.go).
package compare
