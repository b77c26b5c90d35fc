// Command opengather serves one community.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/telemetry"
	"github.com/opengather/opengather/instance/server"
)

// version is set by the release build: -ldflags "-X main.version=1.2.3".
var version = "development"

type commandLine struct {
	config.Config

	Serve     serveCommand     `cmd:"" default:"withargs" help:"Serve the community."`
	SetupLink setupLinkCommand `cmd:"" name:"setup-link" help:"Print a new one-time link for setting up the community. The former one ends."`
	Demo      demoCommand      `cmd:"" help:"Fill an empty community with a believable year, for trying things out."`
	Doctor    doctorCommand    `cmd:"" help:"Say what needs you: the machine, the data, the keys, the address. Changes nothing."`
	Describe  configCommand    `cmd:"" name:"config" help:"Settings."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// run is what every command gets.
type run struct {
	ctx    context.Context
	config *config.Config
	// invalid is what is wrong with config, for the one command that runs anyway.
	invalid error
	log     *slog.Logger
}

func main() {
	if err := command(); err != nil {
		fmt.Fprintln(os.Stderr, "opengather:", err)
		os.Exit(1)
	}
}

// command does what the command line says, until it is done or told to stop.
func command() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	source := config.NewSource(os.Environ())
	var line commandLine
	parser := kong.Must(&line, append(source.Options(), kong.Name("opengather"), kong.Description("One community, one program, one directory."), kong.UsageOnError())...)
	chosen, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	invalid := line.Complete(source)
	if chosen.Command() != "doctor" { // which says it beside the rest
		parser.FatalIfErrorf(invalid)
	}
	log := telemetry.Logger(os.Stderr, line.LogFormat == "json", line.Level())
	return chosen.Run(&run{ctx: ctx, config: &line.Config, invalid: invalid, log: log})
}

// options are those of a program for this command.
func (r *run) options() server.Options {
	return server.Options{Config: r.config, Log: r.log, Version: version, Commit: commit()}
}

// patience is how long a command waits for a process that serves the community.
const patience = 3 * time.Second

// open opens the community for a command that cannot run beside the server on
// SQLite.
func (r *run) open() (*server.Program, error) {
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	p, err := server.Open(ctx, r.options())
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w: stop it first", err)
	}
	return p, err
}

func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}

type serveCommand struct{}

// Run serves until it is told to stop.
func (serveCommand) Run(r *run) error {
	p, err := server.Open(r.ctx, r.options())
	if err != nil {
		return err
	}
	err = p.Serve(r.ctx, func(addr net.Addr) {
		fmt.Printf("OpenGather listens on http://%s, its data is in %s\n", addr, r.config.Data)
		if link, err := p.SetupLink(r.ctx, addr); err != nil {
			r.log.ErrorContext(r.ctx, "make the setup link", "error", err)
		} else if link != "" {
			fmt.Printf("\nSet up your community here, once:\n\n    %s\n\n", link)
		}
	})
	if cerr := p.Close(); err == nil {
		err = cerr
	}
	return err
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println("opengather", version, commit())
	return nil
}

type configCommand struct {
	Describe describeCommand `cmd:"" help:"List every setting: its meaning, its value and where that comes from."`
}

type describeCommand struct{}

// Run lists the settings.
func (describeCommand) Run(r *run) error {
	fmt.Print(r.config.Describe())
	return nil
}
