package experiments

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"iosweep/internal/lazyregexp"
)

// The functions in this file return the last part of a message: what to write instead of a
// value that was refused. They return "" if they have no advice. Each looks at short texts only.

// longestHint is the maximum length in bytes of a text that a hint is about.
const longestHint = 200

var (
	separators = []func() *regexp.Regexp{lazyregexp.New(`\s*[,;]\s*`), lazyregexp.New(`\s+`)}
	grouped    = lazyregexp.New(`^[1-9][0-9]{0,2}([,.'][0-9]{3})+$`)
	rangeText  = lazyregexp.New(`(?i)^(?:range\()?(cpus|[0-9]+(?: ?[kmg]?i?b)?)\s*(?:\.\.\.?|…|-|–|:|to|,)\s*(cpus|[0-9]+(?: ?[kmg]?i?b)?)(?:\)|\s*(?:\.\.|:|,|step|by)\s*([1-9][0-9]*)\)?)?$`)
	isRange    = lazyregexp.New(`(?i)\.\.|…|-|–|:|to|range`)
)

// levelHint returns advice for a refused level of a numeric axis: a list or range that was
// written as one text. read reports whether a text is a level.
func levelHint(name, value string, read func(string) bool) string {
	if len(value) > longestHint {
		return ""
	}
	if m := rangeText().FindStringSubmatch(value); m != nil && isRange().MatchString(value) && read(m[1]) && read(m[2]) {
		return rangeHint(m[1], m[2], m[3])
	}
	if digits := plainDigits(value); grouped().MatchString(value) && read(digits) {
		return ": write " + digits
	}
	if list := splitList(value, read); list != nil {
		return fmt.Sprintf(": write a list, %s: [%s]", name, strings.Join(list, ", "))
	}
	return ""
}

// rangeHint returns the advice to write a range, as one or two valid mappings.
func rangeHint(from, to, step string) string {
	first, err := strconv.ParseInt(from, 10, 64)
	last, errLast := strconv.ParseInt(to, 10, 64)
	if err == nil && errLast == nil && first > last {
		from, to = to, from
	}
	ends := fmt.Sprintf(": write a range, {from: %s, to: %s, ", from, to)
	isSize := strings.ContainsAny(from+to, "Bb")
	switch {
	case step != "":
		return ends + "step: " + step + "}"
	case isSize && err == nil:
		return "" // the unit of the first number is unknown
	case from == "0":
		return ends + "step: 1}"
	case isSize:
		return ends + "times: 2}"
	}
	return ends + "times: 2} or" + strings.TrimPrefix(ends, ": write a range,") + "step: 1}"
}

// splitList splits a text at commas or white space. It returns nil unless valid accepts all of
// several parts.
func splitList(value string, valid func(string) bool) []string {
	if len(value) > longestHint {
		return nil
	}
	for _, separator := range separators {
		list := separator().Split(strings.Trim(value, "[]{}() "), -1)
		if len(list) > 1 && !slices.ContainsFunc(list, func(s string) bool { return !valid(s) }) {
			return list
		}
	}
	return nil
}

var digitsFirst = lazyregexp.New(`^[0-9]+`)

// commaHint returns advice for the value of a key that commas divide into parts. It may be a number,
// a text, or a list.
func commaHint(key string, parts []string) string {
	joined := strings.Join(parts, ",")
	switch {
	case len(joined) > longestHint:
		return ""
	case grouped().MatchString(joined):
		return fmt.Sprintf(": write the number without commas, %s: %s", clip(key), plainDigits(joined))
	case len(parts) == 2 && digitsFirst().FindString(parts[0]) == parts[0] && digitsFirst().FindString(parts[1]) != parts[1] && digitsFirst().MatchString(parts[1]):
		return fmt.Sprintf(": write a decimal point, %s: %s.%s", clip(key), parts[0], parts[1])
	case isText(key):
		return fmt.Sprintf(": put the text in quotes, %s: %s", clip(key), inQuotes(strings.Join(parts, ", ")))
	}
	return fmt.Sprintf(": write a list, %s: %s", clip(key), inBrackets(parts))
}

// plainDigits removes the separators of groups of digits.
func plainDigits(value string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(",.'_", r) {
			return -1
		}
		return r
	}, value)
}

