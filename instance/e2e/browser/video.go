package browser

import "context"

// plays waits until the first video of the page knows how long it is, and plays
// it to its end.
const plays = `(async () => {
	const film = document.querySelector("video");
	const comes = (kind) => new Promise((yes, no) => {
		film.addEventListener(kind, yes, { once: true });
		film.addEventListener("error", () => no(new Error(film.error.message)), { once: true });
	});
	if (film.readyState === HTMLMediaElement.HAVE_NOTHING) await comes("loadedmetadata");
	const ended = comes("ended");
	film.muted = true;
	await film.play();
	await ended;
	return { Millis: Math.round(film.duration * 1000), Width: film.videoWidth, Height: film.videoHeight };
})()`

// Film is what a browser knows of a video that it has played.
type Film struct{ Millis, Width, Height int }

// Plays plays the first video of the page to its end.
func (p *Person) Plays() Film {
	p.t.Helper()
	var film Film
	p.settle()
	p.until("the video", func(ctx context.Context) (err error) {
		film, err = evaluate[Film](ctx, plays)
		return err
	})
	return film
}
