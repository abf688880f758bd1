package mind_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// testdataProblem is a row of testdata/MATH.json, in the shape of the MATH data
// set.
type testdataProblem struct {
	ID       int    `json:"id"`
	Problem  string `json:"problem"`
	Solution string `json:"solution"`
	Level    string `json:"level"`
	Type     string `json:"type"`
}

func readTestdata(t *testing.T) (ps []testdataProblem) {
	b, err := os.ReadFile("testdata/MATH.json")
	require.NoError(t, err)
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&ps))
	return ps
}

func TestTestdataHasTheShapeOfMATH(t *testing.T) {
	b, err := os.ReadFile("testdata/MATH.json")
	require.NoError(t, err)
	ps := readTestdata(t)

	var want bytes.Buffer
	e := json.NewEncoder(&want)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	require.NoError(t, e.Encode(ps))
	require.Equal(t, want.String(), string(b), "one object a problem, every field, indented, no HTML escapes")

	require.GreaterOrEqual(t, len(ps), 120)
	strata := map[string]int{}
	problems := map[string]bool{}
	for i, p := range ps {
		require.Equal(t, i+1, p.ID)
		require.False(t, problems[p.Problem], "problem %d comes twice", p.ID)
		problems[p.Problem] = true
		strata[p.Level+", "+p.Type]++
	}
	for level := 1; level <= 5; level++ {
		for _, typ := range []string{"Algebra", "Counting & Probability", "Geometry", "Intermediate Algebra", "Number Theory", "Prealgebra", "Precalculus"} {
			stratum := fmt.Sprintf("Level %d, %s", level, typ)
			require.GreaterOrEqual(t, strata[stratum], 3, stratum)
			delete(strata, stratum)
		}
	}
	require.Empty(t, strata)
}

func TestTestdataIsSoundTeX(t *testing.T) {
	escaped := regexp.MustCompile(`\\[\\${}%]`)
	tags := regexp.MustCompile(`\\(begin|end)\{([a-z*]+)\}|\\[\[\]]`)
	for _, p := range readTestdata(t) {
		require.Equal(t, 1, strings.Count(p.Solution, `\boxed{`), "problem %d", p.ID)
		for _, text := range []string{p.Problem, p.Solution} {
			require.Equal(t, strings.TrimSpace(text), text, "problem %d", p.ID)
			bare := escaped.ReplaceAllString(text, "")
			require.Zero(t, strings.Count(bare, "$")%2, "problem %d: an odd number of $ in %s", p.ID, text)
			depth := 0
			for _, r := range bare {
				switch r {
				case '{':
					depth++
				case '}':
					depth--
				}
				require.GreaterOrEqual(t, depth, 0, "problem %d: a brace is closed before it is opened in %s", p.ID, text)
			}
			require.Zero(t, depth, "problem %d: a brace is left open in %s", p.ID, text)
			var open []string
			for _, m := range tags.FindAllStringSubmatch(regexp.MustCompile(`\\\\`).ReplaceAllString(text, ""), -1) {
				switch {
				case m[0] == `\[`:
					open = append(open, `\]`)
				case m[1] == "begin":
					open = append(open, `\end{`+m[2]+`}`)
				default:
					require.NotEmpty(t, open, "problem %d: %s closes nothing", p.ID, m[0])
					require.Equal(t, open[len(open)-1], m[0], "problem %d", p.ID)
					open = open[:len(open)-1]
				}
			}
			require.Empty(t, open, "problem %d", p.ID)
		}
	}
}

func TestTestdataAnswersAreRight(t *testing.T) {
	const x = 1.7 // Any number that is no root of anything here.
	answers := testdataAnswers(x)
	ps := readTestdata(t)
	computed := 0
	for _, p := range ps {
		answer, ok := answers[p.ID]
		if !ok {
			continue
		}
		computed++
		boxed := testdataBoxed(p.Solution)
		want, err := evaluateTeX(boxed, x)
		require.NoError(t, err, "problem %d", p.ID)
		require.InDeltaSlice(t, answer(), want, 1e-6, "problem %d: %s\nanswer: %s", p.ID, p.Problem, boxed)
	}
	t.Logf("%d of %d answers computed", computed, len(ps))
	require.GreaterOrEqual(t, computed*100, len(ps)*80)
	require.Len(t, answers, computed, "an answer without its problem")
}

