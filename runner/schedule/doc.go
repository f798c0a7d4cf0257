// Package schedule decides which trial is next. It does no I/O: its answers follow from the
// experiment and the journal alone, so that a resumed run goes on as it would have.
//
//  1. NewPlan lays out the trials: rounds, each cell once in a round, in an order that the
//     seed determines. The hash of a Plan names what is measured.
//  2. Continue fits a plan to the cells of an earlier journal, and Changes says how the two
//     differ.
//  3. A Tracker knows what became of every trial. Record takes a new one down, Replay those
//     of a journal. Slots yields what remains, in order.
//  4. Where repeats adapt, UpdatePrecise finds the cells that are known well enough. Where a
//     budget runs out, MostInformative finds the trial that tells most.
//  5. A Forecast guesses how long the rest will take.
package schedule
