// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Sound, devices and headset buttons: what a report descriptor means, by tables; and in the page, with invented devices: a ring on a device
 * of its own, what was chosen is used and remembered, buttons do what clicks would, lamps follow, and a page that nobody
 * looks at, whose timers stand still, rings and keeps its line.
 */
import { after, afterEach, before, test } from "node:test";
import assert from "node:assert/strict";
import { hid_lamps, hid_layout, hid_means, hid_read, hid_write } from "../desk/hid_report.js";
import { sound_clean } from "../desk/ring.js";
import { name_hash } from "../desk/name_hash.js";
import { notices_of } from "../desk/notices.js";
import { browser_start, desk_open, line_up, peer_open, state, tidy } from "./browser.js";
import { DEVICES } from "./devices.js";
import { CALL, mock_start, view_of } from "./mock.js";

/* ---- pure ---- */

const item = (part) => ({ isAbsolute: true, isArray: false, isRange: false, isConstant: false, hasPreferredState: true,
	reportSize: 1, reportCount: 1, logicalMinimum: 0, usages: [], ...part });
const PAD = (n) => item({ isConstant: true, reportCount: n });
const HOOK = 0x0b0020;
const MUTE = 0x0b002f;
const LAMPS = [0x080009, 0x080017, 0x080018];

/* A hook that stays, a mute that springs back, as most headsets have them. */
const HEADSET = [{ usagePage: 0x0b, usage: 5,
	inputReports: [{ reportId: 2, items: [item({ usages: [HOOK], hasPreferredState: false }), item({ usages: [MUTE], isAbsolute: false }), PAD(6)] }],
	outputReports: [{ reportId: 3, items: [item({ usages: LAMPS, reportCount: 3 }), PAD(5)] }] }];

const READS = [
	["nothing pressed", HEADSET, 2, [0], { hook: false, mute: false }],
	["the hook", HEADSET, 2, [1], { hook: true, mute: false }],
	["mute", HEADSET, 2, [2], { hook: false, mute: true }],
	["both", HEADSET, 2, [3], { hook: true, mute: true }],
	["another report", HEADSET, 9, [3], {}],
	["a report that is too short", HEADSET, 2, [], { hook: false, mute: false }],
	["behind other fields, over a byte's edge",
		[{ usagePage: 0x0b, inputReports: [{ reportId: 0, items: [item({ usages: [0x0b00b0], reportSize: 7 }), item({ isRange: true, usageMinimum: MUTE - 1, usageMaximum: MUTE, reportCount: 2 })] }] }],
		0, [0x00, 0x01], { mute: true }],
	["an array names what is pressed",
		[{ usagePage: 0x0b, inputReports: [{ reportId: 1, items: [item({ isArray: true, usages: [HOOK, MUTE], logicalMinimum: 1, reportSize: 8, reportCount: 2 })] }] }],
		1, [2, 1], { hook: true, mute: true }],
	["an array in which nothing is", [{ usagePage: 0x0b, inputReports: [{ reportId: 1, items: [item({ isArray: true, usages: [HOOK, MUTE], logicalMinimum: 1, reportSize: 8 })] }] }],
		1, [0], { hook: false, mute: false }],
];
for (const [what, collections, id, bytes, want] of READS)
	test(`headset: ${what}`, () => {
		const said = hid_read(hid_layout(collections), id, Uint8Array.from(bytes));
		assert.deepEqual(Object.fromEntries(Object.entries(said).map(([k, v]) => [k, v.on])), want);
	});

test("headset: what is none, or says what cannot be, is left alone", () => {
	const huge = (part) => [{ usagePage: 0x0b, inputReports: [{ reportId: 1, items: [item({ usages: [HOOK], ...part })] }] }];
	for (const collections of [null, [], [{ usagePage: 0x0c, inputReports: HEADSET[0].inputReports }], [{ usagePage: 0x0b }],
		huge({ reportSize: 1 << 20 }), huge({ reportCount: 1 << 20 }), huge({ reportSize: -1 }), huge({ isConstant: true }), huge({ usages: [] })])
		assert.equal(hid_layout(collections), null);
	assert.ok(hid_layout(huge({ isArray: true, isRange: true, usages: undefined, usageMinimum: 0x0b0000, usageMaximum: 0x0bffff, reportSize: 16 })));
});

