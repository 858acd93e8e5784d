package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

const envPrefix = "POSTIL_"

// ignoredEnv are variables of ours that are no flags.
var ignoredEnv = []string{"POSTIL_TEST_POSTGRES"}

// envName is the variable of a flag: --ops-listen is POSTIL_OPS_LISTEN.
func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// readsEnv reports whether a flag has a variable. Those with the tag "noenv"
// have none: what a command is to do once, such as --yes or a site's new
// policy, must not come from a variable that was set for the server.
func readsEnv(flag *kong.Flag) bool { return flag.Name != "help" && !flag.Tag.Has("noenv") }

// envResolver gives a flag the value of its variable when the command line
// does not name it. It reads the environment it is given, not the process's,
// so that a test has its own.
func envResolver(env []string) kong.Resolver {
	values := map[string]string{}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		values[name] = value
	}
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if value, ok := values[envName(flag.Name)]; ok && readsEnv(flag) {
			return value, nil
		}
		return nil, nil
	})
}

// checkEnv refuses a POSTIL_ variable that no flag reads: a misspelt setting
// must not quietly become the default.
func checkEnv(env []string, app *kong.Application) error {
	known := slices.Clone(ignoredEnv)
	collectFlags(app.Node, &known)
	var unknown []string
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, envPrefix) && !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	if unknown == nil {
		return nil
	}
	slices.Sort(unknown)
	return fmt.Errorf("no flag reads the environment variable %s; unset it or see \"postil COMMAND --help\" for the names",
		strings.Join(unknown, ", "))
}

func collectFlags(n *kong.Node, names *[]string) {
	for _, f := range n.Flags {
		if readsEnv(f) {
			*names = append(*names, envName(f.Name))
		}
	}
	for _, child := range n.Children {
		collectFlags(child, names)
	}
}
