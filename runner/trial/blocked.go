package trial

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
)

// blockedWord begins the line on standard output with which a contender says
// how long its caller was held up, in seconds:
//
//	blocked_seconds 0.0012
//
// Nobody but the program itself can know: from outside it is done when its last
// file is.
const blockedWord = "blocked_seconds"

// decimal is a number as programs print one, with or without an exponent. What
// else strconv would take (a sign, NaN, hexadecimal) is no length of time.
var decimal = regexp.MustCompile(`^[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?$`)

// blockedSeconds is what the last such line of an output says; nil if there is
// none. A line that is malformed, or that claims more than the whole trial of so
// many seconds, is an error: it was meant to say something.
func blockedSeconds(output []byte, whole float64) (*float64, error) {
	var last *float64
	for line := range bytes.Lines(output) {
		fields := bytes.Fields(line)
		if len(fields) == 0 || string(fields[0]) != blockedWord {
			continue
		}
		x := 0.0
		ok := len(fields) == 2 && decimal.Match(fields[1])
		if ok {
			var err error
			x, err = strconv.ParseFloat(string(fields[1]), 64)
			ok = err == nil && x <= whole
		}
		if !ok {
			return nil, fmt.Errorf("its standard output has the line %q: expected %s and a decimal number of seconds, from 0 to the %g that the trial took",
				brief(bytes.TrimSpace(line)), blockedWord, whole)
		}
		last = &x
	}
	return last, nil
}
