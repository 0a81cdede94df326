// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What is served: size, languages, contrasts, and nothing that the Content-Security-Policy or the house rules
 * forbid.  DESK_FILES is the built folder.
 */
import { test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { WORDS } from "../door/words.js";
import { ROOM } from "../desk/room_words.js";
import { VOICE } from "../desk/voice_words.js";
import { WAY } from "../desk/way_words.js";
import { WORTH } from "../desk/worth_words.js";
import { SHEET } from "../sheet/words.js";
import { AGREEMENT } from "../agreement/words.js";
import { CONFIGURATION } from "../configuration/words.js";
import { LEDGER } from "../ledger/words.js";
import { HOUSE } from "../common/house_words.js";
import { LANGUAGES } from "../common/i18n.js";
import { more_words } from "../caller/words.js";

const SRC = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const OUT = process.env.DESK_FILES;
const SCRIPT_MAX = 60000;
/* Not what is loaded when first asked for: `await import(...)`. */
const IMPORTS = /(?:from\s*|import\s*|=> import\()"(\.[^"]+)"/g;
const PARTS = ["common", "desk", "caller", "login", "door", "sheet", "week", "board", "pulse", "agreement", "ledger", "own", "people", "configuration", "approvals", "account"];

function files(dir, ext) {
	return readdirSync(dir, { recursive: true })
		.map((f) => join(dir, f))
		.filter((f) => f.endsWith(ext) && statSync(f).isFile());
}
const ours = (ext) => PARTS.flatMap((p) => files(join(OUT, p), ext));

const longest = (list) => list.toSorted((a, b) => statSync(b).size - statSync(a).size)[0];

