// Command postil stores comments for static websites and publishes them as
// static files. This package turns arguments into an exit code, and is the
// only place where the parts are wired together.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"postil/static"
)

// Exit codes: 0 done, 1 it did not work, 2 the command line is wrong; others
// say what their commands' help says.
const (
	exitFailed = 1
	exitUsage  = 2
	// exitNotReady says that a process runs and takes no new requests.
	exitNotReady = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args, os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// stdio is what a command reads and writes.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// cli is the command line; the help texts are its manual.
type cli struct {
	storeFlags

	Serve    serveCmd         `cmd:"" help:"Receive comments and publish their pages as static files."`
	Site     siteCmd          `cmd:"" help:"Add, list, change and remove the blogs that are served."`
	Moderate moderateCmd      `cmd:"" help:"Look at comments and decide about them."`
	Admin    adminCmd         `cmd:"" help:"Moderators: their passwords, mail and feeds."`
	Classify classifyCmd      `cmd:"" help:"Show what the classifier of a site has learned, and how often it is right."`
	Outbox   outboxCmd        `cmd:"" help:"Look at mail, webhook calls and pings that are to be sent."`
	Erase    erasePersonCmd   `cmd:"" help:"Erase all that a person has written on a site. Shows what it would erase unless --yes is given."`
	Export   exportCmd        `cmd:"" help:"Write out whole sites, or everything that is kept about a person."`
	Key      keyCmd           `cmd:"" help:"Replace the secret keys that sign, seal and derive."`
	Publish  publishCmd       `cmd:"" help:"Write the files of changed pages while no server runs."`
	Check    checkCmd         `cmd:"" help:"Compare the published files with the database and name every difference."`
	Import   importCmd        `cmd:"" help:"Bring in the comments of another system, or take them back."`
	Backup   backupCmd        `cmd:"" help:"Write a consistent copy of the database, also while the server runs."`
	Restore  restoreCmd       `cmd:"" help:"Replace the database by a copy. Verifies it first, and does nothing unless --yes is given."`
	Migrate  migrateCmd       `cmd:"" help:"Bring the database's tables up to date without serving, before a release is rolled out."`
	CSP      cspCmd           `cmd:"" name:"csp" help:"Print the script tag for a blog and the Content-Security-Policy it needs."`
	Doctor   doctorCmd        `cmd:"" help:"Look at a page of your blog as a browser would, and say what is wrong and how to mend it."`
	Status   statusCmd        `cmd:"" help:"Say how the running server is."`
	Hold     holdWritesCmd    `cmd:"" help:"Let everything that writes wait, for work on the database."`
	Release  releaseWritesCmd `cmd:"" help:"Let go on what \"postil hold\" holds."`
	Drain    drainCmd         `cmd:"" help:"Stop the running server as SIGTERM does, and wait until its requests are answered."`
	Prestop  prestopCmd       `cmd:"" help:"Send balancers away from the running server, and wait until they have noticed."`
	Gate     gateCmd          `cmd:"" help:"Pass requests on to services, and hold them while those are away."`
	Version  versionCmd       `cmd:"" help:"Print the version."`
}

const description = `Comments for static websites that respect the reader: no account, no cookie, no tracking.

Settings can be given as environment variables instead of flags: --ops-listen is POSTIL_OPS_LISTEN. Flags that say what to do once, such as --yes, have none.
Start with "postil serve" and open the address that it prints.`

// run is the program; a test calls it as main does.
func run(ctx context.Context, args, env []string, in io.Reader, out, errOut io.Writer) int {
	std := &stdio{in: in, out: out, err: errOut}
	var c cli
	exited, exitCode := false, 0
	parser, err := newParser(&c, env, kong.Writers(out, errOut), kong.Exit(func(code int) { exited, exitCode = true, code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(std, &c.storeFlags))
	if err != nil {
		fmt.Fprintln(errOut, "postil:", err)
		return exitFailed
	}
	if err := checkEnv(env, parser.Model); err != nil {
		fmt.Fprintln(errOut, "postil:", err)
		return exitUsage
	}
	k, err := parser.Parse(args[1:])
	if exited { // --help has been printed
		return exitCode
	}
	if err != nil {
		fmt.Fprintf(errOut, "postil: %v\nRun \"postil --help\" or \"postil COMMAND --help\".\n", err)
		return exitUsage
	}
	if err := k.Run(); err != nil {
		return report(errOut, err)
	}
	return 0
}

// newParser reads command lines into c.
func newParser(c *cli, env []string, more ...kong.Option) (*kong.Kong, error) {
	return kong.New(c, append(more, kong.Name("postil"), kong.Description(description), kong.UsageOnError(),
		kong.ValueFormatter(withDefault), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}), kong.Vars{"languages": strings.Join(static.Languages(), ", ")}, kong.Resolvers(envResolver(env)))...)
}

// withDefault adds to a flag's help what holds without it. Kong shows that in the
// place of a name for the value only.
func withDefault(v *kong.Value) string {
	f := v.Flag
	if f == nil || f.PlaceHolder == "" || f.PlaceHolder == v.Default || v.Default == "" || v.Default == "0" || v.Default == "0s" {
		return v.Help
	}
	return v.Help + " Default: " + v.Default + "."
}

func report(errOut io.Writer, err error) int {
	fmt.Fprintln(errOut, "postil:", err)
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	if e, ok := errors.AsType[exitError](err); ok {
		return e.code
	}
	return exitFailed
}

// exitError is an error with an exit code of its own.
type exitError struct {
	error
	code int
}

func (e exitError) Unwrap() error { return e.error }

// usageError is a fault of the command line or the environment.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

type versionCmd struct{}

func (versionCmd) Run(std *stdio) error {
	_, err := fmt.Fprintln(std.out, "postil", version())
	return err
}

// version is that of the built module, or "devel" in a checkout.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
