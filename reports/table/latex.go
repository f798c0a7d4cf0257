package table

import (
	"strings"

	"iosweep/internal/oneline"
)

// LaTeX returns the sheet as a tabular of LaTeX with the rules of the package booktabs.
func (s Sheet) LaTeX() string {
	var b strings.Builder
	titles, columns := make([]string, len(s.Heads)), ""
	for i, h := range s.Heads {
		titles[i] = EscapeLaTeX(h.Title)
		if h.Words {
			columns += "l"
		} else {
			columns += "r"
		}
	}
	b.WriteString("\\begin{tabular}{" + columns + "}\n\\toprule\n" + latexRow(titles) + "\\midrule\n")
	for _, row := range s.Rows {
		fields := make([]string, len(row))
		for i, c := range row {
			fields[i] = EscapeLaTeX(c.Text)
		}
		b.WriteString(latexRow(fields))
	}
	b.WriteString("\\bottomrule\n\\end{tabular}\n")
	return b.String()
}

func latexRow(fields []string) string { return strings.Join(fields, " & ") + ` \\` + "\n" }

// inLaTeX has the commands for characters with a meaning in LaTeX, and for some that are not in every
// font. After \\ a bracket or an asterisk would be an argument. Two hyphens would become a dash.
var inLaTeX = strings.NewReplacer(
	`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "$", `\$`, "&", `\&`, "#", `\#`, "_", `\_`, "%", `\%`,
	"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, "<", `\textless{}`, ">", `\textgreater{}`, "|", `\textbar{}`,
	"[", "{[}", "*", "{*}", "--", "-{}-{}", "`", "{}`{}", "'", "'{}", ",,", ",{},",
	"±", `$\pm$`, "×", `$\times$`, "–", "--", "µ", `$\mu$`, "…", `\ldots{}`,
)

// EscapeLaTeX returns a text on one line that LaTeX shows as it is.
func EscapeLaTeX(s string) string { return inLaTeX.Replace(oneline.Of(s)) }
