package signin_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signintest"
)

const street = "https://street.example"

var atStreet = signin.Asker{Origin: street, Network: "10.0.0.0/24"}

// ask begins signing in.
func ask(t *testing.T, o *signin.Operations) json.RawMessage {
	t.Helper()
	options, err := o.AskPasskey(ctx, atStreet)
	if err != nil {
		t.Fatal(err)
	}
	return options
}

// asker asks from a session that was proved a short time ago, if it is a member
// who asks.
func asker(t *testing.T, o *signin.Operations, a access.Actor) signin.Asker {
	t.Helper()
	from := atStreet
	if a.ID() == "" {
		return from
	}
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		return tx.One([]any{&from.Here}, "SELECT id FROM sessions WHERE member_id = $1 AND proved_until > $2 ORDER BY id LIMIT 1", a.ID(), database.Micros(tx.Now()))
	})
	if errors.Is(err, database.ErrNone) {
		_, from.Here = here(t, o, a.ID())
	} else if err != nil {
		t.Fatal(err)
	}
	return from
}

// begin asks for a new passkey.
func begin(t *testing.T, o *signin.Operations, a access.Actor) json.RawMessage {
	t.Helper()
	from := asker(t, o, a)
	from.Handle, from.Name = "newcomer", "Newcomer"
	options, err := o.BeginPasskey(ctx, a, from)
	if err != nil {
		t.Fatal(err)
	}
	return options
}

func makePasskey(t *testing.T, o *signin.Operations, d *signintest.Device, a access.Actor) {
	t.Helper()
	if err := o.MakePasskey(ctx, a, "", asker(t, o, a), d.Make(begin(t, o, a)), ""); err != nil {
		t.Fatal(err)
	}
}

func TestPasskeysAt(t *testing.T) {
	for origin, want := range map[string]bool{
		"https://street.example": true, "https://street.example:8443": true, "http://localhost": true, "http://localhost:8080": true,
		"http://street.example": false, "http://192.168.1.4:8080": false, "https://192.168.1.4": false, "https://[::1]": false,
		"http://127.0.0.1:8080": false, "http://localhost.evil.example": false, "": false, "https://": false, ":": false,
	} {
		if got := signin.PasskeysAt(origin); got != want {
			t.Errorf("%q: %v, want %v", origin, got, want)
		}
	}
	var o signin.Operations
	if _, err := o.AskPasskey(ctx, signin.Asker{Origin: "http://street.example"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("over plain http: %v", err)
	}
}

func TestPasskey(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, clock *databasetest.Clock) {
		ada := access.Member("ada")
		phone, stick := &signintest.Device{T: t, Origin: street}, &signintest.Device{T: t, Origin: street, Count: 7}
		makePasskey(t, o, phone, ada)
		makePasskey(t, o, stick, ada)
		clock.Add(24 * time.Hour)
		for _, d := range []*signintest.Device{phone, stick, stick} {
			e, err := o.ByPasskey(ctx, street, d.Use(ask(t, o)), home)
			if err != nil || e.State != "active" || who(t, o, e.Token) != "ada" {
				t.Fatalf("got %+v, %v", e, err)
			}
		}
		v := overview(t, o, ada)
		if len(v.Passkeys) != 2 || v.Ways() != 2 {
			t.Fatalf("there are %d passkeys, want 2", len(v.Passkeys))
		}
		k := v.Passkeys[0]
		if k.Made != noon(12) || k.Used != noon(13) {
			t.Errorf("made %s, used %s; want the 12th and the 13th", k.Made, k.Used)
		}
		if err := o.NamePasskey(ctx, ada, "", k.ID, "My phone"); err != nil {
			t.Fatal(err)
		}
		if got := overview(t, o, ada).Passkeys[0].Name; got != "My phone" {
			t.Errorf("it is called %q", got)
		}
		bob := access.Member("bob")
		for what, err := range map[string]error{"name": o.NamePasskey(ctx, bob, "", k.ID, "x"), "remove": o.RemovePasskey(ctx, bob, "", k.ID, "")} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("bob could %s ada's passkey: %v", what, err)
			}
		}
		mine, id := here(t, o, "ada")
		other := signintest.Session(t, o.DB, "ada")
		if err := o.RemovePasskey(ctx, ada, "", k.ID, id); err != nil {
			t.Fatal(err)
		}
		if who(t, o, other) != "" || who(t, o, mine) != "ada" {
			t.Error("another session outlived the passkey, or her own ended")
		}
		if left := overview(t, o, ada).Passkeys; len(left) != 1 || left[0].ID == k.ID {
			t.Errorf("the wrong passkey was removed: %+v", left)
		}
	})
}

