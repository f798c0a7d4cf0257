package workload

import "strconv"

// rows is text with integers: line r of item i holds seed+i+r+c for the columns
// c = 0, 1, ..., joined by commas; lines are joined by a newline, and there is
// none at the end. It is what the tutorials write.
type rows struct {
	seed          int64
	lines, values int
}

var _ Content = rows{}

func (c rows) Append(dst []byte, item int) ([]byte, error) {
	first := c.seed + int64(item)
	for line := range c.lines {
		if line > 0 {
			dst = append(dst, '\n')
		}
		for value := range c.values {
			if value > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendInt(dst, first+int64(line)+int64(value), 10)
		}
	}
	return dst, nil
}
