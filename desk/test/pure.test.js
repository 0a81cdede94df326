// SPDX-License-Identifier: AGPL-3.0-or-later
// The desk's pure functions, case by case.
import { test } from "node:test";
import assert from "node:assert/strict";
import { backoff_ms, pace, PACE_BURST, PACE_EVERY_MS } from "../common/backoff.js";
import { language_name, language_pick, words_of } from "../common/i18n.js";
import { level_fall, level_of, LEVEL_SPEECH } from "../common/level.js";
import { look_clean } from "../common/look.js";
import { mic_error, mic_new } from "../common/mic.js";
import { icon_of, SHAPES } from "../common/shapes.js";
import { ANSWER_MS, beat_means, QUIET_MS, SLEPT_MS } from "../common/socket.js";
import { date, date_long, date_time, date_time_long, day, day_long, figure, month, weekday } from "../common/locale.js";
import { clock, clock_left, number, since } from "../common/time.js";
import { caller_outlook, caller_token, caller_track_enabled } from "../caller/caller_state.js";
import { action_message, actions_of } from "../desk/actions.js";
import { chord_new, CHORD_MS, cover_words } from "../desk/cover_rules.js";
import { field_of, key_allowed, key_matches } from "../desk/keys.js";
import { device_behind, device_name, input_wanted } from "../desk/devices.js";
import { line_new } from "../desk/line.js";
import { limit_ms, line_next, line_shown, state_shown } from "../desk/line_machine.js";
import { notices_of } from "../desk/notices.js";
import { ear_begin, ear_hear, FLOOR_DB, noise_word, output_word, room_db, screen_word } from "../desk/room_sense.js";
import { stats_read } from "../desk/stats.js";
import { track_enabled } from "../desk/track.js";
import { TARGETS } from "./mock.js";

const STATES = ["out", "away", "ready", "offered", "talking", "interrupted", "hold", "wrapup", "pause", "work"];

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
	for (const state of ["none", "connecting", "waiting", "offered", "talking", "ended"])
		assert.equal(caller_track_enabled({ state }, true), ["none", "talking", "ended"].includes(state), `${state}, checked`);
});

test("a caller's token stands behind the sign, or there is none", () => {
	assert.equal(caller_token("#1800000300.AbCd-_.ff"), "1800000300.AbCd-_.ff");
	for (const hash of ["", "#", "#a b", "#<x>", "#" + "a".repeat(161)])
		assert.equal(caller_token(hash), undefined, hash);
});

test("a caller's place and wait, as far as they are known", () => {
	const t = (key, values) => key.replace("caller.", "") + (values ? " " + values.n : "");
	for (const [view, said] of [
		[{ place: 0, wait: "" }, ""],
		[{}, ""],
		[{ place: 3, wait: "" }, "place 3"],
		[{ place: 1, wait: "under" }, "place 1 wait.under"],
		[{ place: 2, wait: "1" }, "place 2 wait.under"],
		[{ place: 2, wait: "10" }, "place 2 wait.minutes 10"],
		[{ place: 0, wait: "longer" }, "wait.longer"],
	])
		assert.equal(caller_outlook(t, view), said);
});

