// Package format formats numbers, names and lists for people.
package format