// TestPasskeyOfSomebodyNew makes one before there is a member.
func TestPasskeyOfSomebodyNew(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		device := &signintest.Device{T: t, Origin: street}
		response := device.Make(begin(t, o, access.Stranger()))
		wish := signin.Wish{Passkey: response, Origin: street}
		c, err := o.Prepare(ctx, wish)
		if err != nil {
			t.Fatal(err)
		}
		signintest.Write(t, o.DB, func(tx *database.Tx) error { return c.Store(tx, "ada") })
		if e, err := o.ByPasskey(ctx, street, device.Use(ask(t, o)), home); err != nil || e.Member != "ada" {
			t.Errorf("got %+v, %v", e, err)
		}
		store := func(c signin.Credential) error {
			_, err := o.DB.Write(ctx, database.Op{Class: database.Own}, func(tx *database.Tx) (string, error) { return "", c.Store(tx, "ada") })
			return err
		}
		if err := store(c); !fault.Is(err, fault.Invalid) {
			t.Errorf("the same answer made a second passkey: %v", err)
		}
		asked := begin(t, o, access.Stranger())
		var two [2]signin.Credential
		for i := range two {
			if two[i], err = o.Prepare(ctx, signin.Wish{Passkey: device.Make(asked), Origin: street}); err != nil {
				t.Fatal(err)
			}
		}
		if first, second := store(two[0]), store(two[1]); first != nil || !fault.Is(second, fault.Invalid) {
			t.Errorf("two answers to one challenge: %v, %v; want the first alone", first, second)
		}
		signing := strings.Replace(string(ask(t, o)), `"challenge"`, `"rp":{"id":"street.example"},"user":{"id":"AAAA"},"challenge"`, 1)
		if c, err := o.Prepare(ctx, signin.Wish{Passkey: device.Make([]byte(signing)), Origin: street}); err != nil || !fault.Is(store(c), fault.Invalid) {
			t.Errorf("the challenge of signing in made a passkey: %v", err)
		}
		if c, err = o.Prepare(ctx, wish); err != nil || !fault.Is(store(c), fault.Invalid) {
			t.Errorf("the ceremony was used twice, or refused before the write gate: %v", err)
		}
	})
}

func TestPasskeyIsNotMade(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, w accesstest.World, clock *databasetest.Clock) {
		w.Member("bob", "active", access.FullRole)
		ada, bob := access.Member("ada"), access.Member("bob")
		device := func() *signintest.Device { return &signintest.Device{T: t, Origin: street} }
		signing := device()
		makePasskey(t, o, signing, bob)
		for _, c := range []struct {
			why    string
			answer func() string
		}{
			{"no answer", func() string { return "" }},
			{"no JSON", func() string { return "<x>" }},
			{"too long", func() string { return strings.Repeat("x", 40<<10) }},
			{"asked by bob", func() string { return device().Make(begin(t, o, bob)) }},
			{"asked by somebody new", func() string { return device().Make(begin(t, o, access.Stranger())) }},
			{"an answer to signing in", func() string { return signing.Use(ask(t, o)) }},
			{"at another origin", func() string {
				return (&signintest.Device{T: t, Origin: "https://evil.example"}).Make(begin(t, o, ada))
			}},
			{"without looking who it is", func() string {
				return (&signintest.Device{T: t, Origin: street, Careless: true}).Make(begin(t, o, ada))
			}},
			{"too late", func() string {
				answer := device().Make(begin(t, o, ada))
				clock.Add(6 * time.Minute)
				return answer
			}},
		} {
			if err := o.MakePasskey(ctx, ada, "", asker(t, o, ada), c.answer(), ""); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v, want fault.Invalid", c.why, err)
			}
		}
		if n := len(overview(t, o, ada).Passkeys); n != 0 {
			t.Errorf("%d passkeys were made", n)
		}
		for range 20 {
			makePasskey(t, o, device(), ada)
		}
		if _, err := o.BeginPasskey(ctx, ada, asker(t, o, ada)); !fault.Is(err, fault.TooLarge) {
			t.Errorf("the 21st passkey: %v", err)
		}
	})
}

// TestPasskeyOptions reads what the browser is told.
func TestPasskeyOptions(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		ada := access.Member("ada")
		first := string(begin(t, o, ada))
		for _, want := range []string{
			`"rp":{"name":"street.example","id":"street.example"}`, `"name":"ada"`, `"residentKey":"required"`,
			`"userVerification":"required"`, `"attestation":"none"`,
		} {
			if !strings.Contains(first, want) {
				t.Errorf("%s is missing in %s", want, first)
			}
		}
		if strings.Contains(first, "excludeCredentials") {
			t.Errorf("a passkey is excluded although there is none: %s", first)
		}
		makePasskey(t, o, &signintest.Device{T: t, Origin: street}, ada)
		if second := string(begin(t, o, ada)); !strings.Contains(second, "excludeCredentials") {
			t.Errorf("the device could make a second passkey of the same: %s", second)
		}
		asked := string(ask(t, o))
		if !strings.Contains(asked, `"rpId":"street.example"`) || !strings.Contains(asked, `"userVerification":"required"`) || strings.Contains(asked, "allowCredentials") {
			t.Errorf("signing in names accounts, or lets anybody use the device: %s", asked)
		}
	})
}