const LINE = [
	["a microphone makes a line", "off", "want", "offering"],
	["the answer", "offering", "answered", "connecting"],
	["no answer", "offering", "timeout", "wait"],
	["DTLS is done", "connecting", "connected", "up"],
	["DTLS hangs", "connecting", "timeout", "wait"],
	["the centre gives the new one up", "connecting", "server_lost", "wait"],
	["a gap", "up", "disconnected", "shaky"],
	["that heals", "shaky", "connected", "up"],
	["or does not", "shaky", "timeout", "wait"],
	["the centre hears nothing", "up", "server_silent", "silent"],
	["and hears it again", "silent", "server_up", "up"],
	["or does not hear it", "silent", "timeout", "wait"],
	["or gives it up", "silent", "server_lost", "wait"],
	["the browser hears something, the centre still nothing", "silent", "connected", "silent"],
	["neither side hears the other", "shaky", "server_silent", "silent"],
	["the centre hears us while the browser hears nothing", "shaky", "server_up", "shaky"],
	["another network: a shaky line is not waited for", "shaky", "nudge", "wait"],
	["nor a silent one", "silent", "nudge", "wait"],
	["a good one stays", "up", "nudge", "up"],
	["it healed while the centre could not be asked", "wait", "healed", "up"],
	["the connection goes before the answer comes", "offering", "cut", "wait"],
	["the connection goes after it", "connecting", "cut", "connecting"],
	["the connection goes, the line stands", "up", "cut", "up"],
	["one attempt at a time", "offering", "retry", "offering"],
	["and none while one connects", "connecting", "retry", "connecting"],
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
	["up", "silent", "silent"],
	["up", "lost", "lost"],
	["shaky", "up", "silent"],
	["shaky", "lost", "lost"],
	["silent", "silent", "silent"],
	["silent", "up", "silent"],
	["connecting", "silent", "connecting"],
	["wait", "up", "lost"],
	["wait", "silent", "lost"],
];
for (const [phase, line, want] of SHOWN)
	test(`line: ${phase} here and ${line} there is shown as ${want}`, () =>
		assert.equal(line_shown(phase, { line }), want));

test("line: a new one comes well within the time for which a caller is kept", () => {
	const keeps = 15000;
	assert.ok(1000 + limit_ms("silent", 0) + 500 + limit_ms("connecting", 0) < keeps);
	assert.ok(limit_ms("shaky", 0) + 500 + limit_ms("connecting", 0) < keeps);
});

test("line: a network that is slow has more time with each attempt, but less than the centre gives it", () => {
	const centre = 20000;
	for (const phase of ["offering", "connecting"]) {
		assert.ok(limit_ms(phase, 1) > limit_ms(phase, 0), phase);
		assert.ok(limit_ms(phase, 4) >= 2.5 * limit_ms(phase, 0), phase);
		assert.equal(limit_ms(phase, 100), limit_ms(phase, 4), phase);
		assert.ok(limit_ms(phase, 100) < centre, phase);
	}
	for (const phase of ["off", "up", "wait"])
		assert.ok(!limit_ms(phase, 7), phase);
});

test("a lost line is the state that is shown where it stands in the way", () => {
	const lost = STATES.filter((state) => state_shown({ state, line: "lost" }, "up") === "lost");
	assert.deepEqual(lost, ["away", "offered", "talking"]);
});

const READY = { muted: false, has_mic: true, line_up: true };
const ACTIONS_OF = [
	["out", {}, ["start", "logout"]],
	["away", {}, ["ready", "pause", "end"]],
	["ready", {}, ["pause", "work", "end"]],
	["offered", {}, ["accept", "decline", "pause", "end"]],
	["talking", {}, ["hangup", "mute", "transfer", "hold", "pause_after", "stop"]],
	["talking", { pause_after: true }, ["hangup", "mute", "transfer", "hold", "pause_undo", "stop"]],
	["interrupted", {}, ["hangup", "mute", "transfer", "hold", "pause_after", "stop"]],
	["interrupted", { pause_after: true }, ["hangup", "mute", "transfer", "hold", "pause_undo", "stop"]],
	["talking", { call: { callback: true } }, ["hangup", "mute", "transfer", "pause_after", "stop"]],
	["hold", {}, ["resume", "hand_over", "hangup", "transfer", "pause_after", "stop"]],
	["hold", { pause_after: true }, ["resume", "hand_over", "hangup", "transfer", "pause_undo", "stop"]],
	["wrapup", {}, ["wrapup_done", "pause", "work", "end"]],
	["talking", { stop_after: true }, ["hangup", "mute", "transfer", "hold", "pause_after", "stop_undo"]],
	["pause", {}, ["ready", "work", "end"]],
	["work", {}, ["ready", "pause", "end"]],
	["a_state_from_the_future", {}, []],
];
for (const [state, part, want] of ACTIONS_OF)
	test(`actions: ${state} ${JSON.stringify(part)}`, () => {
		const ids = actions_of({ state, ...part }, READY).map((a) => a.id);
		assert.deepEqual(ids, want);
	});

