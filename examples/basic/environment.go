package main

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/joho/godotenv"
)

// environment is the process's own and, behind it, the file .env in the working
// folder. The file is looked into and not loaded: nothing else of it gets into
// the process.
type environment struct {
	process func(name string) string
	file    map[string]string
}

func readEnvironment(process func(string) string) (environment, error) {
	b, err := os.ReadFile(".env")
	if errors.Is(err, fs.ErrNotExist) {
		return environment{process, nil}, nil
	}
	if err != nil {
		return environment{}, wrong("%w", err)
	}
	file, err := godotenv.UnmarshalBytes(b)
	if err != nil {
		return environment{}, wrong(".env: a line is not of the form NAME=value") // Its own error quotes the line, key included.
	}
	return environment{process, file}, nil
}

// value is a variable's; the process's own wins.
func (e environment) value(name string) string {
	if v := strings.TrimSpace(e.process(name)); v != "" {
		return v
	}
	return strings.TrimSpace(e.file[name])
}

// zhipuForm is how Zhipu's keys look: id.secret.
var zhipuForm = regexp.MustCompile(`^[0-9A-Za-z]{8,}\.[0-9A-Za-z]{8,}$`)

// zhipuKey is the key for Zhipu, "" if there is none. API_KEY is a name that
// anything may use, so it counts only if it looks like one of Zhipu's, and, in
// the process's own environment, only if Zhipu is named.
func (e environment) zhipuKey(named bool) string {
	if key := e.value("ZHIPUAI_API_KEY"); key != "" {
		return key
	}
	key := strings.TrimSpace(e.file["API_KEY"])
	if named {
		key = e.value("API_KEY")
	}
	if !zhipuForm.MatchString(key) {
		return ""
	}
	return key
}