// wordHint returns advice for a text that is not one of the allowed words. It may be another word
// for true or false. Where lists are allowed, it may be a list that was written as one text.
func wordHint(value string, allowed []string, lists bool) string {
	if len(value) > longestHint || len(allowed) > maxCommands {
		return ""
	}
	known := func(s string) bool { return slices.Contains(allowed, s) }
	if known("true") && known("false") {
		switch strings.ToLower(value) {
		case "yes", "on", "y", "1":
			return ": write true"
		case "no", "off", "n", "0":
			return ": write false"
		}
	}
	if list := splitList(value, known); lists && list != nil {
		return fmt.Sprintf(": write a list, [%s]", strings.Join(list, ", "))
	}
	if list := strings.Split(value, " - "); lists && len(list) > 1 && !slices.ContainsFunc(list, func(s string) bool { return !known(s) }) {
		return ": begin all dashes of a list in the same column"
	}
	return ""
}

var (
	cpuMultiple = lazyregexp.New(`^(?:([1-9][0-9]{0,3})\s*[*x×]?\s*)?n?(?:cpus?|cores?|procs?|processors?)$`)
	cpuFactor   = lazyregexp.New(`^n?(?:cpus?|cores?|procs?|processors?)\s*[*x×]\s*([1-9][0-9]{0,3})$`)
	cpuPercent  = lazyregexp.New(`^([0-9]{1,3})\s*%(?: of cpus)?$`)
	cpuOther    = lazyregexp.New(`^(?:[0-9]{0,4}\.?[0-9]{1,4}\s*[*x×]\s*)?(?:cpus?|cores?)(\s*(?://?|[+-])\s*[0-9]{1,4})?$`)
)

// cpuHint returns advice for a refused number of workers on a machine with some number of CPUs.
func cpuHint(value string, cpus int) string {
	if len(value) > longestHint {
		return ""
	}
	text := strings.Trim(strings.ToLower(value), " $()`")
	for _, re := range []*regexp.Regexp{cpuMultiple(), cpuFactor()} {
		switch m := re.FindStringSubmatch(text); {
		case m == nil:
		case m[1] == "" || m[1] == "1":
			return ": write cpus"
		default:
			return ": write " + m[1] + "*cpus"
		}
	}
	if slices.Contains([]string{"auto", "all", "max", "nproc", "numcpu"}, text) {
		return ": write cpus for the number of CPUs"
	}
	if m := cpuPercent().FindStringSubmatch(text); m != nil {
		percent, _ := strconv.Atoi(m[1])
		return fmt.Sprintf(": write a number, such as %d for this machine", max(cpus*percent/100, 1))
	}
	m := cpuOther().FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	part := ""
	if operator := strings.TrimSpace(m[1]); operator != "" {
		n, _ := strconv.Atoi(strings.TrimLeft(operator[1:], "/ \t"))
		switch {
		case operator[0] == '/':
			cpus /= max(n, 1)
		case operator[0] == '-':
			cpus -= n
		default:
			cpus += n
		}
		part = fmt.Sprintf(", such as %d, which is %s on this machine", max(cpus, 1), clip(value))
	}
	return ": only multiples of cpus have a name; write a number" + part
}

// sizeText matches a number with the name of a unit.
var sizeText = lazyregexp.New(`^(0|[1-9][0-9_,']*)(\.[0-9]{1,9})?\s*([A-Za-z]*)$`)

// unitNames are the letters and words that the names of units begin with.
var unitNames = []struct{ letter, word string }{{"k", "kilo"}, {"m", "mega"}, {"g", "giga"}, {"t", "tera"}, {"p", "peta"}}

// sizeAdvice returns advice for a refused size, such as 64K or 1.5MiB.
func sizeAdvice(value string) string {
	if len(value) > longestHint {
		return ""
	}
	m := sizeText().FindStringSubmatch(value)
	if m == nil || strings.ContainsAny(m[1], ",'") && !grouped().MatchString(m[1]) {
		return ""
	}
	number, ok := new(big.Rat).SetString(plainDigits(m[1]) + m[2])
	power, binary, decimal := unitOf(m[3])
	switch {
	case !ok || power < 0:
		return ""
	case power == 0 && m[3] == "" && number.IsInt():
		return ": write " + number.Num().String()
	case power == 0 || binary && !decimal:
		return writeSize(number, 1024, power)
	case decimal && !binary:
		return writeSize(number, 1000, power)
	}
	small, large := writeSize(number, 1000, power), writeSize(number, 1024, power)
	if small == "" || large == "" {
		return ""
	}
	return large + strings.Replace(small, ": write", " or", 1)
}

