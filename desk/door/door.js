// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * door -- the page at the door of the agent's room: one word, its shape and its colour.
 *
 * The token stands behind the "#" of the address, which browsers send to nobody, and stays there: a reload finds it.
 * The page speaks to its own socket and to nothing else.  It shows what the centre said last only while it has
 * reason to believe that it is still true; else it says that it does not know.
 *
 * For an old telephone: no syntax and no colours that a browser of 2019 does not read, and no library.
 */
import { hour } from "../common/hour.js";
import { look_load, look_save } from "../common/look.js";
import { icon_of, SHAPES } from "../common/shapes.js";
import { CLOSE_PROTOCOL, SLEPT_MS, socket_new } from "../common/socket.js";
import { language_of, WORDS } from "./words.js";

const PROTOCOL = 1;
const CLOSE_FULL = 4005; /* docs/desk-protocol.md */
const BEAT_MS = 1000;
const QUIET_MS = 3000; /* a door that says "free" must not be long mistaken */
const RELOAD_MS = 10000; /* a centre of another version may itself be starting */

/* The desk's shapes and colours: what is not known, or over, is grey. */
const LOOKS = {
	free: ["ready", "ready"],
	call: ["talking", "talking"],
	work: ["work", "work"],
	pause: ["pause", "pause"],
	over: ["out", "out"],
	unknown: ["lost", "out"],
	ended: ["lost", "out"],
	full: ["lost", "out"],
};

const m = { state: "", back_at: null, is_known: false, is_full: false, has_ended: false };
const page = document.querySelector(".door");
const select = document.querySelector(".language select");
const token = location.hash.slice(1);
const look = look_load();
let language = language_of([look.language].concat(navigator.languages || [navigator.language]));
let lock = null;
let last_beat = Date.now();

/* pure of everything but m */
function shown() {
	if (m.state === "over" || (m.is_known && m.state in LOOKS))
		return m.state;
	if (m.has_ended)
		return "ended";
	return m.is_full ? "full" : "unknown";
}

const put = (selector, text) => {
	const el = page.querySelector(selector);
	if (el.textContent !== text) /* a live region is read again for nothing */
		el.textContent = text;
};

function draw() {
	const is = shown();
	const words = WORDS[language];
	const [shape, colour] = LOOKS[is];
	const when = page.querySelector(".when");
	page.dataset.state = colour;
	page.dataset.door = is;
	page.querySelector("path").setAttribute("d", SHAPES[shape]);
	put("h1", words[is][0]);
	put(".about", words[is][1]);
	when.hidden = is !== "pause" || m.back_at === null;
	put(".when", when.hidden ? "" : words.when.replace("{time}", hour(m.back_at)));
	document.documentElement.lang = language;
	document.title = words[is][0] + " – Heimamt";
	document.querySelector("link[rel=icon]").href = icon_of(colour);
	document.querySelector(".language span").textContent = words.language;
}

function on_message(msg) {
	if (msg.t !== "door")
		return;
	if (msg.protocol !== PROTOCOL)
		return again();
	m.state = msg.state;
	m.back_at = msg.back_at;
	m.is_known = true;
	draw();
}

function on_state(state, code) {
	if (state === "open")
		return;
	m.is_known = false;
	m.is_full = state === "waiting" ? code === CLOSE_FULL : m.is_full;
	m.has_ended = state === "ended";
	if (code === CLOSE_PROTOCOL)
		again();
	if (m.has_ended && lock)
		lock.release();
	draw();
}

function again() {
	setTimeout(() => location.reload(), RELOAD_MS);
}

/* What was said may no longer be true; the socket asks anew at the same events, and the answer ends it. */
function doubt() {
	m.is_known = false;
	draw();
}

function beat() {
	const late = Date.now() - last_beat - BEAT_MS;
	last_beat = Date.now();
	if (late > SLEPT_MS)
		doubt();
}

/* Where the browser can; some want a touch first. */
async function stay_awake() {
	if (!navigator.wakeLock || document.hidden || m.has_ended)
		return;
	try {
		lock = await navigator.wakeLock.request("screen");
	} catch (err) {
		lock = null; /* low on battery, or not here */
	}
}

function on_visible() {
	if (document.hidden)
		return;
	stay_awake();
	doubt();
}

function on_language() {
	language = select.value;
	look_save({ theme: look.theme, language, letters: look.letters });
	draw();
}

function begin() {
	for (const code of Object.keys(WORDS))
		select.add(new Option(WORDS[code].name, code));
	select.value = language;
	select.addEventListener("change", on_language);
	m.has_ended = !/^[0-9a-f]{64}$/.test(token);
	draw();
	if (m.has_ended)
		return;
	addEventListener("offline", doubt);
	addEventListener("pointerdown", stay_awake);
	/* before the socket's own: it asks after we doubted */
	document.addEventListener("visibilitychange", on_visible);
	setInterval(beat, BEAT_MS);
	socket_new("/ws/door/" + token, { on_message, on_state, watch: true, quiet_ms: QUIET_MS }).connect();
	stay_awake();
}

/* A new code, scanned on the same device, changes only what stands behind the "#". */
addEventListener("hashchange", () => location.reload());
begin();
