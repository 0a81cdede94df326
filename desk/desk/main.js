// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * main -- ties the desk together: the socket's messages and the agent's actions change one model, and the
 * page is drawn from it.
 *
 * The centre's view is the truth; what the page adds is only its own: microphone, mute, what is open.
 */
import { backoff_ms } from "../common/backoff.js";
import { render } from "../common/dom.js";
import { language_pick, words_load } from "../common/i18n.js";
import { look_apply, look_load, look_save } from "../common/look.js";
import { mic_new } from "../common/mic.js";
import { CLOSE_PROTOCOL, socket_new } from "../common/socket.js";
import { ACTIONS, action_message, actions_of } from "./actions.js";
import {
	COVER_KEY,
	field_of,
	key_allowed,
	key_matches,
	key_words,
	keys_mac,
	SOUND_KEY,
} from "./keys.js";
import { line_new } from "./line.js";
import { line_shown, state_shown } from "./line_machine.js";
import { tab_show } from "./offer.js";
import { about_key, times_of, why_of } from "./state.js";
import { track_enabled } from "./track.js";
import { page } from "./view.js";

const PROTOCOL = 1;
const ARM_MS = 400; /* what appears under the pointer is not taken by the click, or its second half, meant for before */
const BUSY_MS = 3000; /* the centre answers in milliseconds; past this the button is free again */
const ERROR_MS = 10000; /* the view that follows an error at once must not wipe it away */
const RESUME_MS = 500; /* an AudioContext that is allowed to sound does so within this */

const m = {
	t: null,
	look: look_load(),
	turn: [], /* the TURN servers, with an account for the next line */
	mac: keys_mac(),
	socket: "connecting",
	was_open: false,
	old_page: false,
	view: null,
	first: null, /* the first view's state */
	received_at: 0,
	now: 0,
	muted: history.state?.muted === true, /* see set_muted() */
	covered: history.state?.covered === true, /* see cover() */
	mic: "off",
	devices: { mic: null, output: null },
	phase: "off",
	line_refused: false,
	heard: false,
	armed: true, /* the actions of this state are there for long enough to be meant */
	swapped: false, /* one offer took another's place */
	busy: "",
	error: "",
	sound_held: false,
	/* And help, while all keys are shown; once late.js is there (see later()) test, counts, home, transfer, door, worth,
	 * speech, cover, ring, hid and sound, each of the module of its name. */
	detour: "", /* see way.js */
	blocked: 0, /* attempts at a line that the centre answered, and no voice came through */
	shown: "", /* the state that was last announced */
	say: "",
};

const root = document.getElementById("page");
const audio = document.getElementById("voice");
const words = words_load(language_pick([m.look.language, ...(navigator.languages ?? [])]));
const socket = socket_new("/ws/desk", {
	on_message: (msg) => words.then(() => on_message(msg)),
	on_state: on_socket,
	hello: () => ({ line: line.is_held(), seat: m.view?.seat }),
	watch: true,
});
const mic = mic_new(on_mic);
const line = line_new({ socket, audio, on_change: on_line, turn: () => m.turn });
let context = null; /* made after getUserMedia, or it stays suspended after a reload */
let level = null;
let devices = null;
let meter = null;
let tick = 0;
let arm_timer = 0;
let busy_timer = 0;
let error_timer = 0;
let late_tries = 0; /* see later() */

/* ---- drawing ---- */

function draw() {
	if (!m.t)
		return;
	m.now = performance.now();
	if (devices)
		m.devices = devices.state();
	const held = document.activeElement;
	const inside = held && held !== document.body && root.contains(held);
	render(m.covered ? null : page(m, ui), root);
	if (inside && !held.isConnected)
		(root.querySelector("dialog[open] h2") ?? root.querySelector("h1"))?.focus();
	if (!m.covered)
		tab_show(m.t, m.view ? state_shown(m.view, m.phase) : "out", m.view?.call?.queue);
	m.cover?.draw();
	m.hid?.settle();
	next_tick();
}

