package journal

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// filled is a trial that has something in every field, those of its measurement
// included.
func filled(t testing.TB) *Trial {
	t.Helper()
	var trial Trial
	fill(t, reflect.ValueOf(&trial).Elem(), new(int64))
	return &trial
}

func fill(t testing.TB, v reflect.Value, count *int64) {
	t.Helper()
	*count++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(*count, *count).UTC()))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), count)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), count)
		}
	case v.CanInt():
		v.SetInt(*count)
	case v.CanFloat():
		v.SetFloat(float64(*count) / 8)
	case v.Kind() == reflect.String:
		v.SetString("text " + strings.Repeat("x", int(*count)))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	default:
		t.Fatalf("a field of a trial is of the type %s: teach the decoder and this test", v.Type())
	}
}

// TestTheDecoderKnowsEveryField: one that it does not know makes reading slow.
func TestTheDecoderKnowsEveryField(t *testing.T) {
	want := filled(t)
	payload, err := json.Marshal(Entry{Trial: want})
	if err != nil {
		t.Fatal(err)
	}
	got := newDecoder().trial(payload)
	if got == nil {
		t.Fatalf("it leaves this to encoding/json: %s", payload)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// plainEntries are entries in some spellings. What the decoder takes it must read
// as encoding/json does; what is not in quick it may leave to that.
var plainEntries = []struct {
	json  string
	quick bool
}{
	{`{"trial":{}}`, true},
	{`{"trial":{"trial":1,"trial":2}}`, true},
	{`{"trial":{"trial":-7,"void":true,"name":"ä"}}`, true},
	{`{"trial":{"measurement":{}}}`, true},
	{`{"trial":{"measurement":{"seconds":-1.5e-7,"work_seconds":0,"blocked_seconds":1E+2,"files":9223372036854775807}}}`, true},
	{`{"trial":{"started_at":"2026-01-02T03:04:05.000000006+02:00"}}`, true},
	{`{"trial":{"measurement":{"files":1},"measurement":{"bytes":2}}}`, false},
	{`{"trial":{"void":false}}`, false},
	{`{"trial":{"trial":null,"measurement":null}}`, false},
	{`{"trial":null}`, false},
	{`{"trial":{"error":"a \"quoted\" word\n"}}`, false},
	{`{"trial":{"unknown":1}}`, false},
	{`{"trial":{"TRIAL":1}}`, false},
	{` {"trial": {"trial": 1}} `, false},
	{`{"trial":{},"note":null}`, false},
	{`{"trial":{"error":"` + "\xff" + `"}}`, false},
	// And what is no JSON, or not of an entry.
	{``, false},
	{`{"trial":{}`, false},
	{`{"trial":{}}}`, false},
	{`{"trial":{},}`, false},
	{`{"trial":{,}}`, false},
	{`{"trial":{"trial":1,}}`, false},
	{`{"trial":{"trial":1 "round":2}}`, false},
	{`{"trial":{"trial":01}}`, false},
	{`{"trial":{"trial":+1}}`, false},
	{`{"trial":{"trial":-}}`, false},
	{`{"trial":{"trial":1.0}}`, false},
	{`{"trial":{"trial":9223372036854775808}}`, false},
	{`{"trial":{"trial":"1"}}`, false},
	{`{"trial":{"void":truer}}`, false},
	{`{"trial":{"name":"a` + "\t" + `b"}}`, false},
	{`{"trial":{"name":"a}}`, false},
	{`{"trial":{"started_at":"yesterday"}}`, false},
	{`{"trial":{"measurement":{"seconds":1.}}}`, false},
	{`{"trial":{"measurement":{"seconds":.5}}}`, false},
	{`{"trial":{"measurement":{"seconds":1e}}}`, false},
	{`{"trial":{"measurement":{"seconds":1e999}}}`, false},
	{`{"trial":{"measurement":{"seconds":0x1p3}}}`, false},
	{`{"trial":{"measurement":{"seconds":1_0}}}`, false},
	{`{"trial":{"measurement":{"seconds":Inf}}}`, false},
	{`{"trial":{"measurement":{"seconds":NaN}}}`, false},
}

func TestTheDecoderReadsWhatEncodingJSONDoes(t *testing.T) {
	for _, test := range plainEntries {
		if took := agrees(t, []byte(test.json)); took != test.quick {
			t.Errorf("%s: the decoder takes it is %v, want %v", test.json, took, test.quick)
		}
	}
}

// agrees holds the decoder against encoding/json, and says whether it took the
// entry.
func agrees(t *testing.T, payload []byte) (took bool) {
	t.Helper()
	got := newDecoder().trial(payload)
	if got == nil {
		return false
	}
	var want Entry
	if err := json.Unmarshal(payload, &want); err != nil {
		t.Errorf("%q: the decoder took it, and encoding/json says %v", payload, err)
	} else if diff := cmp.Diff(want, Entry{Trial: got}); diff != "" {
		t.Errorf("%q: %s", payload, diff)
	}
	return true
}

// TestTrialsDoNotShareTheirValues reads one after another with one decoder.
func TestTrialsDoNotShareTheirValues(t *testing.T) {
	run := typicalRun(3)
	entries, random := []Entry{{Run: run}}, seeded()
	for n := range 2000 {
		entries = append(entries, Entry{Trial: typicalTrial(run, n, random)})
	}
	log, err := Read(strings.NewReader(string(encode(t, entries...))))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(entries, entriesOf(log)); diff != "" {
		t.Error(diff)
	}
}

func FuzzTrial(f *testing.F) {
	for _, test := range plainEntries {
		f.Add([]byte(test.json))
	}
	all, err := json.Marshal(Entry{Trial: filled(f)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, payload []byte) { agrees(t, payload) })
}