test("headset: lamps as its descriptor has them", () => {
	const layout = hid_layout(HEADSET);
	const lit = (lamps) => hid_write(layout, lamps).map(([id, bytes]) => [id, ...bytes]);
	assert.deepEqual(lit({}), [[3, 0]]);
	assert.deepEqual(lit({ mute: true }), [[3, 1]]);
	assert.deepEqual(lit({ offhook: true, ring: true }), [[3, 6]]);
	assert.deepEqual(hid_lamps(view_of({ state: "offered" }), false), { ring: true, offhook: false, mute: false, hold: false });
	assert.deepEqual(hid_lamps(view_of({ state: "talking" }), true), { ring: false, offhook: true, mute: true, hold: false });
	assert.deepEqual(hid_lamps(view_of({ state: "hold" }), false), { ring: false, offhook: true, mute: false, hold: true });
	assert.deepEqual(hid_lamps(null, true), { ring: false, offhook: false, mute: false, hold: false });
});

const on = (keeps = false) => ({ on: true, keeps });
const off = (keeps = false) => ({ on: false, keeps });
const MEANS = [
	/* what, the report before, this one, state, muted, means */
	["an offer is taken", {}, { hook: on(true) }, "offered", false, "accept"],
	["held down, it is taken once", { hook: on(true) }, { hook: on(true) }, "offered", false, ""],
	["let go, nothing is taken", { hook: on() }, { hook: off() }, "offered", false, ""],
	["a hook that stays is put down", { hook: on(true) }, { hook: off(true) }, "talking", false, "hangup"],
	["a hook that is up already", { hook: on(true) }, { hook: on(true) }, "talking", false, ""],
	["a hook that comes up by itself with its lamp", { hook: off(true) }, { hook: on(true) }, "talking", false, ""],
	["a hook that springs back is pressed again", { hook: off() }, { hook: on() }, "talking", false, "hangup"],
	["letting go of it after the taking ends nothing", { hook: on() }, { hook: off() }, "talking", false, ""],
	["on hold it hangs up, too", { hook: on(true) }, { hook: off(true) }, "hold", false, "hangup"],
	["mute", {}, { mute: on() }, "talking", false, "mute"],
	["mute let go", { mute: on() }, { mute: off() }, "talking", true, ""],
	["and again", { mute: off() }, { mute: on() }, "talking", true, "unmute"],
	["a mute that stays", {}, { mute: on(true) }, "talking", false, "mute"],
	["and is put back", { mute: on(true) }, { mute: off(true) }, "talking", true, "unmute"],
	["it says again what holds", { mute: on(true) }, { mute: on(true) }, "talking", false, ""],
	["on hold nobody is muted", {}, { mute: on() }, "hold", false, ""],
	["before a shift nothing", {}, { hook: on(true), mute: on() }, "ready", false, ""],
	["without a view nothing", {}, { hook: on(true) }, undefined, false, ""],
];
for (const [what, was, said, state, muted, want] of MEANS)
	test(`headset: ${what}`, () => assert.equal(hid_means(was, said, state && { state }, muted), want));

test("what was chosen: broken is default; nobody's name is kept", () => {
	const plain = { mic: "", out: "", ring_out: "", ring: "two", volume: 100 };
	for (const raw of [null, 7, "x", [], { mic: 3, ring: "toString", volume: 7 }, { ring: "__proto__" }])
		assert.deepEqual(sound_clean(raw), plain);
	assert.deepEqual(sound_clean({ ...plain, ring: "none", volume: 25, out: "x".repeat(999) }), { ...plain, ring: "none", volume: 25, out: "x".repeat(128) });
	/* draft-eastlake-fnv, test vectors of 32-bit FNV-1a */
	assert.deepEqual(["", "a", "foobar"].map(name_hash), ["811c9dc5", "e40c292c", "bf9cf968"]);
});

