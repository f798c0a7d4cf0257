package experiments

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	exprfile "github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
	"gopkg.in/yaml.v3"

	"iosweep/internal/lazyregexp"
)

// An expression is the condition of a filter under the key `where`, such as
// workers * threads > 2 * cpus. It is checked before the first cell exists, and then runs for
// every cell of the grid. So its length and its operators are limited: there is no loop, no
// function and no list but the one after `in`.
type expression struct {
	text    string
	program *vm.Program
	axes    []Axis // the axes that it names
	at      *yaml.Node

	values map[string]any // by name: the value in the last cell; at first, any value of its type

	// The result for the last checked cell, by the numbers of its levels.
	evaluated bool
	last      []uint32
	result    bool
	failed    bool // a problem is reported
	machine   vm.VM
}

// Limits of expressions. They bound the time to check a grid: 100,000 cells take some seconds.
const (
	maxExpressionBytes = 1000
	maxExpressionNodes = 500 // names, values and operators of all expressions in a file
)

// Where is the key of a filter with a condition.
const whereKey = "where"

// readExpression reads the condition of a filter. It returns nil if the condition is not valid.
func (f *file) readExpression(label string, n *yaml.Node) *expression {
	text, ok := f.anyText(label, n)
	if !ok {
		return nil
	}
	if len(text) > maxExpressionBytes {
		f.problem(n, "%s has %s bytes, more than %s", label, thousands(int64(len(text))), thousands(maxExpressionBytes))
		return nil
	}
	x := &expression{text: text, at: n, values: f.expressionValues()}
	check := expressionCheck{values: x.values}
	program, err := compile(text, slices.Concat([]expr.Option{
		expr.Patch(&check), expr.Env(x.values), expr.AsBool(), expr.DisableAllBuiltins(), expr.MaxNodes(uint(max(1, maxExpressionNodes-f.expressionNodes))),
	}, exactArithmetic))
	f.expressionNodes += check.nodes
	switch offset := check.location.From; {
	case check.refused != "":
		f.add(f.atCharacter(n, offset), "%s: %s is not allowed: a condition has axes, cpus, numbers and texts in quotes, with %s", label, check.refused, expressionOperators)
	case check.unknown != "" && !f.full():
		f.add(f.atCharacter(n, offset), "%s: unknown name %s%s", label, quote(check.unknown), f.nameHint(check.unknown, x.values))
	case err != nil:
		offset, message := describeError(err)
		f.add(f.atCharacter(n, offset), "%s: %s%s", label, message, f.expressionHint(text, offset))
	}
	for a := range f.table.axes() {
		if check.names[f.table.nameOf(a)] {
			x.axes = append(x.axes, a)
		}
	}
	if err == nil && check.refused == "" && x.axes == nil {
		f.problem(n, "%s: the condition %s names no axis", label, quote(text))
	}
	x.program, x.last = program, make([]uint32, len(x.axes))
	return x
}

// compile compiles an expression. A panic of the library on an unusual text becomes an error.
func compile(text string, options []expr.Option) (program *vm.Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the condition cannot be read: %v", r)
		}
	}()
	return expr.Compile(text, options...)
}

// expressionOperators lists what an expression may contain, for messages.
const expressionOperators = "+ - * / %, == != < <= > >=, and, or, not, in [...], contains, startsWith, endsWith, and A ? B : C"

// operators are the allowed operators. The others make lists of any length, or match regular
// expressions.
var operators = []string{
	"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "&&", "or", "||", "not", "!",
	"in", "contains", "startsWith", "endsWith",
}

// expressionValues returns the names of an expression with a value of their type. The levels of a
// built-in axis of numbers or sizes are whole numbers. The levels of a custom axis are numbers if
// all of them are. Other levels are texts.
func (f *file) expressionValues() map[string]any {
	values := map[string]any{"cpus": f.opt.CPUs}
	for unit, bytes := range units {
		if len(unit) > 1 {
			values[unit] = int(bytes)
		}
	}
	for a := range f.table.axes() {
		values[f.table.nameOf(a)] = f.valueType(a)
	}
	return values
}

// valueType returns a value of the type of the levels of an axis.
func (f *file) valueType(a Axis) any {
	if a < numAxes {
		if axes[a].numeric() {
			return 0
		}
		return ""
	}
	var kind any = 0
	for i := range f.blocks {
		for _, l := range f.blocks[i].levels[a] {
			switch valueOf(l.text, kind).(type) {
			case int:
			case float64:
				kind = 0.0
			default:
				if kind = valueOf(l.text, 0.0); kind == nil {
					return ""
				}
			}
		}
	}
	return kind
}

