package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
)

// Limits of a connection. A slow reader may take her time with the answer, a
// slow sender may not keep us waiting for the question.
const (
	headerTime = 10 * time.Second
	bodyTime   = 60 * time.Second
	answerTime = 60 * time.Second
	idleTime   = 2 * time.Minute
	headerSize = 32 << 10
	// drainTime is how long requests under way may finish after a stop.
	drainTime = 10 * time.Second
)

// Serve answers requests on the configured address and does the jobs, until
// ctx ends; then it lets what is under way finish. ready is called with the
// address once requests are taken.
func (p *Program) Serve(ctx context.Context, ready func(addr net.Addr)) error {
	handler, err := p.Handler()
	if err != nil {
		return err
	}
	if err := p.replay(ctx); err != nil {
		return fmt.Errorf("erase again what was erased: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.Config.Listen)
	if err != nil {
		return fmt.Errorf("take requests on %s: %w", p.Config.Listen, err)
	}
	srv := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: answerTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerSize, ErrorLog: p.Telemetry.ErrorLog(),
	}
	srv.RegisterOnShutdown(p.Live.Close) // else the end waits for who reads
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var workers sync.WaitGroup
	workers.Go(func() { p.Worker().Run(work) })
	workers.Go(func() { p.react(work) })
	workers.Go(func() { p.Live.Run(work) })
	if err := p.plan(ctx); err != nil {
		p.Log.ErrorContext(ctx, "plan the jobs", "error", err)
	}
	if err := p.keepOrigin(ctx); err != nil {
		p.Log.ErrorContext(ctx, "store the public address", "error", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(listener) }()
	ready(listener.Addr())
	select {
	case err = <-ended:
	case <-ctx.Done():
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		err = srv.Shutdown(drain)
		cancel()
	}
	stop()
	workers.Wait()
	p.countPages(context.WithoutCancel(ctx))
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, p.Telemetry.Shutdown(context.WithoutCancel(ctx)))
}

// keepOrigin stores the address that the operator configured as the
// community's own; former ones stay known.
func (p *Program) keepOrigin(ctx context.Context) error {
	c, err := p.Communities.Read(ctx)
	if errors.Is(err, community.ErrNone) || err == nil && (p.publicURL == nil || p.address(nil) == c.Origin) {
		return nil
	}
	if err == nil {
		_, err = p.Communities.ChangeOrigin(ctx, access.System("the operator configured the public address"), "", p.address(nil))
	}
	return err
}
