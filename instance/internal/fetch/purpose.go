package fetch

// Purpose says what a fetch is for. It is written on the egress log, and it
// decides which entrance is open and whether networks may be allowed.
type Purpose string

// The purposes of given addresses.
const (
	Preview    Purpose = "preview"    // link previews and pictures from elsewhere
	Feed       Purpose = "feed"       // calendars and feeds that a space follows
	Push       Purpose = "push"       // push services of browsers
	Agent      Purpose = "agent"      // what an agent's tool asks for
	Federation Purpose = "federation" // other servers: keys, objects, deliveries
	Webhook    Purpose = "webhook"    // deliveries to an address an owner entered
)

// Identity is signing in through a provider. The issuer is named by the
// operator; what its documents point to, and client metadata, is given.
const Identity Purpose = "identity"

// The purposes of named destinations.
const (
	Database  Purpose = "database"  // PostgreSQL
	Mail      Purpose = "mail"      // SMTP, IMAP
	Storage   Purpose = "storage"   // S3
	Telemetry Purpose = "telemetry" // OTLP
	Model     Purpose = "model"     // a language model's API
)

func (p Purpose) takesGiven() bool {
	switch p {
	case Preview, Feed, Push, Agent, Federation, Webhook, Identity:
		return true
	}
	return false
}

func (p Purpose) takesNamed() bool {
	switch p {
	case Database, Mail, Storage, Telemetry, Model, Identity:
		return true
	}
	return false
}

// takesNetworks is a list of the few that may, so that a purpose added later
// is guarded until somebody decides otherwise.
func (p Purpose) takesNetworks() bool {
	switch p {
	case Federation, Webhook, Identity:
		return true
	}
	return false
}
