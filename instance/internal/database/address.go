package database

import (
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/opengather/opengather/instance/internal/fetch"
)

// Through lets PostgreSQL be dialled through a door and not past it. SQLite, and
// a socket in a directory of this machine, need no way out.
func (o *Options) Through(door *fetch.Door) error {
	if o.DSN == "" {
		return nil
	}
	host, err := address(o.DSN)
	if err != nil || host == "" {
		return err
	}
	dialer, err := door.Named(fetch.Database, host)
	if err != nil {
		return err
	}
	o.Dial, o.Lookup = dialer.DialContext, dialer.LookupHost
	return nil
}

// address is the host and port that pgx will dial for a URL, which may stand in
// its parameters or in the environment too; empty for a socket. A door leads to
// one address, so a list of servers is refused.
func address(dsn string) (string, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return "", errors.New("the database URL cannot be read: it should look like postgres://name:password@host/database")
	}
	for _, f := range cfg.Fallbacks { // with and without TLS, each is one
		if f.Host != cfg.Host || f.Port != cfg.Port {
			return "", errors.New("the database URL names several servers: name the one that is written to")
		}
	}
	network, host := pgconn.NetworkAddress(cfg.Host, cfg.Port)
	if network == "unix" {
		return "", nil
	}
	return host, nil
}
