package mind_test

import (
	"fmt"
	"iter"
	"math"
	"math/bits"
	"math/cmplx"
	"strconv"
	"strings"
)

// testdataAnswers computes the answers to the problems of testdata/MATH.json
// from what the problems say, by counting, searching or measuring and as far
// as possible in another way than the written solution. An answer with a
// variable is its value at x.
//
// All of its tools are local: the tests of this package are by many hands, and
// names as short as these belong to nobody.
func testdataAnswers(x float64) map[int]func() []float64 {
	n := func(vs ...float64) []float64 { return vs }
	count := func(lo, hi int, ok func(int) bool) (c float64) {
		for k := lo; k <= hi; k++ {
			if ok(k) {
				c++
			}
		}
		return c
	}
	sum := func(lo, hi int, f func(int) float64) (s float64) {
		for k := lo; k <= hi; k++ {
			s += f(k)
		}
		return s
	}
	total := func(lo, hi int, ok func(int) bool) float64 {
		return sum(lo, hi, func(k int) float64 {
			if ok(k) {
				return float64(k)
			}
			return 0
		})
	}
	least := func(lo, hi int, ok func(int) bool) float64 {
		for k := lo; k <= hi; k++ {
			if ok(k) {
				return float64(k)
			}
		}
		return math.NaN()
	}
	only := func(lo, hi int, ok func(int) bool) float64 { // Not a number if there are several.
		if count(lo, hi, ok) != 1 {
			return math.NaN()
		}
		return least(lo, hi, ok)
	}
	root := func(lo, hi float64, f func(float64) float64) float64 { // By bisection; not a number without a change of sign.
		up := f(hi) > 0
		if (f(lo) > 0) == up {
			return math.NaN()
		}
		for range 200 {
			if mid := (lo + hi) / 2; (f(mid) > 0) == up {
				hi = mid
			} else {
				lo = mid
			}
		}
		return (lo + hi) / 2
	}
	integral := func(lo, hi float64, f func(float64) float64) (s float64) { // By midpoints.
		const steps = 1 << 20
		d := (hi - lo) / steps
		for i := range steps {
			s += d * f(lo+(float64(i)+0.5)*d)
		}
		return s
	}
	gcd := func(a, b int) int {
		for b != 0 {
			a, b = b, a%b
		}
		return a
	}
	divisors := func(k int) int { return int(count(1, k, func(d int) bool { return k%d == 0 })) }
	power := func(base, exponent, modulus int) int {
		p := 1
		for range exponent {
			p = p * base % modulus
		}
		return p
	}
	horner := func(at float64, coefficients ...float64) (v float64) {
		for _, c := range coefficients {
			v = v*at + c
		}
		return v
	}
	perms := func(k int) iter.Seq[[]int] { // Every order of 0, …, k-1.
		return func(yield func([]int) bool) {
			var grow func(p []int, used uint) bool
			grow = func(p []int, used uint) bool {
				if len(p) == k {
					return yield(p)
				}
				for v := range k {
					if used>>v&1 == 0 && !grow(append(p, v), used|1<<v) {
						return false
					}
				}
				return true
			}
			grow(nil, 0)
		}
	}

	const degree = math.Pi / 180
	type point struct{ x, y float64 }
	polar := func(r, theta float64) point { return point{r * math.Cos(theta), r * math.Sin(theta)} }
	dist := func(a, b point) float64 { return math.Hypot(a.x-b.x, a.y-b.y) }
	area := func(a, b, c point) float64 {
		return math.Abs((b.x-a.x)*(c.y-a.y)-(c.x-a.x)*(b.y-a.y)) / 2
	}
	distLine := func(p, a, b point) float64 { return 2 * area(p, a, b) / dist(a, b) }
	angle := func(a, at, b point) float64 {
		u, v := cmplx.Phase(complex(a.x-at.x, a.y-at.y)), cmplx.Phase(complex(b.x-at.x, b.y-at.y))
		d := math.Abs(u - v)
		return min(d, 2*math.Pi-d)
	}
	heron := func(a, b, c float64) float64 {
		s := (a + b + c) / 2
		return math.Sqrt(s * (s - a) * (s - b) * (s - c))
	}
	dot := func(u, v [3]float64) float64 { return u[0]*v[0] + u[1]*v[1] + u[2]*v[2] }
	cross := func(u, v [3]float64) [3]float64 {
		return [3]float64{u[1]*v[2] - u[2]*v[1], u[2]*v[0] - u[0]*v[2], u[0]*v[1] - u[1]*v[0]}
	}

	return map[int]func() []float64{
		1: func() []float64 { return n(only(-100, 100, func(k int) bool { return 5*k-7 == 3*k+15 })) },
		2: func() []float64 {
			words := map[string]bool{}
			for p := range perms(5) {
				var w strings.Builder
				for _, i := range p {
					w.WriteString("LEVEL"[i : i+1])
				}
				words[w.String()] = true
			}
			return n(float64(len(words)))
		},
		3: func() []float64 { return n(heron(10, 10, 12)) },
		4: func() []float64 { return n(total(1, 200, func(k int) bool { return 200%k == 0 })) },
		5: func() []float64 { return n(3 * root(0, 1000, func(s float64) float64 { return (240-s-3*s)/8 - 22 })) },
		6: func() []float64 { return n(horner(2, 1, 0, -4, 7)) },
		7: func() []float64 { return n(math.Tan(math.Asin(0.6))) },
		8: func() []float64 { return n((-1.0 - 5) / (5.0 - -3)) },
		9: func() []float64 {
			return n(count(0, 1<<9-1, func(s int) bool { return bits.OnesCount(uint(s)) == 3 && s&31 != 0 && s>>5 != 0 }))
		},
		10: func() []float64 {
			return n(func() float64 {
				c := point{5, 12}
				return root(0, 12, func(r float64) float64 {
					i := point{root(0, 14, func(t float64) float64 {
						return distLine(point{t, r}, point{0, 0}, c) - distLine(point{t, r}, point{14, 0}, c)
					}), r}
					return distLine(i, point{0, 0}, c) - r
				})
			}())
		},
		11: func() []float64 { return n(count(1, 200, func(a int) bool { return a > 12 && 12*a%(a-12) == 0 })) },
		12: func() []float64 { return n(float64(7*18 - 59)) },
		13: func() []float64 {
			return n(root(-100, 2, func(t float64) float64 { return 3*t*t - 12*t + 5 }) + root(2, 100, func(t float64) float64 { return 3*t*t - 12*t + 5 }))
		},
		14: func() []float64 { return n(math.Cos(2 * math.Asin(2.0/3))) },
		15: func() []float64 {
			return n(total(-100, 100, func(k int) bool { return math.Abs(float64(2*k-5)) == 9 }))
		},
		16: func() []float64 {
			return n(count(0, 1<<9-1, func(s int) bool { return bits.OnesCount(uint(s)) == 4 && bits.OnesCount(uint(s&15)) == 2 }))
		},
		17: func() []float64 {
			s := 6 / math.Sqrt2
			u, v, w := [3]float64{s, s, 0}, [3]float64{s, 0, s}, [3]float64{0, s, s}
			return n(math.Abs(dot(u, cross(v, w))) / 6)
		},
		18: func() []float64 { return n(float64(gcd(84, 126))) },
		19: func() []float64 { return n(80 * 0.75 * 1.10) },
		20: func() []float64 {
			p := func(t float64) float64 { return horner(t, 1, -6, 7, -1) }
			r, s, t := root(0, 0.5, p), root(0.5, 2, p), root(2, 6, p)
			return n(r*r + s*s + t*t)
		},
		21: func() []float64 {
			u, v := [3]float64{1, 2, 2}, [3]float64{2, -1, 1}
			return n(math.Sqrt(dot(u, u)*dot(v, v) - dot(u, v)*dot(u, v)))
		},
		22: func() []float64 {
			return n(root(-50, 50, func(t float64) float64 { return 4*t - 12 }), func() float64 {
				m := math.Inf(1)
				for t := -50.0; t <= 50; t += 0.25 {
					m = min(m, 2*t*t-12*t+23)
				}
				return m
			}())
		},
		23: func() []float64 { return n(count(0, 1<<10-1, func(s int) bool { return s&(s>>1) == 0 })) },
		24: func() []float64 { return n(area(point{0, 0}, point{14, 0}, point{5, 9})) },
		25: func() []float64 {
			return n(least(1, 10000, func(k int) bool { return k%12 == 0 && k%18 == 0 && k%20 == 0 }))
		},
		26: func() []float64 { w := only(1, 56, func(w int) bool { return 2*(w+3*w) == 56 }); return n(w * 3 * w) },
		27: func() []float64 {
			m := math.Inf(1)
			for t := 0.25; t < 100; t += 0.25 {
				m = min(m, 4*t+9/t)
			}
			return n(m)
		},
		28: func() []float64 { return n(math.Cos(36*degree) * math.Cos(72*degree)) },
		29: func() []float64 {
			return n(count(-100, 100, func(b int) bool { return count(1, 100, func(r int) bool { return r*r+b*r+36 == 0 }) == 2 }))
		},
		30: func() []float64 { return n(count(0, 1<<8-1, func(s int) bool { return bits.OnesCount(uint(s)) == 2 })) },
		31: func() []float64 { return n(5 * only(1, 13, func(w int) bool { return 25+w*w == 169 })) },
		32: func() []float64 { return n(float64(power(7, 83, 10))) },
		33: func() []float64 { return n(sum(1, 250, func(k int) float64 { return float64(len(fmt.Sprint(k))) })) },
		34: func() []float64 {
			a := 1
			for range 9 {
				a = 2*a + 3
			}
			return n(float64(a))
		},
		35: func() []float64 { return n(math.Cos(120*degree) + math.Tan(45*degree)) },
		36: func() []float64 { return n((2*x - 3) * (x + 5)) },
		37: func() []float64 {
			return n(count(1000, 9999, func(k int) bool {
				a, b, c, d := k/1000, k/100%10, k/10%10, k%10
				return d%2 == 0 && a != b && a != c && a != d && b != c && b != d && c != d
			}))
		},
		38: func() []float64 { return n(distLine(point{0, 0}, point{15, 0}, point{0, 20})) },
		39: func() []float64 { return n(float64(power(7, 2026, 100))) },
		40: func() []float64 { return n(3.0/8 + 5.0/12) },
		41: func() []float64 { return n(root(0, 10, func(t float64) float64 { return math.Pow(4, t) - 32 })) },
		42: func() []float64 { return n(math.Sin(75 * degree)) },
		43: func() []float64 {
			return n(only(1, 1000, func(k int) bool {
				t := 7
				for range k - 1 {
					t += 4
				}
				return t == 123
			}))
		},
		44: func() []float64 {
			return n(count(0, 999, func(k int) bool { a, b, c := k/100, k/10%10, k%10; return a*b*c > 0 && a+b+c == 8 }))
		},
		45: func() []float64 { return n(5.0 * 7 * 8 / (4 * heron(5, 7, 8))) },
		46: func() []float64 { return n(float64(1 << 10 % 7)) },
		47: func() []float64 { return n(only(-100, 100, func(k int) bool { return 9+12+16+20+k == 14*5 })) },
		48: func() []float64 {
			c := point{3, -4}
			y := root(-4, 50, func(y float64) float64 { return 1 + y*y - 6 + 8*y })
			return n((dist(c, point{0, 0}) + dist(c, point{1, y})) / 2)
		},
		49: func() []float64 {
			return n(count(0, 9999, func(k int) bool {
				f := func(k int) float64 {
					t := 2 * math.Pi * (float64(k) + 0.37) / 10000
					return math.Sin(2*t) - math.Cos(t)
				}
				return f(k)*f(k+1) < 0
			}))
		},
		50: func() []float64 { return n(root(1, 1000, func(t float64) float64 { return 4*(1.0/6+1/t) - 1 })) },
		51: func() []float64 {
			return n(sum(1, 400, func(k int) float64 { return math.Pow(5.0/6, float64(2*k-1)) / 6 }))
		},
		52: func() []float64 { return n(only(1, 179, func(k int) bool { return 47+68+k == 180 })) },
		53: func() []float64 { return n(float64(divisors(360))) },
		54: func() []float64 { return n(count(1, 199, func(k int) bool { return k%6 == 0 && k%9 != 0 })) },
		55: func() []float64 { return n(sum(1, 20, func(k int) float64 { return 1 / float64(k*(k+2)) })) },
		56: func() []float64 {
			a, b, c, d := 1, 0, 0, 1
			for range 8 {
				b, d = a+2*b, c+2*d
			}
			return n(float64(a + b + c + d))
		},
		57: func() []float64 {
			r := root(0, 1, func(r float64) float64 { return 12*r*r - 16.0/3 })
			s, t := 0.0, 12.0
			for range 500 {
				s += t
				t *= r
			}
			return n(s)
		},
		58: func() []float64 { return n(count(1, 6, func(k int) bool { return k > 4 }) / 6) },
		59: func() []float64 { return n(angle(polar(1, 0), polar(1, 40*degree), polar(1, 80*degree)) / degree) },
		60: func() []float64 {
			return n(least(1, 1000, func(k int) bool { return k%3 == 2 && k%5 == 3 && k%7 == 4 }))
		},
		61: func() []float64 { return n(root(1, 1000, func(t float64) float64 { return 2*t/5 + 18 - 5*t/8 })) },
		62: func() []float64 {
			m := 0.0
			for y := 0.25; y < 9; y += 0.25 {
				for z := 0.25; 2*y+3*z < 18; z += 0.25 {
					m = max(m, (18-2*y-3*z)*y*z)
				}
			}
			return n(m)
		},
		63: func() []float64 { return n(150 * degree) },
		64: func() []float64 { return n(func(t float64) float64 { return 2*t*t - 3*t + 1 }(-2)) },
		65: func() []float64 {
			all, good := 0.0, 0.0
			for i := range 9 {
				for j := range 9 {
					if i != j {
						all++
						if i < 5 && j < 5 {
							good++
						}
					}
				}
			}
			return n(good / all)
		},
		66: func() []float64 {
			return n(integral(-5, 5, func(t float64) float64 { return 2 * math.Sqrt(25-t*t) }) - dist(polar(5, 0), polar(5, 90*degree))*dist(polar(5, 90*degree), polar(5, 180*degree)))
		},
		67: func() []float64 { return n(float64(power(3, 102, 11))) },
		68: func() []float64 { return n(count(100, 999, func(k int) bool { return k/100+k/10%10+k%10 == 5 })) },
		69: func() []float64 { return n(cmplx.Abs(3 - 4i)) },
		70: func() []float64 { return n(math.Hypot(math.Hypot(2, -3), 6)) },
		71: func() []float64 { return n(only(0, 100, func(k int) bool { return k*k-4*k-45 == 0 })) },
		72: func() []float64 {
			all, good := 0.0, 0.0
			for i := 1; i <= 10; i++ {
				for j := 1; j < i; j++ {
					all++
					if i*j%2 == 0 {
						good++
					}
				}
			}
			return n(good / all)
		},
		73: func() []float64 {
			return n(integral(-6, 6, func(t float64) float64 { return 2 * (6 - math.Abs(t)) / 2 }))
		},
		74: func() []float64 { return n(count(20, 50, func(k int) bool { return divisors(k) == 2 })) },
		75: func() []float64 { return n(0.75 * 40 / 12) },
		76: func() []float64 { return n(root(3.1, 100, func(t float64) float64 { return (2*t+1)/(t-3) - 5 })) },
		77: func() []float64 {
			z := 1 + 0i
			for range 10 {
				z *= 1 + 1i
			}
			return n(real(z), imag(z))
		},
		78: func() []float64 {
			t := root(1, 100, func(t float64) float64 { return t + 1/t - 5 })
			return n(t*t + 1/(t*t))
		},
		79: func() []float64 {
			c := 0.0
			for p := range perms(5) {
				fixed := 0
				for i, v := range p {
					if i == v {
						fixed++
					}
				}
				if fixed == 1 {
					c++
				}
			}
			return n(c)
		},
		80: func() []float64 {
			return n(2 * math.Pi * root(0, 100, func(r float64) float64 { return math.Pi*r*r - 49*math.Pi }))
		},
		81: func() []float64 { return n(only(0, 9, func(a int) bool { return (4072+100*a)%9 == 0 })) },
		82: func() []float64 { return n(only(1, 1000, func(c int) bool { return 7*c-2*c == 30*12 })) },
		83: func() []float64 {
			for a := -50.0; a <= 50; a++ {
				for b := -50.0; b <= 50; b++ {
					if horner(2, 1, a, b, -6) == 0 && horner(-1, 1, a, b, -6) == 0 {
						return n(a, b)
					}
				}
			}
			return nil
		},
		84: func() []float64 {
			return n(sum(1, 18, func(k int) float64 { s := math.Sin(float64(5*k) * degree); return s * s }))
		},
		85: func() []float64 {
			return n(only(-100, 100, func(c int) bool { return count(-200, 200, func(k int) bool { return k*k-4*k+1+c == 0 }) == 1 }))
		},
		86: func() []float64 {
			return n(count(0, 999, func(k int) bool { return k/100 < 4 && k/10%10 < 3 && k%10 < 2 }))
		},
		87: func() []float64 {
			return n(integral(0, 7, func(h float64) float64 { r := 6 * h / 7; return math.Pi * r * r }))
		},
		88: func() []float64 { v, _ := strconv.ParseInt("1203", 4, 64); return n(float64(v)) },
		89: func() []float64 { return n(root(1, 10000, func(t float64) float64 { return t - t*1.2*0.8 - 8 })) },
		90: func() []float64 {
			d := []float64{1, 4, 9, 16}
			last := []float64{}
			for len(d) > 0 {
				last = append(last, d[len(d)-1])
				for i := range len(d) - 1 {
					d[i] = d[i+1] - d[i]
				}
				d = d[:len(d)-1]
			}
			s := 24.0
			for _, v := range last {
				s += v
			}
			return n(s)
		},
		91: func() []float64 { return n(dot([3]float64{3, -2, 0}, [3]float64{4, 5, 0})) },
		92: func() []float64 { return n((12.0+5)*(12+5) - (12.0-5)*(12-5)) },
		93: func() []float64 { return n(count(0, 35, func(k int) bool { return k/6+1+k%6+1 == 8 }) / 36) },
		94: func() []float64 {
			h := root(0, 13, func(h float64) float64 { return dist(point{0, 0}, point{5, h}) - 13 })
			return n(area(point{0, 0}, point{18, 0}, point{13, h}) + area(point{0, 0}, point{13, h}, point{5, h}))
		},
		95: func() []float64 { return n(count(1, 300, func(k int) bool { return gcd(k, 30) == 1 })) },
		96: func() []float64 { return n(only(1, 1000, func(t int) bool { return t*64 == 256*60 })) },
		97: func() []float64 { return n(math.Log(32)/math.Log(2) + math.Log(27)/math.Log(3)) },
		98: func() []float64 { return n(2 * area(point{0, 0}, point{4, 2}, point{-3, 5})) },
		99: func() []float64 {
			y := root(-100, 100, func(y float64) float64 { return 2*(31-2*y)/3 + 3*y - 29 })
			return n((31-2*y)/3 + y)
		},
		100: func() []float64 {
			return n(count(0, 31, func(s int) bool { return bits.OnesCount(uint(s)) == 3 }) / 32)
		},
		101: func() []float64 {
			return n(root(0, 100, func(t float64) float64 { return dist(point{0, 9}, point{t, 4}) - (9 + 4) }))
		},
		102: func() []float64 { return n(least(1, 1000, func(k int) bool { return k%6 == 0 && divisors(k) == 10 })) },
		103: func() []float64 { return n(float64((6*60 + 45 + 108) - 8*60)) },
		104: func() []float64 { return n(total(-100, 100, func(k int) bool { return k*k-7*k+10 == 0 && k+1 != 0 })) },
		105: func() []float64 {
			c := cross([3]float64{1, 0, 1}, [3]float64{0, 1, 1})
			return n(math.Atan2(math.Sqrt(dot(c, c)), 1) / degree)
		},
		106: func() []float64 {
			return n(only(0, 14, func(c int) bool { b := 15 - c; return 3*(b+c) == 45 && 5*(b-c) == 45 }))
		},
		107: func() []float64 { return n(count(0, 80, func(k int) bool { return k/27+k/9%3+k/3%3+k%3 == 5 })) },
		108: func() []float64 { return n((150.0 + 80) / (2.5 + 80.0/60)) },
		109: func() []float64 { return n(math.Atan(0.5) + math.Atan(0.2) + math.Atan(0.125)) },
		110: func() []float64 {
			return n(only(-7, 1000, func(k int) bool { return math.Sqrt(float64(k+7)) == float64(k-5) }))
		},
		111: func() []float64 { return n(dist(point{-2, 1}, point{10, 6})) },
		112: func() []float64 {
			return n(sum(1, 60, func(k int) float64 {
				c := 0.0
				for ; k%5 == 0; k /= 5 {
					c++
				}
				return c
			}))
		},
		113: func() []float64 {
			return n(sum(1, 50, func(k int) float64 { return math.Floor(math.Sqrt(float64(k))) }))
		},
		114: func() []float64 {
			a, b, c := point{0, 0}, point{10, 0}, point{10 + 15*math.Cos(2), 15 * math.Sin(2)}
			t := dist(a, point{4, 0}) / dist(a, b)
			return n(dist(point{4, 0}, point{t * c.x, t * c.y}))
		},
		115: func() []float64 {
			return n(sum(1, 100, func(k int) float64 {
				c := 0.0
				for ; k%3 == 0; k /= 3 {
					c++
				}
				return c
			}))
		},
		116: func() []float64 {
			r, d := 5, 0
			for range 100 {
				d, r = r*10/13, r*10%13
			}
			return n(float64(d))
		},
		117: func() []float64 { z := cmplx.Rect(4, 2*math.Pi/3); return n(real(z), imag(z)) },
		118: func() []float64 { return n(math.Sqrt(50) + math.Sqrt(18)) },
		119: func() []float64 { return n((1.0 + 1 + 1 + 4 + 4 + 10) / 6) },
		120: func() []float64 { return n(total(1, 1000, func(k int) bool { return (k*k+11)%(k+1) == 0 })) },
		121: func() []float64 { return n(48.0/(2+6)*3 - 5) },
		122: func() []float64 {
			return n(root(-10, 1, func(t float64) float64 { return t*t - 2*t - 15 }), root(1, 10, func(t float64) float64 { return t*t - 2*t - 15 }))
		},
		123: func() []float64 {
			c := 0.0
			for p := range perms(5) {
				if p[0] != 0 && p[4] != 0 {
					c++
				}
			}
			return n(c)
		},
		124: func() []float64 {
			a := 3.0
			d, b := math.Sqrt(36-a*a), math.Sqrt(49-a*a)
			c := math.Sqrt(81 - b*b)
			return n(dist(point{0, 0}, point{d, c}))
		},
		125: func() []float64 {
			return n(only(7, 1000, func(k int) bool { return math.Log2(float64(k))+math.Log2(float64(k-6)) == 4 }))
		},
		126: func() []float64 {
			m := math.Inf(1)
			for i := -600; i <= 600; i++ {
				for j := -600; j <= 600; j++ {
					u, v := float64(i)/300, float64(j)/300
					w := (12 - 2*(1+u) + 2 + v - 6) / 2
					m = min(m, math.Sqrt(u*u+v*v+w*w))
				}
			}
			return n(math.Round(m*1e4) / 1e4)
		},
	}
}
