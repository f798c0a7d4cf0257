// Package reproduce compares a run with a published table.
//
//  1. Each row of the table becomes a Method, with its printed figures and its claim
//     (claim.go, printed.go).
//  2. Each cell that does the work of a row is an Attempt. Its baseline is the cell
//     that does the work of the published baseline (reproduction.go).
//  3. An attempt gets an Outcome (outcome.go). Outcomes about time are corrected for the
//     number of attempts. If an attempt shows a gain or loss, its size is compared with the
//     published one.
//  4. Findings are the remarkable results (findings.go, rounding.go, sizes.go, errors.go,
//     variants.go, breakeven.go). Reasons explain the outcomes (reasons.go). A row is
//     contradicted only if a program contradicts it. A built-in strategy is not enough.
package reproduce
