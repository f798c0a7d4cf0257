package experiments

import (
	"slices"
	"testing"
)

// TestScriptTemplates checks which files of the directory of the experiment a command names. A
// path that ends with ! is an argument of its own.
func TestScriptTemplates(t *testing.T) {
	for _, test := range []struct {
		run  []string
		env  map[string]string
		want []string
	}{
		{run: []string{"python3", "{here}/my save.py", "{output}"}, want: []string{"my save.py!"}},
		{run: []string{"{here}/tool", "{here}/versions/{version}/save.py"}, want: []string{"tool!", "versions/{version}/save.py!"}},
		{run: []string{"tool", "--script={here}/my save.py", "-I{here}/inc", "--map={here}/a:/b,{here}/c"}, want: []string{"my save.py", "inc", "a", "c"}},
		{run: []string{"python3", "-c", `import sys; exec(open("{here}/x.py").read())`}, want: []string{"x.py"}},
		{run: []string{"java", "-cp", "{here}/a.jar:{here}/b.jar"}, want: []string{"a.jar", "b.jar"}},
		{run: []string{"sh", "-c", `"{here}/x y.sh" "$1" && cat {here}/z >{here}/out`, "sh", "{output}"}, want: []string{"x y.sh", "z"}},
		{run: []string{"sh", "-c", `python3 "$1/save.py" "$2/${{X}}"; "$3"`, "sh", "{here}", "{here}", "{here}/{version}.sh"}, want: []string{"{version}.sh!", "save.py"}},
		{run: []string{"sh", "-c", `a ( {here}/b.sh c`}, want: []string{"b.sh"}},
		{run: []string{"env", "A={here}/a", "tool"}, want: []string{"a"}},
		{run: []string{"sh", "-c", `cat "{here}/$X" {here}/y$X`}},
		{run: []string{"tool", "{here}", "{here}/{output}", "{here}/x{python}", "{{here}}/x", "{output}/here"}},
		{run: []string{"tool"}, env: map[string]string{"SAVE": "{here}/s.py", "PYTHONPATH": "{here}/lib:{here}/{version}"}, want: []string{"lib", "{version}", "s.py"}},
		{run: []string{"sh", "-c", `{here}/x.sh`, "sh", "{here}/x.sh"}, want: []string{"x.sh!"}},
	} {
		c := Command{Run: test.run, Env: test.env}
		got := mapSlice(c.ScriptTemplates(), func(s Script) string {
			if s.Whole {
				return s.Path + "!"
			}
			return s.Path
		})
		if !slices.Equal(got, test.want) {
			t.Errorf("%q with %q: got %q, want %q", test.run, test.env, got, test.want)
		}
	}
}
