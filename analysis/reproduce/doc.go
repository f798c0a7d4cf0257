// Package reproduce holds a run against a published table.
//
//  1. Each row of the table becomes a Method: what it prints, and so claims (claim.go,
//     printed.go).
//  2. Each cell that does what the row says is an Attempt at it, against the cell that does
//     what the published baseline says (reproduction.go).
//  3. An attempt gets an Outcome (outcome.go) and, where a gain or loss was found, how its
//     size compares with the published one.
//  4. Findings are what a person would point out (findings.go), reasons why an outcome is
//     what it is (reasons.go). A row that its own program does not bear out is contradicted.
package reproduce