var fractionRegexp = lazyregexp.New(`^-?[0-9]{1,15}\.[0-9]{1,15}$`)

// valueOf converts a level to the type of kind. It returns nil if it cannot.
func valueOf(text string, kind any) any {
	switch kind.(type) {
	case int:
		if n, err := strconv.Atoi(text); err == nil && decimalRegexp().MatchString(text) {
			return n
		}
		return nil
	case float64:
		if x, err := strconv.ParseFloat(text, 64); err == nil && (decimalRegexp().MatchString(text) || fractionRegexp().MatchString(text)) {
			return x
		}
		return nil
	}
	return text
}

// exactArithmetic replaces the arithmetic of whole numbers, which silently overflows in the
// library, by functions that report an error. Their names cannot be written in an expression.
var exactArithmetic = slices.Concat(
	exact("+", func(a, b int) (int, bool) { return a + b, (a+b > a) == (b > 0) }),
	exact("-", func(a, b int) (int, bool) { return a - b, (a-b < a) == (b > 0) }),
	exact("*", func(a, b int) (int, bool) {
		return a * b, a == 0 || a*b/a == b && (a != -1 || b != math.MinInt)
	}),
	divide(),
)

// divide makes a division by 0 an error: the library returns infinity.
func divide() []expr.Option {
	number := func(v any) float64 {
		if n, ok := v.(int); ok {
			return float64(n)
		}
		return v.(float64)
	}
	function := func(params ...any) (any, error) {
		a, b := number(params[0]), number(params[1])
		if b == 0 {
			return nil, fmt.Errorf("%v / 0 has no result", a)
		}
		return a / b, nil
	}
	return []expr.Option{
		expr.Function("the quotient", function, new(func(int, int) float64), new(func(int, float64) float64), new(func(float64, int) float64), new(func(float64, float64) float64)),
		expr.Operator("/", "the quotient"),
	}
}

func exact(operator string, do func(a, b int) (result int, fits bool)) []expr.Option {
	name := "whole " + operator
	function := func(params ...any) (any, error) {
		a, b := params[0].(int), params[1].(int)
		result, fits := do(a, b)
		if !fits {
			return nil, fmt.Errorf("%d %s %d has more than 64 bits", a, operator, b)
		}
		return result, nil
	}
	return []expr.Option{expr.Function(name, function, new(func(int, int) int)), expr.Operator(operator, name)}
}

// An expressionCheck visits the nodes of an expression before the library checks their types. It
// keeps the first node that is not allowed.
type expressionCheck struct {
	values   map[string]any
	names    map[string]bool
	nodes    int
	location exprfile.Location
	refused  string
	unknown  string
}

// Visit visits a node. The library calls it for the parts of an expression before the whole.
func (c *expressionCheck) Visit(node *ast.Node) {
	c.nodes++
	refuse := func(what string) {
		if c.refused == "" {
			c.refused, c.location = what, (*node).Location()
		}
	}
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if c.names == nil {
			c.names = map[string]bool{}
		}
		c.names[n.Value] = true
		if _, known := c.values[n.Value]; !known && c.unknown == "" && c.refused == "" {
			c.unknown, c.location = n.Value, n.Location()
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode, *ast.ArrayNode, *ast.ConditionalNode:
	case *ast.UnaryNode:
		if !slices.Contains(operators, n.Operator) {
			refuse("the operator " + n.Operator)
		}
	case *ast.BinaryNode:
		if !slices.Contains(operators, n.Operator) {
			refuse("the operator " + n.Operator)
		}
	case *ast.CallNode, *ast.BuiltinNode:
		refuse("a function")
	default:
		refuse("this")
	}
}

// nameHint returns advice about an unknown name in an expression.
func (f *file) nameHint(name string, values map[string]any) string {
	for _, axis := range f.table.customAxes {
		if strings.HasPrefix(axis, name+"-") || strings.HasSuffix(axis, "-"+name) {
			return fmt.Sprintf(": the name of the axis %s has a hyphen, which is a minus sign here: write an underscore in its place", quote(axis))
		}
	}
	allowed := slices.Concat(axisNames(), f.table.customAxes, []string{"cpus"})
	if near := Nearest(name, allowed); near == "" {
		for _, levels := range [][]string{f.strategies, f.operations, axes[Content].words} {
			if slices.Contains(levels, name) {
				return ": write the text in quotes: '" + name + "'"
			}
		}
	}
	return suggestion(name, allowed)
}

// tokenRegexp matches a token in a message of the library.
var tokenRegexp = lazyregexp.New(`token [A-Z][a-z]+\((".*")\)$`)

