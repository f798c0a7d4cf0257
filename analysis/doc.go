// Package analysis computes the results of a run: its input is a journal, its output
// numbers and verdicts. It runs nothing and writes nothing, and its result depends only
// on the journal.
//
// New takes these steps:
//
//  1. The trials of each cell become results, one per round: the last of several
//     attempts counts (result.go). The successful ones are the good trials of the cell. An
//     earlier attempt with a wrong outcome makes the cell fail, but changes no estimate.
//  2. Cells that share a baseline become a Table (data.go), named by the factors that
//     distinguish it from other tables (factor.go). What the cells have in common are its
//     conditions (conditions.go).
//  3. Each cell gets a Summary. It contains the status and the reason why there are no
//     more trials (status.go, quarantine.go, adaptive.go), and time, rates, memory and
//     latency (summary.go). It also contains the speed-up, paired by round, with an
//     adjusted p value and a verdict (speedup.go). Details contain further figures for a
//     closer check.
//  4. A cell measured mostly in another session than its baseline is inconclusive
//     (session.go). Then the cells of each table are ranked (best.go).
//  5. A run on a cluster has Nodes with the results by node (nodes.go).
//  6. Cells that differ only in the number of workers become a Sweep (scaling.go). Effects show which factors
//     explain the differences between the cells of a table (effects.go).
//  7. Unusual events become warnings, which are part of the Data, so that every report
//     shows the same warnings. Footnotes returns the notes below the tables. Cells that are
//     not ok are grouped by their reasons (trouble.go).
//  8. The Overview names the best cells, and counts the cells and verdicts (overview.go). Excerpt chooses the rows of a table that a short report shows.
//
// Package compare compares two runs, package reproduce compares a run with a published
// table; both start from Data. Package reports shows the results of all three.
package analysis
