package html

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/klauspost/compress/gzip"

	"iosweep/internal/lazyregexp"
	"iosweep/internal/oneline"
	"iosweep/reports/table"
)

// Data are the columns of a table, for the scripts of a page.
type Data struct {
	rows    int
	Columns []Column
}

// The kinds of columns.
const (
	Axis   = "axis"
	Number = "number"
	Words  = "words"
)

// A Column contains the values of all rows.
type Column struct {
	Name, Doc string
	Kind      string
	// Digits is the number of significant digits of numbers. Whole numbers below ten million have all
	// their digits.
	Digits int
	// Figure is the name of the metric whose values the column has, Unit its unit, and Better is
	// higher or lower. They are empty for other columns.
	Figure, Unit, Better string

	levels []string // in the order in which a reader expects them
	values []table.Value
}

// SetAxis makes a column of words an axis. levels are its words in the order in which a reader
// expects them, and text returns a level for people.
func (c *Column) SetAxis(levels []string, text func(string) string) {
	c.Kind = Axis
	for _, level := range levels {
		c.levels = append(c.levels, text(level))
	}
	for i := range c.values {
		c.values[i].Text = text(c.values[i].Text)
	}
}

// markup matches the markup of Markdown in the description of a column.
var markup = lazyregexp.New("`|\\[([^]]*)\\]\\([^)]*\\)")

// DataOf returns the columns that have a name, for all rows. It leaves out a column without any
// value.
func DataOf[Row any](columns []table.Column[Row], rows []Row) Data {
	d := Data{rows: len(rows)}
	for _, c := range columns {
		if c.Name == "" {
			continue // it is in tables for people only
		}
		column := Column{Name: oneline.Of(c.Name), Doc: markup().ReplaceAllString(c.Doc, "$1"), Kind: Words, Digits: 4}
		empty := true
		for _, row := range rows {
			v := c.Value(row)
			if v.Number {
				column.Kind = Number
			}
			empty = empty && v.Text == ""
			column.values = append(column.values, v)
		}
		if !empty {
			d.Columns = append(d.Columns, column)
		}
	}
	return d
}

// HeadingColumn is the name of the column with the heading of the table that a cell is in.
const HeadingColumn = "heading"

// Add adds a column of words.
func (d *Data) Add(name string, words []string) {
	c := Column{Name: name, Kind: Words}
	for _, word := range words {
		c.values = append(c.values, table.Value{Text: word})
	}
	d.Columns = append(d.Columns, c)
}

// JSON returns the data as JSON. Each column has a list of values, which has one element if all
// rows have the same value. A word is an index in a list of the different words of the column,
// because most words occur often.
func (d Data) JSON() []byte {
	b := append(strconv.AppendInt([]byte(`{"rows":`), int64(d.rows), 10), `,"columns":[`...)
	for i, c := range d.Columns {
		if i > 0 {
			b = append(b, ",\n"...)
		}
		b = c.appendJSON(b)
	}
	return append(b, "]}"...)
}

func (c *Column) appendJSON(b []byte) []byte {
	b = appendString(append(b, `{"name":`...), c.Name)
	b = appendString(append(b, `,"kind":`...), c.Kind)
	b = appendString(append(b, `,"doc":`...), c.Doc)
	if c.Figure != "" {
		b = appendString(append(b, `,"figure":`...), c.Figure)
		b = appendString(append(b, `,"unit":`...), c.Unit)
		b = appendString(append(b, `,"better":`...), c.Better)
	}
	var elements []string
	if c.Kind == Number {
		for _, v := range c.values {
			elements = append(elements, jsonNumber(v.Text, c.Digits))
		}
	} else {
		var words []string
		words, elements = c.words()
		b = append(b, `,"words":[`...)
		for i, word := range words {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, oneline.Of(word))
		}
		b = append(b, ']')
	}
	if !slices.ContainsFunc(elements, func(e string) bool { return e != elements[0] }) {
		elements = elements[:min(1, len(elements))]
	}
	b = append(b, `,"values":[`...)
	for i, e := range elements {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, e...)
	}
	return append(b, "]}"...)
}

// words returns the different words of a column, and the index of each row's word as JSON.
func (c *Column) words() (words, indexes []string) {
	known := map[string]string{"": "null"}
	add := func(word string) {
		if _, again := known[word]; !again {
			known[word] = strconv.Itoa(len(words))
			words = append(words, word)
		}
	}
	for _, level := range c.levels {
		add(level)
	}
	for _, v := range c.values {
		add(v.Text)
		indexes = append(indexes, known[v.Text])
	}
	return words, indexes
}

// jsonNumber returns a number with some significant digits, as JSON.
func jsonNumber(text string, digits int) string {
	if _, err := strconv.Atoi(text); err == nil && len(text) <= 7 {
		return text
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil { // an undefined value is empty
		return "null"
	}
	return strconv.FormatFloat(x, 'g', digits, 64)
}

// appendString appends a string of JSON. It escapes the characters of markup.
func appendString(b []byte, s string) []byte {
	encoded, err := json.Marshal(s)
	if err != nil {
		panic(err) // every string can be encoded
	}
	return append(b, encoded...)
}

// compressed returns data as JSON, compressed by gzip, in base64.
func compressed(data []byte) (string, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.DefaultCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(data); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}
