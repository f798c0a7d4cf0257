package runner

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strings"
)

// A mutation changes values, keys, elements and lines of a journal, and corrects the length and the
// checksum of each line. The checksum would reveal all random changes of bytes.

// change is the number of bytes of a program for one change. One byte selects the entry, one the
// operation, two the place in the entry or another entry, and one the value.
const change = 5

// mutated returns a journal changed by a program.
func mutated(data, program []byte) []byte {
	entries := entriesOf(data)
	renumber := len(program)%change != 1 // some programs keep the old numbers of trials
	for ; len(program) >= change && len(entries) > 0; program = program[change:] {
		at := int(program[0]) % len(entries)
		switch op := program[1] % 16; op {
		case 0:
			entries = slices.Delete(entries, at, at+1)
		case 1:
			entries = slices.Insert(entries, at, clone(entries[at]))
		case 2:
			to := int(program[2]) % len(entries)
			entries[at], entries[to] = entries[to], entries[at]
		default:
			from := entries[int(program[2])%len(entries)]
			mutateEntry(&entries[at], from, op, int(program[2])<<8|int(program[3]), int(program[4]))
		}
	}
	number := 0
	var journal []byte
	for _, e := range entries {
		if trial, ok := field(e, "trial").(map[string]any); ok && renumber {
			number++
			trial["trial"] = json.Number(fmt.Sprint(number))
		}
		payload, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		sum := crc32.Checksum(payload, crc32.MakeTable(crc32.Castagnoli))
		journal = fmt.Appendf(journal, `{"length":%d,"crc32c":"%08x","entry":%s}`+"\n", len(payload), sum, payload)
	}
	return journal
}

// entriesOf returns the entries of a valid journal as JSON values.
func entriesOf(data []byte) (entries []any) {
	for line := range bytes.Lines(data) {
		in := json.NewDecoder(bytes.NewReader(line))
		in.UseNumber()
		var e map[string]any
		if err := in.Decode(&e); err != nil {
			panic(err)
		}
		entries = append(entries, e["entry"])
	}
	return entries
}

func field(v any, key string) any {
	m, _ := v.(map[string]any)
	return m[key]
}

func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := map[string]any{}
		for k, e := range v {
			c[k] = clone(e)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, e := range v {
			c[i] = clone(e)
		}
		return c
	}
	return v
}

// A jsonPlace is a value in JSON, with functions that replace and remove it.
type jsonPlace struct {
	value  any
	set    func(any)
	remove func()
}

// placesIn lists the values in a value, in a fixed order.
func placesIn(v any, set func(any), remove func(), list []jsonPlace) []jsonPlace {
	list = append(list, jsonPlace{v, set, remove})
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			list = placesIn(v[k], func(to any) { v[k] = to }, func() { delete(v, k) }, list)
		}
	case []any:
		for i := range v {
			list = placesIn(v[i], func(to any) { v[i] = to }, func() { set(slices.Delete(slices.Clone(v), i, i+1)) }, list)
		}
	}
	return list
}

// mutateEntry makes a change at one place of an entry; from is another entry.
func mutateEntry(e *any, from any, op byte, where, how int) {
	places := placesIn(*e, func(to any) { *e = to }, func() { *e = map[string]any{} }, nil)
	p := places[where%len(places)]
	switch op {
	case 3:
		p.remove()
	case 4:
		p.set(nil)
	case 5: // add a copy of an element, or a key
		switch v := p.value.(type) {
		case []any:
			if len(v) > 0 {
				p.set(append(slices.Clone(v), clone(v[how%len(v)])))
			}
		case map[string]any:
			v[words[how%len(words)]] = words[how*7%len(words)]
		}
	case 6:
		switch n, ok := p.value.(json.Number); {
		case ok && strings.Trim(n.String(), "-0") != "":
			p.set(json.Number(fmt.Sprintf("%v%d", n, how))) // more digits
		case ok:
			p.set(json.Number(fmt.Sprint(how)))
		default:
			p.set(words[how%len(words)])
		}
	case 7:
		if n, ok := p.value.(json.Number); ok && !strings.HasPrefix(n.String(), "-") {
			p.set("-" + n)
		}
	case 8: // a value from another entry
		others := placesIn(from, nil, nil, nil)
		p.set(clone(others[how*31%len(others)].value))
	case 9:
		p.set([]any{})
	default: // a plausible value of the same type
		switch p.value.(type) {
		case json.Number:
			p.set(json.Number(numbers[how%len(numbers)]))
		case string:
			p.set(words[how%len(words)])
		case bool:
			p.set(p.value == false)
		}
	}
}

// numbers and words contain values that readers may handle incorrectly.
var numbers = []string{
	"0", "1", "2", "3", "4", "5", "6", "7", "-1", "9", "77", "100", "1000", "2147483647", "2147483648", "4294967296", "1073741824",
	"9007199254740992", "9223372036854775807", "-9223372036854775808", "0.5", "1e-9", "1e9", "1e308", "5e-324", "-0", "1e-300", "1e6", "0.999", "0.01",
}

var words = []string{
	"", "warmup", "measured", "ok", "failed", "timeout", "crashed", "resumed", "finished", "interrupted", "budget", "fail-fast", "warning", "fault", "repeated",
	"precise", "kept", "quarantined", "workers", "strategy", "operation", "workspace", "files", "copy", "zip", "append", "threads", "sequential",
	"=cmd()", "<script>", "../x", "\x00", "a/b", "a|b\nc`", "\u202e", "1", "2", "8", "-5", "0", "1e300", "1e-300", "0.1", "auto",
	"9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-11-29T03:11:56Z", "speedup", "time", "heatmap", "trials", "published", "faster", "slower",
	"no difference", "intact", "corrupt", "seconds", "blocked_seconds", "verification: wrong", "shuffled", "listed", strings.Repeat("long ", 60),
}
