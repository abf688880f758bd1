package main

import (
	"bytes"
	"context"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/org/mind"
)

func TestASignalThatComesDoubledIsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		signals, finished := make(chan os.Signal, 2), make(chan struct{})
		ended := false
		var out bytes.Buffer
		var g errgroup.Group
		g.Go(func() error {
			obey(signals, stop, func() { ended = true }, &out, func() mind.Stats { return mind.Stats{InFlight: 3} }, finished)
			return nil
		})
		signals <- os.Interrupt
		signals <- os.Interrupt
		synctest.Wait()
		require.ErrorIs(t, context.Cause(ctx), errInterrupted)
		require.Contains(t, out.String(), "3 requests in flight")
		require.False(t, ended)

		time.Sleep(time.Second)
		signals <- os.Interrupt
		require.NoError(t, g.Wait())
		require.True(t, ended)
	})
}
