package markuptest

import (
	"slices"
	"strings"
	"testing"
)

func TestForeignRequestsFindsEveryClass(t *testing.T) {
	for _, c := range []struct{ want, page string }{
		// Where an address is: any attribute of any element.
		{"img src", `<img src="http://evil.example/">`},
		{"img src", `<IMG SRC=//EVIL.EXAMPLE/>`},
		{"x-card src", `<x-card src="https://evil.example/"></x-card>`},
		{"p href", `<p href="//evil.example"></p>`},
		{"div unheard-of", `<div unheard-of="https://evil.example/"></div>`},
		{"rect mask", `<svg><rect mask="url(//evil.example/#x)"/></svg>`},
		{"area href", `<map><area href="https://evil.example/"></map>`},
		{"a href", `<svg><a href="https://evil.example/">x</a></svg>`},
		{"image href", `<svg><image xlink:href="https://evil.example/"/></svg>`},
		{"img srcset", `<img srcset="/a 1x,https://evil.example/ 2x">`},
		{"img srcset", `<img srcset="/a (x,y) 1x, //evil.example/, /b">`},
		{"link imagesrcset", `<link imagesrcset="//evil.example/">`},
		{"param value", `<object><param value="//evil.example/"></object>`},
		{"animate to", `<svg><animate to="https://evil.example/"/></svg>`},
		{"animate values", `<svg><animate values="/a;https://evil.example/"/></svg>`},
		{"div hx-get", `<div hx-get="//evil.example/"></div>`},
		{"div data-hx-put", `<div data-hx-put="//evil.example/"></div>`},
		{"div hx-vals", `<div hx-vals="js:fetch('//evil.example')"></div>`},
		{"form action", `<form action="https://evil.example/"></form>`},
		{"iframe src", `<iframe src="https://evil.example/"></iframe>`},

		// What an address leads to.
		{"img src", `<img src="https://garden.example.evil.example/">`},
		{"img src", `<img src="https://garden.example@evil.example/">`},
		{"img src", `<img src="https://garden.example:444/">`},
		{"img src", `<img src="http://garden.example/">`},
		{"img src", `<img src="/\evil.example/">`},
		{"img src", `<img src="\\evil.example/">`},
		{"img src", `<img src="///evil.example/">`},
		{"img src", `<img src="https:///evil.example/">`},
		{"img src", "<img src=' \x01/\t/evil.example/'>"},
		{"img src", "<img src='ht\ntps://evil.example/'>"},
		{"img src", `<img src="wss://garden.example/">`},
		{"img src", `<img src="data:image/svg+xml,x">`},
		{"iframe src", `<iframe src="data:text/html,x"></iframe>`},
		{"iframe src", `<iframe src="about:srcdoc"></iframe>`},
		{"img src", `<img src="blob:https://garden.example/1">`},

		// Scripts.
		{"script", `<script>x()</script>`},
		{"script", `<script type="speculationrules">{}</script>`},
		{"script", `<svg><script>x()</script></svg>`},
		{"script src", `<script src="//evil.example/x.js"></script>`},
		{"p onclick", `<p onclick="x()">`},
		{"p onnewthing", `<p onnewthing="">`},
		{"p hx-on:click", `<p hx-on:click="x()">`},
		{"a href", `<a href="javascript:x()">x</a>`},
		{"a href", "<a href=' java\nscript:x()'>x</a>"},
		{"a href", `<a href="data:text/html,x">x</a>`},
		{"form action", `<form action="javascript:x()"></form>`},

		// Pings, refreshes and bases, even to the own origin.
		{"a ping", `<a href="/" ping="/p">x</a>`},
		{"img attributionsrc", `<img src="/x.png" attributionsrc>`},
		{"meta refresh", `<meta http-equiv="refresh" content="3;url=//evil.example/">`},
		{"meta refresh", `<meta content="0 ; URL = &quot;//evil.example/&quot; x" http-equiv="REFRESH">`},
		{"meta refresh", `<meta http-equiv="refresh" content="0;javascript:x()">`},
		{"base", `<base href="/">`},

		// Styles.
		{"style", `<style>a{b:url(//evil.example)}</style>`},
		{"style", `<svg><style>a{b:url(//evil.example)}</style></svg>`},
		{"p style", `<p style="background:url(//evil.example)">`},

		// Documents within documents, and readings that differ.
		{"img src", `<iframe srcdoc="&lt;img src=//evil.example&gt;"></iframe>`},
		{"srcdoc", deepFrames()},
		{"img src", `<template><img src=//evil.example></template>`},
		{"img src", `<noscript><img src=//evil.example></noscript>`},
		{"img src", `<noscript><p title="</noscript><img src=//evil.example>">`},
		{"style", `<noscript><style>@import "//evil.example"</style></noscript>`},
		{"img src", `<title><img src=//evil.example></title>`},
		{"img src", `<select><iframe></select><img src=//evil.example>`},
		{"page", strings.Repeat("<div>", 600)},
	} {
		found := ForeignRequests(own, c.page)
		if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, c.want+": ") }) {
			t.Errorf("%s\n\tfound %q, want %q", c.page, found, c.want)
		}
	}
}

