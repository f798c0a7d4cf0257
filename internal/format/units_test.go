package format

import (
	"testing"

	"iosweep/internal/estimate"
)

func TestUnits(t *testing.T) {
	sample := func(mean, half float64) estimate.Sample {
		return estimate.Sample{Mean: estimate.Of(mean), CI: estimate.Interval{Low: mean - half, High: mean + half, OK: true}}
	}
	for _, test := range []struct{ got, want string }{
		{Seconds(estimate.Of(63.42)), "63.4 s"},
		{Seconds(estimate.Of(1234.5)), "1234 s"},
		{Seconds(estimate.Of(0.0456)), "45.6 ms"},
		{Seconds(estimate.Of(7.89e-7)), "789 ns"},
		{Seconds(estimate.Of(0)), "0.00 ns"},
		{Seconds(estimate.Value{}), "–"},
		{Bytes(estimate.Of(240e6)), "229 MiB"},
		{Bytes(estimate.Of(12)), "12 B"},
		{Bytes(estimate.Of(12.5)), "12.5 B"},
		{Bytes(estimate.Of(3 << 40)), "3.00 TiB"},
		{Bytes(estimate.Value{}), "–"},
		{ExactBytes(16384), "16KiB"},
		{ExactBytes(10_000_000), "10MB"},
		{ExactBytes(1536), "1536B"},
		{ExactBytes(0), "0B"},
		{ByteRate(estimate.Of(1.5 * (1 << 30))), "1.50 GiB/s"},
		{FileRate(estimate.Of(12345.6)), "12,346/s"},
		{FileRate(estimate.Of(77.04)), "77.0/s"},
		{FileRate(estimate.Of(1e20)), "1.00e+20/s"},
		{Times(estimate.Of(4.8149)), "4.81×"},
		{Times(estimate.Of(0.5)), "0.500×"},
		{Times(estimate.Of(1e-18)), "1.00e-18×"},
		{Percent(estimate.Of(0.604)), "60%"},
		{SignedPercent(0.0412), "+4.1%"},
		{SignedPercent(-0.123), "-12.3%"},
		{SignedPercent(0.000421), "+0.04%"},
		{SignedPercent(-0.0000038), "-0.0004%"},
		{SignedPercent(0), "+0.0%"},
		{MeanSeconds(sample(63.42, 0.234)), "63.4 ± 0.2 s"},
		{MeanSeconds(sample(63.42, 12.9)), "63.4 ± 12.9 s"},
		{MeanSeconds(sample(63.42, 0.0234)), "63.42 ± 0.02 s"},
		{MeanSeconds(sample(0.5, 0)), "500 ms"},
		{MeanSeconds(estimate.Sample{Mean: estimate.Of(2)}), "2.00 s"},
		{MeanSeconds(estimate.Sample{Mean: estimate.Of(99e-6), CI: estimate.Interval{High: 202.6e-6, OK: true, LowOpen: true}}), "99.0 (open–203) µs"},
		{MeanSeconds(sample(0, 0)), "0.00 ns"},
		{MeanSeconds(estimate.Sample{}), "–"},
		{TimesInterval(estimate.Interval{Low: 4.52, High: 5.134, OK: true}), "4.52–5.13"},
		{TimesInterval(estimate.Interval{High: 5.134, OK: true, LowOpen: true}), "open–5.13"},
		{TimesInterval(estimate.Interval{High: 0.9244, OK: true, LowOpen: true}), "open–0.924"},
		{TimesInterval(estimate.Interval{Open: true}), "open"},
		{TimesInterval(estimate.Interval{}), "–"},
		{Count(1, "cell"), "1 cell"},
		{Count(5000, "file"), "5,000 files"},
		{Thousands(-1234567), "-1,234,567"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}
