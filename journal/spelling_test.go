package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// spellings are changes to the JSON of a trial. The line keeps a valid checksum.
var spellings = []struct {
	name, old, with string
	ok              bool
}{
	{"as it was written", `{"trial":{`, `{"trial":{`, true},
	{"white space", `{"trial":{"trial":1,`, ` { "trial" : { "trial" : 1 , `, true},
	{"a field of a later version", `"trial":1,`, `"trial":1,"later":[{"a":null}],`, true},
	{"an exponent", `"seconds":1.5`, `"seconds":15E-1`, true},
	{"escapes", `"phase":"measured"`, `"phase":"m\u0065asured"`, true},
	{"a key twice", `"trial":1,`, `"trial":1,"trial":1,`, false},
	{"a measurement twice", `"measurement":{`, `"measurement":{},"measurement":{`, false},
	{"text that is not UTF-8", `"phase":"measured"`, "\"phase\":\"measured\",\"error\":\"\xff\"", false},
	{"a key in another case", `"trial":1,`, `"TRIAL":1,`, false},
	{"a leading zero", `"trial":1,`, `"trial":01,`, false},
	{"a sign", `"trial":1,`, `"trial":+1,`, false},
	{"a fraction as the number of a trial", `"trial":1,`, `"trial":1.5,`, false},
	{"a number beyond 64 bits", `"trial":1,`, `"trial":9223372036854775808,`, false},
	{"text instead of a number", `"trial":1,`, `"trial":"1",`, false},
	{"infinity", `"seconds":1.5`, `"seconds":Infinity`, false},
	{"a number beyond a float", `"seconds":1.5`, `"seconds":1e999`, false},
	{"a missing digit", `"seconds":1.5`, `"seconds":1.`, false},
	{"a comma too many", `"trial":1,`, `"trial":1,,`, false},
	{"a brace too few", `{"trial":{"trial":1,`, `{"trial":"trial":1,`, false},
	{"a second value", `{"trial":{`, `{}{"trial":{`, false},
}

// TestSpellings reads JSON that is spelled in different ways. Text that is not JSON, not
// UTF-8, ambiguous or of another type is damage.
func TestSpellings(t *testing.T) {
	for _, s := range spellings {
		run, trial := checkedRun()
		trial.Measurement.Seconds = 1.5
		payload, err := json.Marshal(Entry{Trial: trial})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(payload), s.old) {
			t.Fatalf("%s: there is no %s in %s", s.name, s.old, payload)
		}
		payload = bytes.Replace(payload, []byte(s.old), []byte(s.with), 1)
		log, err := Read(bytes.NewReader(append(encode(t, Entry{Run: run}), frame(payload)...)))
		var damage *DamageError
		switch {
		case !s.ok && (!errors.As(err, &damage) || damage.Line != 2):
			t.Errorf("%s: got %v, want damage of line 2", s.name, err)
		case s.ok && err != nil:
			t.Errorf("%s: %v", s.name, err)
		case s.ok && (log.Trials[0].Trial != 1 || log.Trials[0].Phase != Measured || log.Trials[0].Measurement.Seconds != 1.5):
			t.Errorf("%s: read as %+v", s.name, log.Trials[0])
		}
	}
}
