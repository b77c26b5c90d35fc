// Package setup makes a place a community. Whoever holds the one-time link
// claims it and is its first owner; she then says what kind of community it is,
// and finishing makes the spaces, texts and features that most of its kind
// want. Everything chosen here is a setting afterwards: see package community.
package setup

import (
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/signin"
)

// Operations are what can be done to set a community up.
type Operations struct {
	DB          *database.DB
	Keys        *keyring.Keyring
	Communities *community.Operations
	SignIn      *signin.Operations
}
