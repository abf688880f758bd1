package mind

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// randomUnit draws a unit, from few enough that some come twice and many meet in
// their slots.
func randomUnit(r *rand.Rand, few int) (unit [16]byte, recipe [8]byte) {
	n := r.IntN(few)
	unit = unitHash([32]byte{1}, n, "s", 0)
	if n%2 == 0 {
		clear(unit[1:9])
	}
	return unit, [8]byte{byte(r.Uint32()), byte(n)}
}

func TestDoneIsAMap(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for _, few := range []int{1, 10, 3000, 60_000} {
		r := rand.New(rand.NewPCG(seed, 0))
		var d done
		want := map[[12]byte][4]byte{}
		for range 2 * few {
			unit, recipe := randomUnit(r, few)
			was, ok := d.recipe(unit)
			wanted, wantedOK := want[[12]byte(unit[:])]
			require.Equal(t, wantedOK, ok)
			require.Equal(t, wanted, was)
			if r.IntN(3) > 0 {
				d.put(unit, recipe)
				want[[12]byte(unit[:])] = [4]byte(recipe[:])
			}
			require.Equal(t, len(want), d.units)
		}
		for unit, recipe := range want {
			was, ok := d.recipe([16]byte(append(unit[:], 0, 0, 0, 0)))
			require.True(t, ok)
			require.Equal(t, recipe, was)
		}
	}
}

// TestDoneIsSmallAtAnySize: the only memory that grows with the input.
func TestDoneIsSmallAtAnySize(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var d done
	most := 0.0
	for n := 1; n <= 400_000; n++ {
		var unit [16]byte
		for i := range unit {
			unit[i] = byte(r.Uint32())
		}
		d.put(unit, [8]byte{})
		if n > 10_000 && n%5000 == 0 {
			slots := 0
			for _, s := range d.shards {
				slots += cap(s.slots)
			}
			most = max(most, float64(slots*len(slot{}))/float64(n))
		}
	}
	t.Logf("at most %.1f bytes a unit", most)
	require.LessOrEqual(t, most, 32.0)
}

// BenchmarkDone compares the table with Go's map, which is what it stands for:
// a unit is looked up, and put where it is not there.
func BenchmarkDone(b *testing.B) {
	const n = 1_000_000
	units := make([][16]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range units {
		for j := range units[i] {
			units[i][j] = byte(r.Uint32())
		}
	}
	b.Run("map", func(b *testing.B) {
		for b.Loop() {
			m := map[[12]byte][4]byte{}
			for _, u := range units {
				if _, ok := m[[12]byte(u[:])]; !ok {
					m[[12]byte(u[:])] = [4]byte{}
				}
			}
		}
		b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds()/1e6, "Munits/s")
	})
	b.Run("done", func(b *testing.B) {
		for b.Loop() {
			var d done
			for _, u := range units {
				if _, ok := d.recipe(u); !ok {
					d.put(u, [8]byte{})
				}
			}
		}
		b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds()/1e6, "Munits/s")
	})
}
