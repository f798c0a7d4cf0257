package estimate

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/mathext"
)

// A Grid is the design of a table: which cell has which level of each factor. The analysis of
// variance of its cells has a term for each factor and for each pair of factors, the
// interaction. The terms are of type II. A term explains the rest that all terms that do not contain it
// leave over (Ø. Langsrud, "ANOVA for unbalanced data: use type II instead of type III sums of squares",
// Statistics and Computing 13 (2003), 163-167).
//
// The effects of a factor sum to 0 over the cells that have it. A cell without the factor has no term for it,
// so it is compared with the mean of the cells that have it. Cells may be missing, and factors may change together.
// A term has only the differences that these cells tell apart from all other terms.
type Grid struct {
	cells, width int
	blocks       []block
	columns      [][]int // by cell: the columns in which it has a 1
	terms        []term
	confounded   []int // factors without a term
}

// maxColumns limits the time of an analysis of variance, which grows with the third power. A
// grid with more columns loses its pairs of factors, the largest first.
const maxColumns = 400

// A block is the columns of a term: of none, one or two factors.
type block struct {
	factors, sizes []int
	first, n       int        // columns
	weights        []float64  // cells in each column
	margins        *mat.Dense // leads from weighted numbers to their margins; nil without factors
}

// column returns the column in which a cell with these levels has a 1, or -1.
func (b block) column(levels []int) int {
	at := 0
	for i, f := range b.factors {
		if levels[f] < 0 {
			return -1
		}
		at = at*b.sizes[i] + levels[f]
	}
	return b.first + at
}

// contains reports whether a block has all factors of another.
func (b block) contains(other block) bool {
	return !slices.ContainsFunc(other.factors, func(f int) bool { return !slices.Contains(b.factors, f) })
}

// setMargins prepares centre and centreSums for cells with these columns.
func (b *block) setMargins(columns [][]int) {
	b.weights = make([]float64, b.n)
	for _, list := range columns {
		for _, c := range list {
			if b.first <= c && c < b.first+b.n {
				b.weights[c-b.first]++
			}
		}
	}
	// Each column has a constant, or one margin for each level of both factors.
	margins := mat.NewDense(b.n, 1, slices.Repeat([]float64{1}, b.n))
	if len(b.factors) == 2 {
		margins = mat.NewDense(b.n, b.sizes[0]+b.sizes[1], nil)
		for i := range b.n {
			margins.Set(i, i/b.sizes[1], 1)
			margins.Set(i, b.sizes[0]+i%b.sizes[1], 1)
		}
	}
	var weighted, products mat.Dense
	weighted.Apply(func(i, _ int, x float64) float64 { return b.weights[i] * x }, margins)
	products.Mul(margins.T(), &weighted)
	var eigen mat.EigenSym
	var vectors, roots mat.Dense
	eigen.Factorize(symmetric(&products), true)
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	vectors.Apply(func(_, k int, x float64) float64 {
		if values[k] <= negligible*float64(len(columns)) {
			return 0
		}
		return x / math.Sqrt(values[k])
	}, &vectors)
	roots.Mul(margins, &vectors)
	b.margins = mat.NewDense(b.n, b.n, nil)
	b.margins.Mul(&roots, roots.T())
}

// centre takes the margins from the effects of the levels, so that they sum to 0 over the cells.
func (b *block) centre(numbers []float64) { b.project(numbers, true) }

// centreSums does the same to the sums over the columns.
func (b *block) centreSums(numbers []float64) { b.project(numbers, false) }

func (b *block) project(numbers []float64, weighFirst bool) {
	if b.margins == nil {
		return
	}
	x := numbers[b.first : b.first+b.n]
	from := slices.Clone(x)
	for i := range from {
		if weighFirst {
			from[i] *= b.weights[i]
		}
	}
	for i := range x {
		sum := 0.0
		for k, m := range b.margins.RawRowView(i) {
			sum += m * from[k]
		}
		if !weighFirst {
			sum *= b.weights[i]
		}
		x[i] -= sum
	}
}

// symmetric returns a matrix that is known to be symmetric.
func symmetric(d *mat.Dense) *mat.SymDense {
	n, _ := d.Dims()
	return mat.NewSymDense(n, d.RawMatrix().Data)
}

// A term is a block with the linear maps that lead from the sums over the columns to its effect.
type term struct {
	block
	// toCoordinates has a row for each degree of freedom. It leads from the sums to
	// coordinates. Their squares sum up to the sum of squares of the term.
	toCoordinates [][]float64
	// levels are the levels, or pairs of levels, that can be compared. toLevels leads from the
	// coordinates to their logarithms.
	levels   []int
	toLevels [][]float64
}