/* Once a second, on the second of what is shown. */
function next_tick() {
	clearTimeout(tick);
	if (!m.view || m.view.state === "out")
		return;
	const at = times_of(m);
	const part = at.left > 0 ? at.left % 1000 : 1000 - (at.since % 1000);
	tick = setTimeout(draw, Math.max(20, part + 10));
}

/* ---- the centre's messages ---- */

const ON = {
	view: on_view,
	"line.answer": (msg) => line.answer(msg),
	turn: (msg) => (m.turn = msg.servers),
	error: on_error,
	/* and late.js's, once it is there */
};

function on_message(msg) {
	ON[msg.t]?.(msg);
	draw();
}

function on_view(v) {
	m.old_page = v.protocol !== PROTOCOL;
	if (m.old_page)
		return leave();
	const before = m.view;
	m.view = v;
	m.first ??= v.state;
	m.received_at = performance.now();
	m.busy = "";
	if (!["talking", "interrupted", "hold"].includes(v.state))
		set_muted(false);
	if (v.line === "up")
		m.line_refused = false;
	microphone();
	m.cover?.settle();
	line.view(v);
	m.speech?.settle();
	m.transfer?.view(v);
	const is_swap = v.state === "offered" && before?.state === "offered";
	if (before?.state !== v.state || (is_swap && before.call?.id !== v.call?.id))
		entered(v, before);
	announce();
	if (v.state !== "out") {
		if (!before || m.mic === "off")
			open_mic(); /* the page was loaded anew in a shift: the line comes back by itself */
	} else if (before?.state !== "out")
		hang_up(); /* the line stands for the shift; see open_early() too */
}

function entered(v, before) {
	const is_offer = v.state === "offered";
	m.swapped = is_offer && before?.state === "offered";
	if (before || is_offer)
		arm();
	m.ring?.set(false);
	if (is_offer && !m.covered)
		offered(v);
	if (v.state !== "out")
		m.heard = false;
}

/* Of the actions that go to the centre; and of keys too, where they could still be meant for another caller. */
function arm() {
	m.armed = false;
	clearTimeout(arm_timer);
	arm_timer = setTimeout(() => {
		m.armed = true;
		draw();
	}, ARM_MS);
}

/* What a screen reader is told of a change, once. */
function announce() {
	const { t, view: v } = m;
	const before = m.shown;
	m.shown = state_shown(v, m.phase);
	if (m.shown === before || m.shown === "offered") /* offered() says it */
		return;
	if (is_broken(m.shown))
		m.say = t("state." + m.shown) + ". " + t(about_key(m, m.shown));
	else if (m.shown === "talking" && is_broken(before))
		m.say = t(m.muted ? "say.again.muted" : "say.again");
	else if (before)
		m.say = t("state." + (m.shown === "out" ? "ended" : m.shown)) + ". " + why_of(m);
}

const is_broken = (shown) => shown === "lost" || shown === "interrupted";

/* What the first picture does without, so that a line comes back the sooner: the line test, the watch over
 * headsets, the agent's own level, and their words.  Asked for until it is there, whether or not the centre is. */
function later() {
	load_later().then(came, () => setTimeout(later, backoff_ms(late_tries++)));
}

const load_later = () =>
	Promise.all([import("./late.js"), words_load(m.t.language, more_words)]);

/* Once: whatever goes wrong in here, nothing is made twice. */
function came([late, t]) {
	m.t = t;
	m.test = late.line_test;
	m.counts = late.counts_new(m, { socket, line, draw, say: send });
	m.home = late.home_new(m, socket.send, draw);
	m.transfer = late.transfer_new(m, { send: socket.send, draw });
	m.worth = late.worth_new(m);
	m.speech = late.speech_new(m, { line, send: socket.send, draw });
	m.door = late.door_new(m, socket.send, draw);
	m.cover = late.cover_new(m, { send: socket.send, cover, draw });
	m.ring = late.ring_new(m, { context: () => context, audio });
	devices = late.devices_new({ mic, audio, open: open_mic, on_change: draw, chosen: () => m.look.sound });
	m.hid = late.hid_new(m, { act, draw });
	m.sound = late.sound_new(m, { devices, look: set_look, draw });
	m.ring.set(m.view?.state === "offered" && !m.covered);
	level = late.own_level(m, () => meter, draw);
	Object.assign(ON, late.messages(m));
	mic_opened();
	if (m.mic === "ended")
		devices.changed();
	draw();
}

