package doctor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/keyring"
)

func (p Patient) secret(name string) string { return filepath.Join(p.Config.Data, "secrets", name) }

// master gives the master key: a file with SQLite, a setting with PostgreSQL.
func (p Patient) master() ([]byte, error) {
	if p.Config.Database != "" {
		return keyring.ParseMaster(string(p.Config.MasterKey))
	}
	key, err := keyring.MasterFile(p.secret("master"))
	if errors.Is(err, fs.ErrNotExist) {
		err = errNoKey
	}
	return key, err
}

func masterKey(ctx context.Context, v *visit) result {
	key, err := v.master()
	_, none := os.Stat(v.file())
	switch {
	case errors.Is(err, errNoKey) && errors.Is(none, fs.ErrNotExist):
		return unknown("There is no master key yet: the first start makes it.", "")
	case errors.Is(err, errNoKey):
		return needsYou("The data is here, but "+v.secret("master")+" is not.", "Put your copy of it back there, and leave the data alone until then.")
	case err != nil:
		return needsYou("The master key cannot be used: "+err.Error()+".", "Put your copy of it back.")
	case v.data == nil:
		return well("There is a master key.")
	}
	return v.opens(ctx, key)
}

// opens looks whether the master key is the one under which the keys in the
// database lie.
func (v *visit) opens(ctx context.Context, master []byte) result {
	var sealed []byte
	err := v.data.Row(ctx, []any{&sealed}, "SELECT sealed FROM keys WHERE purpose = $1", string(keyring.Forms))
	switch {
	case errors.Is(err, database.ErrNone):
		return well("There is a master key.")
	case err != nil:
		return unclear("The keys in the database cannot be read", err)
	case keyring.Fits(master, keyring.Forms, sealed) != nil:
		return needsYou("The master key is not the one that this data was sealed with.", "Put your copy of the right one back. The program refuses to start with another.")
	}
	return well("The master key fits the data.")
}

// copied is where it is noted that somebody has a copy of the master key: the
// key's fingerprint and the day, so that the note says nothing about another
// key.
const copied = "master-copied"

func masterCopy(_ context.Context, v *visit) result {
	key, err := v.master()
	if err != nil {
		return unknown("There is no master key to have a copy of.", "")
	}
	from := v.secret("master")
	if v.Config.Database != "" {
		from = "the value of master_key"
	}
	fix := "Copy " + from + " to a place apart from the copies of the data, such as a password manager or a sheet of paper. Then say so by: opengather doctor --master-copied --data " + v.Config.Data
	text, err := os.ReadFile(v.secret(copied))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return needsYou("Nobody has said that there is a copy of the master key.", fix)
	case err != nil:
		return unclear("Whether there is a copy cannot be found out", err)
	}
	known, since, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	if known != fingerprint(key) {
		return needsYou("The copy of the master key that somebody spoke of is of another key.", fix)
	}
	return well("Somebody said on " + since + " that there is a copy.")
}

// fingerprint tells keys apart and nothing about them: half of a hash of 256
// random bits.
func fingerprint(key []byte) string {
	sum := sha256.Sum256(append([]byte("copy of the master key\x00"), key...))
	return hex.EncodeToString(sum[:16])
}

// ConfirmCopy notes that somebody has a copy of the master key as it is now.
func ConfirmCopy(p Patient) error {
	key, err := p.master()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(p.secret(copied)), 0o700); err != nil {
		return fmt.Errorf("note the copy: %w", err)
	}
	line := fingerprint(key) + " " + p.Now().Format(time.DateOnly) + "\n"
	if err := os.WriteFile(p.secret(copied), []byte(line), 0o600); err != nil {
		return fmt.Errorf("note the copy: %w", err)
	}
	return nil
}
