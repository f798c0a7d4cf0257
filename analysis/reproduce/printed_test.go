package reproduce

import (
	"testing"

	"iosweep/journal"
)

func TestFiguresAreFormattedAsPrinted(t *testing.T) {
	for _, test := range []struct {
		value, unit float64
		want        string
	}{
		{63.4, 0.1, "63.4"},
		{63, 0.1, "63.0"},
		{2.50, 0.01, "2.50"},
		{200, 1, "200"},
		{200, 100, "~200"},
		{10, 10, "~10"},
		{2.5, 1, "~2.5"},
		{0.34, 0.1, "~0.34"},
		{7, 0, "7"},
	} {
		if got := printed(journal.Figure{Value: test.value, Unit: test.unit}); got != test.want {
			t.Errorf("%v to %v: %q, want %q", test.value, test.unit, got, test.want)
		}
	}
}
