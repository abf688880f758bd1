package main

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// An answerer is who answers.
type answerer struct {
	generator mind.Generator
	who       string // for people: a model and its host
	offline   bool
}

// newAnswerer chooses by the flags first and then by the key that is set.
func newAnswerer(f *flags, env environment) (answerer, error) {
	name, err := f.providerName(env)
	if err != nil {
		return answerer{}, err
	}
	urls := []string(f.baseURLs)
	if u := env.value("OPENAI_BASE_URL"); name == "openai" && len(urls) == 0 && u != "" {
		urls = []string{u}
	}
	var c *mind.Client
	switch name {
	case "offline":
		if f.provider != "" && (f.given["model"] || f.given["extra"] || len(urls) > 0) {
			return answerer{}, wrong("-provider offline asks no model: leave out -model, -extra and -base-url")
		}
		if f.given["model"] {
			return answerer{}, wrong("-model %s: there is no key; set ZHIPUAI_API_KEY or OPENAI_API_KEY in the environment or in .env, or name a server that needs none with -base-url", f.model)
		}
		return answerer{mindtest.Offline{}, "the offline generator", true}, nil
	case "zhipu":
		if c = mind.Zhipu(env.zhipuKey(true)); c.Key == "" {
			return answerer{}, wrong("-provider zhipu: there is no key; set ZHIPUAI_API_KEY, or API_KEY in the form id.secret, in the environment or in .env")
		}
	case "openai":
		if c = mind.OpenAI(env.value("OPENAI_API_KEY")); c.Key == "" && len(urls) == 0 {
			return answerer{}, wrong("-provider openai: there is no key; set OPENAI_API_KEY in the environment or in .env, or name a server that needs none with -base-url")
		}
	}
	if len(urls) == 0 {
		urls = []string{c.BaseURL}
	}
	if f.given["model"] || !slices.Equal(urls, []string{c.BaseURL}) {
		c.Extra = nil // It suits the default model there and no other.
	}
	if f.given["model"] {
		c.Model = f.model
	}
	c.MaxTokens, c.Temperature, c.TopP = f.maxTokens, f.temperature, f.topP
	if f.extra != nil {
		extra := maps.Clone(c.Extra)
		if extra == nil {
			extra = map[string]any{}
		}
		maps.Copy(extra, f.extra)
		c.Extra = extra
	}
	return spread(c, urls)
}

// providerName is what -provider says, else what the rest amounts to.
func (f *flags) providerName(env environment) (string, error) {
	switch f.provider {
	case "offline", "zhipu", "openai":
		return f.provider, nil
	case "":
	default:
		return "", wrong("-provider %s: there is none of this name; there are offline, zhipu, openai", f.provider)
	}
	zhipu := env.zhipuKey(false) != ""
	openai := env.value("OPENAI_API_KEY") != "" || env.value("OPENAI_BASE_URL") != ""
	switch {
	case len(f.baseURLs) > 0:
		return "openai", nil
	case zhipu && openai:
		return "", wrong("both Zhipu (ZHIPUAI_API_KEY) and OpenAI (OPENAI_API_KEY or OPENAI_BASE_URL) are set up: name one with -provider zhipu or -provider openai")
	case zhipu:
		return "zhipu", nil
	case openai:
		return "openai", nil
	}
	return "offline", nil
}

// spread gives each URL a client like c.
func spread(c *mind.Client, urls []string) (answerer, error) {
	var clients []mind.Generator
	var hosts []string
	for _, raw := range urls {
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return answerer{}, wrong("-base-url: must begin with http:// or https:// and a host, as in http://localhost:8000/v1") // Not quoted: it may hold a password.
		}
		one := *c
		one.BaseURL = raw
		clients = append(clients, &one)
		hosts = append(hosts, u.Host)
	}
	p := answerer{clients[0], c.Model + " at " + strings.Join(hosts, ", "), false}
	if len(clients) > 1 {
		p.generator = mind.Balance(clients...)
	}
	return p, nil
}

// whyOffline says why no model is asked.
func (f *flags) whyOffline(env environment) string {
	const what = "it works by rule and is no language model"
	switch {
	case f.provider == "offline":
		return "the offline generator: " + what
	case zhipuForm.MatchString(env.value("API_KEY")):
		return "API_KEY may belong to anything, so it is not used: if it is Zhipu's, add -provider zhipu; the offline generator answers: " + what
	}
	return "no key is set, so the offline generator answers: " + what
}
