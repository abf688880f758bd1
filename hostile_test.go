package mind

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
)

// A hostileText is one that a tokenizer or a chunker may take time in its square
// for.
type hostileText struct{ name, text string }

// hostileTexts are of about n bytes each.
func hostileTexts(n int) []hostileText {
	r := rand.New(rand.NewPCG(3, 4))
	random := func(alphabet string) string {
		runes := []rune(alphabet)
		var b strings.Builder
		for b.Len() < n {
			b.WriteRune(runes[r.IntN(len(runes))])
		}
		return b.String()
	}
	repeat := func(s string) string { return strings.Repeat(s, n/len(s)) }
	raw := make([]byte, n*3/4)
	for i := range raw {
		raw[i] = byte(r.Uint32())
	}
	const han = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感"
	return []hostileText{
		{"one letter", repeat("a")},
		{"spaces", repeat(" ")},
		{"line ends", repeat("\n")},
		{"exclamation marks", repeat("!")},
		{"Chinese without a comma", random(han)},
		{"one emoji", repeat("😀")},
		{"emoji", random("😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰🤗🤩🤔🤨😐😑😶🙄😏😣😥😮🤐😯😪👍🏽👩‍🔬🇩🇪")},
		{"base64", base64.StdEncoding.EncodeToString(raw)},
		{"random letters", random("abcdefghijklmnopqrstuvwxyz")},
		{"random letters of both cases", random("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")},
		{"digits", random("0123456789")},
		{"random marks", random("!\"#%&'()*+,-./:;<=>?@[]^_`{|}~")},
		{"formulas", repeat(`$\frac{1}{2}$`)},
		{"open dollars", repeat("$a ")},
		{"open environments", repeat(`\begin{a} `)},
		{"nested environments", strings.Repeat(`\begin{a}`, n/16) + strings.Repeat(`\end{a}`, n/16)},
		{"environments of other names", strings.Repeat(`\begin{a}`, n/18) + strings.Repeat(`\end{b}`, n/18)},
		{"open brackets", repeat(`\[ \( `)},
		{"open code", repeat("``` ")},
		{"lines of white space", repeat("\n \t")},
		{"spaces and a letter", repeat(strings.Repeat(" ", 200) + "a")},
		{"bad UTF-8", repeat("\x80\xff")},
		{"combining marks", repeat("e\u0301\u0302")},
		{"contractions", repeat("'s'LL")},
	}
}
