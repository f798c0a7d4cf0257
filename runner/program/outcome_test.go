package program

import (
	"bytes"
	"strings"
	"testing"
)

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"*.gz", "a.gz", true},
		{"*.gz", "a/b.gz", false},
		{"*/*.gz", "a/b.gz", true},
		{"**/*.gz", "a.gz", true},
		{"**/*.gz", "a/b/c.gz", true},
		{"**/*.gz", "a/b/c", false},
		{"a/**", "a/b/c", true},
		{"a/**/c", "a/c", true},
		{"a/**/c", "a/b/b/c", true},
		{"a/**/c", "b/c", false},
		{"**", "a", true},
		{"[ab]?", "a1", true},
		{"[ab]?", "c1", false},
	} {
		if got := matches(test.pattern, test.name); got != test.want {
			t.Errorf("%s matches %s: got %v, want %v", test.pattern, test.name, got, test.want)
		}
	}
}

// TestCompareContent compares contents that differ near the borders of the buffers.
func TestCompareContent(t *testing.T) {
	const border = 64 << 10
	long := bytes.Repeat([]byte{'a'}, 2*border)
	changed := func(at int) []byte {
		other := bytes.Clone(long)
		other[at-1] = 'b'
		return other
	}
	for _, test := range []struct {
		name      string
		want, got []byte
		err       string
	}{
		{"both empty", nil, nil, ""},
		{"equal", long, long, ""},
		{"equal, one border", long[:border], long[:border], ""},
		{"first byte", long, changed(1), "x differs from the baseline at byte 1: 0x62, and 0x61 in the baseline"},
		{"last byte before the border", long, changed(border), "at byte 65536:"},
		{"first byte after the border", long, changed(border + 1), "at byte 65537:"},
		{"last byte", long, changed(2 * border), "at byte 131072:"},
		{"ends at the border", long, long[:border], "x ends after byte 65536, and continues in the baseline"},
		{"longer by one byte", long[:border], long[:border+1], "x has more than the 65536 bytes of the baseline"},
		{"empty", long, nil, "x ends after byte 0, and continues in the baseline"},
	} {
		err := compareContent("x", bytes.NewReader(test.want), bytes.NewReader(test.got))
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.err)
		}
	}
}
