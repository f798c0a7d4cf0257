package experiments

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"iosweep/internal/lazyregexp"
)

// A Lognormal is a distribution of sizes: their logarithms have a normal distribution. It is a
// level of the axis size, which only `workload` can have.
type Lognormal struct {
	Median int64  // bytes
	Sigma  string // standard deviation of the natural logarithm, in canonical form
}

// Limits of a distribution of sizes. At the largest sigma, one file in a thousand is five million
// times as large as the median.
const (
	maxMedian = 1 << 40
	maxSigma  = 5
)

// sigmaRegexp matches decimals from 0 to maxSigma.
var sigmaRegexp = lazyregexp.New(`^([0-4](\.[0-9]{1,6})?|5(\.0{1,6})?)$`)

var lognormalKeys = []key{
	{
		name: "median", required: true, form: form{kind: size, min: 1, max: maxMedian, aboveZero: true},
		doc:      "The median: one half of the files is smaller.",
		examples: []string{`64KiB`},
	},
	{
		name: "sigma", required: true, form: form{kind: decimal, pattern: sigmaRegexp, max: maxSigma},
		doc:      "The standard deviation of the natural logarithm of the sizes, above 0 and up to 5. Files of home directories and source trees have about 2.",
		examples: []string{`1.5`},
	},
}

var distributionKeys = []key{{
	name: lognormalKey, required: true, form: form{kind: mapping, keys: lognormalKeys},
	doc:      "Sizes whose logarithms have a normal distribution. The seed determines them, on every machine. A size above 1 PiB counts as 1 PiB.",
	examples: []string{`{median: 16KiB, sigma: 2}`},
}}

const lognormalKey = "lognormal"

// isDistribution reports whether a size is a mapping that cannot be a range.
func isDistribution(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode {
		return false
	}
	for name := range pairs(n) {
		if slices.Contains(keyNames(rangeKeys(form{})), name.Value) {
			return false
		}
	}
	return true
}

// distribution reads the distribution of sizes of the workload. It returns it as a level.
func (d *decoder) distribution(n *yaml.Node) (string, bool) {
	const label = "workload.size"
	s := d.section(label, n, distributionKeys)
	if !s.valid {
		return "", false
	}
	s = d.section(join(label, lognormalKey), s.node(lognormalKey), lognormalKeys)
	if !s.valid {
		return "", false
	}
	k, name, at := s.get("median")
	median, ok := d.sizeWithin(&k.form, name, at, "")
	_, name, at = s.get("sigma")
	sigma, err := strconv.ParseFloat(at.Value, 64)
	if at.Kind != yaml.ScalarNode || !sigmaRegexp().MatchString(at.Value) || err != nil || sigma == 0 {
		d.problem(at, "%s: expected a number above 0 and up to %d with at most 6 decimals, such as 2 or 1.5, found %s", name, maxSigma, found(at))
		return "", false
	}
	return Lognormal{median, strconv.FormatFloat(sigma, 'f', -1, 64)}.level(), ok
}

// level returns the level of the axis size.
func (l Lognormal) level() string { return fmt.Sprintf("%s(%d,%s)", lognormalKey, l.Median, l.Sigma) }

// ParseLognormal parses a level of the axis size. ok is false if it is not a distribution.
func ParseLognormal(level string) (l Lognormal, ok bool) {
	inner, begins := strings.CutPrefix(level, lognormalKey+"(")
	median, sigma, _ := strings.Cut(strings.TrimSuffix(inner, ")"), ",")
	number, err := strconv.ParseInt(median, 10, 64)
	return Lognormal{number, sigma}, begins && err == nil
}

// A Tree describes the nested directories of generated files. The zero Tree has none.
type Tree struct {
	Depth  int // number of levels of directories
	Fanout int // number of directories in each directory
}

// Limits of a tree. A path of the deepest level is shorter than any system allows.
const (
	maxTreeDepth   = 64
	maxTreeFanout  = 10_000
	maxDirectories = 100_000
)

var treeKeys = []key{
	{
		name: "depth", required: true, form: form{kind: whole, min: 1, max: maxTreeDepth},
		doc:      "The number of levels of directories.",
		examples: []string{`2`},
	},
	{
		name: "fanout", required: true, form: form{kind: whole, min: 1, max: maxTreeFanout},
		doc:      "The number of directories in each directory.",
		examples: []string{`8`},
	},
}

// tree reads the `tree` of the workload.
func (d *decoder) tree(n *yaml.Node) Tree {
	if n == nil {
		return Tree{}
	}
	s := d.section("workload.tree", n, treeKeys)
	if !s.valid {
		return Tree{}
	}
	t := Tree{Depth: s.int("depth"), Fanout: s.int("fanout")}
	if t.Depth < 1 || t.Fanout < 1 {
		return Tree{} // a problem is reported
	}
	if dirs := t.Directories(); dirs > maxDirectories {
		d.problem(n, "workload.tree: %d levels of %s directories are %s directories, more than %s: use a smaller depth or fanout",
			t.Depth, thousands(int64(t.Fanout)), thousands(dirs), thousands(maxDirectories))
		return Tree{}
	}
	return t
}

// Directories returns the number of directories, or math.MaxInt64 if it is larger.
func (t Tree) Directories() int64 {
	sum, level := int64(0), int64(1)
	for range t.Depth {
		if level > (math.MaxInt64-sum)/int64(t.Fanout) {
			return math.MaxInt64
		}
		level *= int64(t.Fanout)
		sum += level
	}
	return sum
}
