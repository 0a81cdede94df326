// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Somebody came in, in a real browser: what is off and gone at once, what the centre is told, who cannot come back
 * and who can.
 */
import { after, afterEach, before, test } from "node:test";
import assert from "node:assert/strict";
import { both_shifts, browser_start, desk_open, line_up, peer_open, state, tidy } from "./browser.js";
import { CALL, mock_start, TARGETS, view_of } from "./mock.js";

const UP = { line: "up" };
const TALK = { ...UP, state: "talking", call: CALL };
const HOLD = { ...UP, state: "hold", ends_ms: 90000, call: CALL };
const OFFER = { ...UP, state: "offered", ends_ms: 20000, call: CALL };
const AFTER = { ...UP, state: "wrapup", why: "hold_over", ends_ms: 20000, call: CALL, pause_after: true };
/* What a page says of itself, whatever its agent does. */
const OF_ITSELF = ["hello", "line.offer", "line.stats", "targets"];

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

/* Before the page's own scripts: each message that is sent is kept with whether a microphone was open then. */
function watch() {
	window.sent = [];
	const tracks = [];
	const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	navigator.mediaDevices.getUserMedia = async (wanted) => {
		const stream = await get(wanted);
		tracks.push(...stream.getTracks());
		return stream;
	};
	const send = WebSocket.prototype.send;
	WebSocket.prototype.send = function (text) {
		window.sent.push({ t: JSON.parse(text).t, open: tracks.some((x) => x.enabled) });
		send.call(this, text);
	};
	window.is_open = () => tracks.some((x) => x.enabled);
}

async function at_work(view, options = {}) {
	const desk = await desk_open(browser, mock, { ...options, init: watch, view: { ...view, line: "none" } });
	await line_up(desk, peer, view);
	await desk.page.locator('[data-action="came"]').waitFor();
	return desk;
}

async function close({ page }) {
	assert.deepEqual(page.faults, []);
	await page.context().close();
}

const covered = (page) => page.locator(".cover").waitFor();
const button = (page, id) => page.locator(`[data-action="${id}"]`);
/* What the agent said through this page, in order. A hold that no view follows for 5 s is said again; on a busy machine
 * that may be so. */
const said = (conn) => conn.said.filter((m) => !OF_ITSELF.includes(m.t) && m.t !== "hold");

async function nothing_shows(page) {
	const seen = await page.evaluate(() => ({
		text: document.body.innerText,
		elements: document.querySelectorAll("#page *").length,
		title: document.title,
		icon: document.querySelector("link[rel=icon]").getAttribute("href"),
	}));
	assert.doesNotMatch(seen.text, /Anna|Hauptnummer|Deutsch|Beat/);
	assert.deepEqual([seen.elements, seen.title, seen.icon], [0, "Heimamt", "/common/icon.svg"]);
}

test("the key in a talk: the microphone is off before anything is said, nothing shows, and an ordinary hold is said", async () => {
	const desk = await at_work(TALK);
	const { page, conn } = desk;
	await page.waitForFunction(() => window.is_open());
	assert.equal(await peer.hears(), true);
	/* all of it in the task of the key itself */
	const at_once = await page.evaluate(() => {
		dispatchEvent(new KeyboardEvent("keydown", { key: "F8", code: "F8", cancelable: true }));
		return { open: window.is_open(), elements: document.querySelectorAll("#page *").length, sound: document.getElementById("voice").muted };
	});
	assert.deepEqual(at_once, { open: false, elements: 0, sound: true });
	assert.deepEqual(await conn.expect("hold"), { t: "hold", call: CALL.id });
	assert.deepEqual(await page.evaluate(() => window.sent.filter((x) => x.t === "hold").slice(0, 1)), [{ t: "hold", open: false }]);
	conn.send(view_of(HOLD));
	await covered(page);
	await nothing_shows(page);
	assert.equal(await peer.silent(), true);
	await page.locator(".cover .figures", { hasText: "1:" }).waitFor();
	await nothing_shows(page);
	assert.deepEqual(said(conn), []);
	await close(desk);
});