// NewGrid returns the design of cells. levels has, for each cell, the number of its level of each
// factor, from 0, or -1 if the cell does not have the factor. It returns nil if there are too many levels.
func NewGrid(levels [][]int) *Grid {
	g := &Grid{cells: len(levels), blocks: []block{{n: 1}}}
	var sizes []int
	if len(levels) > 0 {
		sizes = make([]int, len(levels[0]))
	}
	for _, cell := range levels {
		for f, level := range cell {
			sizes[f] = max(sizes[f], level+1)
		}
	}
	width := 1
	var pairs []block
	for f, n := range sizes {
		g.blocks = append(g.blocks, block{factors: []int{f}, sizes: []int{n}, n: n})
		width += n
		for h, m := range sizes[:f] {
			pairs = append(pairs, block{factors: []int{h, f}, sizes: []int{m, n}, n: m * n})
		}
	}
	slices.SortStableFunc(pairs, func(a, b block) int { return cmp.Compare(a.n, b.n) })
	for _, b := range pairs {
		if width+b.n <= maxColumns {
			g.blocks = append(g.blocks, b)
			width += b.n
		}
	}
	if width > maxColumns {
		return nil
	}
	g.width = width
	at := 0
	for i := range g.blocks {
		g.blocks[i].first = at
		at += g.blocks[i].n
	}
	g.columns = make([][]int, g.cells)
	for c, cell := range levels {
		for _, b := range g.blocks {
			if column := b.column(cell); column >= 0 {
				g.columns[c] = append(g.columns[c], column)
			}
		}
	}
	for i := range g.blocks[1:] {
		g.blocks[1+i].setMargins(g.columns)
	}
	products := g.products()
	for _, b := range g.blocks[1:] {
		if t, ok := g.term(b, products); ok {
			g.terms = append(g.terms, t)
		} else if len(b.factors) == 1 {
			g.confounded = append(g.confounded, b.factors[0])
		}
	}
	return g
}

// Confounded returns the factors whose levels change together with other factors, so that
// nothing can be attributed to them.
func (g *Grid) Confounded() []int { return g.confounded }

// products returns the products of all columns, summed over the cells.
func (g *Grid) products() *mat.Dense {
	all := mat.NewDense(g.width, g.width, nil)
	for _, columns := range g.columns {
		for _, i := range columns {
			row := all.RawRowView(i)
			for _, j := range columns {
				row[j]++
			}
		}
	}
	for range 2 { // rows, then columns
		for i := range g.width {
			for _, b := range g.blocks {
				b.centreSums(all.RawRowView(i))
			}
		}
		all.CloneFrom(all.T())
	}
	return all
}

// negligible is the part of a sum of squares that counts as a rounding error.
const negligible = 1e-9

// A projection splits columns into the part that other columns explain, and the rest.
type projection struct {
	basis     []int     // the independent ones of the other columns
	explained mat.Dense // the coefficients of the part, by column of the basis and own column
	rest      mat.Dense // the products of the rests of the own columns
}

// newProjection splits the own columns. ok is false if the numbers do not allow it.
func newProjection(products *mat.Dense, own, others []int, tolerance float64) (p projection, ok bool) {
	sub := func(rows, columns []int) *mat.Dense {
		d := mat.NewDense(len(rows), len(columns), nil)
		for i, r := range rows {
			for j, c := range columns {
				d.Set(i, j, products.At(r, c))
			}
		}
		return d
	}
	var pivoted mat.PivotedCholesky
	pivoted.Factorize(symmetric(sub(others, others)), tolerance)
	for _, pivot := range pivoted.ColumnPivots(nil)[:pivoted.Rank()] {
		p.basis = append(p.basis, others[pivot])
	}
	var cholesky mat.Cholesky
	if !cholesky.Factorize(symmetric(sub(p.basis, p.basis))) {
		return p, false
	}
	shared := sub(p.basis, own)
	if err := cholesky.SolveTo(&p.explained, shared); err != nil {
		return p, false
	}
	var common mat.Dense
	common.Mul(shared.T(), &p.explained)
	p.rest.Sub(sub(own, own), &common)
	return p, true
}

