package mind

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// faulty are the dialogues, of both kinds, that are written to disks with faults.
var faulty = numberedDialogues(0, 24)

// carryOn writes those of ds that a store does not hold yet, in groups of 3,
// until something fails. It adds to acknowledged the keys that were, and checks
// that those before still are there.
func carryOn(t *testing.T, disk *memDisk, ds []Dialogue, acknowledged map[string]bool) error {
	t.Helper()
	s, err := openStore(disk, disk.out)
	if err != nil {
		return err
	}
	held := map[string]bool{}
	for key, err := range s.Keys(context.Background()) {
		if err != nil {
			return errors.Join(err, s.Close())
		}
		require.False(t, held[key], "%s is there twice", key)
		held[key] = true
	}
	for key := range acknowledged {
		require.True(t, held[key], "%s was acknowledged", key)
	}
	maps.Copy(acknowledged, held) // It will not be asked for again.
	missing := slices.DeleteFunc(slices.Clone(ds), func(d Dialogue) bool { return held[d.Key] })
	for group := range slices.Chunk(missing, 3) {
		if err := s.Write(context.Background(), group); err != nil {
			require.Equal(t, err, s.Write(context.Background(), group), "sticky")
			_ = s.Close()
			return err
		}
		for _, d := range group {
			acknowledged[d.Key] = true
		}
	}
	return s.Close()
}

// complete finishes a run on a disk that is well again.
func complete(t *testing.T, disk *memDisk, acknowledged map[string]bool) {
	t.Helper()
	disk.heal()
	require.NoError(t, carryOn(t, disk, faulty, acknowledged))
	ds := disk.dialogues(t)
	slices.SortFunc(ds, func(a, b Dialogue) int { return cmp.Or(len(a.ID)-len(b.ID), strings.Compare(a.ID, b.ID)) })
	require.Equal(t, faulty, ds)
}

// TestFaultyDisk: whatever fails at whatever operation, the store says so at
// once and for ever, its file has whole lines alone, and the next one goes on.
func TestFaultyDisk(t *testing.T) {
	for fault, want := range map[string]error{"fails": errFull, "writes short": errFull, "is full": errFull, "loses power": errPower} {
		t.Run(fault, func(t *testing.T) {
			for k := 1; ; k++ {
				disk := newMemDisk(fault, k)
				acknowledged := map[string]bool{}
				err := carryOn(t, disk, faulty, acknowledged)
				if !disk.failed {
					require.NoError(t, err)
					require.Greater(t, k, 30, "operations")
					return
				}
				require.ErrorIs(t, err, want)
				switch fault {
				case "is full":
					disk.dialogues(t) // A store that can still cut its file back does so.
				case "loses power":
					disk.crash(rand.New(rand.NewPCG(1, uint64(k))))
				}
				complete(t, disk, acknowledged)
			}
		})
	}
}

// A swappingDisk is one on which somebody puts another file in the place of one
// that is open: after a number of looks at the name.
type swappingDisk struct {
	*memDisk
	looks int
}

func (d *swappingDisk) same(f diskFile, name string) bool {
	d.looks--
	return d.looks >= 0 && d.memDisk.same(f, name)
}

// TestNothingIsAcknowledgedInAReplacedFile, whether it was replaced before the
// write or while that went on.
func TestNothingIsAcknowledgedInAReplacedFile(t *testing.T) {
	for looks := range 2 {
		disk := &swappingDisk{newMemDisk("", 0), looks}
		s, err := openStore(disk, disk.out)
		require.NoError(t, err)
		require.ErrorIs(t, s.Write(t.Context(), []Dialogue{numberedDialogue(0)}), errChanged, "after %d looks", looks)
		require.NoError(t, s.Close())
	}
}

