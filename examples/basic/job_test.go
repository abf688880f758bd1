package main

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGarbageIsCollectedSoonerWithThousandsInFlight(t *testing.T) {
	usual := debug.SetGCPercent(100)
	defer debug.SetGCPercent(usual)
	percent := func(concurrency int, gogc string) int {
		t.Setenv("GOGC", gogc)
		lean(concurrency)
		return debug.SetGCPercent(100)
	}
	require.Equal(t, []int{100, 100, 40, 100}, []int{percent(16, ""), percent(1023, ""), percent(1024, ""), percent(4096, "200")})
}
