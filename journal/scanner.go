package journal

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"
)

// A scanner reads JSON of the plain kind that entries mostly are of: no spaces,
// no null, no escapes in strings. Once it meets something else it has failed, and
// all that it returns is worthless.
type scanner struct {
	rest   []byte
	name   []byte // the key that more went to
	fresh  bool   // an object was opened and nothing of it read
	failed bool
}

// take takes a byte, which has to be next.
func (s *scanner) take(b byte) {
	if s.next(b) {
		s.rest = s.rest[1:]
		return
	}
	s.failed = true
}

func (s *scanner) next(b byte) bool { return !s.failed && len(s.rest) > 0 && s.rest[0] == b }

// open begins an object.
func (s *scanner) open() {
	s.take('{')
	s.fresh = true
}

// more goes to the next value of the object, or out of it if there is none.
func (s *scanner) more() bool {
	fresh := s.fresh
	s.fresh = false
	if s.next('}') {
		s.rest = s.rest[1:]
		return false
	}
	if !fresh {
		s.take(',')
	}
	s.name = s.text()
	s.take(':')
	return !s.failed
}

// text is a string; it is valid only as long as what is scanned.
func (s *scanner) text() []byte {
	s.take('"')
	end := bytes.IndexByte(s.rest, '"')
	if s.failed || end < 0 {
		s.failed = true
		return nil
	}
	text := s.rest[:end]
	ascii := true
	for _, c := range text {
		if c < ' ' || c == '\\' {
			s.failed = true
			return nil
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	if !ascii && !utf8.Valid(text) {
		s.failed = true
	}
	s.rest = s.rest[end+1:]
	return text
}

// yes is the one boolean that is ever written.
func (s *scanner) yes() bool {
	if s.failed || !bytes.HasPrefix(s.rest, []byte("true")) {
		s.failed = true
		return false
	}
	s.rest = s.rest[len("true"):]
	return true
}

func (s *scanner) int64() int64 {
	number, whole := s.number()
	n, err := strconv.ParseInt(string(number), 10, 64)
	if !whole || err != nil {
		s.failed = true
	}
	return n
}

func (s *scanner) int() int {
	n := s.int64()
	if int64(int(n)) != n {
		s.failed = true
	}
	return int(n)
}

func (s *scanner) float() float64 {
	number, _ := s.number()
	f, err := strconv.ParseFloat(string(number), 64)
	if err != nil {
		s.failed = true
	}
	return f
}

func (s *scanner) time() (t time.Time) {
	if t.UnmarshalText(s.text()) != nil {
		s.failed = true
	}
	return t
}

// number is a number as JSON writes it, which is less than strconv reads, and
// whether it has no fraction and no exponent.
func (s *scanner) number() (number []byte, whole bool) {
	from := s.rest
	if s.next('-') {
		s.rest = s.rest[1:]
	}
	if s.next('0') {
		s.rest = s.rest[1:]
	} else {
		s.digits()
	}
	whole = true
	if s.next('.') {
		whole, s.rest = false, s.rest[1:]
		s.digits()
	}
	if s.next('e') || s.next('E') {
		whole, s.rest = false, s.rest[1:]
		if s.next('+') || s.next('-') {
			s.rest = s.rest[1:]
		}
		s.digits()
	}
	return from[:len(from)-len(s.rest)], whole
}

// digits goes past digits, of which there has to be one.
func (s *scanner) digits() {
	n := 0
	for n < len(s.rest) && '0' <= s.rest[n] && s.rest[n] <= '9' {
		n++
	}
	s.rest = s.rest[n:]
	s.failed = s.failed || n == 0
}
