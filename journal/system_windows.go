package journal

// noFollow has no equivalent on Windows.
const noFollow = 0
