package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/org/mind"
)

// A preset is the choice of somebody who has done it before.
type preset struct {
	styles            []mind.Style
	tokens            int // of a chunk
	maxTokens         int // of an answer
	temperature, topP float64
}

// presets: the paper's figures are those of its section 3, and the seed's cuts
// next to nothing and lets answers be longer. Olmo is the paper's with other
// styles.
var presets = map[string]preset{
	"seed":  {[]mind.Style{mind.SeedStyle()}, 8096, 4096, 1.0, 0.9},
	"paper": {mind.PaperStyles(), 500, 2048, 1.0, 0.9},
	"olmo":  {mind.OlmoStyles(), 500, 2048, 1.0, 0.9},
}

func presetNames() []string { return slices.Sorted(maps.Keys(presets)) }

// fillIn takes from the preset what is not given.
func (f *flags) fillIn() error {
	p, ok := presets[f.preset]
	if !ok {
		return wrong("-preset %s: there is none of this name; there are %s", f.preset, strings.Join(presetNames(), ", "))
	}
	if !f.given["tokens"] {
		f.tokens = p.tokens
	}
	if !f.given["max-tokens"] {
		f.maxTokens = p.maxTokens
	}
	if !f.given["temperature"] {
		f.temperature = &p.temperature
	}
	if !f.given["top-p"] {
		f.topP = &p.topP
	}
	return nil
}

// styleList is what to ask for: what is given, else the preset's styles.
func (f *flags) styleList() ([]mind.Style, error) {
	var styles []mind.Style
	for _, name := range fields(f.styles) {
		i := slices.IndexFunc(allStyles(), func(s mind.Style) bool { return s.Name == name })
		if i < 0 {
			var names []string
			for _, s := range allStyles() {
				names = append(names, s.Name)
			}
			return nil, wrong("-styles: there is no style %q; there are %s, and -prompt FILE for one of your own", name, strings.Join(names, ", "))
		}
		styles = append(styles, allStyles()[i])
	}
	if f.promptFile != "" {
		b, err := os.ReadFile(f.promptFile)
		if err != nil {
			return nil, wrong("-prompt: %w", err)
		}
		base := filepath.Base(f.promptFile)
		own := mind.Style{Name: strings.TrimSuffix(base, filepath.Ext(base)), Instruction: strings.TrimSpace(string(b))}
		if own.Instruction == "" {
			return nil, wrong("-prompt %s: it is empty; write the instruction that follows the text, as in: Write a conversation about the text above", f.promptFile)
		}
		styles = append(styles, own)
	}
	if f.given["styles"] && len(fields(f.styles)) == 0 {
		return nil, wrong("-styles: names no style")
	}
	if len(styles) == 0 {
		styles = presets[f.preset].styles
	}
	return styles, nil
}

func allStyles() []mind.Style {
	return slices.Concat([]mind.Style{mind.SeedStyle()}, mind.PaperStyles(), mind.OlmoStyles())
}
