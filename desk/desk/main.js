// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * main -- ties the desk together: the socket's messages and the agent's actions change one model, and the
 * page is drawn from it.
 *
 * The centre's view is the truth; what the page adds is only its own: microphone, mute, what is open.
 */
import { render } from "../common/dom.js";
import { language_pick, words_load, LANGUAGES } from "../common/i18n.js";
import { look_apply, look_load, look_save } from "../common/look.js";
import { mic_new } from "../common/mic.js";
import { level_fall, level_new, level_show, LEVEL_SPEECH } from "../common/level.js";
import { CLOSE_PROTOCOL, socket_new } from "../common/socket.js";
import { ACTIONS, action_message, actions_of } from "./actions.js";
import { field_of, key_allowed, key_matches, key_words, keys_mac } from "./keys.js";
import { line_new } from "./line.js";
import { line_shown, state_shown } from "./line_machine.js";
import { notify_show, notify_state, ring_new, tab_show } from "./offer.js";
import { times_of } from "./state.js";
import { TEST_KEY } from "./test.js";
import { track_enabled } from "./track.js";
import { page } from "./view.js";

const PROTOCOL = 1;
const ARM_MS = 400; /* an offer that appears under the pointer is not taken by the click meant for before */
const BUSY_MS = 3000; /* the centre answers in milliseconds; past this the button is free again */
const ERROR_MS = 10000; /* the view that follows an error at once must not wipe it away */
const STATS_MS = 1000;
const LEVEL_MS = 66;

const m = {
	t: null,
	look: look_load(),
	mac: keys_mac(),
	socket: "connecting",
	was_open: false,
	old_page: false,
	view: null,
	received_at: 0,
	now: 0,
	muted: false,
	mic: "off",
	phase: "off",
	line_refused: false,
	relay_stats: null,
	browser_stats: null,
	heard: false,
	armed: true,
	busy: "",
	error: "",
	sound_held: false,
	notify: notify_state(),
	help: null, /* help.js while all keys are shown */
	say: "",
};

const root = document.getElementById("page");
const audio = document.getElementById("voice");
const socket = socket_new("/ws/desk", { on_message, on_state: on_socket });
const mic = mic_new(on_mic);
const line = line_new({ send: socket.send, audio, on_change: on_line });
const ring = ring_new(() => context);
let context = null; /* made after getUserMedia, or it stays suspended after a reload */
let level = null;
let meter = null;
let shown_level = 0;
let note = null;
let tick = 0;
let busy_timer = 0;
let error_timer = 0;
let stats_ref = 0;

/* ---- drawing ---- */

function draw() {
	if (!m.t)
		return;
	m.now = performance.now();
	const held = document.activeElement;
	const inside = held && held !== document.body && root.contains(held);
	render(page(m, ui), root);
	if (inside && !held.isConnected)
		(root.querySelector("dialog[open] h2") ?? root.querySelector("h1"))?.focus();
	tab_show(m.t, m.view ? state_shown(m.view, m.phase) : "out", m.view?.call?.queue);
	next_tick();
}

/* Once a second, on the second of what is shown. */
function next_tick() {
	clearTimeout(tick);
	if (!m.view || m.view.state === "out")
		return;
	const at = times_of(m);
	const part = at.left !== null ? at.left % 1000 : 1000 - (at.since % 1000);
	tick = setTimeout(draw, Math.max(20, part + 10));
}

/* ---- the centre's messages ---- */

const ON = {
	view: on_view,
	"line.answer": (msg) => line.answer(msg),
	"line.stats": on_stats,
	error: on_error,
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
	m.received_at = performance.now();
	m.busy = "";
	if (v.state !== "talking")
		m.muted = false;
	if (v.line === "up")
		m.line_refused = false;
	microphone();
	line.view(v);
	if (before?.state !== v.state)
		entered(v, before);
	if (v.state !== "out" && m.mic === "off")
		open_mic(); /* the page was loaded anew in a shift: the line comes back by itself */
}

function entered(v, before) {
	ring.set(v.state === "offered");
	note?.close();
	note = null;
	if (v.state === "offered")
		offered(v);
	else if (before)
		m.say = m.t("state." + v.state) + ". " + (v.why ? m.t.maybe("why." + v.why) : "");
	if (v.state !== "out")
		m.heard = false;
}

function offered(v) {
	m.help = null;
	m.armed = false;
	setTimeout(() => {
		m.armed = true;
		draw();
	}, ARM_MS);
	const queue = v.call?.queue ?? "";
	note = notify_show(m.t, queue);
	m.say = m.t("offer.say", { queue, key: key_words(ACTIONS.accept.key, m.mac) });
}

