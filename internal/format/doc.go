// Package format formats figures, names and lists for people.
package format
