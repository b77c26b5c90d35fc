package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/doctor"
)

type doctorCommand struct {
	JSON         bool `name:"json" help:"Say it for programs."`
	MasterCopied bool `help:"Note that you have a copy of the master key, apart from the copies of the data."`
}

// What the doctor command ends with.
const (
	nothingNeedsYou = 0
	somethingDoes   = 1
	cannotTell      = 2
)

// Run looks at the community, also while it is served. It ends with 0 if
// nothing needs anybody, with 1 if something does, and with 2 if nothing does
// as far as it could be looked at.
func (d doctorCommand) Run(r *run) error {
	code, err := d.examine(r.ctx, r.patient(), os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "opengather:", err)
		code = cannotTell
	}
	if code != nothingNeedsYou {
		os.Exit(code)
	}
	return nil
}

func (d doctorCommand) examine(ctx context.Context, p doctor.Patient, out io.Writer) (code int, err error) {
	if d.MasterCopied {
		if err := doctor.ConfirmCopy(p); err != nil {
			return cannotTell, err
		}
		_, err := fmt.Fprintln(out, "It is noted that there is a copy of the master key.")
		return nothingNeedsYou, err
	}
	all, err := doctor.Examine(ctx, p)
	if err != nil {
		return cannotTell, err
	}
	say := doctor.Tell
	if d.JSON {
		say = doctor.JSON
	}
	if err := say(out, all); err != nil {
		return cannotTell, err
	}
	switch needing, unclear := doctor.Count(all); {
	case needing > 0:
		return somethingDoes, nil
	case unclear > 0:
		return cannotTell, nil
	}
	return nothingNeedsYou, nil
}

func (r *run) patient() doctor.Patient {
	return doctor.Patient{
		Config: r.config, Invalid: r.invalid, Now: time.Now, Free: doctor.Free,
		Up: func(ctx context.Context) (int, error) { return askUp(ctx, r.config.Listen) },
	}
}

// askUp asks the process that takes requests on an address of this machine
// whether it is well. It leaves by no door: it asks this program itself.
func askUp(ctx context.Context, listen string) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", here(listen))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return 0, err
		}
	}
	if _, err := io.WriteString(conn, "GET /up HTTP/1.0\r\nHost: localhost\r\n\r\n"); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(io.LimitReader(conn, 1024)).ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("read the answer: %w", err)
	}
	fields := strings.Fields(line)
	if len(fields) < 2 || !strings.HasPrefix(line, "HTTP/1.") {
		return 0, errors.New("what answers does not speak HTTP")
	}
	return strconv.Atoi(fields[1])
}

// here is where to reach, from this machine, what takes requests on an address.
func here(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
