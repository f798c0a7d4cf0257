// Package reports writes an analysis in several formats, one file of code for each. It never
// runs anything and computes nothing. The same journal always gives the same bytes.
//
//  1. New creates the Content of a journal: its analysis, the published table, footnotes.
//  2. Draw adds the pictures (package plot). It recovers from panics: a picture that cannot be
//     drawn becomes a warning, and never loses a result.
//  3. Each table declares its columns once (trials.go, summary.go, scaling.go, published.go,
//     nodes.go, compare.go), for CSV, JSON, Markdown and the terminal (package table). A test checks that
//     the pages of docs describe the columns with the same words.
//  4. Reports that cannot show all cells of a large run show an excerpt (excerpt.go), and name the
//     files that have the rest.
//  5. report.html has all cells. page.go selects its content, and package html writes it.
//  6. Terminal writes the tables for a terminal. Each Report of All writes to an io.Writer.
//     WriteAll writes each report to a temporary file, syncs it and renames it, so that a
//     reader never sees half a report.
//
// A new format needs one file with a function that writes it, and one line in All or in
// Formats. A new kind of picture needs one file, one line in plot.Kinds, and a new word for the
// key reports.plots.
package reports
