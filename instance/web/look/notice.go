package look

// Tone is what kind of news a Notice brings.
type Tone string

const (
	// Info is good to know and asks for nothing.
	Info Tone = "info"
	// Success says that what was asked has been done.
	Success Tone = "success"
	// Warning asks to look before going on.
	Warning Tone = "warning"
	// Failure says that something did not work, and what to do now.
	Failure Tone = "error"
)

// Notice is a message from the community's software to one person.
type Notice struct {
	Tone  Tone
	Title string
	Text  string
	// Actions are what can be done about it, often none.
	Actions []Action
}

func (n Notice) icon() string {
	switch n.Tone {
	case Success:
		return "circle-check"
	case Warning:
		return "triangle-alert"
	case Failure:
		return "octagon-alert"
	}
	return "info"
}

func (n Notice) class() string {
	if n.Tone == "" {
		return "notice notice-info"
	}
	return "notice notice-" + string(n.Tone)
}

// role makes a screen reader interrupt only for what did not work.
func (n Notice) role() string {
	if n.Tone == Failure {
		return "alert"
	}
	return "status"
}
