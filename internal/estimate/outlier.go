package estimate

// A Mark says how far a number lies from the middle half of its sample.
type Mark uint8

// The marks, after J. W. Tukey, Exploratory Data Analysis (1977).
const (
	Usual Mark = iota
	Mild       // beyond 1.5 interquartile ranges from the nearer quartile
	Far        // beyond 3
)

// Marks has one mark for each number.
func Marks(numbers []float64) []Mark { return make([]Mark, len(numbers)) }
