package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/org/mind"
)

// filterSets are the values of -filters that stand alone.
var filterSets = map[string]func() []mind.Filter{
	"none":     func() []mind.Filter { return nil },
	"paper":    mind.PaperFilters,
	"standard": mind.StandardFilters,
	"strict":   mind.StrictFilters,
}

// filterNames are those that stand in a list, with what they are made of; n is
// what is behind the =, 0 where there is none.
var filterNames = map[string]func(n int) mind.Filter{
	"finish":     func(int) mind.Filter { return mind.Finish },
	"clean":      func(int) mind.Filter { return mind.Clean },
	"tokens":     mind.Tokens,
	"ratio":      func(int) mind.Filter { return mind.Ratio(0, 0) },
	"turns":      func(n int) mind.Filter { return mind.TurnCount(mind.TurnLimits{Turns: n}) },
	"answer":     func(int) mind.Filter { return mind.FinalAnswer },
	"grounding":  func(int) mind.Filter { return mind.Grounding(mind.GroundingLimits{}) },
	"copy":       func(int) mind.Filter { return mind.Copy(mind.CopyLimits{}) },
	"repetition": func(int) mind.Filter { return mind.Repetition(mind.RepetitionLimits{}) },
	"form":       func(int) mind.Filter { return mind.Form },
}

// filterList reads -filters.
func (f *flags) filterList() ([]mind.Filter, error) {
	if set := filterSets[f.filters]; set != nil {
		return set(), nil
	}
	var filters []mind.Filter
	for _, item := range fields(f.filters) {
		name, arg, has := strings.Cut(item, "=")
		counts := name == "tokens" || name == "turns"
		if filterNames[name] == nil || has && !counts {
			return nil, wrong("-filters: there is no filter %q; there are %s, tokens=N and turns=N, and %s alone", item,
				strings.Join(slices.Sorted(maps.Keys(filterNames)), ", "), strings.Join(slices.Sorted(maps.Keys(filterSets)), ", "))
		}
		n := 0
		if name == "tokens" {
			n = 50 // The paper's.
		}
		if has {
			var err error
			if n, err = strconv.Atoi(arg); err != nil || n < 0 || n == 0 && name == "turns" {
				return nil, wrong("-filters: %q: must be as %s=80", item, name)
			}
		}
		filters = append(filters, filterNames[name](n))
	}
	if len(filters) == 0 {
		return nil, wrong("-filters: names no filter; none turns them off")
	}
	return filters, nil
}
