//go:build man

package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// The man pages are written by a program of their own, so that iosweep does not contain the converter:
// go run -tags man ./cmd/iosweep man DIR.
const manUse = "man DIR"

func init() {
	manPages = func(root *cobra.Command) *cobra.Command {
		return &cobra.Command{
			Use: manUse, Hidden: true, Args: exactlyOne("DIR", "an existing directory"),
			RunE: func(_ *cobra.Command, args []string) error {
				if _, err := os.Stat(args[0]); err != nil {
					return err
				}
				root.DisableAutoGenTag = true
				root.Long = withTables(root.Long)
				for _, cmd := range root.Commands() {
					cmd.Long = withTables(cmd.Long)
				}
				return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "iosweep " + release, Manual: "iosweep"}, args[0])
			},
		}
	}
}

// withTables makes the indented lines of a help text code of Markdown, from which the man pages are made. Otherwise
// they would be joined to paragraphs.
func withTables(text string) string {
	var lines []string
	indented := false
	for line := range strings.SplitSeq(text, "\n") {
		if now := strings.HasPrefix(line, "  "); now != indented {
			lines, indented = append(lines, ""), now
		}
		if indented {
			line = "  " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
