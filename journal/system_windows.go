package journal

// noFollow is not available here.
const noFollow = 0