test("no voice comes through: said after three attempts, and not once the line stands", () => {
	const ids = (part) => notices_of({ view: view_of({ line: "connecting", state: "out" }), socket: "open", mic: "on", phase: "wait", blocked: 3,
		devices: {}, detour: "", ...part }).map((n) => n.id);
	assert.deepEqual(ids({}), ["line_blocked"]);
	assert.deepEqual(ids({ detour: "_turn" }), ["line_blocked_turn"]);
	assert.deepEqual(ids({ detour: "_refused" }), ["line_blocked_refused"]);
	assert.deepEqual(ids({ blocked: 2 }), ["line"]);
	assert.deepEqual(ids({ phase: "up", view: view_of({ line: "up" }) }), []);
	assert.deepEqual(ids({ phase: "off" }), []);
});

/* ---- in the page ---- */

let browser, mock, peer;
before(async () => {
	mock = await mock_start(process.env.DESK_FILES);
	browser = await browser_start();
	peer = await peer_open(browser);
});
afterEach(() => tidy(browser, mock, peer.page));
after(async () => {
	await browser?.close();
	await mock?.close();
});

/* Notes where things ring; a browser of which the page may choose a device. */
const SPY = (devices, kept) => `(${(look) => {
	if (look && !localStorage.getItem("heimamt.look"))
		localStorage.setItem("heimamt.look", look);
	window.spied = { rings: [], notes: [], sinks: [] };
	const start = OscillatorNode.prototype.start;
	OscillatorNode.prototype.start = function (at) {
		window.spied.rings.push({ sink: this.context.sink ?? "", in_s: at - this.context.currentTime });
		return start.call(this, at);
	};
	const sunk = (proto, field) => {
		proto.setSinkId = async function (id) {
			this[field] = id;
			window.spied.sinks.push(id);
		};
		Object.defineProperty(proto, "sinkId", { get() { return this[field] ?? ""; } });
	};
	sunk(AudioContext.prototype, "sink");
	sunk(HTMLMediaElement.prototype, "sink");
	window.Notification = class {
		static permission = "granted";
		constructor(title, options) {
			window.spied.notes.push(title + " | " + options.body);
			this.close = () => {};
		}
	};
}})(${JSON.stringify(kept)}); (${devices})();`;

const UP = { line: "up" };
const OFFER = { ...UP, state: "offered", ends_ms: 20000, call: CALL };
const open_at = async (view, { kept = "", more = "" } = {}) => {
	const desk = await desk_open(browser, mock, { view, init: { content: SPY(DEVICES, kept) + more } });
	if ((view.state ?? "out") === "out")
		await desk.page.locator('[data-action="line"]').click();
	await line_up(desk, peer, view);
	await desk.page.locator(".came button").waitFor();
	return desk;
};
const close = async ({ page }) => {
	assert.deepEqual(page.faults, []);
	await page.context().close();
};
const kept_now = (page) => page.evaluate(() => JSON.parse(localStorage.getItem("heimamt.look")).sound);

test("devices are chosen, used at once, and used again after a reload; the ring has one of its own", async () => {
	const desk = await open_at({ ...UP, state: "ready" });
	const { page, conn } = desk;
	await page.locator('[data-action="devices"]').press("Enter");
	const choose = (what, value) => page.locator(`[data-sound="${what}"]`).selectOption(value);
	await page.locator('[data-sound="out"] option[value="lo"]').waitFor({ state: "attached" });
	await choose("mic", "li");
	await page.waitForFunction(() => window.devices.open.some((t) => t.is.deviceId === "li" && t.readyState === "live"));
	await choose("out", "ho");
	await page.waitForFunction(() => document.getElementById("voice").sinkId === "ho");
	await choose("ring_out", "lo");
	await choose("ring", "three");
	await choose("volume", "50");
	await page.locator('[data-action="sound_ring"]').click();
	await page.waitForFunction(() => window.spied.rings.length === 3);
	assert.ok((await page.evaluate(() => window.spied.rings)).every((r) => r.sink === "lo"));
	assert.deepEqual(await kept_now(page), { mic: "li", out: "ho", ring_out: "lo", ring: "three", volume: 50 });
	await page.locator('[data-action="sound_level"]').click();
	await page.locator(".sounds .meter").waitFor();
	await page.waitForFunction(() => Number(document.querySelector(".sounds .meter").getAttribute("aria-valuenow")) > 0);
	/* an offer closes it, and the microphone that was tried with it */
	conn.send(view_of(OFFER));
	await page.locator("dialog").waitFor({ state: "detached" });
	await page.waitForFunction(() => window.devices.open.filter((t) => t.readyState === "live").length === 1);
	await page.waitForFunction(() => window.spied.rings.length > 3);
	assert.ok((await page.evaluate(() => window.spied.rings)).every((r) => r.sink === "lo"), "not where the voice is");

	const coming = mock.next_conn();
	await page.reload();
	desk.conn = await coming;
	desk.conn.send(view_of({ ...UP, state: "ready" }));
	await page.waitForFunction(() => window.devices.open.some((t) => t.is.deviceId === "li" && t.readyState === "live"));
	await page.waitForFunction(() => document.getElementById("voice").sinkId === "ho");
	/* it goes, and what is said is not lost with it */
	await page.evaluate(() => window.devices.pull("audiooutput", "g1"));
	await page.waitForFunction(() => document.getElementById("voice").sinkId === "");
	await page.locator('[data-notice="output_other"]').waitFor();
	await close(desk);
});