test("the way back: two keys for a second, then a choice; the microphone waits for the centre", async () => {
	const desk = await at_work(TALK);
	const { page, conn } = desk;
	await page.keyboard.press("F8");
	await conn.expect("hold");
	conn.send(view_of(HOLD));
	await page.locator(".cover .figures", { hasText: "1:" }).waitFor();
	await page.keyboard.press("Control+Enter");
	await both_shifts(page);
	assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1", "Enter alone presses nothing");
	await nothing_shows(page);
	await page.keyboard.press("Control+Enter");
	assert.deepEqual(await conn.expect("resume"), { t: "resume", call: CALL.id });
	await state(page, "hold");
	assert.equal(await page.evaluate(() => window.is_open()), false);
	conn.send(view_of(TALK));
	await state(page, "talking");
	await page.waitForFunction(() => window.is_open());
	assert.equal(await page.evaluate(() => document.getElementById("voice").muted), false);
	assert.deepEqual(said(conn), []);
	await close(desk);
});

/* Numbers that repeat (Park and Miller 1988), so that a failure does. */
function random_of(seed) {
	let x = seed;
	return (n) => (x = (x * 48271) % 2147483647) % n;
}

test("a toddler at the keys does not come back", async () => {
	const desk = await at_work(TALK);
	const { page, conn } = desk;
	const random = random_of(20261126);
	const names = [
		"a", "f", "h", "j", "m", "n", "p", "r", "s", "F8", "Enter", " ", "Escape", "Tab", "Backspace", "?", "1", "0",
		"ArrowDown", "ShiftLeft", "ShiftRight", "Control+Enter", "Control+Backspace", "Shift+N", "Shift+E", "Shift+L", "Alt+h",
	];
	const keys = names.filter((k) => !k.includes("+"));
	await page.keyboard.press("F8");
	await conn.expect("hold");
	conn.send(view_of(HOLD));
	await covered(page);
	for (let i = 0; i < 60; i++)
		await page.keyboard.press(names[random(names.length)]);
	/* hands on several keys at once, far more often than a browser could be driven to from here */
	await page.evaluate(
		({ keys, picks }) => {
			const send = (type, key) =>
				document.activeElement.dispatchEvent(
					new KeyboardEvent(type, { key, code: key, bubbles: true, cancelable: true, ctrlKey: key === "Enter" }),
				);
			for (const pick of picks) {
				for (const i of pick)
					send("keydown", keys[i]);
				for (const i of pick)
					send("keyup", keys[i]);
			}
		},
		{
			keys,
			picks: Array.from({ length: 2000 }, () => [0, 1, 2].map(() => random(keys.length))),
		},
	);
	/* for long, but not alone; in one task, or the two might be alone for long enough */
	const hand = (type) =>
		page.evaluate((type) => {
			for (const [key, code] of [["Shift", "ShiftLeft"], ["Shift", "ShiftRight"], ["f", "KeyF"]])
				document.activeElement.dispatchEvent(new KeyboardEvent(type, { key, code, bubbles: true, cancelable: true }));
		}, type);
	await hand("keydown");
	await page.waitForTimeout(1300);
	await hand("keyup");
	assert.equal(await page.locator(".cover").getAttribute("data-open"), "false");
	await nothing_shows(page);
	assert.deepEqual(said(conn), []);
	await close(desk);
});

test("with a dialog open and a hand in its field: the key works, the button is in it, and it comes back as it was", async () => {
	const desk = await at_work(TALK);
	const { page, conn } = desk;
	await page.keyboard.press("g");
	await page.locator("dialog[open]").waitFor();
	conn.send({ ...TARGETS, ref: "t1" });
	await page.locator(".target").first().waitFor();
	await page.keyboard.type("be");
	await page.locator('dialog [data-action="came"]').waitFor();
	await page.keyboard.press("F8");
	await conn.expect("hold");
	await covered(page);
	await nothing_shows(page);
	conn.send(view_of(HOLD));
	await both_shifts(page);
	await button(page, "cover-resume").click();
	await conn.expect("resume");
	conn.send(view_of(TALK));
	await page.locator("dialog[open]").waitFor();
	assert.equal(await page.locator("dialog input").inputValue(), "be");
	await page.locator('dialog [data-action="came"]').click();
	await conn.expect("hold");
	await covered(page);
	await close(desk);
});