func TestEvaluateTeX(t *testing.T) {
	for tex, want := range map[string][]float64{
		`12`:                     {12},
		`-\frac{3}{4}`:           {-0.75},
		`2x^2+7x-15`:             {2*9 + 7*3 - 15},
		`\frac{7\sqrt{3}}{3}`:    {7 * math.Sqrt(3) / 3},
		`\frac{5\pi}{6}`:         {5 * math.Pi / 6},
		`25\pi-50`:               {25*math.Pi - 50},
		`(-2,2\sqrt{3})`:         {-2, 2 * math.Sqrt(3)},
		`3\cdot 2^{10}`:          {3072},
		`\frac{\sqrt{6}+1}{4-2}`: {(math.Sqrt(6) + 1) / 2},
	} {
		got, err := evaluateTeX(tex, 3)
		require.NoError(t, err, tex)
		require.InDeltaSlice(t, want, got, 1e-12, tex)
	}
	for _, tex := range []string{``, `1+`, `\frac{1}`, `(1`, `2)`, `y`, `\sqrt`} {
		_, err := evaluateTeX(tex, 3)
		require.Error(t, err, tex)
	}
}

// testdataBoxed is what stands in the \boxed{} of a solution.
func testdataBoxed(solution string) string {
	_, rest, _ := strings.Cut(solution, `\boxed{`)
	depth := 1
	for i, r := range rest {
		switch r {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			return rest[:i]
		}
	}
	return ""
}

// evaluateTeX computes an expression, or each of a tuple or an interval, from
// numbers, x, \pi, \frac, \sqrt, powers, sums and products.
func evaluateTeX(tex string, x float64) (vs []float64, err error) {
	e := &texExpression{x: x, rest: tex}
	defer func() {
		if bad := recover(); bad != nil {
			vs, err = nil, fmt.Errorf("%s: %v before %q", tex, bad, e.rest)
		}
	}()
	if strings.HasPrefix(tex, "(") && strings.Contains(tex, ",") {
		e.expect("(")
		vs = append(vs, e.sum())
		for e.take(",") {
			vs = append(vs, e.sum())
		}
		e.expect(")")
	} else {
		vs = append(vs, e.sum())
	}
	if e.rest != "" {
		panic("something is left")
	}
	return vs, nil
}

// texExpression is a parser by recursive descent; it panics at what it does not
// know.
type texExpression struct {
	x    float64
	rest string
}

func (e *texExpression) take(token string) (ok bool) {
	e.rest = strings.TrimLeft(e.rest, " ")
	e.rest, ok = strings.CutPrefix(e.rest, token)
	return ok
}

func (e *texExpression) expect(token string) {
	if !e.take(token) {
		panic(token + " is missing")
	}
}

func (e *texExpression) sum() float64 {
	sign := 1.0
	if e.take("-") {
		sign = -1
	}
	s := sign * e.product()
	for {
		switch {
		case e.take("+"):
			s += e.product()
		case e.take("-"):
			s -= e.product()
		default:
			return s
		}
	}
}

func (e *texExpression) product() float64 {
	p := e.factor()
	for {
		if !e.take(`\cdot`) && (e.rest == "" || strings.ContainsRune("+-,)}", rune(e.rest[0]))) {
			return p
		}
		p *= e.factor()
	}
}

func (e *texExpression) factor() float64 {
	f := e.atom()
	if e.take("^") {
		f = math.Pow(f, e.atom())
	}
	return f
}

func (e *texExpression) atom() float64 {
	switch {
	case e.take("x"):
		return e.x
	case e.take(`\pi`):
		return math.Pi
	case e.take(`\frac`):
		return e.group("{", "}") / e.group("{", "}")
	case e.take(`\sqrt`):
		return math.Sqrt(e.group("{", "}"))
	case strings.HasPrefix(e.rest, "{"):
		return e.group("{", "}")
	case strings.HasPrefix(e.rest, "("):
		return e.group("(", ")")
	}
	digits := len(e.rest) - len(strings.TrimLeft(e.rest, "0123456789."))
	v, err := strconv.ParseFloat(e.rest[:digits], 64)
	if err != nil {
		panic("a number is missing")
	}
	e.rest = e.rest[digits:]
	return v
}

func (e *texExpression) group(open, shut string) float64 {
	e.expect(open)
	v := e.sum()
	e.expect(shut)
	return v
}