func TestForeignRequestsAcceptsOurOwnPages(t *testing.T) {
	for _, page := range []string{
		``,
		`<!DOCTYPE html><html lang="en" dir="auto"><head><meta charset="utf-8"><title>A &lt;b&gt;</title>
		<meta property="og:url" content="https://garden.example/p/1"><meta name="description" content="See https://evil.example/">
		<link rel="stylesheet" href="/assets/app.css"><link rel="icon" href="https://garden.example/icon.png">
		<script type="module" src="/assets/app.js"></script><script type="application/json">{"a":1}</script></head>`,
		`<a href="https://evil.example/" rel="noopener">x</a><a href="mailto:a@evil.example">x</a><a href="tel:+1">x</a><a href="//evil.example">x</a>`,
		`<a href="/s/a">x</a><a href="?q=a:b">x</a><a href="#top">x</a><a href="">x</a>`,
		`<img src="/m/1.webp" srcset="/m/1.webp 1x, https://garden.example/m/2.webp 2x" alt="https://evil.example/" title="javascript:">`,
		`<img src="data:image/png;base64,AA=="><img src="HTTPS://GARDEN.EXAMPLE/x"><img src="//garden.example/x">`,
		`<form action="/post" method="post"><input name="link" value="https://evil.example/" placeholder="https://…">
		<textarea>&lt;img src=//evil.example&gt;</textarea><button formaction="/draft">x</button></form>`,
		`<div hx-get="/live" hx-trigger="sse:post" sse-connect="/events" hx-swap="innerHTML swap:1s" class="hover:none" data-x="https://evil.example/"></div>`,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/><use href="/icons.svg#x"/><rect fill="url(#g)" transform="rotate(1)"/></svg>`,
		`<meta http-equiv="refresh" content="5"><meta http-equiv="refresh" content="0; url=/done">`,
		`<style>@media (min-width:1px){a{background:url(/x.png) url("x.png") url(data:image/png;base64,AA==);content:"a: b"}}</style>`,
		`<p style="color:red">x</p><!-- <img src="//evil.example"> --><iframe src="about:blank"></iframe>`,
		`<time datetime="18:05">x</time><video src="/m/1.mp4" poster="/m/1.jpg" controls></video>`,
		`&lt;script&gt;fetch("//evil.example")&lt;/script&gt; url(//evil.example)`,
	} {
		if found := ForeignRequests(own, page); len(found) > 0 {
			t.Errorf("%s\n\tfound %q", page, found)
		}
	}
}

func TestForeignRequestsWithoutAnOriginReportsEveryHost(t *testing.T) {
	page := `<img src="/a.png"><img src="https://garden.example/b.png">`
	if found := ForeignRequests("", page); len(found) != 1 {
		t.Errorf("found %q, want the absolute address only", found)
	}
}

func TestForeignRequestsInCSS(t *testing.T) {
	for _, css := range []string{
		`a{background:url(https://evil.example/x)}`,
		`a{background:url( "//evil.example/x" )}`,
		`a{background:URL('//evil.example/x')}`,
		`a{background:u\72l(//evil.example/x)}`,
		`a{background:\000075rl(//evil.example/x)}`,
		`a{background:url(\2f\2f evil.example/x)}`,
		`a{background:url("/\
/evil.example")}`,
		`a{background:url(/\00002fevil.example)}`,
		`@import "//evil.example/x.css";`,
		`@\69mport '\68 ttps://evil.example/x.css';`,
		`@import url(//evil.example/x.css);`,
		`a{background:image-set("//evil.example/x" 1x)}`,
		`a{background:src("//evil.example/x")}`,
		`a{content:"/*";background:url(//evil.example);color:"*/"}`,
		`a{content:"\"";background:url(//evil.example)}`,
		"a{content:\"x\nbackground:url(//evil.example)}",
		`a{/*"*/background:url(//evil.example)/*"*/}`,
		`a{background:url(data:image/svg+xml,x)}`,
		`a{background:url(//evil.example`,
		`a{width:expression(x)}`,
		`a{behavior:url(x.htc)}`,
		`a{-moz-binding:url(x.xml)}`,
	} {
		if len(ForeignRequestsInCSS(own, css)) == 0 {
			t.Errorf("nothing found in %s", css)
		}
	}
	for _, css := range []string{
		`a{background:url(/x.png) url("../x.png") url(https://garden.example/x)}`,
		`a{scroll-behavior:smooth;content:"Note: //";width:calc(1px + (2px))}`,
		`/* url(//evil.example) */ a{content:"url(//evil.example)"}`,
		`a{content:"\`,
		`a{color:red;url:x}`,
		`@layer tokens;@font-face{src:url(/f.woff2) format("woff2")}`,
	} {
		if found := ForeignRequestsInCSS(own, css); len(found) > 0 {
			t.Errorf("%s\n\tfound %q", css, found)
		}
	}
}

// deepFrames is a frame in a frame in a frame in a frame.
func deepFrames() string {
	page := "x"
	for range 5 {
		page = `<iframe srcdoc="` + strings.NewReplacer("&", "&amp;", `"`, "&quot;").Replace(page) + `"></iframe>`
	}
	return page
}