test("a microphone that is tried and comes when its dialog has gone is closed again", async () => {
	const more = `(${() => {
		const get = MediaDevices.prototype.getUserMedia;
		MediaDevices.prototype.getUserMedia = async function (want) {
			await window.held;
			return get.call(this, want);
		};
	}})();`;
	const desk = await open_at({ ...UP, state: "ready" }, { more });
	const { page } = desk;
	const live = () => window.devices.open.filter((t) => t.readyState === "live").length;
	await page.locator('[data-action="devices"]').press("Enter");
	await page.locator('[data-action="sound_level"]').waitFor();
	await page.evaluate(() => {
		window.held = new Promise((done) => (window.let_go = done));
	});
	await page.locator('[data-action="sound_level"]').click();
	await page.keyboard.press("Escape");
	await page.locator("dialog").waitFor({ state: "detached" });
	await page.evaluate(() => window.let_go());
	await page.waitForFunction(() => window.devices.open.length === 2);
	await page.waitForFunction(() => window.devices.open[1].readyState === "ended", null, { timeout: 10000 });
	assert.equal(await page.evaluate(live), 1, "the line's is untouched");
	await close(desk);
});

test("none, only the screen: nothing rings, the line neither, and the talk is heard", async () => {
	const desk = await open_at({ ...UP, state: "ready" }, { kept: JSON.stringify({ sound: { ring: "none" } }) });
	desk.conn.send(view_of(OFFER));
	await desk.page.waitForFunction(() => document.getElementById("voice").muted);
	assert.equal(await desk.page.evaluate(() => window.spied.rings.length), 0);
	desk.conn.send(view_of({ ...UP, state: "talking", call: CALL }));
	await desk.page.waitForFunction(() => !document.getElementById("voice").muted);
	await close(desk);
});

/* A headset as WebHID shows it, in window.headset: say(bytes), and what its lamps were told. */
const HID = (collections) => `(${(described) => {
	class Device extends EventTarget {
		collections = described;
		productName = "Headset Beispiel";
		opened = false;
		lamps = [];
		async open() { this.opened = true; }
		async sendReport(id, bytes) { this.lamps.push([id, ...bytes]); }
		say(...bytes) {
			const ev = new Event("inputreport");
			Object.assign(ev, { device: this, reportId: 2, data: new DataView(Uint8Array.from(bytes).buffer) });
			this.dispatchEvent(ev);
		}
	}
	const hid = new EventTarget();
	window.headset = new Device();
	hid.asked = 0;
	hid.getDevices = async () => [];
	hid.requestDevice = async () => (hid.asked++, [window.headset]);
	Object.defineProperty(Navigator.prototype, "hid", { get: () => hid });
}})(${JSON.stringify(collections)});`;