// term returns the term of a block: its columns without everything that the columns of the other
// terms explain. ok is false if nothing is left that compares two levels.
func (g *Grid) term(b block, products *mat.Dense) (t term, ok bool) {
	var others []int
	for _, o := range g.blocks {
		for c := range o.n {
			if !o.contains(b) {
				others = append(others, o.first+c)
			}
		}
	}
	own := make([]int, b.n)
	for i := range own {
		own[i] = b.first + i
	}
	tolerance := negligible * float64(g.cells)
	p, ok := newProjection(products, own, others, tolerance)
	if !ok {
		return t, false
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(symmetric(&p.rest), true) {
		return t, false
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)

	t.block = b
	toLevels := make([][]float64, b.n)
	inSpace := make([][]float64, b.n) // the levels as far as the cells tell them apart
	for k, value := range eigen.Values(nil) {
		if value <= tolerance {
			continue
		}
		root := math.Sqrt(value)
		row := make([]float64, g.width)
		for i, column := range own {
			v := vectors.At(i, k)
			row[column] = v / root
			toLevels[i] = append(toLevels[i], v/root)
			inSpace[i] = append(inSpace[i], v)
			for j, other := range p.basis {
				row[other] -= v / root * p.explained.At(j, i)
			}
		}
		for _, o := range g.blocks { // so that the sums need not be centred
			o.centre(row)
		}
		t.toCoordinates = append(t.toCoordinates, row)
	}
	t.levels = g.comparable(b, inSpace)
	for _, l := range t.levels {
		t.toLevels = append(t.toLevels, toLevels[l])
	}
	return t, len(t.levels) > 1
}

// comparable returns the levels of a block that some cell has and whose differences can be estimated. A
// difference can be estimated if it is in the space of the term. If several groups of levels can be compared
// only with each other, the result is the largest group. All pairs of levels are comparable, because both
// factors alone explain every constant.
func (g *Grid) comparable(b block, inSpace [][]float64) (best []int) {
	var seen []int
	for _, columns := range g.columns {
		for _, c := range columns {
			if b.first <= c && c < b.first+b.n {
				seen = append(seen, c-b.first)
			}
		}
	}
	slices.Sort(seen)
	seen = slices.Compact(seen)
	if len(b.factors) > 1 {
		if len(inSpace) == 0 || len(inSpace[0]) == 0 {
			return nil
		}
		return seen
	}
	taken := map[int]bool{}
	for _, first := range seen {
		if taken[first] {
			continue
		}
		var group []int
		for _, l := range seen {
			square := 0.0
			for k := range inSpace[l] {
				d := inSpace[first][k] - inSpace[l][k]
				square += d * d
			}
			if l == first || square > 2-1e-6 { // the whole difference, whose square is 2
				group = append(group, l)
				taken[l] = true
			}
		}
		if len(group) > len(best) {
			best = group
		}
	}
	return best
}

// An Effect is the effect of a factor, or of a pair of factors beyond each of them, on the numbers of a
// table.
type Effect struct {
	Factors []int // one or two
	// Share is the part of the variance between cells that the effect explains. The variance of the
	// noise is subtracted from both. It is undefined if the cells differ too little; see Effects.
	Share   Value
	ShareCI Interval
	// Levels are the levels, or pairs of levels, that some cell has and that can be compared.
	Levels []Level
	// Best and Worst are the indexes in Levels of the lowest and the highest number. Ratio is worst /
	// best. The interval is valid for any choice of two levels, so also for these.
	Best, Worst int
	Ratio       Value
	RatioCI     Interval
	// P is the p value of the hypothesis that the factor has no effect, not adjusted.
	P Value
}

// A Level is a level of a factor, or a pair of levels.
type Level struct {
	Numbers []int // of the level of each factor
	// Ratio is the number relative to the mean over the levels. The ratio of a pair is the part
	// that both factors alone do not explain.
	Ratio Value
	CI    Interval
}

// ClearSpread is how many times the noise of their means the cells must differ, so that shares of
// the differences are defined.
const ClearSpread = 2

// Effects computes the effects of all terms from the logarithms of positive numbers. logs has a row for
// each round, with a number for each cell of the grid. Each row is complete, so the round cancels.
//
// Rounds are the independent units. A linear combination of cells has a value in each round, and its
// noise is the variance of these values. So cells may scatter differently, and noise of a whole round does
// not matter. The sum of squares of a term is the square of a mean vector over the rounds. Without its noise it is
// an unbiased U-statistic, and Share is the ratio of two of them.
//
// The interval of Share is the jackknife over rounds (J. N. Arvesen, "Jackknifing U-statistics",
// Annals of Mathematical Statistics 40 (1969), 2076-2100). A small share is skewed, and there the
// jackknife of the root is better. At 0 it is not. So each end is the wider one of both. In simulations
// the plain jackknife covered a weak factor in 88 to 92%, and the root alone covered 0 in 82%.
//
// P is of the F test of repeated measures, with the degrees of freedom of G. E. P. Box,
// "Some theorems on quadratic forms applied in the study of analysis of variance problems",
// Annals of Mathematical Statistics 25 (1954), 484-498.
func (g *Grid) Effects(logs [][]float64) []Effect {
	rounds := len(logs)
	if rounds == 0 {
		return nil
	}
	total, sums := g.sums(logs)
	clear := total.isClear(g.cells)
	rounding := negligible * negligible * float64(g.cells)
	list := make([]Effect, len(g.terms))
	coordinates := make([][]float64, rounds)
	for i, t := range g.terms {
		for r, sum := range sums {
			coordinates[r] = t.coordinates(sum, coordinates[r][:0])
		}
		own := squaresOf(coordinates)
		e := &list[i]
		e.Factors = t.factors
		t.setLevels(e, coordinates)
		if rounds > 1 {
			e.P = own.test(coordinates, rounding)
		}
		if clear {
			e.Share, e.ShareCI = own.shareOf(total)
		}
	}
	return list
}

// sums returns the squares of the cells, and for each round the sums over all columns.
func (g *Grid) sums(logs [][]float64) (total squares, sums [][]float64) {
	centred := make([][]float64, len(logs))
	sums = make([][]float64, len(logs))
	cells, columns := make([]float64, len(logs)*g.cells), make([]float64, len(logs)*g.width)
	for r, row := range logs {
		centred[r], cells = cells[:g.cells], cells[g.cells:]
		sums[r], columns = columns[:g.width], columns[g.width:]
		mean := meanOf(row)
		for c, x := range row {
			centred[r][c] = x - mean
			for _, column := range g.columns[c] {
				sums[r][column] += x - mean
			}
		}
	}
	return squaresOf(centred), sums
}

func (t *term) coordinates(sums, list []float64) []float64 {
	for _, row := range t.toCoordinates {
		x := 0.0
		for i, s := range sums {
			x += row[i] * s
		}
		list = append(list, x)
	}
	return list
}

// setLevels sets the levels of an effect, and the best and the worst of them.
func (t *term) setLevels(e *Effect, coordinates [][]float64) {
	rounds := len(coordinates)
	values := make([][]float64, len(t.levels)) // by level and round
	means := make([]float64, len(t.levels))
	e.Levels = make([]Level, len(t.levels))
	for i, weights := range t.toLevels {
		values[i] = make([]float64, rounds)
		for r, u := range coordinates {
			for k, w := range weights {
				values[i][r] += w * u[k]
			}
		}
		means[i] = meanOf(values[i])
		e.Levels[i] = Level{Numbers: t.numbers(t.levels[i]), Ratio: Of(math.Exp(means[i])), CI: expInterval(values[i], means[i], 1)}
		if means[i] < means[e.Best] {
			e.Best = i
		}
		if means[i] > means[e.Worst] {
			e.Worst = i
		}
	}
	differences := make([]float64, rounds)
	for r := range differences {
		differences[r] = values[e.Worst][r] - values[e.Best][r]
	}
	n := len(t.levels)
	mean := means[e.Worst] - means[e.Best]
	e.Ratio = Of(math.Exp(mean))
	e.RatioCI = expInterval(differences, mean, n*(n-1)/2)
}

// numbers returns the level of each factor for a column of the block.
func (b block) numbers(column int) []int {
	if len(b.factors) == 1 {
		return []int{column}
	}
	return []int{column / b.sizes[1], column % b.sizes[1]}
}

// expInterval returns Student's interval of exp(mean), by Bonferroni's method for a number of
// comparisons.
func expInterval(logs []float64, mean float64, comparisons int) Interval {
	n := len(logs)
	if n < 2 {
		return Interval{}
	}
	square := 0.0
	for _, x := range logs {
		square += (x - mean) * (x - mean)
	}
	half := bonferroni(n-1, comparisons) * math.Sqrt(square/float64(n)/float64(n-1))
	return interval(math.Exp(mean-half), math.Exp(mean+half))
}

// bonferroni is like quantile, for a number of simultaneous intervals.
func bonferroni(degrees, comparisons int) float64 {
	key := [2]int{degrees, comparisons}
	if t, known := bonferronis.Load(key); known {
		return t.(float64)
	}
	t := student(float64(degrees)).Quantile(1 - (1-Confidence)/2/float64(comparisons))
	bonferronis.Store(key, t)
	return t
}

var bonferronis sync.Map

// squares are the sums of squares of vectors, one for each round.
type squares struct {
	mean  float64   // the square of the mean vector
	dots  []float64 // by round: the deviation from the mean vector times the mean vector
	noise []float64 // by round: the square of the deviation
	sum   float64   // of noise
}

func squaresOf(vectors [][]float64) squares {
	rounds := len(vectors)
	s := squares{dots: make([]float64, rounds), noise: make([]float64, rounds)}
	for k := range vectors[0] {
		mean := 0.0
		for _, v := range vectors {
			mean += v[k]
		}
		mean /= float64(rounds)
		s.mean += mean * mean
		for r, v := range vectors {
			d := v[k] - mean
			s.dots[r] += d * mean
			s.noise[r] += d * d
		}
	}
	for _, x := range s.noise {
		s.sum += x
	}
	return s
}

// noiseOfMean returns the expected part of noise in mean.
func (s *squares) noiseOfMean() float64 {
	n := float64(len(s.noise))
	return s.sum / n / (n - 1)
}

// signal returns the square of the mean vector without noise.
func (s *squares) signal() float64 { return s.mean - s.noiseOfMean() }

// signalWithout is the signal of the other rounds.
func (s *squares) signalWithout(round int) float64 {
	n := float64(len(s.noise))
	mean := s.mean - 2*s.dots[round]/(n-1) + s.noise[round]/(n-1)/(n-1)
	return mean - (s.sum-s.noise[round]*n/(n-1))/(n-1)/(n-2)
}

// isClear reports whether the cells differ enough for shares.
func (s *squares) isClear(cells int) bool {
	signal := s.signal()
	return len(s.noise) > 1 && signal > negligible*negligible*float64(cells) && signal >= ClearSpread*ClearSpread*s.noiseOfMean()
}

// shareOf returns the signal as a part of the total, with its interval.
func (s *squares) shareOf(total squares) (Value, Interval) {
	unit := func(x float64) float64 { return min(max(x, 0), 1) }
	n := float64(len(s.noise))
	share := s.signal() / total.signal()
	if n < 3 {
		return Of(unit(share)), Interval{}
	}
	plain, roots := make([]float64, len(s.noise)), make([]float64, len(s.noise))
	least := share
	for r := range plain {
		without := s.signalWithout(r) / total.signalWithout(r)
		plain[r] = n*share - (n-1)*without
		roots[r] = n*math.Sqrt(share) - (n-1)*math.Sqrt(without)
		least = min(least, without)
	}
	i := meanInterval(plain)
	if least > 0 {
		j := meanInterval(roots)
		i.Low, i.High = min(i.Low, j.Low*math.Abs(j.Low)), max(i.High, j.High*math.Abs(j.High))
	}
	return Of(unit(share)), interval(unit(i.Low), unit(i.High))
}

func meanInterval(numbers []float64) Interval {
	mean, deviation := meanDeviation(numbers)
	return studentInterval(len(numbers), mean, deviation)
}

// test returns the p value of the hypothesis that the mean vector is 0.
func (s *squares) test(vectors [][]float64, rounding float64) Value {
	noise := s.noiseOfMean()
	switch {
	case s.mean <= rounding:
		return Of(1)
	case noise <= 0:
		return Of(0)
	}
	// The sum of the squared eigenvalues of the matrix of covariances, from products of rounds.
	mean := make([]float64, len(vectors[0]))
	for _, v := range vectors {
		for k, x := range v {
			mean[k] += x / float64(len(vectors))
		}
	}
	eigenvalues := 0.0
	for a, v := range vectors {
		for b, w := range vectors[:a+1] {
			dot := 0.0
			for k, m := range mean {
				dot += (v[k] - m) * (w[k] - m)
			}
			if a == b {
				eigenvalues += dot * dot
			} else {
				eigenvalues += 2 * dot * dot
			}
		}
	}
	degrees := s.sum * s.sum / eigenvalues
	further := degrees * float64(len(vectors)-1)
	f := s.mean / noise
	return Of(mathext.RegIncBeta(further/2, degrees/2, further/(degrees*f+further))) // keeps the digits of a small p
}