// unitOf returns the power of 1000 or 1024 that the name of a unit stands for, and which of the
// two it may be. The power is negative if the name is unknown.
func unitOf(name string) (power int, binary, decimal bool) {
	name = strings.ToLower(name)
	if slices.Contains([]string{"", "b", "byte", "bytes"}, name) {
		return 0, true, true
	}
	for i, u := range unitNames {
		switch name = strings.TrimSuffix(name, "s"); name {
		case u.letter, u.word:
			return i + 1, true, true
		case u.letter + "i", u.letter + "ib", u.letter + "ibyte", u.word[:2] + "bibyte":
			return i + 1, true, false
		case u.letter + "b", u.letter + "byte", u.word + "byte":
			return i + 1, false, true
		}
	}
	return -1, false, false
}

// writeSize returns the advice to write a number of units as a whole number of a unit that the
// file may use.
func writeSize(number *big.Rat, base int64, power int) string {
	names := []string{"B", "KiB", "MiB", "GiB"}
	if base == 1000 {
		names = []string{"B", "KB", "MB", "GB"}
	}
	step := big.NewRat(base, 1)
	number = new(big.Rat).Set(number)
	for ; power >= len(names) || power > 0 && !number.IsInt(); power-- {
		number.Mul(number, step)
	}
	if !number.IsInt() || !number.Num().IsInt64() {
		return ""
	}
	return ": write " + number.Num().String() + names[power]
}

var (
	durationPart = lazyregexp.New(`^([0-9]+(?:\.[0-9]+)?)([a-zµ]*)`)
	clockText    = lazyregexp.New(`^([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?$`)
)

// durationHint returns advice for a refused duration, such as 8 hours, 8h30 or 1 day.
func durationHint(value string) string {
	if len(value) > longestHint {
		return ""
	}
	text := strings.ToLower(strings.Join(strings.Fields(value), ""))
	if m := clockText().FindStringSubmatch(text); m != nil {
		if m[3] != "" {
			return fmt.Sprintf(": write %sh%sm%ss", m[1], m[2], m[3])
		}
		return fmt.Sprintf(": write %[1]sh%[2]sm or %[1]sm%[2]ss", m[1], m[2])
	}
	if number, err := strconv.ParseFloat(text, 64); err == nil && number > 0 && strings.Trim(text, "0123456789.") == "" {
		return fmt.Sprintf(": write a unit, such as %[1]ss, %[1]sm or %[1]sh", text)
	}
	text = strings.NewReplacer("pt", "", "and", "", ",", "").Replace(text)
	written, last := "", ""
	for text != "" {
		m := durationPart().FindStringSubmatch(text)
		if m == nil {
			return ""
		}
		text = text[len(m[0]):]
		number, unit := m[1], m[2]
		if unit == "" { // the unit after the last one, as in 8h30
			unit = map[string]string{"h": "m", "m": "s"}[last]
		}
		if days := map[string]int64{"d": 1, "day": 1, "w": 7, "week": 7}[strings.TrimSuffix(unit, "s")]; days > 0 {
			hours, _ := new(big.Rat).SetString(number)
			number, unit = decimalText(hours.Mul(hours, big.NewRat(24*days, 1))), "hour"
		}
		if last = shortUnit(unit); last == "" {
			return ""
		}
		written += number + last
	}
	if span, err := time.ParseDuration(written); err != nil || span <= 0 {
		return ""
	}
	return ": write " + written
}

// shortUnit returns the unit of a duration with this name, or "".
func shortUnit(name string) string {
	switch strings.TrimSuffix(name, "s") {
	case "", "sec", "second":
		if name == "" {
			return ""
		}
		return "s"
	case "m", "min", "minute":
		if name == "ms" {
			return "ms"
		}
		return "m"
	case "h", "hr", "hour":
		return "h"
	case "msec", "milli", "millisecond":
		return "ms"
	case "u", "µ", "usec", "microsecond":
		return "us"
	case "n", "nsec", "nanosecond":
		return "ns"
	}
	return ""
}