function on_error(msg) {
	if (msg.ref) {
		/* The line's own; counters that there are not yet need no words. */
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

function on_stats(msg) {
	if (msg.ref === "s" + stats_ref)
		m.relay_stats = msg;
}

function on_socket(state, code) {
	m.socket = state;
	if (state === "waiting")
		m.old_page = code === CLOSE_PROTOCOL;
	m.busy = "";
	if (state === "open")
		m.was_open = true;
	if (state === "ended" || state === "taken")
		leave();
	draw();
}

/* This page works no longer: no view, no microphone, no line, no sound. */
function leave() {
	m.view = null;
	m.help = null;
	m.error = "";
	ring.set(false);
	note?.close();
	note = null;
	line.stop();
	mic.close();
	level?.close();
	level = null;
}

/* ---- microphone, line, sound ---- */

async function open_mic() {
	const stream = await mic.open();
	if (!stream)
		return;
	context ??= new AudioContext();
	level?.close();
	level = level_new(context, stream);
	microphone();
	line.use(stream);
}

function microphone() {
	mic.enable(track_enabled(m.view, m.muted));
}

function on_mic(state) {
	m.mic = state;
	microphone();
	draw();
}

function on_line() {
	m.phase = line.phase();
	if (m.phase === "up") {
		play();
		poll();
	}
	draw();
}

/* A browser may hold sound back until the first click on the page. */
async function play() {
	let held = false;
	try {
		await context?.resume();
		await audio.play();
	} catch (err) {
		held = err.name === "NotAllowedError";
	}
	m.sound_held = held;
	draw();
}

async function poll() {
	if (m.view?.state !== "out" || m.phase !== "up")
		return;
	socket.send({ t: "line.stats", ref: "s" + ++stats_ref });
	m.browser_stats = await line.stats();
	draw();
}

function show_level() {
	if (!level || !meter)
		return;
	const now = track_enabled(m.view, m.muted) ? level.read() : 0;
	shown_level = level_fall(shown_level, now);
	level_show(meter, shown_level);
	if (now > LEVEL_SPEECH && m.view.testing && !m.heard) {
		m.heard = true;
		draw();
	}
}

/* ---- the agent ---- */

function act(id) {
	if (m.busy)
		return;
	if (id === "line")
		return void open_mic();
	if (id === "mute" || id === "unmute")
		return mute(id === "mute");
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

function mute(on) {
	m.muted = on;
	m.say = m.t(on ? "say.muted" : "say.unmuted");
	microphone();
	draw();
}

function test(on) {
	if (m.busy || line_shown(m.phase, m.view) !== "up" || m.view.state !== "out")
		return;
	if (on)
		m.heard = false;
	send("test", { t: "line.test", on });
}

async function set_look(part) {
	m.look = { ...m.look, ...part };
	look_save(m.look);
	look_apply(m.look);
	if (part.language)
		m.t = await words_load(part.language);
	draw();
}

const ui = {
	act,
	test,
	look: set_look,
	connect: () => socket.connect(),
	mic: open_mic,
	meter: (el) => {
		meter = el;
	},
	async notify() {
		await Notification.requestPermission();
		m.notify = notify_state();
		draw();
	},
	help_open: () => help(true),
	help_close: () => help(false),
};

/* Loaded when first asked for. */
async function help(open) {
	m.help = open ? (await import("./help.js")).help : null;
	draw();
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
	if (!m.view || ev.defaultPrevented)
		return null;
	const field = field_of(ev.target);
	const hit = (key) => key_matches(key, ev) && key_allowed(key, field, m.look.letters);
	if (key_matches("?", ev) && field === "")
		return () => help(!m.help);
	if (m.view.state === "out" && hit(TEST_KEY))
		return () => test(!m.view.testing);
	const list = actions_of(m.view, {
		muted: m.muted,
		has_mic: m.phase !== "off",
		line_up: line_shown(m.phase, m.view) === "up",
	});
	const a = list.find((x) => hit(x.key));
	return a && !a.off ? () => act(a.id) : null;
}

/* ---- begin ---- */

async function begin() {
	const wanted = [m.look.language, ...(navigator.languages ?? [])];
	m.t = await words_load(language_pick(wanted, Object.keys(LANGUAGES)));
	draw();
	socket.connect();
	mic.on_devices(open_mic);
	addEventListener("keydown", on_key);
	addEventListener("pointerdown", () => m.sound_held && play());
	setInterval(poll, STATS_MS);
	setInterval(show_level, LEVEL_MS);
}

begin();
