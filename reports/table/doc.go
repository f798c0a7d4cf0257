// Package table is the model of all tables, for rows of any type.
//
//  1. A Column is declared once: its name, its meaning, its value in full precision, and its
//     text for people.
//  2. WriteCSV and WriteJSON write the columns that have a name (data.go).
//  3. Pick and Of make a Sheet from the columns for people. It contains only text (sheet.go).
//  4. A Sheet is written for a terminal (terminal.go), with the library go-pretty, or as
//     Markdown. Package html writes it as HTML. The package decides which columns to hide in a narrow terminal. It also writes
//     the lines of Markdown, because a comment on GitHub has a maximum length.
package table
