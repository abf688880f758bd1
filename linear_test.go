package mind

import (
	"testing"
	"time"
)

// linear checks that do takes time in proportion to the size of what it reads:
// eight times as much may take eight times as long, and a few times more where
// chance or a cache is in it; quadratic is 64. Time itself is not looked at, for
// machines and race detectors differ. What is over in a moment is not told apart.
func linear(t *testing.T, what string, size int, do func(size int)) {
	t.Helper()
	const moment = 30 * time.Millisecond
	timed := func(size int) time.Duration {
		start := time.Now()
		do(size)
		return time.Since(start)
	}
	var small, large time.Duration
	for range 5 { // A machine with others on it now and then stops for a while.
		large = timed(size)
		if small = timed(size / 8); large <= 24*small+moment {
			return
		}
	}
	t.Errorf("%s: %v for %d bytes and %v for %d", what, small, size/8, large, size)
}
