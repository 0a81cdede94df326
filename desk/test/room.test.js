// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The room check [RULES N2] and the end of a shift in the middle of a talk, in Chromium.
 *
 * What leaves the page during a check is captured below the page, by the browser's own protocol (CDP): requests,
 * frames of WebSockets, and packets of the line's peer connection are no business of the check.
 */
import { after, afterEach, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe_findings, browser_start, desk_open, line_up, peer_open, tidy } from "./browser.js";
import { DEVICES } from "./devices.js";
import { CALL, mock_start, view_of } from "./mock.js";

const UP = { line: "up" };
const TALK = { ...UP, state: "talking", call: CALL };
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

const SHOTS = process.env.SHOTS;

async function look_at(page, name) {
	if (SHOTS) {
		mkdirSync(SHOTS, { recursive: true });
		await page.screenshot({ fullPage: true, path: join(SHOTS, name + ".png") });
	}
	assert.deepEqual(await axe_findings(page), [], name);
	const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
	assert.ok(wide[0] <= wide[1], `${name}: ${wide[0]} px wide in ${wide[1]}`);
}

const button = (page, id) => page.locator(`[data-action="${id}"]`);
const found = (page, name) => page.locator(`[data-room="${name}"]`);

/* Every microphone that the page opens, every store that it writes to. */
const SPY = () => {
	window.spied = { tracks: [], stored: 0 };
	const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	navigator.mediaDevices.getUserMedia = async (want) => {
		const stream = await get(want);
		window.spied.tracks.push(...stream.getTracks());
		return stream;
	};
	for (const what of ["setItem", "removeItem"]) {
		const old = Storage.prototype[what];
		Storage.prototype[what] = function (...args) {
			window.spied.stored++;
			return old.apply(this, args);
		};
	}
	const open = indexedDB.open;
	IDBFactory.prototype.open = function (...args) {
		window.spied.stored++;
		return open.apply(this, args);
	};
};

/* White noise in place of the check's own capture: evenly spread over -1..1 it has 1/sqrt(3), so -24 dB FS at 0.1. */
const NOISE = () => {
	const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	navigator.mediaDevices.getUserMedia = async (want) => {
		if (want.audio.echoCancellation !== false)
			return get(want);
		const ctx = new AudioContext();
		const noise = ctx.createBufferSource();
		noise.buffer = ctx.createBuffer(1, ctx.sampleRate, ctx.sampleRate);
		noise.buffer.getChannelData(0).forEach((_, i, all) => (all[i] = 2 * Math.random() - 1));
		noise.loop = true;
		const volume = ctx.createGain();
		const out = ctx.createMediaStreamDestination();
		noise.connect(volume).connect(out);
		noise.start();
		window.set_gain = (x) => (volume.gain.value = x);
		window.set_gain(0.1);
		return out.stream;
	};
};

async function at_work(view, options = {}) {
	const desk = await desk_open(browser, mock, { view, init: SPY, ...options });
	if (view.state !== "out")
		await line_up(desk, peer, view);
	await button(desk.page, "room").waitFor();
	return desk;
}

async function close(page) {
	assert.deepEqual(page.faults, []);
	await page.context().close();
}

/* What goes out from now on; nothing of it is interpreted, but that a page which hears nothing for a while says hello. */
async function wiretap(page) {
	const cdp = await page.context().newCDPSession(page);
	const heard = [];
	for (const event of ["requestWillBeSent", "webSocketCreated", "webSocketFrameSent", "webTransportCreated"])
		cdp.on("Network." + event, (ev) => {
			const what = ev.request?.url ?? ev.response?.payloadData ?? ev.url;
			if (event !== "webSocketFrameSent" || JSON.parse(what).t !== "hello")
				heard.push([event, what]);
		});
	await cdp.send("Network.enable");
	return heard;
}

test("a room check sends nothing, stores nothing, and leaves nothing open", async () => {
	const { page, conn } = await at_work({ ...UP, state: "pause" }, { init: `(${NOISE})(); (${SPY})();` });
	const before = await page.evaluate(() => ({ stored: window.spied.stored, tracks: window.spied.tracks.length }));
	const heard = await wiretap(page);
	await button(page, "room").click();
	await found(page, "noise").waitFor();
	for (const name of ["noise", "voice", "output", "screen"])
		assert.notEqual((await found(page, name).innerText()).trim(), "");
	await page.evaluate(() => window.set_gain(0.001));
	await page.locator('[data-room="noise"][data-is="quiet"]').waitFor();
	await page.evaluate(() => { /* somebody speaks, and not for long: what never ends is taken for the room's noise */
		window.speaking = setInterval(() => window.set_gain(Date.now() % 2000 < 1000 ? 0.1 : 0.001), 50);
	});
	await page.locator('[data-room="voice"][data-is="speaks_mute"]').waitFor();
	await page.evaluate(() => clearInterval(window.speaking));
	await button(page, "room_end").click();
	await button(page, "room").waitFor();
	assert.deepEqual(heard, [], "what went out during the check");
	const is = await page.evaluate(() => ({
		stored: window.spied.stored,
		states: window.spied.tracks.map((t) => t.readyState),
	}));
	assert.equal(is.stored, before.stored);
	assert.equal(is.states.length, before.tracks + 1, "one capture of its own");
	assert.equal(is.states.at(-1), "ended");
	assert.equal(is.states[0], "live", "the line's is untouched");
	assert.equal(await found(page, "noise").count(), 0, "and what was found is forgotten");
	/* the wire would have told */
	await page.keyboard.press("r");
	await conn.expect("ready");
	for (let i = 0; i < 200 && heard.length === 0; i++)
		await page.waitForTimeout(50); /* the browser may tell of it later than the centre */
	assert.equal(heard.length, 1);
	await close(page);
});

