package estimate

// Detectable is the smallest difference, as a part of the baseline's time, that so
// many rounds are likely to show: in four of five such runs the cell's verdict would
// be faster or slower. spread is the deviation of single trials, as a part of their
// mean; comparisons is how many cells are judged together.
func Detectable(rounds int, spread float64, comparisons int) Value { return Value{} }
