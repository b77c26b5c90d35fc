// Listens to what changes in a page that is open, and tells parts.js. A stream
// says that parts look different, never what is in them. Only a window that can
// be seen listens, and of several one for all: the others hear it from that one.
// Without this script pages are as they were loaded.
const mark = document.querySelector("[data-live]");
const wall = "BroadcastChannel" in self ? new BroadcastChannel(`live:${document.documentElement.dataset.member}`) : { postMessage() {} };

const minute = 60000;
const patience = 8000; // for the first words of an answer
const nap = 30000; // between questions where answers are kept back
const naps = 10; // after so many a stream is tried again

class Listener {
	me = Math.random();
	wants = new Map(); // what other windows show
	mine = 0; // when this window began to speak; 0: it is silent
	heard = Date.now();
	until = 0; // when it will ask next
	wait = 1000;
	failing = 0; // since when
	naps = 0; // so many questions before the next stream
	over = false; // there is nothing to listen for any more

	begin() {
		wall.onmessage = ({ data }) => this.read(data);
		mark.addEventListener("live:shown", () => this.seen() && !this.mine && this.want());
		mark.addEventListener("live:out", () => this.end("out"));
		mark.addEventListener("live:over", () => this.leave());
		document.addEventListener("visibilitychange", () => this.turn());
		addEventListener("pagehide", () => this.quiet());
		addEventListener("pageshow", () => this.claim());
		addEventListener("online", () => this.mine && this.later(0));
		setInterval(() => this.doubt(), 10000);
	}

	seen() {
		return !this.over && document.visibilityState === "visible";
	}

	// Says something to the page of this window, and to all others.
	tell(kind, data) {
		wall.postMessage({ event: kind, data });
		this.pass(kind, data);
	}

	pass(kind, data) {
		mark.dispatchEvent(new CustomEvent("live", { detail: { kind, data } }));
	}

	later(ms) {
		clearTimeout(this.opening);
		this.until = Date.now() + ms;
		this.opening = setTimeout(() => this.open(), ms);
	}

	// Lets the window that speaks listen for this one too.
	want() {
		wall.postMessage({ want: [mark.dataset.live, mark.dataset.state ?? ""], from: this.me });
	}

	// The window that was shown last speaks; whoever has spoken falls silent.
	claim() {
		if (!this.seen()) return;
		this.mine = Date.now() + this.me;
		this.naps = 0;
		this.wants.clear();
		wall.postMessage({ claim: this.mine });
		this.later(150);
	}

	quiet() {
		if (this.mine) wall.postMessage({ left: true });
		this.hush();
	}

	hush() {
		this.mine = 0;
		clearTimeout(this.opening);
		this.stop?.abort();
	}

	turn() {
		clearTimeout(this.hiding);
		if (document.visibilityState === "visible") this.claim();
		else this.hiding = setTimeout(() => this.quiet(), 20000);
	}

	// A socket may look open after a sleep, and a window that spoke may have died.
	// One that waits to try again is left to it; it says so when it does.
	doubt() {
		const silence = Date.now() - this.heard;
		if (this.mine ? silence > minute && Date.now() > this.until + minute : silence > 2 * minute + this.me * nap) this.claim();
	}

	// What other windows write on the wall.
	read(data) {
		this.heard = Date.now();
		if (data.claim > this.mine) {
			this.hush();
			if (this.seen()) this.want();
		} else if (data.claim) wall.postMessage({ claim: this.mine });
		if (data.want && this.mine) {
			if (!this.wants.has(data.from)) this.later(100);
			this.wants.set(data.from, data.want);
		}
		if (data.event) this.pass(data.event, data.data);
		if (data.left && !this.mine) setTimeout(() => this.mine || Date.now() - this.heard < 200 || this.claim(), 200 + Math.random() * 300);
		if (data.out) setTimeout(() => this.check(), 1000);
	}

	// Somebody signs out in another window. Whether that has happened the server
	// says, and not the window, which may have been told no.
	async check() {
		if (this.over) return;
		try {
			if ((await this.fetch([["page", mark.dataset.live], ["once", "1"]])).type === "opaqueredirect") this.end("out");
		} catch {
			// offline: whoever listens is told when it works again
		}
	}

	fetch(query, signal) {
		return fetch(`${mark.dataset.stream}?${new URLSearchParams(query)}`, { signal, cache: "no-store", redirect: "manual", headers: { Accept: "text/event-stream" } });
	}

	question() {
		const all = [[mark.dataset.live, mark.dataset.state ?? ""], ...this.wants.values()];
		const query = all.flatMap(([page, state]) => [["page", page], ["state", state]]);
		return this.naps ? [...query, ["once", "1"]] : query;
	}

	async open() {
		if (!this.mine || !this.seen()) return;
		this.stop?.abort();
		const my = (this.stop = new AbortController());
		this.heard = Date.now();
		wall.postMessage({ event: "beat" });
		let next = null; // after how long to come again; null: as long as it fails
		const late = setTimeout(() => {
			next = this.naps ? null : 0;
			this.naps = naps;
			my.abort();
		}, patience);
		try {
			next = await this.answered(await this.fetch(this.question(), my.signal), late);
		} catch {
			if (this.stop === my && this.mine && next === null) this.fail();
		}
		clearTimeout(late);
		if (this.stop === my && this.mine) this.later(next ?? this.wait * (0.5 + Math.random()));
	}

	// Takes an answer in and gives after how long to come again, if that is said.
	async answered(answer, late) {
		const asked = this.naps;
		if (answer.type === "opaqueredirect") return this.end("out"); // to signing in
		if (answer.status === 204 || answer.status === 404) return this.end("off");
		if (answer.status === 429 || answer.status === 503) {
			this.fail();
			return minute * (0.5 + Math.random());
		}
		if (!answer.ok) throw answer;
		const told = await this.hear(answer.body, late);
		if (asked) this.naps = asked - 1;
		return told ?? (asked ? nap : null);
	}

	fail() {
		this.wait = Math.min(this.wait * 2, minute);
		this.failing ||= Date.now();
		if (Date.now() - this.failing > minute) this.tell("lost");
	}

	well() {
		this.heard = Date.now();
		this.wait = 1000;
		if (this.failing) this.tell("found");
		this.failing = 0;
	}

	// Hears events to the end, and gives after how long to come again, if one says so.
	async hear(body, late) {
		const from = body.pipeThrough(new TextDecoderStream()).getReader();
		let text = "";
		let again = null;
		for (let some = await from.read(); !some.done; some = await from.read()) {
			clearTimeout(late);
			this.well();
			const events = (text += some.value).split("\n\n");
			text = events.pop();
			for (const event of events) again = this.obey(event) ?? again;
		}
		return again;
	}

	obey(event) {
		const [, kind, json] = event.match(/^event: (\w+)\ndata: (.*)$/) ?? [];
		const data = json && JSON.parse(json);
		if (kind !== "end") {
			this.tell(kind ?? "beat", data);
			return null;
		}
		if (data.why === "later") return data.in;
		if (data.why === "full") return minute;
		if (data.why === "out") wall.postMessage({ out: true });
		this.end(data.why);
		return null;
	}

	end(why) {
		if (!this.over) {
			this.leave();
			this.pass(why);
		}
		return null;
	}

	leave() {
		this.over = true;
		this.quiet();
	}
}

if (mark) new Listener().begin();

document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => wall.postMessage({ out: true }));
