package experiments

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"iosweep/internal/lazyregexp"
)

// decimalRegexp matches the only accepted way to write a whole number. YAML has others, and
// YAML parsers disagree on them: some read 010 as eight, and some read 1e3 as a
// floating-point number.
var decimalRegexp = lazyregexp.New(`^(0|-?[1-9][0-9]*)$`)

// integer reads a whole number between least and most. words are the alternatives that the
// message names. The caller has already handled them.
func (d *decoder) integer(label string, n *yaml.Node, least, most int64, words ...string) (int64, bool) {
	return d.integerOr("", label, n, least, most, words...)
}

// integerOr is like integer. The message for a text that is not a number ends with hint. An empty
// hint stands for the advice of numberHint.
func (d *decoder) integerOr(hint, label string, n *yaml.Node, least, most int64, words ...string) (int64, bool) {
	expected := func() string { // for a message only, because a file may have very many numbers
		return strings.Join(append([]string{between(least, most)}, words...), ", or ")
	}
	if n.Kind != yaml.ScalarNode || !decimalRegexp().MatchString(n.Value) {
		if d.full() {
			return 0, false // finding advice takes time
		}
		d.problem(n, "%s: expected %s, found %s%s", label, expected(), found(n), cmp.Or(hint, numberHint(n, words)))
		return 0, false
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		d.problem(n, "%s: expected %s, found the text %s: write it without quotes", label, expected(), quote(n.Value))
		return 0, false
	}
	value, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil || value < least || value > most {
		d.problem(n, "%s: expected %s, found %s", label, expected(), clip(n.Value))
		return 0, false
	}
	return value, true
}

func between(least, most int64) string {
	switch {
	case least == math.MinInt64 && most == math.MaxInt64:
		return "a whole number"
	case most == math.MaxInt64:
		return "a whole number from " + thousands(least)
	default:
		return "a whole number from " + thousands(least) + " to " + thousands(most)
	}
}

// thousandsText matches a number of thousands or millions.
var thousandsText = lazyregexp.New(`^([1-9][0-9]{0,3}) ?([kKM])$`)

// numberHint suggests how to write a number that YAML reads differently, or which of words was
// meant. It returns "" if it has no suggestion.
func numberHint(n *yaml.Node, words []string) string {
	if n.Kind != yaml.ScalarNode || len(n.Value) > 64 {
		return ""
	}
	if near := Nearest(n.Value, words); near != "" && !strings.Contains(near, "*") { // N*cpus is no level
		return ": did you mean " + quote(near) + "?"
	}
	if m := thousandsText().FindStringSubmatch(n.Value); m != nil {
		return ": write " + m[1] + map[string]string{"k": "000", "m": "000000"}[strings.ToLower(m[2])]
	}
	if grouped().MatchString(n.Value) {
		return ": write " + plainDigits(n.Value)
	}
	switch n.ShortTag() {
	case "!!int":
		var value int64
		if n.Decode(&value) != nil {
			return ""
		}
		if digits := strings.TrimLeft(n.Value, "0"); decimalRegexp().MatchString(digits) && digits != strconv.FormatInt(value, 10) {
			return fmt.Sprintf(", which YAML reads as %d: write %d or %s", value, value, digits)
		}
		if decimal := strconv.FormatInt(value, 10); decimal != n.Value {
			return ": write " + decimal
		}
	case "!!float":
		value, ok := new(big.Rat).SetString(n.Value)
		if exponent := strings.IndexAny(n.Value, "eE"); exponent >= 0 && len(n.Value)-exponent > 4 {
			return "" // the number would have thousands of digits
		}
		if ok && value.IsInt() && value.Num().IsInt64() {
			return ": write " + value.Num().String()
		}
	}
	return ""
}

// units maps the unit of a size to its number of bytes.
var units = map[string]int64{
	"": 1, "B": 1,
	"KB": 1e3, "KiB": 1 << 10,
	"MB": 1e6, "MiB": 1 << 20,
	"GB": 1e9, "GiB": 1 << 30,
}

// sizeHint describes a valid size in messages.
const sizeHint = "a size such as 4096, 4KiB or 10 MB (B, KB, KiB, MB, MiB, GB, GiB)"

var sizeRegexp = lazyregexp.New(`^(0|[1-9][0-9]*) ?([A-Za-z]*)$`)

// size reads a number of bytes, with or without a unit. A message ends with hint, unless it is
// empty.
func (d *decoder) size(label string, n *yaml.Node, hint string) (int64, bool) {
	m := sizeRegexp().FindStringSubmatch(n.Value)
	if d.full() && m == nil {
		return 0, false
	}
	if n.Kind != yaml.ScalarNode || m == nil {
		d.problem(n, "%s: expected %s, found %s%s", label, sizeHint, found(n), cmp.Or(hint, numberHint(n, nil), sizeAdvice(n.Value)))
		return 0, false
	}
	bytes, ok := units[m[2]]
	if !ok {
		d.problem(n, "%s: unknown unit in %s: expected %s%s", label, quote(n.Value), sizeHint, cmp.Or(hint, sizeAdvice(n.Value)))
		return 0, false
	}
	count, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || count > math.MaxInt64/bytes {
		d.problem(n, "%s: %s is too large: the maximum is %s bytes", label, clip(n.Value), thousands(math.MaxInt64))
		return 0, false
	}
	return count * bytes, true
}

