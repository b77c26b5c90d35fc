package signintest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// Flags of authenticator data (Web Authentication Level 3, section 6.1).
const (
	present, verified, attested = 0x01, 0x04, 0x40
)

// Device is a phone or security key that holds passkeys and agrees to every
// use. It answers as a browser at Origin would.
type Device struct {
	T      testing.TB
	Origin string
	// Careless leaves out that it checked who uses it.
	Careless bool
	// Count is the signature counter; 0 stays 0, as with keys that are synced.
	Count uint32

	keys []deviceKey
}

type deviceKey struct {
	id, holder []byte
	party      string
	private    *ecdsa.PrivateKey
}

var b64 = base64.RawURLEncoding

// options are what the device reads of what it is asked.
type options struct {
	PublicKey struct {
		Challenge string                       `json:"challenge"`
		PartyID   string                       `json:"rpId"`
		Party     struct{ ID string }          `json:"rp"`
		User      struct{ ID, Name string }    `json:"user"`
		Exclude   []struct{ ID string }        `json:"excludeCredentials"`
		Selection struct{ ResidentKey string } `json:"authenticatorSelection"`
	} `json:"publicKey"`
}

// Make answers navigator.credentials.create with a new passkey.
func (d *Device) Make(asked []byte) string {
	d.T.Helper()
	o := d.read(asked)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	d.must(err)
	holder, err := b64.DecodeString(o.PublicKey.User.ID)
	d.must(err)
	k := deviceKey{id: []byte(rand.Text()), holder: holder, party: o.PublicKey.Party.ID, private: private}
	d.keys = append(d.keys, k)
	point, err := private.PublicKey.Bytes()
	d.must(err)
	public, err := webauthncbor.Marshal(webauthncose.EC2PublicKeyData{
		PublicKeyData: webauthncose.PublicKeyData{KeyType: 2, Algorithm: int64(webauthncose.AlgES256)},
		Curve:         1, XCoord: point[1:33], YCoord: point[33:],
	})
	d.must(err)
	data := d.data(k.party, attested)
	data = append(data, make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.id)))
	data = append(append(data, k.id...), public...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	d.must(err)
	return d.answer(k.id, map[string]any{
		"clientDataJSON":    b64.EncodeToString(d.client("webauthn.create", o.PublicKey.Challenge)),
		"attestationObject": b64.EncodeToString(object), "transports": []string{"internal"},
	})
}

// Use answers navigator.credentials.get with its newest passkey for the party.
func (d *Device) Use(asked []byte) string {
	d.T.Helper()
	o := d.read(asked)
	for i := len(d.keys) - 1; i >= 0; i-- {
		if d.keys[i].party == o.PublicKey.PartyID {
			return d.sign(d.keys[i], o.PublicKey.Challenge)
		}
	}
	d.T.Fatalf("the device has no passkey for %q", o.PublicKey.PartyID)
	return ""
}

func (d *Device) sign(k deviceKey, challenge string) string {
	if d.Count > 0 {
		d.Count++
	}
	data := d.data(k.party, 0)
	client := d.client("webauthn.get", challenge)
	clientHash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), clientHash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, digest[:])
	d.must(err)
	return d.answer(k.id, map[string]any{
		"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(k.holder),
	})
}

func (d *Device) data(party string, flags byte) []byte {
	flags |= present
	if !d.Careless {
		flags |= verified
	}
	hash := sha256.Sum256([]byte(party))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.Count)
}

func (d *Device) client(kind, challenge string) []byte {
	c, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": false})
	d.must(err)
	return c
}

func (d *Device) answer(id []byte, response map[string]any) string {
	a, err := json.Marshal(map[string]any{
		"id": b64.EncodeToString(id), "rawId": b64.EncodeToString(id), "type": "public-key",
		"clientExtensionResults": map[string]any{}, "response": response,
	})
	d.must(err)
	return string(a)
}

func (d *Device) read(asked []byte) (o options) {
	d.T.Helper()
	d.must(json.Unmarshal(asked, &o))
	return o
}

func (d *Device) must(err error) {
	d.T.Helper()
	if err != nil {
		d.T.Fatal(err)
	}
}
