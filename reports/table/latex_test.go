package table

import "testing"

func TestEscapeLaTeX(t *testing.T) {
	for in, want := range map[string]string{
		`\end{table}\input{/etc/passwd}`: `\textbackslash{}end\{table\}\textbackslash{}input\{/etc/passwd\}`,
		"a_b & 5% of $x^2 #1 ~":          `a\_b \& 5\% of \$x\textasciicircum{}2 \#1 \textasciitilde{}`,
		"[5cm] *":                        `{[}5cm] {*}`,
		"--only <x>|\n\x1b":              `-{}-{}only \textless{}x\textgreater{}\textbar{} \textbackslash{}x1b`,
		"a---b ?` ''":                    "a-{}-{}-b ?{}`{} '{}'{}",
		"2.13 ± 1.81, 0.5×, 1–2, µs":     `2.13 $\pm$ 1.81, 0.5$\times$, 1--2, $\mu$s`,
	} {
		if got := EscapeLaTeX(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}