test("quiet, audible and loud, as the room gets louder", async () => {
	const { page } = await at_work({ ...UP, state: "pause" }, { init: `(${SPY})(); (${NOISE})();` });
	await button(page, "room").click();
	for (const [gain, word] of [[0.1, "loud"], [0.01, "audible"], [0.001, "quiet"]]) {
		await page.waitForFunction(() => window.set_gain);
		await page.evaluate((x) => window.set_gain(x), gain);
		await page.locator(`[data-room="noise"][data-is="${word}"]`).waitFor();
	}
	/* the lower part of two seconds: it comes to what was given */
	await page.locator('[data-room="noise"]', { hasText: /-6[45] dB FS/ }).waitFor();
	await close(page);
});

test("the centre cannot begin a room check, and no view knows of one", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready" });
	conn.send({ ...view_of({ ...UP, state: "ready" }), room: true, room_check: true, checking: true });
	conn.send({ t: "room" });
	conn.send({ t: "room.check", on: true });
	await page.waitForTimeout(500);
	assert.equal(await page.locator('.room[data-checking="true"]').count(), 0);
	assert.equal(await page.evaluate(() => window.spied.tracks.length), 1);
	await close(page);
});

test("in a talk the check says whether the caller hears what it hears", async () => {
	const { page, conn } = await at_work(TALK);
	await button(page, "room").click();
	await page.locator('[data-room="voice"][data-is$="_open"]').waitFor();
	await page.keyboard.press("m");
	await page.locator('[data-room="voice"][data-is$="_mute"]').waitFor();
	assert.equal(await peer.silent(), true, "a check lets nothing through");
	assert.equal(conn.count("pause") + conn.count("ready") + conn.count("hangup"), 0);
	await close(page);
});

test("an offer ends the check", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready" });
	await button(page, "room").click();
	await found(page, "noise").waitFor();
	conn.send(view_of({ ...UP, state: "offered", ends_ms: 18000, call: CALL }));
	await button(page, "accept").waitFor();
	await button(page, "room").waitFor();
	await page.waitForFunction(() => window.spied.tracks.at(-1).readyState === "ended");
	await close(page);
});

test("a check that is ended before its microphone is there leaves none open", async () => {
	const slow = `(${SPY})(); (${() => {
		const get = navigator.mediaDevices.getUserMedia;
		navigator.mediaDevices.getUserMedia = async (want) => {
			const stream = await get(want);
			if (want.audio.echoCancellation === false)
				await new Promise((done) => setTimeout(done, 500));
			return stream;
		};
	}})()`;
	const { page } = await at_work({ ...UP, state: "pause" }, { init: slow });
	await button(page, "room").click();
	await button(page, "room_end").click();
	await page.waitForFunction(() => window.spied.tracks.length === 2);
	await page.waitForFunction(() => window.spied.tracks[1].readyState === "ended");
	assert.equal(await page.locator('.room[data-checking="true"]').count(), 0);
	await close(page);
});

test("no microphone, no check, and the page says so", async () => {
	const { page } = await desk_open(browser, mock, {
		view: {},
		init: () => {
			navigator.mediaDevices.getUserMedia = async () => {
				throw new DOMException("no", "NotAllowedError");
			};
		},
	});
	await button(page, "room").click();
	await page.locator('.room [role="alert"]').waitFor();
	await close(page);
});

test("headset and laptop are told apart by their names, a second screen by the browser's word", async () => {
	const { page } = await at_work({ ...UP, state: "pause" }, {
		init: `(${SPY})(); (${DEVICES})(); Object.defineProperty(Screen.prototype, "isExtended", { get: () => true });`,
	});
	await button(page, "room").click();
	await page.locator('[data-room="output"][data-is="headset"]').waitFor();
	assert.match(await found(page, "output").innerText(), /Headset/);
	assert.equal(await found(page, "screen").getAttribute("data-is"), "second");
	await button(page, "room_end").click();
	await page.evaluate(() => window.devices.pull("audiooutput", "g1"));
	await button(page, "room").click();
	await page.locator('[data-room="output"][data-is="loudspeaker"]').waitFor();
	assert.deepEqual(await axe_findings(page), []);
	await close(page);
});