test("the button is the largest thing to press, and presses no less than the key", async () => {
	const desk = await at_work(TALK);
	const { page, conn } = desk;
	for (const view of [TALK, HOLD, { ...UP, state: "ready" }, OFFER, { ...UP, state: "pause" }, { ...UP }]) {
		conn.send(view_of(view));
		await state(page, view.state ?? "out");
		const areas = await page.evaluate(() =>
			[...document.querySelectorAll("button, summary, select, input, a")].map((el) => {
				const box = el.getBoundingClientRect();
				return [el.dataset.action ?? el.tagName, box.width * box.height];
			}),
		);
		areas.sort((a, b) => b[1] - a[1]);
		assert.equal(areas[0][0], "came", view.state);
	}
	conn.send(view_of(TALK));
	await state(page, "talking");
	await button(page, "came").click();
	assert.deepEqual(await conn.expect("hold"), { t: "hold", call: CALL.id });
	await close(desk);
});

test("a reload while covered: still covered, still silent, and nothing more is said than by any reload", async () => {
	const desk = await at_work(TALK);
	const { page, conn } = desk;
	await page.keyboard.press("F8");
	await conn.expect("hold");
	conn.send(view_of(HOLD));
	await covered(page);
	const coming = mock.next_conn();
	await page.reload();
	desk.conn = await coming;
	assert.deepEqual(await desk.conn.expect("hello"), { t: "hello", protocol: 1, line: false });
	desk.conn.send(view_of({ ...HOLD, line: "lost" }));
	await covered(page);
	await nothing_shows(page);
	await both_shifts(page);
	await line_up(desk, peer, HOLD, () => page.locator('[data-action="cover-resume"][aria-disabled="false"]').isVisible());
	assert.equal(await page.evaluate(() => window.is_open()), false);
	await button(page, "cover-resume").click();
	await desk.conn.expect("resume");
	assert.deepEqual(said(desk.conn), []);
	await close(desk);
});

test("ready: an ordinary pause; an offer: an ordinary no, and a pause; nothing rings on", async () => {
	const desk = await at_work({ ...UP, state: "ready" });
	const { page, conn } = desk;
	await page.keyboard.press("F8");
	assert.deepEqual(await conn.expect("pause"), { t: "pause" });
	conn.send(view_of({ ...UP, state: "pause" }));
	await covered(page);
	await both_shifts(page);
	await button(page, "cover-back").click();
	await state(page, "pause");
	conn.send(view_of(OFFER));
	await state(page, "offered");
	await page.keyboard.press("F8");
	assert.deepEqual(await conn.expect("decline"), { t: "decline", call: CALL.id });
	assert.deepEqual(await conn.expect("pause"), { t: "pause" });
	await nothing_shows(page);
	assert.deepEqual(said(conn), []);
	await close(desk);
});

test("an offer that comes while covered is declined without a sound", async () => {
	const desk = await at_work({ ...UP, state: "wrapup", ends_ms: 9000, call: CALL });
	const { page, conn } = desk;
	await page.keyboard.press("F8");
	await covered(page);
	assert.deepEqual(said(conn), [], "paperwork ends by itself");
	conn.send(view_of(OFFER));
	await conn.expect("decline");
	await conn.expect("pause");
	await nothing_shows(page);
	await close(desk);
});

test("nobody comes back: the centre hands the call over, and the cover stays until somebody does", async () => {
	const desk = await at_work(TALK);
	const { page, conn } = desk;
	await page.keyboard.press("F8");
	await conn.expect("hold");
	conn.send(view_of(HOLD));
	conn.send(view_of(AFTER));
	await page.locator(".cover .figures", { hasText: "nicht mehr bei Ihnen" }).waitFor();
	conn.send(view_of({ ...UP, state: "pause", why: "paused" }));
	await nothing_shows(page);
	await both_shifts(page);
	assert.equal(await button(page, "cover-resume").count(), 0);
	await button(page, "cover-back").click();
	await state(page, "pause");
	assert.deepEqual(said(conn), []);
	await close(desk);
});