/* Every script that a page loads to begin with, by following its imports; of the languages the longest. */
function scripts_of(page) {
	const html = readFileSync(join(OUT, page), "utf8");
	const todo = [...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map((m) => join(OUT, m[1]));
	const seen = new Set();
	while (todo.length > 0) {
		const f = todo.pop();
		if (seen.has(f))
			continue;
		seen.add(f);
		const text = readFileSync(f, "utf8");
		for (const m of text.matchAll(IMPORTS))
			todo.push(resolve(dirname(f), m[1]));
		if (text.includes("import(`./i18n/") && !f.endsWith("desk/main.js")) /* whose words come late */
			seen.add(longest(files(join(dirname(f), "i18n"), ".js")));
	}
	return [...seen];
}

/* One that each page has, so that a page that was not found does not pass. */
const PAGES = {
	"desk/index.html": "common/i18n/de.js",
	"caller/index.html": "caller/i18n/de.js",
	"login/index.html": "login/words.js",
	"account/index.html": "common/house.js",
	"door/index.html": "common/socket.js",
	"sheet/index.html": "lib/preact.js",
	"people/index.html": "people/words.js",
	"approvals/index.html": "approvals/words.js",
	"week/index.html": "week/days.js",
	"board/index.html": "common/house_words.js",
	"pulse/index.html": "common/house_words.js",
	"agreement/index.html": "common/house.js",
	"ledger/index.html": "common/house.js",
	"configuration/index.html": "common/house.js",
};
for (const [page, has] of Object.entries(PAGES))
	test(`${page}: all its scripts together are under 60 KB`, (t) => {
		const list = scripts_of(page);
		const bytes = list.reduce((n, f) => n + statSync(f).size, 0);
		t.diagnostic(`${list.length} files, ${bytes} bytes`);
		assert.ok(list.some((f) => f.endsWith(has)));
		assert.ok(bytes <= SCRIPT_MAX, `${bytes} bytes`);
	});

test("the desk asks early for each script that it needs, and for no other", () => {
	const html = readFileSync(join(OUT, "desk/index.html"), "utf8");
	const early = [...html.matchAll(/modulepreload" href="\/([^"]+)"/g)].map((m) => m[1]).sort();
	const needed = scripts_of("desk/index.html")
		.map((f) => relative(OUT, f))
		.filter((f) => !f.startsWith("common/i18n/") && f !== "common/early.js" && f !== "desk/main.js")
		.sort();
	assert.deepEqual(early, needed);
});

test("imports are relative: no map, no bare name, no other host", () => {
	for (const f of [...ours(".js"), ...files(join(OUT, "lib"), ".js")])
		for (const m of readFileSync(f, "utf8").matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g))
			assert.match(m[1], /^\.\.?\//, f);
});

test("no inline script or style, nothing evaluated, no address outside", () => {
	for (const f of [...ours(".html"), ...ours(".js"), ...ours(".css")]) {
		const text = readFileSync(f, "utf8");
		assert.doesNotMatch(text, /\sstyle=|<style|\son[a-z]+="|<script>|\beval\(|new Function|innerHTML/, f);
		const addresses = text.match(/\b(https?|stun|turn):[^\s"'`]+/g) ?? [];
		assert.deepEqual(addresses.filter((a) => a !== "http://www.w3.org/2000/svg"), [], f);
	}
});

test("nothing is kept, measured or recorded that the rules forbid", () => {
	const never = /sessionStorage|document\.cookie|MediaRecorder|getDisplayMedia|geolocation|sendBeacon|mousemove|video:/;
	for (const f of ours(".js")) {
		const text = readFileSync(f, "utf8");
		assert.doesNotMatch(text, never, f);
		/* a key that cannot be read out, and nothing else */
		if (!f.endsWith("desk/device_key.js"))
			assert.doesNotMatch(text, /indexedDB/, f);
		if (!f.endsWith("common/look.js") && !f.endsWith("common/early.js"))
			assert.doesNotMatch(text.replace(/\/\*[^]*?\*\//g, ""), /localStorage/, f);
	}
});

test("each file of ours opens with its licence", () => {
	for (const f of [".js", ".css", ".html", ".svg"].flatMap((e) => PARTS.flatMap((p) => files(join(SRC, p), e))))
		assert.match(readFileSync(f, "utf8").slice(0, 200), /SPDX-License-Identifier: AGPL-3.0-or-later/, f);
});

/* ---- languages ---- */

/* Words in groups, one a line: "columns.name". */
const ungroup = (o, at = "") => Object.entries(o).flatMap(([k, v]) =>
	typeof v === "string" || Array.isArray(v) ? [[at + k, v]] : ungroup(v, `${at}${k}.`));
const flat = (words) => Object.fromEntries(Object.entries(words).map(([code, o]) => [code, Object.fromEntries(ungroup(o))]));

/* The pages that stand on common/house.js, with their own words: { week: (await import("../week/words.js")).WEEK } */
const PAGES_WORDS = {
	week: Object.fromEntries(await Promise.all(["de", "fr", "it", "en"].map(async (c) => [c, (await import(`../week/words/${c}.js`)).default]))),
	board: (await import("../board/words.js")).BOARD,
	pulse: (await import("../pulse/words.js")).PULSE,
	agreement: AGREEMENT,
	ledger: LEDGER,
	own: (await import("../own/words.js")).OWN,
	people: flat((await import("../people/words.js")).PEOPLE),
	configuration: CONFIGURATION,
	approvals: flat((await import("../approvals/words.js")).APPROVALS),
	account: (await import("../account/words.js")).ACCOUNT,
	login: (await import("../login/words.js")).LOGIN,
};

/* Of the two kinds of pages, the desk's words in two parts; and all together. */
const texts = {};
const caller_texts = {};
for (const code of Object.keys(LANGUAGES)) {
	const common = (await import(`../common/i18n/${code}.js`)).default;
	const desk = (await import(`../desk/i18n/${code}.js`)).default;
	caller_texts[code] = { ...common, ...(await more_words(code)).default };
	texts[code] = { ...caller_texts[code], ...desk };
	test(`language ${code}: no word twice`, () =>
		assert.deepEqual(Object.keys(desk).filter((k) => k in caller_texts[code]), []));
}

for (const code of Object.keys(LANGUAGES)) {
	test(`language ${code}: the same keys and the same values as German`, () => {
		assert.deepEqual(Object.keys(texts[code]).sort(), Object.keys(texts.de).sort());
		for (const [k, text] of Object.entries(texts[code])) {
			const values = (s) => (s.match(/\{\w+\}/g) ?? []).sort();
			assert.ok(text.trim() !== "", k);
			assert.deepEqual(values(text), values(texts.de[k]), k);
		}
	});
}

/* What the scripts of these folders ask for: whole keys, and the beginnings of others. */
function asked_by(parts) {
	const code = files(SRC, ".js").filter((f) => parts.includes(relative(SRC, f).split("/")[0]) && !f.includes("i18n/"));
	const text = code.map((f) => readFileSync(f, "utf8")).join("\n");
	return {
		asked: new Set([...text.matchAll(/["`]([a-z]+(?:\.[a-z_]+)*)["`]/g)].map((m) => m[1])),
		prefixes: [...text.matchAll(/["`]([a-z]+\.(?:[a-z_]+[._])?)(?:["`] \+|\$\{)/g)].map((m) => m[1]),
	};
}

test("languages: the caller's page finds its words without the desk's", () => {
	const { asked, prefixes } = asked_by(["caller"]);
	for (const k of [...asked].filter((k) => k.includes(".") && k in texts.de))
		assert.ok(k in caller_texts.de, k);
	for (const k of Object.keys(texts.de).filter((k) => prefixes.some((p) => k.startsWith(p))))
		assert.ok(k in caller_texts.de || /^notice\.mic_other/.test(k), k);
});

test("languages: each word that a page asks for is there, and each that is there is asked for", () => {
	const { asked, prefixes } = asked_by(PARTS.filter((p) => !(p in PAGES_WORDS)));
	const other = /^(heimamt\.look|door\.(open|end|back|token)|line\.(offer|codec|answer|test|stats)|shift\.(start|end)|wrapup\.done|agreement\.\w+)$/;
	for (const k of asked)
		if (k.includes(".") && !other.test(k) && !prefixes.includes(k) && !(k in texts.de) && !(k in HOUSE.de))
			assert.fail(`no words for ${k}`);
	const plain = ["ended", "taken", "version", "left"];
	for (const k of Object.keys(texts.de))
		assert.ok(
			asked.has(k) || prefixes.some((p) => k.startsWith(p)) || plain.includes(k.split(".")[0]),
			`nobody asks for ${k}`,
		);
});

test("Swiss spelling in German: no sharp s", () => {
	const all = Object.values(texts.de).concat(JSON.stringify(WORDS.de), JSON.stringify([SHEET.de, HOUSE.de, ...Object.values(PAGES_WORDS).map((w) => w.de)]));
	assert.doesNotMatch(all.join(""), /ß/);
});

test("French: no line breaks before a sign or within quotation marks, and none is without its space", async () => {
	const own = (await import("../own/words.js")).OWN.fr; /* a function of the language elsewhere */
	const login = (await import("../login/words.js")).LOGIN.fr;
	const pages = Object.values(PAGES_WORDS).map((w) => w.fr);
	const all = [texts.fr, own, login, WORDS.fr, SHEET.fr, ROOM.fr, WORTH.fr, VOICE.fr, HOUSE.fr, ...pages].flatMap((w) => Object.values(w)).flat();
	assert.ok(all.length > 500);
	for (const text of all)
		assert.doesNotMatch(text.replaceAll(/\{\w+\}/g, "x"), / [:;!?»]|« |«[^\u00a0]|[^\u00a0\u202f\s][;!?»]|[^\u00a0\u202f\s]:(?=\s|$)/, text);
});

test("dates and figures take their form from one place", () => {
	for (const f of PARTS.flatMap((p) => files(join(SRC, p), ".js")).filter((x) => !x.endsWith("common/locale.js")))
		assert.doesNotMatch(readFileSync(f, "utf8"), /\.toLocale(Date|Time)?String\(|Intl\.(DateTimeFormat|NumberFormat)/, f);
});

test("languages: the door, the family’s sheet, the room check and the pages beside the desk speak four, each whole", () => {
	const codes = ["de", "en", "fr", "it"];
	/* The shape of it: keys, how many lines, where a time stands. */
	const form = (o) =>
		Object.entries(o).map(([k, v]) => [k, Array.isArray(v) ? v.length : (v.match(/\{\w+\}/g) ?? []).join()]);
	for (const words of [WORDS, SHEET, ROOM, WORTH, VOICE, WAY, HOUSE, ...Object.values(PAGES_WORDS)]) {
		assert.deepEqual(Object.keys(words).sort(), codes);
		for (const code of codes) {
			assert.deepEqual(form(words[code]), form(words.de), code);
			assert.ok(Object.values(words[code]).flat().every((text) => text.trim() !== ""), code);
		}
	}
});

/* ---- the door: an old telephone reads it ---- */

test("the door's scripts hold no syntax younger than 2019", () => {
	for (const f of scripts_of("door/index.html")) {
		const text = readFileSync(f, "utf8");
		/* the socket's and the look's too; ES2020 and later */
		assert.doesNotMatch(text, /\?\.[a-zA-Z[(]|\?\?|\|\|=|&&=|^await |\.at\(|replaceAll|structuredClone|#\w+\s*[=;(]/m, f);
	}
});

test("the plain colours are the tokens, without light-dark()", () => {
	const plain = readFileSync(join(OUT, "common/tokens-plain.css"), "utf8");
	const [light, dark] = plain.split("@media (prefers-color-scheme: dark)");
	const has = (text) => Object.fromEntries([...text.matchAll(/--([a-z-]+): (#\w{6});/g)].map((m) => [m[1], m[2]]));
	assert.doesNotMatch(plain, /: light-dark/);
	assert.deepEqual(has(light), Object.fromEntries(Object.entries(tokens).map(([k, v]) => [k, v[0]])));
	assert.deepEqual(has(dark), Object.fromEntries(Object.entries(tokens).map(([k, v]) => [k, v[1]])));
	assert.ok(Object.keys(tokens).length > 20);
	for (const f of ["door/door.css", "common/base.css"])
		assert.doesNotMatch(readFileSync(join(OUT, f), "utf8"), /light-dark\(/, f);
});

/* ---- colours ---- */

const css = readFileSync(join(OUT, "common/tokens.css"), "utf8");
const tokens = Object.fromEntries(
	[...css.matchAll(/--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map((m) => [m[1], [m[2], m[3]]]),
);

function luminance(hex) {
	const [r, g, b] = [1, 3, 5].map((i) => {
		const c = parseInt(hex.slice(i, i + 2), 16) / 255;
		return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
	const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x);
	return (hi + 0.05) / (lo + 0.05);
}

const CONTRASTS = [
	["the state and its timer (AAA)", "ink", "surface", 7],
	["the state of an offer and its timer (AAA)", "offer-ink", "offer-panel", 7],
	["quiet text on a card", "ink-quiet", "surface", 4.5],
	["quiet text on the page", "ink-quiet", "paper", 4.5],
	["quiet text on a sunken place", "ink-quiet", "sunken", 4.5],
	["quiet text of an offer", "offer-quiet", "offer-panel", 4.5],
	["the likely action", "on-accent", "accent", 4.5],
	["the likely action under the pointer", "on-accent", "accent-hover", 4.5],
	["what ends a call", "end", "surface", 4.5],
	["what ends a call, under the pointer", "end", "sunken", 4.5],
	["a grave notice", "notice-ink", "notice-panel", 4.5],
	["the edge of a control", "edge-control", "surface", 3],
	["the focus", "focus", "surface", 3],
	["the focus on the page", "focus", "paper", 3],
	...["out", "away", "ready", "offered", "talking", "wrapup", "pause", "work", "lost"].flatMap((s) => [
		[`the shape of ${s}`, "on-state", "state-" + s, 4.5],
		[`the mark of ${s}`, "state-" + s, "surface", 3],
		[`the door's frame and shape, ${s}`, "state-" + s, "paper", 3],
	]),
	["the offer's badge on its panel", "state-offered", "offer-panel", 3],
];
for (const [what, fg, bg, least] of CONTRASTS)
	test(`contrast: ${what}`, () => {
		for (const i of [0, 1]) {
			const is = contrast(tokens[fg][i], tokens[bg][i]);
			assert.ok(is >= least, `${["light", "dark"][i]}: ${is.toFixed(2)}`);
		}
	});
