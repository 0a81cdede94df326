// SPDX-License-Identifier: AGPL-3.0-or-later
// The desk's pure functions, case by case.
import { test } from "node:test";
import assert from "node:assert/strict";
import { backoff_ms } from "../common/backoff.js";
import { language_name, language_pick, words_of } from "../common/i18n.js";
import { level_fall, level_of, LEVEL_SPEECH } from "../common/level.js";
import { look_clean } from "../common/look.js";
import { mic_error } from "../common/mic.js";
import { stats_read } from "../common/rtc.js";
import { SHAPES } from "../common/shapes.js";
import { clock, clock_left, number, since } from "../common/time.js";
import { caller_track_enabled } from "../caller/caller_state.js";
import { action_message, actions_of } from "../desk/actions.js";
import { field_of, key_allowed, key_matches } from "../desk/keys.js";
import { line_next, line_shown, state_shown } from "../desk/line_machine.js";
import { notices_of } from "../desk/notices.js";
import { track_enabled } from "../desk/track.js";

const STATES = ["out", "away", "ready", "offered", "talking", "wrapup", "pause"];

test("the microphone is let through in a talk and in the line test, nowhere else", () => {
	for (const state of STATES)
		for (const testing of [false, true])
			for (const muted of [false, true]) {
				const want =
					(state === "talking" && !muted) || (state === "out" && testing);
				assert.equal(
					track_enabled({ state, testing }, muted),
					want,
					`${state} testing=${testing} muted=${muted}`,
				);
			}
	assert.equal(track_enabled(null, false), false);
	assert.equal(track_enabled({ state: "some_new_state", testing: true }, false), false);
	assert.equal(track_enabled({ state: "out", testing: "yes" }, false), false);
});

test("a caller who waits is not heard", () => {
	for (const state of ["none", "connecting", "waiting", "offered", "talking", "ended"])
		assert.equal(caller_track_enabled({ state }), state === "talking", state);
	assert.equal(caller_track_enabled(null), false);
});

const LINE = [
	["a microphone makes a line", "off", "want", "offering"],
	["the answer", "offering", "answered", "connecting"],
	["no answer", "offering", "timeout", "wait"],
	["DTLS is done", "connecting", "connected", "up"],
	["DTLS hangs", "connecting", "timeout", "wait"],
	["a gap", "up", "disconnected", "shaky"],
	["that heals", "shaky", "connected", "up"],
	["or does not", "shaky", "timeout", "wait"],
	["the browser gives it up", "up", "failed", "wait"],
	["the centre gives it up", "up", "server_lost", "wait"],
	["a new attempt", "wait", "retry", "offering"],
	["logged out", "up", "stop", "off"],
	["logged out while waiting", "wait", "stop", "off"],
	["a late answer means nothing", "wait", "answered", "wait"],
	["the old line's loss does not stop a new offer", "offering", "server_lost", "offering"],
	["no microphone, no line", "off", "retry", "off"],
];
for (const [what, from, event, to] of LINE)
	test(`line: ${what}`, () => assert.equal(line_next(from, event), to));

const SHOWN = [
	["off", "none", "none"],
	["off", "up", "none"],
	["off", "lost", "lost"],
	["offering", "none", "connecting"],
	["offering", "lost", "lost"],
	["connecting", "up", "connecting"],
	["up", "connecting", "connecting"],
	["up", "up", "up"],
	["up", "lost", "lost"],
	["shaky", "up", "lost"],
	["wait", "up", "lost"],
];
for (const [phase, line, want] of SHOWN)
	test(`line: ${phase} here and ${line} there is shown as ${want}`, () =>
		assert.equal(line_shown(phase, { line }), want));

test("a lost line is the state that is shown where it stands in the way", () => {
	const lost = STATES.filter((state) => state_shown({ state, line: "lost" }, "up") === "lost");
	assert.deepEqual(lost, ["away", "offered", "talking"]);
});

const READY = { muted: false, has_mic: true, line_up: true };
const ACTIONS_OF = [
	["out", {}, ["start", "logout"]],
	["away", {}, ["ready", "pause", "end"]],
	["ready", {}, ["pause", "end"]],
	["offered", {}, ["accept", "decline", "pause"]],
	["talking", {}, ["hangup", "mute", "pause_after"]],
	["talking", { pause_after: true }, ["hangup", "mute", "pause_undo"]],
	["wrapup", {}, ["wrapup_done", "pause", "end"]],
	["pause", {}, ["ready", "end"]],
	["a_state_from_the_future", {}, []],
];
for (const [state, part, want] of ACTIONS_OF)
	test(`actions: ${state} ${JSON.stringify(part)}`, () => {
		const ids = actions_of({ state, ...part }, READY).map((a) => a.id);
		assert.deepEqual(ids, want);
	});