test("actions: never more than three and three quiet ones, each with its own key; a break and the shift's end are always one click away", () => {
	for (const state of STATES)
		for (const has_mic of [true, false]) {
			const list = actions_of({ state }, { ...READY, has_mic });
			assert.ok(list.filter((a) => a.kind !== "small").length <= 3 && list.length <= 6, state);
			assert.equal(new Set(list.map((a) => a.key)).size, list.length, state);
			if (state !== "out" && state !== "pause")
				assert.ok(list.some((a) => a.key === "P"), state);
			if (state !== "out")
				assert.ok(list.some((a) => a.key === "Shift+E" && !a.off), state);
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
	assert.deepEqual(off("interrupted"), []);
	assert.deepEqual(off("hold"), ["resume"]);
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

test("attempts are bounded whatever happens: a few at once, then one in a while", () => {
	let due = 0;
	let now = 1000;
	const at = [];
	for (let i = 0; i < 200; i++) {
		const next = pace(due, now);
		now += next.wait_ms;
		due = next.due;
		at.push(now);
	}
	assert.equal(at.filter((x) => x === 1000).length, PACE_BURST);
	for (const from of at) {
		const n = at.filter((x) => x >= from && x < from + 60000).length;
		assert.ok(n <= PACE_BURST + 60000 / PACE_EVERY_MS, `${n} in a minute`);
	}
	assert.ok(at.every((x, i) => i === 0 || x - at[i - 1] <= PACE_EVERY_MS), "and never stopped for long");
	assert.equal(pace(due, now + 600000).wait_ms, 0, "a quiet while makes up for it");
});

const BEATS = [
	["quiet for a moment", { heard: 100000 - QUIET_MS }, ""],
	["quiet for long", { heard: 100000 - QUIET_MS - 1 }, "ask"],
	["asked, and there is time", { asked: 100000 - ANSWER_MS }, ""],
	["asked, and nobody answers", { asked: 100000 - ANSWER_MS - 1 }, "dead"],
	["the device slept", { late: SLEPT_MS + 1 }, "ask"],
	["it slept with an answer owed: that may lie in the queue", { asked: 1000, late: 3600000 }, "ask"],
	["a beat of a busy page comes late", { late: 900 }, ""],
];
for (const [what, part, want] of BEATS)
	test(`the connection's beat: ${what}`, () =>
		assert.equal(beat_means({ now: 100000, heard: 99000, asked: 0, late: 0, ...part }), want));

/* ---- devices ---- */

const input = (id, group) => ({ kind: "audioinput", deviceId: id, groupId: group, label: "Mic " + id });
const output = (id, group) => ({ kind: "audiooutput", deviceId: id, groupId: group, label: "Ear " + id });
const HEADSET = input("h", "g1");
const LAPTOP = input("l", "g2");
const BOTH = [input("default", "g1"), input("communications", "g1"), HEADSET, LAPTOP, output("default", "g1"), output("o1", "g1"), output("o2", "g2")];

test("devices: behind the browser's default there is a real one", () => {
	assert.equal(device_behind(BOTH, "audioinput", { deviceId: "default", groupId: "g1" }), HEADSET);
	assert.equal(device_behind(BOTH, "audioinput", { deviceId: "l", groupId: "g2" }), LAPTOP);
	assert.equal(device_behind(BOTH, "audiooutput", { deviceId: "default" }).deviceId, "o1");
	assert.equal(device_behind(BOTH, "audiooutput", { deviceId: "o2" }).deviceId, "o2");
	assert.equal(device_behind([LAPTOP], "audioinput", { deviceId: "h", groupId: "g1" }), null);
	assert.equal(device_behind([output("", "")], "audiooutput", { deviceId: "default" }), null, "a browser that does not say");
});

test("devices: a name without its numbers", () => {
	assert.equal(device_name({ label: "Jabra Evolve (0b0e:0422)" }), "Jabra Evolve");
	assert.equal(device_name({ label: "Headset (Jabra)" }), "Headset (Jabra)");
	assert.equal(device_name(null), "");
});

const WANTED = [
	["nothing changed", BOTH, { first: HEADSET, now: HEADSET, works: true }, null],
	["an output came", [...BOTH, output("o3", "g3")], { first: HEADSET, now: HEADSET, works: true }, null],
	["the headset is gone, the laptop's is there", [LAPTOP], { first: HEADSET, now: HEADSET, works: false }, ""],
	["gone, but the browser has not noticed", [LAPTOP], { first: HEADSET, now: HEADSET, works: true }, ""],
	["the last one is gone", [output("o1", "g1")], { first: HEADSET, now: HEADSET, works: false }, null],
	["another is used, and good", [LAPTOP], { first: HEADSET, now: LAPTOP, works: true }, null],
	["the headset is back", BOTH, { first: HEADSET, now: LAPTOP, works: true }, "h"],
	["it is back after silence", [HEADSET], { first: HEADSET, now: HEADSET, works: false }, "h"],
	["the other one goes too", [input("x", "g9")], { first: HEADSET, now: LAPTOP, works: false }, ""],
	["the first one that ever comes, without a name yet", [input("", "")], { first: null, now: null, works: false }, ""],
	["a browser that does not say which is in use", BOTH, { first: null, now: null, works: true }, null],
];
for (const [what, list, is, want] of WANTED)
	test(`devices: ${what}`, () => assert.equal(input_wanted(list, is), want));

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
	assert.equal(t("why.from_the_future"), "");
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
	const plain = { theme: "system", language: "", letters: true, sound: {}, tour: "", pin: "" };
	for (const raw of [null, 7, "x", [], { theme: "pink", language: 3 }])
		assert.deepEqual(look_clean(raw), plain);
	assert.deepEqual(look_clean({ theme: "dark", language: "en", letters: false, agent: "anna" }), {
		theme: "dark", language: "en", letters: false, sound: {}, tour: "", pin: "",
	});
	assert.equal(look_clean({ pin: "ab:cd" }).pin, "ab:cd");
});

test("the microphone's errors are told apart", () => {
	const names = ["NotAllowedError", "NotFoundError", "NotReadableError", "SecurityError", "Whatever"];
	assert.deepEqual(names.map((name) => mic_error({ name })), ["denied", "missing", "busy", "insecure", "busy"]);
	assert.equal(mic_error(undefined), "busy");
});

/* A browser in which microphones come when let(id) says so. */
function mics_new(t) {
	const asked = new Map();
	const open = async ({ audio }) => {
		const id = audio.deviceId?.exact ?? "";
		await new Promise((done) => asked.set(id, done));
		const track = { id, readyState: "live", stop: () => (track.readyState = "ended") };
		return { getTracks: () => [track], getAudioTracks: () => [track] };
	};
	const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
	Object.defineProperty(globalThis, "navigator", { configurable: true, value: { mediaDevices: { getUserMedia: open } } });
	t.after(() => before ? Object.defineProperty(globalThis, "navigator", before) : delete globalThis.navigator);
	return { asked, let: (id) => asked.get(id)() };
}

const soon = () => new Promise((done) => setImmediate(done));

test("the microphone: one that is chosen while another is being opened is opened after it", async (t) => {
	const mics = mics_new(t);
	const mic = mic_new(() => {});
	const first = mic.open();
	const second = mic.open("b");
	const third = mic.open("c");
	assert.equal(mic.open() !== null && mics.asked.size, 1, "one at a time");
	for (const id of ["", "b", "c"]) {
		await soon();
		mics.let(id);
	}
	assert.equal((await first).getAudioTracks()[0].id, "");
	await second;
	assert.equal((await third).getAudioTracks()[0].id, "c");
	assert.equal(mic.stream().getAudioTracks()[0].id, "c");
});

test("the microphone: one that is chosen is not opened when all was closed meanwhile", async (t) => {
	const mics = mics_new(t);
	const mic = mic_new(() => {});
	const first = mic.open();
	const second = mic.open("b");
	await soon();
	mic.close();
	mics.let("");
	assert.deepEqual([await first, await second], [null, null]);
	assert.deepEqual([...mics.asked.keys()], [""]);
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

const CALM = {
	socket: "open",
	was_open: true,
	mic: "on",
	phase: "up",
	devices: { mic: null, output: null },
	view: { state: "ready", line: "up" },
};
const GONE = { gone: "Headset", now: "Laptop" };
const NOTICES = [
	["all is well", {}, []],
	["the first connection", { socket: "connecting", was_open: false }, []],
	["the centre is away", { socket: "waiting" }, ["centre"]],
	["the centre is tried again", { socket: "connecting" }, ["centre"]],
	["unplugged", { mic: "ended" }, ["mic_ended"]],
	["refused", { mic: "denied", phase: "off" }, ["mic_denied"]],
	["the line is away in a pause", { view: { state: "pause", line: "lost" } }, ["line"]],
	["the panel says it itself", { view: { state: "talking", line: "lost" } }, []],
	["and in an interrupted talk", { phase: "wait", view: { state: "interrupted", line: "silent" } }, []],
	["refused while interrupted", { line_refused: true, view: { state: "interrupted", line: "lost" } }, []],
	["the browser hears nothing in a talk", { phase: "shaky", view: { state: "talking", line: "up" } }, ["line_silent"]],
	["the centre hears nothing in a pause", { phase: "silent", view: { state: "pause", line: "silent" } }, ["line_silent_idle"]],
	["neither centre nor line", { socket: "waiting", phase: "wait", view: { state: "talking", line: "up" } }, ["network"]],
	["neither, in a pause", { socket: "waiting", phase: "wait", view: { state: "pause", line: "up" } }, ["centre", "line"]],
	["the talk was interrupted, then the centre goes", { socket: "waiting", view: { state: "interrupted", line: "silent" } }, ["network"]],
	["another microphone is used", { devices: { mic: GONE, output: null } }, ["mic_other"]],
	["the headset is gone, both its ends", { devices: { mic: GONE, output: GONE } }, ["headset"]],
	["microphone and headphones are gone, two things", { devices: { mic: GONE, output: { ...GONE, gone: "Ear" } } }, ["mic_other", "output_other"]],
	["no output is left", { devices: { mic: null, output: { gone: "Headset", now: "" } } }, ["output_gone"]],
	["the browser holds the sound back", { sound_held: true }, ["sound"]],
	["an unknown error", { error: "from_the_future" }, ["failed"]],
	["both", { socket: "waiting", mic: "muted" }, ["centre", "mic_muted"]],
];
for (const [what, part, want] of NOTICES)
	test(`notices: ${what}`, () =>
		assert.deepEqual(notices_of({ ...CALM, ...part }).map((n) => n.id), want));

test("each state has a shape of its own", () => {
	for (const s of [...STATES, "lost"])
		assert.doesNotMatch(icon_of(s), /undefined/);
	const shapes = [...STATES, "lost"].map((s) => SHAPES[s]);
	assert.ok(shapes.every(Boolean));
	assert.equal(new Set(shapes).size, shapes.length);
});

/* ---- the line with a browser that fails when the test says so ---- */

/* A track whose replacing is settled by the test; `broken`: no connection can be made at all; `early`: what one comes to while
 * its answer is still being taken. */
function fake_rtc() {
	const rtc = { broken: false, early: "", made: 0, reject: null };
	globalThis.RTCRtpReceiver = { getCapabilities: () => null };
	globalThis.RTCPeerConnection = class {
		localDescription = { sdp: "v=0" };
		connectionState = "new";
		constructor() {
			if (rtc.broken)
				throw new Error("no more connections");
			rtc.made++;
		}
		addTransceiver() {
			return { sender: { replaceTrack: () => new Promise((_, fail) => (rtc.reject = fail)) } };
		}
		async setLocalDescription() {}
		async setRemoteDescription() {
			if (!rtc.early)
				return;
			this.connectionState = rtc.early;
			this.onconnectionstatechange();
			await turns();
		}
		close() {}
	};
	return rtc;
}

function fake_line() {
	const socket = { is_open: () => false, send: () => true };
	const line = line_new({ socket, audio: {}, on_change() {}, turn: () => [] });
	return { line, use: () => line.use({ getAudioTracks: () => [{}] }) };
}

const turns = () => new Promise((done) => setImmediate(done));

test("a microphone that the line refuses breaks that line, and no later one", async () => {
	for (const later of [false, true]) {
		const rtc = fake_rtc();
		const { line, use } = fake_line();
		use();
		use();
		const { reject } = rtc;
		if (later) {
			line.stop();
			use();
		}
		reject(new Error("refused"));
		await turns();
		assert.equal(line.phase(), later ? "offering" : "wait");
		assert.equal(rtc.made, later ? 2 : 1);
		line.stop();
	}
});

test("a browser that makes no connection: another attempt follows", () => {
	const rtc = fake_rtc();
	rtc.broken = true;
	const { line, use } = fake_line();
	use();
	assert.equal(line.phase(), "wait");
	line.stop();
	assert.equal(line.phase(), "off");
});

test("a connection that stands, or fails, before its answer is taken: neither is waited for", async () => {
	for (const [early, phase] of [["", "connecting"], ["connected", "up"], ["failed", "wait"]]) {
		const rtc = fake_rtc();
		rtc.early = early;
		const { line, use } = fake_line();
		use();
		await turns();
		await line.answer({ ref: "l1", sdp: "v=0" });
		assert.equal(line.phase(), phase, early);
		line.stop();
	}
});

/* ---- to whom a caller can be handed ---- */

/* The page's drawing needs Preact where the build puts it; what is pure does not. */
const { target_next, targets_found, targets_merge, targets_of } = await import(
	process.env.DESK_FILES + "/desk/transfer.js"
);
const names = (list) => list.map((x) => x.name);

test("transfer: colleagues by name, then the queues in the house's order; what cannot take it is off", () => {
	const list = targets_of(TARGETS);
	assert.deepEqual(
		list.map((x) => [x.kind, x.name, x.state, x.off]),
		[
			["agent", "Beat Beispiel", "free", false],
			["agent", "Céline Dubois-Exemple", "busy", false],
			["queue", "Hauptnummer", "open", false],
			["queue", "Rechnungen", "unstaffed", true],
			["queue", "Reklamationen", "closed", true],
		],
	);
});

const FOUND = [
	["", 5],
	["  ", 5],
	["be", ["Beat Beispiel"]],
	["BEISP", ["Beat Beispiel"]],
	["eispiel", []],
	["celine", ["Céline Dubois-Exemple"]],
	["exem ce", ["Céline Dubois-Exemple"]],
	["re", ["Rechnungen", "Reklamationen"]],
	["x", []],
];
for (const [text, want] of FOUND)
	test(`transfer: "${text}" finds ${want}`, () => {
		const found = names(targets_found(targets_of(TARGETS), text));
		assert.deepEqual(want === 5 ? found.length : found, want);
	});

test("transfer: a fresh list changes states and adds below; what is gone stays, and is off", () => {
	const old = targets_of(TARGETS);
	const now = targets_of({
		queues: TARGETS.queues,
		agents: [{ id: "00000000000a1", name: "Adam Neu", free: true }, { ...TARGETS.agents[0], free: true }],
	});
	const list = targets_merge(old, now);
	assert.deepEqual(names(list), [...names(old), "Adam Neu"]);
	assert.deepEqual([list[0].state, list[0].off, list[1].state], ["gone", true, "free"]);
	assert.equal(targets_merge(list, old)[0].state, "free", "and is back");
});

test("transfer: arrows lead around the list", () => {
	const list = targets_of(TARGETS).slice(0, 3);
	const [a, b, c] = list.map((x) => x.kind + x.id);
	const next = [["", 1, a], ["", -1, c], [a, 1, b], [c, 1, a], [a, -1, c], ["agentgone", 1, a]];
	for (const [at, by, want] of next)
		assert.equal(target_next(list, at, by), want);
	assert.equal(target_next([], "", 1), "");
});

/* ---- the room check ---- */

/* A sine of amplitude a has a / sqrt(2): 3.01 dB below it. */
const sine = (a) => Float32Array.from({ length: 480 }, (_, i) => a * Math.sin((2 * Math.PI * i) / 48));
const LEVELS = [
	["nothing at all", new Float32Array(480), FLOOR_DB, "none"],
	["no samples", new Float32Array(0), FLOOR_DB, "none"],
	["a full scale sine", sine(1), -3.01, "loud"],
	["a tenth of it", sine(0.1), -23.01, "loud"],
	["a radio next door", sine(0.01), -43.01, "audible"],
	["a closed room", sine(0.001), -63.01, "quiet"],
];
for (const [what, samples, db, word] of LEVELS)
	test(`room: ${what}`, () => {
		assert.ok(Math.abs(room_db(samples) - db) < 0.01, String(room_db(samples)));
		assert.equal(noise_word(room_db(samples)), word);
	});

/* Looks of the ear, 50 ms each. */
const EARS = [
	["a quiet room", Array(40).fill(-65), -65, false],
	["speech in a quiet room", [...Array(30).fill(-65), ...Array(6).fill(-30)], -65, true],
	["a cup that is put down", [...Array(30).fill(-65), -20, -40], -65, false],
	["speech that is over", [...Array(30).fill(-65), ...Array(6).fill(-30), -64], -65, false],
	["a loud room is not a voice", Array(40).fill(-30), -30, false],
	["speech in a loud room", [...Array(30).fill(-40), ...Array(5).fill(-22)], -40, true],
	["a whisper far below what a caller hears", [...Array(30).fill(-90), ...Array(6).fill(-60)], -90, false],
	["the noise is that of the last two seconds", [...Array(80).fill(-30), ...Array(40).fill(-70)], -70, false],
];
for (const [what, levels, noise, speaks] of EARS)
	test(`room: ${what}`, () => {
		const ear = levels.reduce(ear_hear, ear_begin());
		assert.equal(ear.noise, noise);
		assert.equal(ear.speaks, speaks);
		assert.ok(ear.levels.length <= 40, "nothing piles up");
	});

const OUTPUTS = [
	["Headset (0b0e:0422)", "headset"],
	["Kopfhörer", "headset"],
	["Casque USB", "headset"],
	["Cuffie", "headset"],
	["AirPods Pro", "headset"],
	["Speakers (Realtek Audio)", "loudspeaker"],
	["Lautsprecher", "loudspeaker"],
	["Haut-parleurs", "loudspeaker"],
	["Laptop", "loudspeaker"],
	["USB Audio", "unknown"],
	["", "unknown"],
	[undefined, "unknown"],
];
for (const [label, word] of OUTPUTS)
	test(`room: an output named ${label} is ${word}`, () => assert.equal(output_word(label), word));

test("room: a second screen, as far as the browser knows", () => {
	assert.deepEqual([true, false, undefined].map(screen_word), ["second", "one", "unknown"]);
});

const C = { id: "0h3k9m2p4q7rs", callback: false };
const COVERED = [
	["talking", { call: C }, [{ t: "hold", call: C.id }]],
	["interrupted", { call: C }, [{ t: "hold", call: C.id }]],
	["talking", { call: { ...C, callback: true } }, []],
	["offered", { call: C }, [{ t: "decline", call: C.id }, { t: "pause" }]],
	["ready", {}, [{ t: "pause" }]],
	...["out", "away", "hold", "wrapup", "pause", "work", "a_state_from_the_future"].map((s) => [s, {}, []]),
];
for (const [state, part, want] of COVERED)
	test(`covered: in ${state} ${JSON.stringify(part)} the centre is told what any desk may tell`, () =>
		assert.deepEqual(cover_words({ state, call: null, ...part }), want));

/* What is pressed ("+"), or let go ("-" clears), ms apart; whether it is done at the end. */
const CHORDS = [
	["both, long enough", [["A", 0], ["B", 100], [null, CHORD_MS]], true],
	["both, not long enough", [["A", 0], ["B", 0], [null, CHORD_MS - 1]], false],
	["one alone, however long", [["A", 0], [null, 60000]], false],
	["one alone that repeats", [["A", 0], ["A", 500, true], ["A", 500, true], [null, 60000]], false],
	["another key between", [["A", 0], ["B", 0], ["x", 900], [null, 60000]], false],
	["another key first", [["x", 0], ["A", 0], ["B", 0], [null, CHORD_MS]], true],
	["let go between", [["A", 0], ["B", 0], ["-", 900], [null, 60000]], false],
	["a repetition after another key is no new press", [["A", 0], ["x", 0], ["A", 10, true], ["B", 0], [null, 60000]], false],
	["begun anew", [["A", 0], ["x", 0], ["A", 0], ["B", 0], [null, CHORD_MS]], true],
];
for (const [what, steps, want] of CHORDS)
	test(`the way back: ${what}`, (t) => {
		t.mock.timers.enable({ apis: ["setTimeout"] });
		let done = 0;
		const chord = chord_new(["A", "B"], () => done++);
		for (const [key, ms, repeats] of steps) {
			t.mock.timers.tick(ms);
			if (key === "-")
				chord.clear();
			else if (key)
				chord.press(key, repeats === true);
		}
		assert.equal(done, want ? 1 : 0);
	});

/* ---- dates ---- */

const AUTUMN = new Date(2026, 9, 4, 14, 5, 9); /* a Sunday, on this device's clock */
for (const [language, ...forms] of [
	["de", "04.10.", "04.10.2026", "04.10.2026, 14:05", "04.10.2026, 14:05:09", "4. Oktober 2026", "4. Oktober 2026 um 14:05", "Sonntag, 4. Oktober", "Oktober 2026", "So", "1,50"],
	["fr", "04.10.", "04.10.2026", "04.10.2026, 14:05", "04.10.2026, 14:05:09", "4 octobre 2026", "4 octobre 2026 à 14:05", "dimanche 4 octobre", "octobre 2026", "dim.", "1,50"],
	["it", "04.10.", "04.10.2026", "04.10.2026, 14:05", "04.10.2026, 14:05:09", "4 ottobre 2026", "4 ottobre 2026 alle ore 14:05", "domenica 4 ottobre", "ottobre 2026", "dom", "1,50"],
	["en", "4 Oct", "4 Oct 2026", "4 Oct 2026, 14:05", "4 Oct 2026, 14:05:09", "4 October 2026", "4 October 2026 at 14:05", "Sunday 4 October", "October 2026", "Sun", "1.50"],
])
	test(`dates and figures: ${language}`, () => {
		const is = [day(language, AUTUMN), date(language, AUTUMN), date_time(language, AUTUMN), date_time(language, AUTUMN, "medium"), date_long(language, AUTUMN),
			date_time_long(language, AUTUMN), day_long(language, AUTUMN), month(language, AUTUMN), weekday(language, AUTUMN, "short"), figure(language, 1.5, 2)];
		assert.deepEqual(is, forms);
		assert.equal(date(language, AUTUMN.getTime()), forms[1], "ms since 1970 do, too");
	});