test("handed over from the cover, with a pause or without", async () => {
	const desk = await at_work(TALK);
	const { page, conn } = desk;
	for (const [id, words] of [["cover-hand_over", ["hand_over"]], ["cover-hand_over.pause", ["pause", "hand_over"]]]) {
		await page.keyboard.press("F8");
		await conn.expect("hold");
		conn.send(view_of(HOLD));
		await covered(page);
		await both_shifts(page);
		await button(page, id).click();
		for (const t of words)
			assert.deepEqual(await conn.expect(t), t === "pause" ? { t } : { t, call: CALL.id });
		conn.send(view_of({ ...AFTER, why: "handed_over" }));
		await state(page, "wrapup");
		conn.send(view_of(TALK));
		await state(page, "talking");
	}
	await close(desk);
});

test("no connection: silent and covered at once; the hold is said when there is one", async () => {
	const desk = await at_work(TALK);
	const { page } = desk;
	const coming = mock.next_conn();
	mock.state.down = true;
	desk.conn.ws.terminate();
	await page.locator('[data-notice="centre"]').waitFor();
	await page.keyboard.press("F8");
	await page.locator(".cover .figures", { hasText: "keine Verbindung" }).waitFor();
	assert.equal(await page.evaluate(() => window.is_open()), false);
	mock.state.down = false;
	const conn = await coming;
	conn.answers = false; /* with this very view, not with a later one */
	await conn.expect("hello");
	conn.send(view_of(TALK));
	assert.deepEqual(await conn.expect("hold"), { t: "hold", call: CALL.id });
	assert.equal(await page.evaluate(() => window.is_open()), false);
	await close(desk);
});

test("who is still being called hears a word as soon as somebody answers", async () => {
	const call = { ...CALL, callback: true };
	const desk = await at_work({ ...TALK, call });
	const { page, conn } = desk;
	await page.keyboard.press("F8");
	await covered(page);
	assert.deepEqual(said(conn), []);
	conn.answers = false; /* with this very view, not with a later one */
	conn.send(view_of(TALK));
	assert.deepEqual(await conn.expect("hold"), { t: "hold", call: CALL.id });
	await close(desk);
});

test("a PIN instead of the keys: kept as a check value alone, and three attempts at a time", async () => {
	const desk = await at_work(TALK);
	const { page, conn } = desk;
	await page.keyboard.press("?");
	const field = page.locator('dialog input[name="pin"]');
	await field.fill("12x");
	await field.press("Enter");
	assert.equal(await field.evaluate((el) => el.validity.customError), true);
	await field.fill("4711");
	await field.press("Enter");
	await page.locator('[data-pin="set"]').waitFor();
	const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify(history.state));
	assert.match(kept, /[0-9a-f]{32}:[0-9a-f]{64}/);
	assert.doesNotMatch(kept, /4711/);
	await page.keyboard.press("Escape");
	await page.keyboard.press("F8");
	await conn.expect("hold");
	conn.send(view_of(HOLD));
	const pin = page.locator('.cover input[name="pin"]');
	await pin.waitFor();
	for (const k of ["ShiftLeft", "ShiftRight"])
		await page.keyboard.down(k);
	await page.waitForTimeout(1300);
	for (const k of ["ShiftLeft", "ShiftRight"])
		await page.keyboard.up(k);
	assert.equal(await page.locator(".cover").getAttribute("data-open"), "false");
	await pin.fill("0000");
	await pin.press("Enter");
	await page.locator(".cover [role=alert]", { hasText: "nicht die PIN" }).waitFor();
	await pin.fill("4711");
	await pin.press("Enter");
	await page.locator('.cover[data-open="true"]').waitFor();
	await button(page, "cover-resume").click();
	await conn.expect("resume");
	conn.send(view_of(TALK));
	await state(page, "talking");
	await page.keyboard.press("F8");
	await pin.waitFor();
	/* faster than they can be checked: the right one comes too late */
	for (const word of ["0000", "0001", "0002", "4711"]) {
		await pin.fill(word);
		await pin.press("Enter");
	}
	await page.locator(".cover [role=alert]", { hasText: "30 Sekunden" }).waitFor();
	assert.equal(await page.locator(".cover").getAttribute("data-open"), "false");
	await pin.fill("4711");
	await pin.press("Enter");
	await page.waitForTimeout(1500);
	assert.equal(await page.locator(".cover").getAttribute("data-open"), "false");
	await close(desk);
});