test("actions: never more than three, each with its own key; a break is always one click away", () => {
	for (const state of STATES)
		for (const has_mic of [true, false]) {
			const list = actions_of({ state }, { ...READY, has_mic });
			assert.ok(list.length <= 3, state);
			assert.equal(new Set(list.map((a) => a.key)).size, list.length, state);
			if (state !== "out" && state !== "pause")
				assert.ok(list.some((a) => a.key === "P"), state);
		}
});

test("actions: no microphone, no way to be ready; it comes first", () => {
	const list = actions_of({ state: "away" }, { ...READY, has_mic: false, line_up: false });
	assert.deepEqual(list.map((a) => a.id), ["line", "pause", "end"]);
});

test("actions: without a line, ready and start wait; pause and end do not", () => {
	const off = (state) =>
		actions_of({ state }, { ...READY, line_up: false }).filter((a) => a.off).map((a) => a.id);
	assert.deepEqual(off("away"), ["ready"]);
	assert.deepEqual(off("out"), ["start"]);
	assert.deepEqual(off("talking"), []);
});

test("actions: what touches a call names it, the rest does not", () => {
	const view = { call: { id: "0h3k9m2p4q7rs" } };
	assert.deepEqual(action_message("accept", view), { t: "accept", call: "0h3k9m2p4q7rs" });
	assert.deepEqual(action_message("wrapup_done", view), { t: "wrapup.done" });
	assert.deepEqual(action_message("pause_undo", view), { t: "ready" });
	assert.equal(action_message("mute", view), null);
});

const key = (k, mods = {}) => ({ key: k, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...mods });
const KEYS = [
	["Ctrl+Enter", key("Enter", { ctrlKey: true }), true],
	["Ctrl+Enter", key("Enter", { metaKey: true }), true],
	["Ctrl+Enter", key("Enter"), false],
	["Ctrl+Enter", key("Enter", { shiftKey: true, ctrlKey: true }), false],
	["Ctrl+Enter", key("Enter", { altKey: true, ctrlKey: true }), false],
	["Ctrl+Enter", key("Enter", { ctrlKey: true, repeat: true }), false],
	["R", key("r"), true],
	["R", key("R"), true], // Caps Lock
	["R", key("R", { shiftKey: true }), false],
	["R", key("r", { ctrlKey: true }), false],
	["R", key("r", { isComposing: true }), false],
	["Shift+E", key("E", { shiftKey: true }), true],
	["Shift+E", key("e"), false],
	["?", key("?", { shiftKey: true }), true],
	["?", key("?"), true],
	["?", key("?", { ctrlKey: true }), false],
];
for (const [spec, ev, want] of KEYS)
	test(`keys: ${spec} ${want ? "is" : "is not"} ${JSON.stringify(ev)}`, () =>
		assert.equal(key_matches(spec, ev), want));

test("keys: letters only outside fields and only while switched on; a chord erases text in a field", () => {
	assert.equal(key_allowed("R", "", true), true);
	assert.equal(key_allowed("R", "", false), false);
	assert.equal(key_allowed("R", "text", true), false);
	assert.equal(key_allowed("R", "choice", true), false);
	assert.equal(key_allowed("Ctrl+Enter", "text", false), true);
	assert.equal(key_allowed("Ctrl+Backspace", "text", true), false);
	assert.equal(key_allowed("Ctrl+Backspace", "choice", true), true);
	assert.equal(field_of(null), "");
});

test("keys: accepting takes a chord", () => {
	const accept = actions_of({ state: "offered" }, READY).find((a) => a.id === "accept");
	for (const k of "abcdefghijklmnopqrstuvwxyz0123456789 ".split("").concat(["Enter", "Escape", "Tab"]))
		for (const shiftKey of [false, true])
			assert.equal(key_matches(accept.key, key(k, { shiftKey })), false, k);
});

const CLOCK = [[0, "0:00"], [999, "0:00"], [7000, "0:07"], [754000, "12:34"], [3723000, "1:02:03"], [-5, "0:00"]];
for (const [ms, want] of CLOCK)
	test(`time: ${ms} ms reads ${want}`, () => assert.equal(clock(ms), want));

test("time: what is left is rounded up", () => {
	assert.equal(clock_left(18000), "0:18");
	assert.equal(clock_left(17001), "0:18");
	assert.equal(clock_left(1), "0:01");
	assert.equal(clock_left(0), "0:00");
	assert.equal(clock_left(-500), "0:00");
});

test("time: as people say it", () => {
	const t = words_of("de", { "since.now": "eben", "since.minutes": "{n} Min.", "since.hours": "{h} Std. {n} Min." });
	assert.equal(since(t, 59999), "eben");
	assert.equal(since(t, 120000), "2 Min.");
	assert.equal(since(t, 3960000), "1 Std. 6 Min.");
});