// sizeWithin is like size, for a form with limits and words. The caller has handled the words.
func (d *decoder) sizeWithin(f *form, label string, n *yaml.Node, hint string) (int64, bool) {
	if len(f.words) > 0 && !sizeRegexp().MatchString(n.Value) {
		if !d.full() {
			d.problem(n, "%s: expected %s, or %s, found %s%s", label, sizeHint, orList(f.words), found(n), cmp.Or(hint, numberHint(n, f.words), sizeAdvice(n.Value)))
		}
		return 0, false
	}
	value, ok := d.size(label, n, hint)
	if ok && (value < f.min || value > f.max) {
		d.problem(n, "%s: expected %s bytes, found %s", label, strings.Replace(between(f.min, f.max), "whole number", "size", 1), clip(n.Value))
		return 0, false
	}
	return value, ok
}

// duration reads a time above zero in the syntax of time.ParseDuration.
func (d *decoder) duration(label string, n *yaml.Node) time.Duration {
	span, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || span <= 0 {
		what, hint := found(n), durationHint(n.Value)
		if hint != "" {
			what = quote(n.Value) // without advice about its characters
		}
		d.problem(n, "%s: expected a duration above zero with a unit, such as 90s, 10m or 1h30m, found %s%s", label, what, hint)
		return 0
	}
	return span
}

// word reads one of the allowed words.
func (d *decoder) word(label string, n *yaml.Node, allowed []string) (string, bool) {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		d.problem(n, "%s: expected %s, found %s", label, oneOf(allowed), found(n))
		return "", false
	}
	if !slices.Contains(allowed, n.Value) {
		d.unknown(n, label, n.Value, allowed)
		return "", false
	}
	return n.Value, true
}

// text reads one line of printable text as it is written. It does not convert numbers or
// dates.
func (d *decoder) text(label string, n *yaml.Node, longest int) (string, bool) {
	value, ok := d.anyText(label, n)
	switch {
	case !ok:
	case value == "":
		d.problem(n, "%s must not be empty", label)
	case len(value) > longest:
		d.problem(n, "%s has %s bytes, more than %s", label, thousands(int64(len(value))), thousands(int64(longest)))
	case !printable(value):
		d.problem(n, "%s must be printable text on one line, found %s%s", label, quote(value), confusableHint(value))
	default:
		return value, true
	}
	return "", false
}

// anyText reads text, which may be empty or have several lines. It refuses NUL, which can
// neither be displayed nor passed to a program.
func (d *decoder) anyText(label string, n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		d.problem(n, "%s: expected text, found %s%s", label, found(n), cmp.Or(quotePlaceholder(n), d.nullHint(n)))
		return "", false
	}
	if strings.ContainsRune(n.Value, 0) {
		d.problem(n, "%s: a NUL byte is not allowed", label)
		return "", false
	}
	return n.Value, true
}

// quotePlaceholder returns advice about a placeholder without quotes, such as {output}, which
// YAML reads as a mapping. It returns "" for any other node.
func quotePlaceholder(n *yaml.Node) string {
	if n.Kind != yaml.MappingNode || n.Style&yaml.FlowStyle == 0 || len(n.Content) != 2 {
		return ""
	}
	if key, value := n.Content[0], n.Content[1]; key.Kind == yaml.ScalarNode && isNull(value) && value.Value == "" {
		return fmt.Sprintf("; put it in quotes: \"{%s}\"", clip(key.Value))
	}
	return ""
}

// nullHint returns advice about a null where a text belongs: a text that YAML reads as null, or as a
// comment. It returns "" for any other node.
func (d *decoder) nullHint(n *yaml.Node) string {
	if !isNull(n) {
		return ""
	}
	text := strings.TrimSpace(n.Value)
	if text == "" {
		text = strings.TrimSpace(string(d.lineFrom(n)))
		if !strings.HasPrefix(text, "#") {
			return ""
		}
	}
	return "; put it in quotes: " + inQuotes(text)
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

var percentRegexp = lazyregexp.New(`^([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%$`)

// percent reads a percentage as a fraction of 1.
func (d *decoder) percent(label string, n *yaml.Node, expected string, allowed func(percent float64) bool) float64 {
	if part, ok := ParsePercent(n.Value); ok && n.Kind == yaml.ScalarNode && allowed(100*part) {
		return part
	}
	d.problem(n, "%s: expected %s, such as 5%%, found %s%s", label, expected, found(n), percentHint(n.Value))
	return 0
}

// ParsePercent converts a percentage in a file or flag, such as 5% or 0.5%, to a fraction of
// 1.
func ParsePercent(text string) (part float64, ok bool) {
	m := percentRegexp().FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	percent, err := strconv.ParseFloat(m[1], 64)
	return percent / 100, err == nil
}
