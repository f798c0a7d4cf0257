// Package reports shows an analysis: one file for each format. It never runs anything and
// computes nothing, and the same journal gives the same bytes.
//
//  1. New makes the Content of a journal: its analysis, what it is held against, footnotes.
//  2. Draw adds the pictures (package plot), under recover: one that cannot be drawn is a
//     warning, never a lost result.
//  3. Each table has its columns declared once (trials.go, summary.go, scaling.go,
//     published.go, compare.go), for CSV, JSON, Markdown and the terminal alike (package
//     table). The pages of docs are held to what they say the columns mean.
//  4. Terminal writes the tables for a terminal. Each Report of All is written to an
//     io.Writer, and WriteAll puts each into its file by a temporary one, a sync and a
//     rename, so that a reader never sees half a report.
//
// A new format is one file with a function that writes it and one line in All or in Formats; a
// new kind of picture is one file, one line in plot.Kinds and a word of the key reports.plots.
package reports