var percentText = lazyregexp.New(`^([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*(?:percent|pct|per cent)?$`)

// percentHint returns advice for a refused percentage, such as 5 or 5 percent. A fraction
// below 1 may be meant as a share.
func percentHint(value string) string {
	m := percentText().FindStringSubmatch(strings.ToLower(value))
	if m == nil || strings.Trim(m[1], "0.") == "" {
		return ""
	}
	if share, ok := new(big.Rat).SetString(m[1]); ok && m[1] == value && share.Sign() > 0 && share.Cmp(big.NewRat(1, 1)) < 0 {
		percent := new(big.Rat).Mul(share, big.NewRat(100, 1))
		return fmt.Sprintf(": write %s%%", decimalText(percent))
	}
	return ": write " + m[1] + "%"
}

// decimalText returns a number with at most six decimals.
func decimalText(number *big.Rat) string {
	return strings.TrimSuffix(strings.TrimRight(number.FloatString(6), "0"), ".")
}

var notInSlug = lazyregexp.New(`[^a-z0-9]+`)

// slugHint returns the advice to write a name with the allowed characters only.
func slugHint(name string, allowed *regexp.Regexp) string {
	slug := notInSlug().ReplaceAllString(strings.ToLower(asciiOf(name)), "-")
	slug = strings.Trim(slug[:min(len(slug), 60)], "-")
	if !allowed.MatchString(slug) {
		return ""
	}
	return "; write " + slug
}

// inBrackets returns a list of texts as YAML in brackets. It puts a text in quotes if necessary.
func inBrackets(list []string) string {
	return "[" + strings.Join(mapSlice(list, flowText), ", ") + "]"
}

var plainInBrackets = lazyregexp.New(`^[A-Za-z0-9_./+=-][A-Za-z0-9_./+=:@-]*$`)

// flowText returns a text as YAML within brackets.
func flowText(text string) string {
	if !printable(text) {
		text = clip(text)
	}
	switch {
	case plainInBrackets().MatchString(text) && !strings.HasSuffix(text, ":") && text != "-":
		return text
	case strings.ContainsAny(text, `"\`):
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return `"` + text + `"`
}

// assignment matches a word that sets a variable of the environment in a shell.
var assignment = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*=`)

// inEnv returns an assignment as the mapping env.
func inEnv(word string) string {
	name, value, _ := strings.Cut(word, "=")
	return fmt.Sprintf("{%s: %s}", name, flowText(value))
}

// doubleBraces matches a name in the braces of a template of another program.
var doubleBraces = lazyregexp.New(`\{\{ ?([a-z_]+) ?\}\}`)

// doubleBraceHint returns advice for a placeholder in double braces, which stand for literal braces.
func doubleBraceHint(argument string) string {
	m := doubleBraces().FindStringSubmatch(argument)
	if m == nil || !isPlaceholder(m[1]) {
		return ""
	}
	return fmt.Sprintf("write the placeholder \"{%s}\"", m[1])
}

// isPlaceholder reports whether iosweep replaces a placeholder of this name in every file.
func isPlaceholder(name string) bool {
	return slices.Contains(fixedPlaceholders, name) || slices.Contains(axisNames(), name)
}

// shellVariable matches an argument that only a shell replaces.
var shellVariable = lazyregexp.New(`^(?:\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?(?:/.*)?|~(?:/.*)?)$`)

// variableHint returns advice for an argument such as $input or ~/data, which no shell replaces.
func variableHint(argument string) string {
	m := shellVariable().FindStringSubmatch(argument)
	switch {
	case m == nil:
		return ""
	case m[1] == "":
		return "write the path of the directory"
	}
	if name := strings.ToLower(m[1]); isPlaceholder(name) {
		return fmt.Sprintf("write the placeholder \"{%s}\"", name)
	}
	return "write its value, or a placeholder such as \"{input}\""
}

// scalarsOf returns the texts of a list of scalars, or nil.
func scalarsOf(n *yaml.Node) (list []string) {
	for _, item := range items(n) {
		if item.Kind != yaml.ScalarNode || len(item.Value) > longestHint {
			return nil
		}
		list = append(list, item.Value)
	}
	return list[:min(len(list), 24)]
}
