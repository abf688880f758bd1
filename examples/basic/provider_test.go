package main

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
)

// parsed is the flags of a command line.
func parsed(t *testing.T, args ...string) *flags {
	f, err := parseFlags(args, io.Discard)
	require.NoError(t, err)
	return f
}

func TestWhoAnswers(t *testing.T) {
	const zhipu = "0123456789abcdef.abcdefghij"
	type vars map[string]string
	const glm, gpt = "glm-4-flash at open.bigmodel.cn", "gpt-6-luna at api.openai.com"
	for _, test := range []struct {
		name          string
		process, file vars
		args          []string
		who           string // "": an error
	}{
		{"no key", nil, nil, nil, "the offline generator"},
		{"empty key", vars{"OPENAI_API_KEY": " "}, nil, nil, "the offline generator"},
		{"zhipu", vars{"ZHIPUAI_API_KEY": zhipu}, nil, nil, glm},
		{"openai", vars{"OPENAI_API_KEY": "k"}, nil, nil, gpt},
		{"from .env", nil, vars{"OPENAI_API_KEY": "k"}, nil, gpt},
		{"offline in spite of a key", vars{"OPENAI_API_KEY": "k"}, nil, []string{"-provider", "offline"}, "the offline generator"},
		{"both", vars{"OPENAI_API_KEY": "k"}, vars{"ZHIPUAI_API_KEY": zhipu}, nil, ""},
		{"both, one named", vars{"OPENAI_API_KEY": "k", "ZHIPUAI_API_KEY": zhipu}, nil, []string{"-provider", "zhipu"}, glm},
		{"API_KEY in .env", nil, vars{"API_KEY": zhipu}, nil, glm},
		{"API_KEY in .env of another form", nil, vars{"API_KEY": "sk-1"}, nil, "the offline generator"},
		{"API_KEY in .env and openai's", vars{"OPENAI_API_KEY": "k"}, vars{"API_KEY": zhipu}, nil, ""},
		{"API_KEY in the environment", vars{"API_KEY": zhipu}, nil, nil, "the offline generator"},
		{"API_KEY in the environment, zhipu named", vars{"API_KEY": zhipu}, nil, []string{"-provider", "zhipu"}, glm},
		{"API_KEY of another form, zhipu named", vars{"API_KEY": "sk-1"}, nil, []string{"-provider", "zhipu"}, ""},
		{"a server", nil, nil, []string{"-base-url", "http://localhost:8000/v1", "-model", "m"}, "m at localhost:8000"},
		{"a server in spite of a key", vars{"ZHIPUAI_API_KEY": zhipu}, nil, []string{"-base-url", "http://localhost:8000/v1", "-model", "m"}, "m at localhost:8000"},
		{"servers", nil, nil, []string{"-base-url", "http://a/v1", "-base-url", "http://b/v1", "-model", "m"}, "m at a, b"},
		{"a server from the environment", vars{"OPENAI_BASE_URL": "http://c/v1"}, nil, []string{"-model", "m"}, "m at c"},
		{"the flag wins", vars{"OPENAI_BASE_URL": "http://c/v1"}, nil, []string{"-model", "m", "-base-url", "http://d/v1"}, "m at d"},
		{"zhipu from abroad", vars{"ZHIPUAI_API_KEY": zhipu}, nil, []string{"-provider", "zhipu", "-base-url", "https://api.z.ai/api/paas/v4"}, "glm-4-flash at api.z.ai"},
		{"a password in a URL that is none", nil, nil, []string{"-base-url", "me:hush@host/v1"}, ""},
		{"a model without a key", nil, nil, []string{"-model", "m"}, ""},
		{"offline and a model", nil, nil, []string{"-provider", "offline", "-model", "m"}, ""},
		{"nobody of this name", nil, nil, []string{"-provider", "zhipo"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			process := func(name string) string { return test.process[name] }
			p, err := newAnswerer(parsed(t, test.args...), environment{process, test.file})
			if test.who == "" {
				require.ErrorAs(t, err, new(usageError))
				require.NotContains(t, err.Error(), "hush")
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.who, p.who)
			require.Equal(t, p.who == "the offline generator", p.offline)
		})
	}
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".env", "OPENAI_API_KEY=of the file # a comment\nexport OPENAI_BASE_URL=\"http://f/v1\"\n")
	env, err := readEnvironment(func(name string) string {
		return map[string]string{"OPENAI_API_KEY": "of the process"}[name]
	})
	require.NoError(t, err)
	require.Equal(t, "of the process", env.value("OPENAI_API_KEY"))
	require.Equal(t, "http://f/v1", env.value("OPENAI_BASE_URL"))
}

func TestAnUnreadableFileShowsNoKey(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".env", "my key = hush\n\x00=\n")
	_, err := readEnvironment(func(string) string { return "" })
	require.ErrorAs(t, err, new(usageError))
	require.NotContains(t, err.Error(), "hush")
}

func TestWhatAModelIsSent(t *testing.T) {
	client := func(args ...string) *mind.Client {
		p, err := newAnswerer(parsed(t, args...), environment{func(string) string { return "" }, map[string]string{"OPENAI_API_KEY": "k"}})
		require.NoError(t, err)
		return p.generator.(*mind.Client)
	}
	c := client("-provider", "openai", "-base-url", "https://api.openai.com/v1")
	require.Equal(t, []any{4096, 1.0, 0.9, "k"}, []any{c.MaxTokens, *c.Temperature, *c.TopP, c.Key})
	require.Equal(t, mind.OpenAI("").Extra, c.Extra)
	c = client("-provider", "openai", "-preset", "paper", "-temperature", "0", "-top-p", "0.5", "-model", "m")
	require.Equal(t, []any{2048, 0.0, 0.5, "m"}, []any{c.MaxTokens, *c.Temperature, *c.TopP, c.Model})
	require.Nil(t, c.Extra)
	require.Nil(t, client("-provider", "openai", "-base-url", "http://localhost/v1").Extra)
	require.Equal(t, 7, client("-provider", "openai", "-max-tokens", "7").AnswerTokens())

	require.Equal(t, map[string]any{"temperature": nil, "seed": 1.0}, client("-provider", "openai", "-model", "m", "-extra", `{"temperature":null,"seed":1}`).Extra)
	require.Equal(t, map[string]any{"reasoning_effort": "low"}, client("-provider", "openai", "-extra", `{"reasoning_effort":"low"}`).Extra)
	require.Equal(t, "none", mind.OpenAI("").Extra["reasoning_effort"])
}
