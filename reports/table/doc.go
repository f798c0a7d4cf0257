// Package table is the one model of a table, whatever its rows are of.
//
//  1. A Column is declared once: its name, what it means, its value in full precision, and
//     how people read it.
//  2. WriteCSV and WriteJSON write the columns that have a name (data.go).
//  3. Pick and Of make a Sheet of those that people read: text alone (sheet.go).
//  4. A Sheet is written for a terminal, by go-pretty (terminal.go), or as Markdown. Ours is
//     which columns go first where there is no room; and the lines of Markdown, as a comment
//     on a forge takes only so many of them.
package table
