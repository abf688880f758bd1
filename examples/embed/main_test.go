package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTeachAsksOnlyForWhatIsNew(t *testing.T) {
	var out strings.Builder
	require.NoError(t, teach(&out))
	require.Regexp(t, `^2 exercises: 0 dialogues were there, 6 are new, 0 rejected
3 exercises: 6 dialogues were there, 3 are new, 0 rejected

9b \(speed\), debate:
(\w+: .*\n){4,}$`, out.String())
}
