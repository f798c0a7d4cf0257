package journal

// noFollow is not available here.
const noFollow = 0

// mayRun does not know better.
func mayRun(holder) bool { return true }