test("numbers in Swiss form", () => {
	assert.deepEqual([0, 999, 1000, 1234567].map(number), ["0", "999", "1'000", "1'234'567"]);
});

test("back-off doubles, is bounded, and is spread", () => {
	assert.deepEqual([0, 1, 2, 3, 4, 99].map((n) => backoff_ms(n, () => 1)), [500, 1000, 2000, 4000, 5000, 5000]);
	assert.equal(backoff_ms(0, () => 0), 375);
	assert.equal(backoff_ms(99, () => 0), 3750);
});

test("the language: the reader's first that there is", () => {
	const four = ["de", "fr", "it", "en"];
	assert.equal(language_pick(["fr-CH", "de-CH"], four), "fr");
	assert.equal(language_pick(["rm", "en-GB"], four), "en");
	assert.equal(language_pick(["", "zh"], four), "de");
	assert.equal(language_pick([], four), "de");
});

test("words: values are put in, an unknown code says nothing", () => {
	const t = words_of("de", { a: "x {n} y {m}" });
	assert.equal(t("a", { n: 1 }), "x 1 y ");
	assert.equal(t.maybe("why.from_the_future"), "");
});

test("the caller's language in the reader's words", () => {
	const t = words_of("de", { "call.language_unknown": "nicht bekannt" });
	assert.equal(language_name(t, "fr"), "Französisch");
	assert.equal(language_name(t, ""), "nicht bekannt");
	assert.equal(language_name(t, "no such code"), "no such code");
});

test("the level: silence, a quiet room, speech, full scale", () => {
	const sine = (a) => Float32Array.from({ length: 1024 }, (_, i) => a * Math.sin(i / 5));
	assert.equal(level_of(new Float32Array(1024)), 0);
	assert.ok(level_of(sine(0.002)) < LEVEL_SPEECH);
	assert.ok(level_of(sine(0.1)) > LEVEL_SPEECH);
	assert.ok(level_of(sine(1)) > 0.9 && level_of(sine(1)) <= 1);
	assert.equal(level_of(Float32Array.of(9, 9)), 1);
	assert.equal(level_fall(0.5, 0.8), 0.8);
	assert.ok(level_fall(0.5, 0) < 0.5);
	assert.equal(level_fall(0.005, 0), 0);
});

test("the look: what is broken becomes the default, and nothing else is kept", () => {
	const plain = { theme: "system", language: "", letters: true };
	for (const raw of [null, 7, "x", [], { theme: "pink", language: 3 }])
		assert.deepEqual(look_clean(raw), plain);
	assert.deepEqual(look_clean({ theme: "dark", language: "en", letters: false, agent: "anna" }), {
		theme: "dark", language: "en", letters: false,
	});
});

test("the microphone's errors are told apart", () => {
	const names = ["NotAllowedError", "NotFoundError", "NotReadableError", "SecurityError", "Whatever"];
	assert.deepEqual(names.map((name) => mic_error({ name })), ["denied", "missing", "busy", "insecure", "busy"]);
	assert.equal(mic_error(undefined), "busy");
});

test("the browser's counters", () => {
	const report = new Map([
		["a", { type: "outbound-rtp", kind: "audio", packetsSent: 50 }],
		["b", { type: "inbound-rtp", kind: "audio", packetsReceived: 48, packetsLost: 2 }],
		["c", { type: "inbound-rtp", kind: "video", packetsReceived: 9 }],
		["d", { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.012 }],
	]);
	assert.deepEqual(stats_read(report), { sent: 50, received: 48, lost: 2, round_trip_ms: 12 });
	assert.equal(stats_read(new Map()).round_trip_ms, null);
});

const CALM = { socket: "open", was_open: true, mic: "on", phase: "up", view: { state: "ready", line: "up" } };
const NOTICES = [
	["all is well", {}, []],
	["the first connection", { socket: "connecting", was_open: false }, []],
	["the centre is away", { socket: "waiting" }, ["centre"]],
	["the centre is tried again", { socket: "connecting" }, ["centre"]],
	["unplugged", { mic: "ended" }, ["mic_ended"]],
	["refused", { mic: "denied", phase: "off" }, ["mic_denied"]],
	["the line is away in a pause", { view: { state: "pause", line: "lost" } }, ["line"]],
	["the panel says it itself", { view: { state: "talking", line: "lost" } }, []],
	["an unknown error", { error: "from_the_future" }, ["failed"]],
	["both", { socket: "waiting", mic: "muted" }, ["centre", "mic_muted"]],
];
for (const [what, part, want] of NOTICES)
	test(`notices: ${what}`, () =>
		assert.deepEqual(notices_of({ ...CALM, ...part }).map((n) => n.id), want));

test("each state has a shape of its own", () => {
	const shapes = [...STATES, "lost"].map((s) => SHAPES[s]);
	assert.ok(shapes.every(Boolean));
	assert.equal(new Set(shapes).size, shapes.length);
});
