package main

import "fmt"

type setupLinkCommand struct{}

// Run prints a new link. On SQLite it waits while the community is served:
// there, a restart prints a link too.
func (setupLinkCommand) Run(r *run) error {
	p, err := r.open()
	if err != nil {
		return err
	}
	link, err := p.SetupLink(r.ctx, nil)
	switch {
	case err != nil:
	case link == "":
		fmt.Println("This community is set up already.")
	default:
		fmt.Println(link)
	}
	if cerr := p.Close(); err == nil {
		err = cerr
	}
	return err
}