/* ---- "I must stop for today" ---- */

test("stop in a talk: after it, by keyboard alone; and taken back", async () => {
	const { page, conn } = await at_work(TALK);
	await page.keyboard.press("Shift+E");
	await page.locator("dialog.stop[open]").waitFor();
	assert.deepEqual(await axe_findings(page), []);
	assert.equal(conn.count("shift.end"), 0, "the question is no answer");
	await page.locator("dialog.stop [data-action=stop_after]").focus();
	await page.keyboard.press("Enter");
	const { hand_over, ref } = await conn.expect("shift.end");
	assert.equal(hand_over, false);
	assert.match(ref, /^e/);
	conn.send(view_of({ ...TALK, stop_after: true }));
	await button(page, "stop_undo").waitFor();
	assert.equal(await page.locator("dialog.stop").count(), 0);
	await page.keyboard.press("Shift+E");
	await conn.expect("ready");
	conn.send(view_of(TALK));
	await button(page, "stop").waitFor();
	await close(page);
});

test("stop in a talk: the caller handed on; refused, the talk goes on and the dialog says what to do", async () => {
	const { page, conn } = await at_work(TALK);
	await button(page, "stop").click();
	await button(page, "stop_hand_over").click();
	const first = await conn.expect("shift.end");
	assert.equal(first.hand_over, true);
	await button(page, "stop_hand_over").click();
	assert.equal(conn.count("shift.end"), 0, "once is enough");
	conn.send({ t: "error", code: "no_agent", ref: first.ref });
	conn.send(view_of(TALK));
	await page.locator('dialog.stop .notice[data-grave="true"]').waitFor();
	await button(page, "stop_hand_over").click();
	await conn.expect("shift.end");
	conn.send(view_of({ ...UP, why: "shift_ended" }));
	await page.locator("#state", { hasText: "Schicht beendet" }).waitFor();
	assert.equal(await page.locator("dialog.stop").count(), 0);
	await close(page);
});

test("the dialog gives way when the talk ends, and escapes with Esc", async () => {
	const { page, conn } = await at_work(TALK);
	await button(page, "stop").click();
	await page.keyboard.press("Escape");
	await page.locator("dialog.stop").waitFor({ state: "detached" });
	await button(page, "stop").click();
	await page.locator("dialog.stop[open]").waitFor();
	conn.send(view_of({ ...UP, state: "wrapup", why: "caller_left", ends_ms: 30000, call: CALL }));
	await page.locator("dialog.stop").waitFor({ state: "detached" });
	await page.keyboard.press("Shift+E");
	assert.equal((await conn.expect("shift.end")).hand_over, undefined);
	await close(page);
});

test("the end of a shift is calm: nothing open, nothing asked, and a way to begin again", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready" });
	await page.keyboard.press("Shift+E");
	await conn.expect("shift.end");
	const home = { missing: ["no_declaration"], in_force: 1, to_sign: 0, has_key: true };
	conn.send(view_of({ line: "none", why: "shift_ended", home }));
	await page.locator("#state", { hasText: "Schicht beendet" }).waitFor();
	await page.waitForFunction(() => window.spied.tracks.every((t) => t.readyState === "ended"));
	assert.equal(await page.locator(".home").count(), 0);
	assert.equal(await page.locator(".why").count(), 0);
	assert.deepEqual(await axe_findings(page), []);
	await page.keyboard.press("l");
	await line_up({ page, conn }, peer, { why: "shift_ended", home });
	await page.locator("#state", { hasText: "Vor der Schicht" }).waitFor();
	await page.locator(".home").waitFor();
	await close(page);
});

for (const [scheme, width] of [["light", 1280], ["dark", 390]])
	test(`how it looks, ${scheme}, ${width}`, async () => {
		const size = { scheme, width, height: width > 600 ? 800 : 844 };
		const { page, conn } = await at_work(TALK, { ...size, init: `(${SPY})(); (${DEVICES})();` });
		await button(page, "room").click();
		await page.locator('[data-room="output"][data-is="headset"]').waitFor();
		await look_at(page, `room-${scheme}-${width}`);
		await button(page, "room_end").click();
		await button(page, "stop").click();
		await page.locator("dialog.stop[open]").waitFor();
		await look_at(page, `stop-${scheme}-${width}`);
		conn.send(view_of({ ...TALK, stop_after: true }));
		await button(page, "stop_undo").waitFor();
		await look_at(page, `stop-after-${scheme}-${width}`);
		conn.send(view_of({ why: "shift_ended" }));
		await page.locator("#state", { hasText: "Schicht beendet" }).waitFor();
		await look_at(page, `ended-${scheme}-${width}`);
		await close(page);
	});
