package runner

import "time"

// runVariable is in the environment of all processes of a run's trials, with the
// run's id. Whoever outlives the trial's process is known by it.
const runVariable = "IOSWEEP_RUN"

// grace is how long the process of a trial that is asked to end has for ending
// all that it started, and how long what it left may hold its output open.
const grace = 2 * time.Second
