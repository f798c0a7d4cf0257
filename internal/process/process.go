package process

import "time"

// RunVariable is in the environment of all processes of a run's trials, with the
// run's id. Whoever outlives the trial's process is known by it.
const RunVariable = "IOSWEEP_RUN"

// Grace is how long the process of a trial that is asked to end has for ending
// all that it started, and how long what it left may hold its output open.
const Grace = 2 * time.Second
