// Package analysis says what the journal of a run says: a journal in, numbers and verdicts
// out. It runs nothing, writes nothing, and gives the same for the same journal.
//
// New goes through these steps:
//
//  1. The trials of each cell become results, one for each round: of several attempts the
//     last one counts (result.go). Those that ended well are the cell's good trials.
//  2. Cells that share a baseline become a Table (data.go), named by the factors that tell
//     it from others (factor.go).
//  3. Each cell gets a Summary: how it stands and why there are no more trials (status.go,
//     quarantine.go, adaptive.go), its time, rates, memory and latency (summary.go),
//     and its speed-up, paired by round, with a p value that is adjusted over the group and
//     a verdict (speedup.go). Details are for who doubts that.
//  4. A cell measured in another session than its baseline loses its verdict (session.go).
//  5. Cells that differ in the number of workers alone become a Sweep (scaling.go).
//  6. What is odd becomes warnings, which travel with the Data, so that every report shows
//     the same ones. Footnotes makes what stands beneath the tables.
//
// Package compare holds one run against another, package reproduce a run against a
// published table; both start from Data. Package reports shows all three.
package analysis