const more_words = (language) => import(`./i18n/${language}.js`);

function offered(v) {
	m.help = null;
	m.ring?.set(true);
	const queue = v.call?.queue ?? "";
	m.say = m.t("offer.say", { queue, key: key_words(ACTIONS.accept.key, m.mac) }) + " " + why_of(m);
}

function on_error(msg) {
	if (msg.ref) {
		/* The line's or a dialog's own; counters that there are not yet need no words. */
		if (m.transfer?.refused(msg) || m.home?.refused(msg) || m.speech?.refused(msg))
			return;
		m.line_refused ||= line.refused(msg.ref);
		return;
	}
	m.busy = "";
	m.error = msg.code || "error";
	clearTimeout(error_timer);
	error_timer = setTimeout(() => {
		m.error = "";
		draw();
	}, ERROR_MS);
}

function on_socket(state, code) {
	m.socket = state;
	if (state === "waiting") {
		m.old_page = code === CLOSE_PROTOCOL;
		line.cut();
		if (!m.view)
			mic.close(); /* see open_early() */
	}
	m.busy = "";
	if (state === "open")
		m.was_open = true;
	if (state === "ended" || state === "taken" || state === "left") {
		cover(false);
		leave();
	}
	draw();
}

/* This page works no longer: no view, no microphone, no line, no sound. */
function leave() {
	m.view = null;
	m.shown = "";
	m.help = null;
	m.error = "";
	m.ring?.set(false);
	hang_up();
}

function hang_up() {
	line.stop();
	mic.close();
	level?.use(context, null);
}

/* ---- microphone, line, sound ---- */

/* id: of another device; none: the browser's choice. */
async function open_mic(id) {
	const stream = await mic.open(id);
	if (!stream || !m.view)
		return;
	microphone();
	line.use(stream);
	context ??= new AudioContext();
	context.onstatechange = () => m.sound_held && play(); /* it began after all */
	mic_opened();
}

/* Before the first view there is no context: open_mic() comes here again. */
function mic_opened() {
	if (!context || !mic.works())
		return;
	level?.use(context, mic.stream());
	devices?.opened();
}

/* A microphone takes longest to open. A page that is reloaded, perhaps in mid-talk, asks for it before the
 * centre's word is there, if the browser gives it without asking back; and closes it when that word does not
 * come, or is that there is no shift. */
async function open_early() {
	if (performance.getEntriesByType("navigation")[0]?.type !== "reload")
		return;
	const given = await navigator.permissions?.query({ name: "microphone" }).catch(() => null);
	if (given?.state === "granted" && !m.view && ["connecting", "open"].includes(m.socket))
		mic.open();
}

function microphone() {
	mic.enable(!m.covered && track_enabled(m.view, m.muted));
}

function on_mic(state) {
	m.mic = state;
	microphone();
	if (state === "ended")
		devices?.changed();
	draw();
}

function on_line() {
	m.phase = line.phase();
	m.blocked = line.blocked();
	m.speech?.settle();
	if (m.phase === "up") {
		play();
		m.counts?.ask();
	} else if (["shaky", "silent", "wait"].includes(m.phase))
		socket.check(); /* what the centre says of it decides */
	if (m.view)
		announce();
	draw();
}

/* A browser may hold sound back until the first click or key on the page; resume() then waits for that. */
async function play() {
	let held = false;
	try {
		await Promise.all([audio.play(), running()]);
	} catch (err) {
		held = err.name === "NotAllowedError";
	}
	m.sound_held = held || context?.state === "suspended";
	draw();
}

const running = () =>
	Promise.race([context?.resume(), new Promise((done) => setTimeout(done, RESUME_MS))]);

