// Package reports makes every report from the journal of a run alone. It never
// runs anything, and the same journal gives the same bytes.
//
// The way of a journal through this package:
//
//  1. New summarises the log: one Summary per cell, with speed-ups paired by
//     round, p values adjusted over the cells of a table, and a verdict.
//  2. A published table, if the run is held against one, becomes a
//     Reproduction: each of its rows is a claim, and each cell that does what the
//     row says an attempt at it, which is judged in one place.
//  3. Cells that differ in the number of workers alone become a Sweep where there are
//     enough of them for a law of scaling to be fitted.
//  4. What is odd about the run becomes warnings, which travel with the data so
//     that every report shows the same ones.
//  5. Pictures are drawn first, under recover: one that cannot be drawn is a
//     warning, never a lost result.
//  6. Each Report of All writes itself to an io.Writer. WriteAll puts each into
//     its file by a temporary one, a sync and a rename, so that a reader never
//     sees half a report.
//
// A new format is one file with a type that is a Report and one line in All or
// in Formats; a new kind of picture is one file and one line in kinds.
package reports
