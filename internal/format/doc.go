// Package format is how figures, names and lists read to people, wherever they are shown.
package format