/* ---- the agent ---- */

function act(id) {
	if (m.busy === id || (m.swapped && !m.armed))
		return;
	if (id === "line")
		return void open_mic();
	if (id === "mute" || id === "unmute")
		return mute(id === "mute");
	if (id === "transfer" || id === "stop")
		return m.transfer?.[id]();
	if (id === "start" && m.view.testing)
		socket.send({ t: "line.test", on: false });
	send(id, action_message(id, m.view));
}

function send(id, msg) {
	if (!socket.send(msg))
		return;
	m.busy = id;
	m.error = "";
	clearTimeout(busy_timer);
	busy_timer = setTimeout(() => {
		m.busy = "";
		draw();
	}, BUSY_MS);
	draw();
}

/* Kept in this tab's entry of the browser's history, so that a reload in mid-talk lets nobody be heard who was
 * mute. */
function set_muted(on) {
	const is_new = m.muted !== on;
	m.muted = on;
	if (is_new)
		keep();
}

const keep = () => history.replaceState({ muted: m.muted, covered: m.covered }, "");

/* Somebody came in: from this very task on nobody is heard here or there, and nothing is seen; then the centre is
 * asked for an ordinary hold (cover.js).  Kept like mute, so that a reload shows nothing either. */
function cover(on) {
	if (m.covered === on)
		return;
	m.covered = on;
	microphone();
	audio.muted = on;
	keep();
	m.ring?.set(false);
	m.cover?.settle();
	draw();
}

function mute(on) {
	set_muted(on);
	m.say = m.t(on ? "say.muted" : "say.unmuted");
	microphone();
	draw();
}

async function set_look(part) {
	m.look = { ...m.look, ...part };
	look_save(m.look);
	look_apply(m.look);
	if (part.language)
		m.t = await words_load(part.language, more_words);
	draw();
}

const ui = {
	act,
	test: (on) => m.counts.test(on),
	look: set_look,
	now: () => socket.connect(),
	retry: () => open_mic(),
	keep: () => devices.keep(),
	sound: play,
	meter: (el) => {
		meter = el;
	},
	draw,
	help_open: () => help(true),
	help_close: () => help(false),
};

/* Loaded when first asked for; what was asked for in another state does not cover this one. */
async function help(open) {
	const at = m.shown;
	const words = open ? (await import("./help.js")).help : null;
	m.help = m.shown === at ? words : null;
	draw();
}

/* Before any dialog or field, whatever it makes of keys. */
function on_first_key(ev) {
	if (m.covered)
		return m.cover?.key(ev);
	if (ev.key !== COVER_KEY || !m.view)
		return;
	ev.preventDefault();
	cover(true);
}

function on_key(ev) {
	const spec = key_hit(ev);
	if (!spec)
		return;
	ev.preventDefault();
	spec();
}

/* What the key does now, or null. */
function key_hit(ev) {
	if (!m.view || m.covered || ev.defaultPrevented)
		return null;
	const field = field_of(ev.target);
	const hit = (key) => key_matches(key, ev) && key_allowed(key, field, m.look.letters);
	if (key_matches("?", ev) && field === "")
		return () => help(!m.help);
	if (m.sound_held && hit(SOUND_KEY))
		return play;
	const list = actions_of(m.view, {
		muted: m.muted,
		has_mic: m.phase !== "off",
		line_up: line_shown(m.phase, m.view) === "up",
	});
	const a = list.find((x) => hit(x.key));
	return a && !a.off ? () => act(a.id) : (m.counts?.key(hit) ?? m.home?.key(hit));
}

/* ---- begin ---- */

async function begin() {
	socket.connect();
	open_early();
	m.t = await words;
	audio.muted = m.covered;
	draw();
	addEventListener("keydown", on_first_key, true);
	addEventListener("keydown", on_key);
	for (const touch of ["pointerdown", "keydown"])
		addEventListener(touch, () => m.sound_held && play());
	addEventListener("online", () => line.nudge());
	later();
}

begin();