func TestByPasskeyRefuses(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, w accesstest.World, clock *databasetest.Clock) {
		ada := access.Member("ada")
		device := &signintest.Device{T: t, Origin: street, Count: 5}
		makePasskey(t, o, device, ada)
		w.Member("gone", "active", access.FullRole)
		gone := &signintest.Device{T: t, Origin: street}
		makePasskey(t, o, gone, access.Member("gone"))
		w.Do("UPDATE members SET state = 'gone' WHERE id = 'gone'")
		removed := &signintest.Device{T: t, Origin: street}
		makePasskey(t, o, removed, ada)
		keys := overview(t, o, ada).Passkeys
		unknown := &signintest.Device{T: t, Origin: street}
		unknown.Make(begin(t, o, access.Stranger()))
		for _, k := range keys {
			if signed := removed.Use(ask(t, o)); strings.Contains(signed, `"id":"`+k.ID+`"`) {
				if err := o.RemovePasskey(ctx, ada, "", k.ID, ""); err != nil {
					t.Fatal(err)
				}
			}
		}
		plain := &signintest.Device{T: t, Origin: street}
		makePasskey(t, o, plain, ada)
		good := plain.Use(ask(t, o))
		if _, err := o.ByPasskey(ctx, street, good, home); err != nil {
			t.Fatal(err)
		}
		before := count(t, o, "SELECT count(*) FROM sessions")
		tampered := func(from, to string) func() string {
			return func() string { return strings.Replace(device.Use(ask(t, o)), from, to, 1) }
		}
		for _, c := range []struct {
			why    string
			answer func() string
		}{
			{"no answer", func() string { return "" }},
			{"too long", func() string { return strings.Repeat("x", 40<<10) }},
			{"the same answer twice", func() string { return good }},
			{"a passkey nobody knows", func() string { return unknown.Use(ask(t, o)) }},
			{"a passkey that was removed", func() string { return removed.Use(ask(t, o)) }},
			{"somebody gone", func() string { return gone.Use(ask(t, o)) }},
			{"another signature", tampered(`"signature":"ME`, `"signature":"MF`)},
			{"another account", tampered(`"userHandle":"`, `"userHandle":"AAAA`)},
			{"an answer to making one", func() string { return (&signintest.Device{T: t, Origin: street}).Make(begin(t, o, ada)) }},
			{"a challenge for making one", func() string {
				asked := begin(t, o, ada)
				return device.Use([]byte(strings.Replace(string(asked), `"challenge"`, `"rpId":"street.example","challenge"`, 1)))
			}},
			{"at another origin", func() string {
				device.Origin = "https://evil.example"
				defer func() { device.Origin = street }()
				return device.Use(ask(t, o))
			}},
			{"without looking who it is", func() string {
				device.Careless = true
				defer func() { device.Careless = false }()
				return device.Use(ask(t, o))
			}},
			{"a copied key", func() string {
				device.Count = 3
				defer func() { device.Count = 100 }()
				return device.Use(ask(t, o))
			}},
			{"too late", func() string {
				answer := device.Use(ask(t, o))
				clock.Add(6 * time.Minute)
				return answer
			}},
		} {
			e, err := o.ByPasskey(ctx, street, c.answer(), home)
			if f := new(fault.Fault); !errors.As(err, &f) || f.Key != signin.ErrPasskey.Key || e != (signin.Entry{}) {
				t.Errorf("%s: got %+v, %v; want the one refusal", c.why, e, err)
			}
		}
		if n := count(t, o, "SELECT count(*) FROM sessions") - before; n != 0 {
			t.Errorf("%d sessions began", n)
		}
		if _, err := o.ByPasskey(ctx, street, device.Use(ask(t, o)), home); err != nil {
			t.Errorf("after all that the right one is refused: %v", err)
		}
	})
}

// TestWrongAnswerUsesTheCeremonyUp: a challenge is answered once, also wrongly.
func TestWrongAnswerUsesTheCeremonyUp(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		device := &signintest.Device{T: t, Origin: street}
		makePasskey(t, o, device, access.Member("ada"))
		asked := ask(t, o)
		device.Careless = true
		if _, err := o.ByPasskey(ctx, street, device.Use(asked), home); !errors.Is(err, signin.ErrPasskey) {
			t.Fatal(err)
		}
		device.Careless = false
		if _, err := o.ByPasskey(ctx, street, device.Use(asked), home); !errors.Is(err, signin.ErrPasskey) {
			t.Errorf("a second answer to the same challenge: %v", err)
		}
	})
}

// TestStoredKeyNamesNoDevice: which model somebody owns is not our business.
func TestStoredKeyNamesNoDevice(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		makePasskey(t, o, &signintest.Device{T: t, Origin: street}, access.Member("ada"))
		var stored string
		if err := o.DB.Read(ctx, func(tx *database.Tx) error { return tx.One([]any{&stored}, "SELECT credential FROM passkeys") }); err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal([]byte(stored), &fields); err != nil {
			t.Fatal(err)
		}
		for name := range fields {
			if !strings.Contains(" holder key count synced backed transports ", " "+name+" ") {
				t.Errorf("a passkey keeps %q", name)
			}
		}
	})
}