test("a headset's buttons take, mute and hang up; its lamps follow; a covered desk hears none of them", async () => {
	const desk = await open_at({ ...UP, state: "ready" }, { more: HID(HEADSET) });
	const { page, conn } = desk;
	const lamp = (want) => page.waitForFunction((x) => window.headset.lamps.at(-1)?.[1] === x, want);
	const say = (...bytes) => page.evaluate((b) => window.headset.say(...b), bytes);
	assert.equal(await page.evaluate(() => navigator.hid.asked), 0, "not before it is asked for");
	await page.locator('[data-action="devices"]').click();
	await page.locator('[data-action="hid"]').click();
	await page.locator('[data-hid="Headset Beispiel"]').waitFor();
	await page.keyboard.press("Escape");
	await lamp(0);
	conn.send(view_of(OFFER));
	await lamp(4);
	await page.locator('[data-action="accept"][aria-disabled="false"]').waitFor();
	await say(1);
	assert.equal((await conn.expect("accept")).call, CALL.id);
	conn.send(view_of({ ...UP, state: "talking", call: CALL }));
	await lamp(2);
	await say(3);
	await page.locator('[data-action="unmute"]').waitFor();
	await lamp(3);
	await say(1);
	await say(3);
	await page.locator('[data-action="mute"]').waitFor();
	await page.keyboard.press("F8");
	await lamp(0);
	await say(0);
	await conn.expect("hold");
	assert.equal(conn.count("hangup"), 0);
	conn.send(view_of({ ...UP, state: "hold", ends_ms: 90000, call: CALL }));
	await close(desk);
});

/* Nobody looks at the page, and no timer runs any more: worse than what browsers do. Messages still come. */
test("in the background: an offer rings, notifies and is taken; the line stands, without a timer", async () => {
	const more = `(() => {
		const still = () => document.hidden;
		for (const name of ["setTimeout", "setInterval"]) {
			const native = window[name];
			window[name] = (f, ...rest) => native((...a) => still() || f(...a), ...rest);
		}
		window.hide = () => {
			Object.defineProperty(document, "hidden", { value: true });
			Object.defineProperty(document, "visibilityState", { value: "hidden" });
			document.dispatchEvent(new Event("visibilitychange"));
		};
	})();`;
	const desk = await open_at({ ...UP, state: "ready" }, { more });
	const { page, conn } = desk;
	await page.evaluate(() => window.hide());
	conn.send(view_of(OFFER));
	await page.waitForFunction(() => window.spied.rings.length > 0, null, { polling: "raf" });
	const rings = await page.evaluate(() => window.spied.rings.map((r) => r.in_s));
	assert.ok(Math.max(...rings) > 60, "on the audio's clock, further ahead than timers come");
	assert.deepEqual(await page.evaluate(() => window.spied.notes), ["Anruf | Ein Anruf wartet auf Sie."]);
	assert.equal(await page.title(), "Anruf: Hauptnummer – Heimamt");
	await peer.hears(); /* packets go on: the line stands */
	assert.equal(await peer.page.evaluate(() => window.peer.connectionState), "connected");
	assert.equal(conn.count("line.offer"), 0);
	conn.send(view_of({ ...UP, state: "talking", call: CALL }));
	await state(page, "talking");
	assert.equal(await peer.hears(), true, "the talk is heard");
	await close(desk);
});

test("the tour: offered once, by keyboard, skipped, and not again for the same agent", async () => {
	const desk = await open_at({ ...UP });
	const { page } = desk;
	await page.locator('[data-action="tour"]').focus();
	await page.keyboard.press("Enter");
	await page.locator("dialog.tour").waitFor();
	for (const n of [2, 3, 4, 5, 6]) {
		await page.locator('[data-action="tour_next"]').press("Enter");
		await page.getByText(`Schritt ${n} von 6`).waitFor();
		assert.equal(await page.evaluate(() => document.activeElement.id), "tour-title");
	}
	await page.locator('[data-action="tour_next"]').press("Enter");
	await page.locator("dialog").waitFor({ state: "detached" });
	assert.equal(await page.locator(".tour-card").count(), 0);
	const coming = mock.next_conn();
	await page.reload();
	desk.conn = await coming;
	desk.conn.send(view_of({}));
	await page.locator('[data-action="tour_again"]').waitFor();
	assert.equal(await page.locator(".tour-card").count(), 0);
	/* somebody else at the same browser has not seen it */
	desk.conn.send(view_of({ agent: { name: "Beat Beispiel", workplace: "office", queues: [] } }));
	await page.locator('[data-action="tour_skip"]').press("Enter");
	await page.locator(".tour-card").waitFor({ state: "detached" });
	assert.ok(!(await page.evaluate(() => localStorage.getItem("heimamt.look"))).includes("Beat"));
	await close(desk);
});
