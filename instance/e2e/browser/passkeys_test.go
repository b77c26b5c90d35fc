package browser

import (
	"strings"
	"testing"
)

const passkeys = `
const state = document.getElementById("state"), bytes = text => new TextEncoder().encode(text);
let id;
const say = work => () => work().then(text => state.textContent = text, e => state.textContent = "refused: " + e.name);
document.getElementById("create").onclick = say(async () => {
	const made = await navigator.credentials.create({publicKey: {
		challenge: bytes("a challenge"), rp: {name: "A community"}, user: {id: bytes("ada"), name: "ada", displayName: "Ada"},
		pubKeyCredParams: [{type: "public-key", alg: -7}], authenticatorSelection: {residentKey: "required", userVerification: "required"},
	}});
	id = made.id;
	return "made one";
});
document.getElementById("use").onclick = say(async () => {
	const used = await navigator.credentials.get({publicKey: {challenge: bytes("another"), userVerification: "required"}});
	return used.id === id && new TextDecoder().decode(used.response.userHandle) === "ada" ? "used it" : "used another";
});`

func TestPasskeys(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/": doc(`<script src="/a.js" defer></script>`, `<button id="create">Create</button><button id="use">Use</button><p id="state">`), "/a.js": passkeys,
	})
	// Passkeys belong to a name, never to an address.
	home := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	ada := Start(t).Person("Ada", Phone, Light, WithScripts)
	ada.Passkeys()
	ada.Open(home)
	ada.Click("button", "Create")
	ada.See("made one")
	ada.Click("button", "Use")
	ada.See("used it")
	ada.NoForeignRequests(t, home)

	eve := Start(t).Person("Eve", Phone, Light, WithScripts)
	eve.Passkeys()
	eve.Open(home)
	eve.Click("button", "Use")
	eve.See("refused: NotAllowedError")
}

func TestProblems(t *testing.T) {
	pages := map[string]struct{ body, script, want string }{
		"an exception":         {"", `throw new Error("out of milk")`, "out of milk"},
		"a rejected promise":   {"", `Promise.reject(new Error("out of bread"))`, "out of bread"},
		"an inline style":      {`<p style="color: red">Hello</p>`, "", "Content Security Policy"},
		"a foreign picture":    {`<img alt="" src="http://elsewhere.example/x">`, "", "http://elsewhere.example/x"},
		"nothing":              {"", "", ""},
		"an answer of 404":     {`<img alt="" src="/none">`, "", ""},
		"a message of its own": {"", `console.log("hello")`, ""},
	}
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			server := site(t, strict, map[string]string{"/": doc(`<script src="/a.js" defer></script>`, page.body+`<p>there`), "/a.js": page.script})
			said := complaint(t, func(t testing.TB, b *Browser) {
				p := b.Person("Ada", Desktop, Light, WithScripts)
				p.Open(server.URL)
				p.See("there")
				p.NoProblems(t)
			})
			if page.want == "" && said != "" || !strings.Contains(said, page.want) {
				t.Errorf("the test says %q, want %q", said, page.want)
			}
		})
	}
}
