package mind

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBoundaries(t *testing.T) {
	for _, c := range []struct {
		text string // With a | at the place.
		want boundary
	}{
		{"the end|", paragraphEnd},
		{"a\n\n|b", paragraphEnd},
		{"a\r\n \t\r\n|b", paragraphEnd},
		{"\n|b", paragraphEnd},
		{"a\n|b", lineEnd},
		{"a\r\n|b", lineEnd},
		{"It ends.| So", sentenceEnd},
		{"Does it?| Yes", sentenceEnd},
		{"it is $x$.)\"| So", sentenceEnd},
		{"e.g.| this", wordEnd},
		{"1.|5", partEnd},
		{"二。|三", sentenceEnd},
		{"二。”|三", sentenceEnd},
		{"二，|三", wordEnd},
		{"二|三", partEnd},
		{"two| words", wordEnd},
		{"two,| words", wordEnd},
		{"二|\u3000三", wordEnd},
		{"f|(x)", partEnd},
		{"a|\n", partEnd},
		// From here on the white space might have other tokens.
		{"a  | b", noEnd},
		{"a |5", noEnd},
		{"a\u00a0|b", noEnd},
	} {
		at := strings.Index(c.text, "|")
		require.Equal(t, c.want, boundaryAt(c.text[:at]+c.text[at+1:], at), c.text)
	}
}