// TestPowerCuts cuts the power at any operations of a run and of those after
// it, which repair what the cuts before them left. What was acknowledged
// survives them all. Some are kills instead, which lose nothing by themselves,
// but leave things that are not synced for the next cut to lose.
func TestPowerCuts(t *testing.T) {
	runs, falls, rewritten := 1200, 0, 0
	if kills, _ := strconv.Atoi(os.Getenv("MIND_KILLS")); kills > 0 {
		runs = 20 * kills
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for run := range runs {
		r := rand.New(rand.NewPCG(seed, uint64(run)))
		disk := newMemDisk("", 0)
		acknowledged := map[string]bool{}
		ds := slices.Clone(faulty)
		r.Shuffle(len(ds), func(i, j int) { ds[i], ds[j] = ds[j], ds[i] })
		for range 1 + r.IntN(6) {
			disk.fault, disk.k = "loses power", 1+r.IntN(1+r.IntN(50))
			_ = carryOn(t, disk, ds, acknowledged)
			if r.IntN(2) == 0 {
				disk.crash(r)
			}
			disk.heal()
			falls++
		}
		complete(t, disk, acknowledged)
		rewritten += disk.renames
	}
	t.Logf("%d runs with %d cuts and kills, %d files written anew without their holes", runs, falls, rewritten)
	require.Positive(t, rewritten)
}

// TestNamesOfAKilledRunLast kills a run at every operation, lets the next one
// finish and cuts the power: it may not rely on names that the first has made,
// or moved, and not synced.
func TestNamesOfAKilledRunLast(t *testing.T) {
	for name, held := range map[string][]Dialogue{"an empty folder": nil, "files with holes": faulty} {
		t.Run(name, func(t *testing.T) {
			rejected := slices.DeleteFunc(slices.Clone(faulty), func(d Dialogue) bool { return d.Reject == "" })
			for seed := range uint64(8) {
				for k, over := 1, false; !over; k++ {
					disk := newMemDisk("", 0)
					require.NoError(t, carryOn(t, disk, held, map[string]bool{}))
					for _, f := range disk.files() {
						clear(f.data[9:30])
						clear(f.synced[9:30])
					}
					disk.fault, disk.k = "loses power", k
					_ = carryOn(t, disk, rejected, map[string]bool{})
					over = !disk.failed
					disk.heal()
					acknowledged := map[string]bool{}
					require.NoError(t, carryOn(t, disk, rejected, acknowledged))
					disk.crash(rand.New(rand.NewPCG(seed, uint64(k))))
					complete(t, disk, acknowledged)
				}
			}
		})
	}
}

// TestPowerCutOfARun cuts the power at every operation of a whole pipeline's
// run. The next run asks for nothing that is on the disk.
func TestPowerCutOfARun(t *testing.T) {
	const units, concurrency = 60, 4
	filter := Filter{"third", func(d *Dialogue) error {
		if d.Key[0]%3 == 0 {
			return errors.New("it is")
		}
		return nil
	}}
	for k, over := 1, false; !over; k++ {
		disk := newMemDisk("loses power", k)
		sink := &acknowledging{disk: disk, keys: map[string]bool{}}
		var mu sync.Mutex
		asked := map[string]int{}
		gen := GeneratorFunc(func(_ context.Context, r Request) (Response, error) {
			mu.Lock()
			defer mu.Unlock()
			asked[r.Key]++
			return Response{Text: "Teacher: " + r.Prompt}, nil
		})
		run := func() error {
			var err error
			if sink.Store, err = openStore(disk, disk.out); err != nil {
				return err
			}
			p, err := New(numbered(units), gen, sink, WithFilters(filter), WithConcurrency(concurrency))
			require.NoError(t, err)
			err = p.Run(t.Context())
			return errors.Join(err, sink.Close())
		}
		err := run()
		if over = !disk.failed; !over {
			require.ErrorIs(t, err, errPower)
		}
		require.LessOrEqual(t, len(asked), len(sink.keys)+3*concurrency, "no more is asked for once the disk has failed")
		disk.crash(rand.New(rand.NewPCG(1, uint64(k))))
		disk.heal()
		onDisk := map[string]bool{}
		for _, d := range disk.whole() {
			onDisk[d.Key] = true
		}
		for key := range sink.keys {
			require.True(t, onDisk[key], "%s was acknowledged; cut at %d", key, k)
		}
		first := len(asked)
		require.NoError(t, run())
		require.Len(t, asked, units)
		for key, n := range asked {
			if onDisk[key] {
				require.Equal(t, 1, n, "%s is on the disk; cut at %d", key, k)
			}
		}
		ds := disk.dialogues(t)
		require.Len(t, ds, units)
		for _, d := range ds {
			delete(asked, d.Key)
		}
		require.Empty(t, asked, "a record for each unit")
		require.LessOrEqual(t, first, units)
	}
}

// acknowledging is a store that remembers what its disk has acknowledged.
type acknowledging struct {
	*Store
	disk *memDisk
	keys map[string]bool
}

func (a *acknowledging) Write(ctx context.Context, ds []Dialogue) error {
	err := a.Store.Write(ctx, ds)
	for _, d := range ds {
		if err == nil {
			a.keys[d.Key] = true
		}
	}
	return err
}
