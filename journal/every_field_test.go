package journal

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

// fill sets every written field of a value to something other than its zero value. Lists
// and maps get two elements.
func fill(t *testing.T, v reflect.Value, count *int64) {
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
			if v.Type().Field(i).Tag.Get("json") != "-" {
				fill(t, v.Field(i), count)
			}
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), count)
		}
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(t, key, count)
			fill(t, value, count)
			v.SetMapIndex(key, value)
		}
	case v.CanInt():
		v.SetInt(*count)
	case v.CanFloat():
		v.SetFloat(float64(*count) / 8)
	case v.Kind() == reflect.String:
		v.SetString("<text> \"\\\n\u2028\ufffd " + strings.Repeat("ä", int(*count%7)) + time.Duration(*count).String())
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	default:
		t.Fatalf("a field has the type %s: extend this test", v.Type())
	}
}

// TestEveryFieldIsReadBack checks both JSON libraries against each other. encoding/json
// writes entries, and its successor reads them, with different rules for fields, escapes
// and times.
func TestEveryFieldIsReadBack(t *testing.T) {
	var want, got Entry
	fill(t, reflect.ValueOf(&want).Elem(), new(int64))
	line, err := encodeLine(want)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := unframe(bytes.TrimSuffix(line, []byte("\n")))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(payload, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestTrialsDoNotShareTheirValues reads many trials and compares each with the written
// one.
func TestTrialsDoNotShareTheirValues(t *testing.T) {
	run := typicalRun(3)
	entries, random := []Entry{{Run: run}}, seeded()
	for n := range 2000 {
		entries = append(entries, Entry{Trial: typicalTrial(run, n, random)})
	}
	log, err := Read(bytes.NewReader(encode(t, entries...)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(entries, entriesOf(log)); diff != "" {
		t.Error(diff)
	}
}