// describeError returns the character of an error of the library, and its message.
func describeError(err error) (offset int, message string) {
	message = err.Error()
	var problem *exprfile.Error
	if errors.As(err, &problem) {
		offset, message = problem.From, problem.Message
	}
	for _, part := range [][2]string{
		{"unexpected token EOF", "the condition ends too early"},
		{"expected bool, but got int", "expected a condition that is true or false, found a number"},
		{"expected bool, but got float64", "expected a condition that is true or false, found a number"},
		{"expected bool, but got string", "expected a condition that is true or false, found a text"},
		{"runtime error: ", ""},
		{"strconv.ParseInt: ", ""},
		{"compilation failed: expression exceeds maximum allowed nodes", fmt.Sprintf("the conditions of the file have more than %d names, values and operators", maxExpressionNodes)},
	} {
		message = strings.ReplaceAll(message, part[0], part[1])
	}
	return offset, tokenRegexp().ReplaceAllString(message, "$1")
}

// sizeRegexps match a size with a unit: without quotes, from its digits on, and in quotes.
var sizeRegexps = []func() *regexp.Regexp{
	lazyregexp.New(`^()([0-9]+)(KB|KiB|MB|MiB|GB|GiB)\b`),
	lazyregexp.New(`^[=!<> ]+(["'])([0-9]+) ?(KB|KiB|MB|MiB|GB|GiB)["']`),
}

var wordRegexp = lazyregexp.New(`^[=! ]+([a-z][a-z0-9_]*)`)

// expressionHint returns advice for an error at a character of an expression, or "".
func (f *file) expressionHint(text string, offset int) string {
	characters := []rune(text)
	before, rest := string(characters[:min(offset, len(characters))]), string(characters[min(offset, len(characters)):])
	digits := strings.TrimRight(before, "0123456789")
	for i, from := range []string{text[len(digits):], rest} {
		if m := sizeRegexps[i]().FindStringSubmatch(from); m != nil {
			return ": write " + m[2] + " * " + m[3]
		}
	}
	m := wordRegexp().FindStringSubmatch(rest)
	switch word, _, _ := strings.Cut(rest, " "); {
	case strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "=="):
		return ": write == to compare"
	case word == "AND" || word == "OR" || word == "NOT" || word == "IN":
		return ": write " + strings.ToLower(word)
	case m != nil && slices.Contains(f.strategies, m[1]):
		return ": write the text in quotes: '" + m[1] + "'"
	}
	return ""
}

// holds reports whether an expression holds for a cell. It does not hold if the cell does not have
// one of its axes, or has a word such as auto on an axis of numbers.
func (f *file) holds(x *expression, c *Cell) bool {
	same := x.evaluated
	for i, a := range x.axes {
		level := f.effectiveLevel(c, a)
		same = same && x.last[i] == level
		x.last[i] = level
	}
	if same { // adjacent cells mostly differ in few axes
		return x.result
	}
	x.evaluated, x.result = true, false
	for i, a := range x.axes {
		name := f.table.nameOf(a)
		if x.last[i] == 0 {
			return false
		}
		value := valueOf(f.table.levels[x.last[i]], x.values[name])
		if value == nil {
			return false
		}
		x.values[name] = value
	}
	result, err := x.machine.Run(x.program, x.values)
	if err != nil && !x.failed {
		x.failed = true
		offset, message := describeError(err)
		f.add(f.atCharacter(x.at, offset), "where: %s in the cell %s", message, c)
	}
	x.result, _ = result.(bool)
	return x.result
}

// atCharacter returns the position of a character of a text, counted from 0. It looks for each
// character of the text in the source, and skips characters that are only there: indentation, and
// the escapes in quotes.
func (d *decoder) atCharacter(n *yaml.Node, offset int) Position {
	at := d.at(n)
	if d.lines == nil {
		d.lines = linesOf(d.source)
	}
	text := []rune(n.Value)
	offset = min(offset, len(text))
	found := 0
	for row := max(at.Line, 1); at.Line > 0 && row <= len(d.lines); row++ {
		characters, column := []rune(string(d.lines[row-1])), 0
		if row == at.Line {
			column = at.Column - 1
			switch n.Style {
			case yaml.LiteralStyle, yaml.FoldedStyle:
				continue // the text begins on the next line
			case yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle:
				column++
			}
		}
		for ; column < len(characters) && found < len(text); column++ {
			if characters[column] != text[found] {
				continue
			}
			if found == offset {
				break
			}
			found++
		}
		if found == offset && (found == len(text) || column < len(characters) || unicode.IsSpace(text[found])) {
			return Position{File: at.File, Line: row, Column: column + 1}
		}
		if found < len(text) && unicode.IsSpace(text[found]) {
			found++ // the end of the line
		}
	}
	return at
}
