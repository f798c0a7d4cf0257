// Package schedule decides which trial runs next. It does no I/O: its decisions depend on
// the experiment and the journal alone, so that a resumed run continues as the uninterrupted
// run would have.
//
//  1. NewPlan creates the plan: rounds in which each cell runs once, in an order that the
//     seed determines. The hash of a Plan identifies the measurement.
//  2. MapCells maps the cells of a plan to the cells of an earlier journal. Changes lists the
//     differences between the two.
//  3. A Tracker records the result of every trial. Record adds a new trial, and Replay adds
//     the trials of a journal. Slots yields the remaining work, in order.
//  4. With adaptive repeats, UpdatePrecise finds the cells whose intervals are narrow enough, and
//     UpdateRace the cells that another one beats. When the budget runs out, MostInformative selects the most useful trial.
//  5. A Forecast estimates how long the remaining trials will take.
package schedule
