package mind

import "fmt"

// CopyLimits are shares from 0 to 1. A field that is zero has its default.
type CopyLimits struct {
	Run   float64 // No run of words of the source is more of the answer. Default: 0.9; at least 0.5.
	Words float64 // At least this share of the source's own words is in the answer. Default: 0.1; negative: off.
}

// Copy rejects an answer that is the source over again, with names before its
// sentences or without, and one that has nothing to do with it.
//
// The longest run of words that answer and source have in common is measured on
// what is said, without case, punctuation and the names of the speakers. The
// words of the source that tell whether it is talked about are those of four
// letters and more, but for the commonest, and those of scripts without spaces;
// where it has fewer than twelve of them, or another script than the answer,
// nothing is said about it. Linear in answer and source.
func Copy(l CopyLimits) Filter {
	l.Run, l.Words = max(or(l.Run, 0.9), 0.5), or(l.Words, 0.1)
	return Filter{"copy", func(d *Dialogue) (err error) {
		if d.Source == "" {
			return nil
		}
		p := parseTurns(d.Text)
		defer p.release()
		withWords(func(ws []word) []word { return speechWords(ws, p, false) }, func(answer []word) {
			withWords(func(ws []word) []word { return appendWords(ws, d.Source, 0, len(d.Source), false) }, func(source []word) {
				if run := longestRun(answer, source, l.Run); run > l.Run {
					err = fmt.Errorf("%.2f of it is one run of the source, more than %.2f", run, l.Run)
				} else if found, of := overlap(d.Source, source, answer); of >= 12 && float64(found) < l.Words*float64(of) {
					err = fmt.Errorf("off topic: %d of %d words of the source, less than %.2f", found, of, l.Words)
				}
			})
		})
		return err
	}}
}

// longestRun is the share of answer that its longest run of words of source has,
// if that is more than limit, which is a half or more; else it is 0.
//
// Such a run has the middle of the answer in it, wherever it begins: one search
// for the middle, by Knuth, Morris and Pratt, finds all places where it can be.
// A suffix automaton, the tempting alternative, finds runs of any length at ten
// times the cost, and nobody asks for the others.
func longestRun(answer, source []word, limit float64) float64 {
	n := len(answer)
	edge := n - 1 - int(limit*float64(n)) // At most so many words stand outside of it.
	if edge < 0 {
		return 0 // No run is longer than the answer.
	}
	middle := answer[edge : n-edge]
	if len(middle) > len(source) {
		return 0
	}
	// back[i] is the longest proper border of middle[:i+1]. It is found as far as
	// the source agrees with the middle, which mostly is a word or two.
	back, border := make([]int32, 1, 16), int32(0)
	grow := func(n int) {
		for i := len(back); i < n; i++ {
			for border > 0 && middle[i].hash != middle[border].hash {
				border = back[border-1]
			}
			if middle[i].hash == middle[border].hash {
				border++
			}
			back = append(back, border)
		}
	}
	longest := 0
	// The two edges are grown as far as they reach, but in all not much further
	// than there are words: a middle that repeats itself would make that
	// quadratic, and is for Repetition.
	grown := 0
	for i, k := 0, int32(0); i < len(source); i++ {
		grow(int(k))
		for k > 0 && source[i].hash != middle[k].hash {
			k = back[k-1]
		}
		if source[i].hash == middle[k].hash {
			k++
		}
		if int(k) < len(middle) {
			continue
		}
		grow(len(middle))
		k = back[k-1]
		from, to := i+1-len(middle), i+1
		left, right := 0, 0
		for left < edge && from-left > 0 && source[from-left-1].hash == answer[edge-left-1].hash {
			left++
		}
		for right < edge && to+right < len(source) && source[to+right].hash == answer[n-edge+right].hash {
			right++
		}
		longest = max(longest, len(middle)+left+right)
		if grown += left + right + 1; grown > 8*(len(source)+n) {
			break
		}
	}
	return float64(longest) / float64(n)
}

// overlap counts the source's own words, and those of them that are in the
// answer.
func overlap(text string, source, answer []word) (found, of int) {
	t := tablePool.Get().(*hashTable)
	defer tablePool.Put(t)
	t.reset(len(source))
	for _, w := range source {
		c := text[w.from]
		if c < 0x80 && (w.to-w.from < 4 || c == '\\' || c <= '9' || commonWords.find(w.hash) != nil) {
			continue
		}
		if n := t.at(w.hash); *n == 0 {
			of++
			*n = 1
		}
	}
	for _, w := range answer {
		if n := t.find(w.hash); n != nil && *n == 1 {
			found++
			*n = 2
		}
	}
	return found, of
}

// commonWords are those that any text about anything has.
var commonWords = func() (t hashTable) {
	const common = `that this with have from they them then than there their these those what when where which while will would
		your about after also another because been before being between both does each even every find first following give given gives
		here into just know like make many more most much must need only other over same should since some such take text thus
		very were whose word words answer problem question solution therefore hence second third able back come could down here how
		look made right said says second show still tell thing think time told true turn want well write`
	words := appendWords(nil, common, 0, len(common), false)
	t.reset(2 * len(words))
	for _, w := range words {
		t.at(w.hash)
	}
	return t
}()
