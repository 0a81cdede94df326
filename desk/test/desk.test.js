// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The desk in a real browser against a centre that says what the test wants: a day by keyboard alone, what the
 * other end of the line hears, and everything that can break.
 */
import { after, afterEach, before, test } from "node:test";
import assert from "node:assert/strict";
import { browser_start, desk_open, hold_back, line_up, page_open, peer_open, state, tidy } from "./browser.js";
import { DEVICES } from "./devices.js";
import { CALL, mock_start, TARGETS, view_of } from "./mock.js";

const UP = { line: "up" };
const OFFER = { ...UP, state: "offered", ends_ms: 20000, call: CALL };
const TALK = { ...UP, state: "talking", call: CALL };

let browser, mock, peer;
before(async () => {
	mock = await mock_start(process.env.DESK_FILES);
	browser = await browser_start();
	peer = await peer_open(browser);
});
after(async () => {
	await browser?.close();
	await mock?.close();
});

afterEach(() => tidy(browser, mock, peer.page));

async function close(page) {
	assert.deepEqual(page.faults, []);
	await page.context().close();
}

const button = (page, id) => page.locator(`[data-action="${id}"]`);

/* A desk in a shift with its line up, in this view. */
async function at_work(view, options = {}) {
	const desk = await desk_open(browser, mock, { ...options, view: { ...view, line: "none" } });
	await line_up(desk, peer, view);
	await desk.page.locator(".came button").waitFor(); /* what comes late is there, and its words */
	return desk;
}

test("a login link leads to the desk, and the token leaves the address", async () => {
	mock.state.login_status = 204;
	const page = await page_open(browser);
	const coming = mock.next_conn();
	await page.goto(mock.url + "/login/" + "0f".repeat(32));
	const conn = await coming;
	assert.equal(conn.path, "/ws/desk");
	assert.deepEqual(mock.state.logins.pop(), { token: "0f".repeat(32) });
	assert.deepEqual(await conn.expect("hello"), { t: "hello", protocol: 1, line: false });
	assert.equal(new URL(page.url()).pathname, "/desk/");
	await close(page);
});

test("a used login link says so and how to get a new one", async () => {
	mock.state.login_status = 403;
	const page = await page_open(browser);
	await page.goto(mock.url + "/login/" + "0f".repeat(32));
	assert.match(await page.locator("[role=alert]").innerText(), /gilt nicht mehr[^]*heimamt link anna/);
	await close(page);
});

test("a working day by keyboard alone", async () => {
	const desk = await desk_open(browser, mock);
	const { page, conn } = desk;
	const press = (k) => page.keyboard.press(k);
	await press("l");
	const offer = await line_up(desk, peer, {});
	assert.deepEqual([...offer.sdp.matchAll(/a=rtpmap:\d+ (\S+)/g)].map((m) => m[1]),
		["PCMA/8000", "PCMU/8000", "G722/8000", "opus/48000/2", "red/48000/2", "telephone-event/48000", "telephone-event/8000"],
		"PCMA first, what telephones speak besides, Opus, also twice, keys, and nothing else");
	assert.doesNotMatch(offer.sdp, /a=candidate/);
	await button(page, "test").waitFor(); /* it comes late */
	await press("t");
	assert.deepEqual(await conn.expect("line.test"), { t: "line.test", on: true });
	conn.send(view_of({ ...UP, testing: true }));
	await page.locator('.row[data-good="true"] .meter').waitFor();
	await press("s");
	assert.equal((await conn.expect("line.test")).on, false, "the test ends with the shift's begin");
	await conn.expect("shift.start");
	conn.send(view_of({ ...UP, state: "away", why: "new_shift" }));
	await state(page, "away");
	await press("r");
	await conn.expect("ready");
	conn.send(view_of({ ...UP, state: "ready" }));
	await state(page, "ready");
	conn.send(view_of(OFFER));
	await state(page, "offered");
	await press("Control+Enter");
	assert.deepEqual(await conn.expect("accept"), { t: "accept", call: CALL.id });
	conn.send(view_of(TALK));
	await state(page, "talking");
	await press("m");
	await button(page, "unmute").waitFor();
	await press("m");
	await button(page, "mute").waitFor();
	await press("p");
	await conn.expect("pause");
	conn.send(view_of({ ...TALK, pause_after: true }));
	await button(page, "pause_undo").waitFor();
	await press("p");
	await conn.expect("ready");
	conn.send(view_of(TALK));
	await button(page, "pause_after").waitFor();
	await press("Control+Backspace");
	assert.deepEqual(await conn.expect("hangup"), { t: "hangup", call: CALL.id });
	conn.send(view_of({ ...UP, state: "wrapup", why: "agent_hung_up", ends_ms: 30000, call: CALL }));
	await state(page, "wrapup");
	await press("r");
	await conn.expect("wrapup.done");
	conn.send(view_of(OFFER));
	await state(page, "offered");
	await press("Control+Backspace");
	assert.deepEqual(await conn.expect("decline"), { t: "decline", call: CALL.id });
	conn.send(view_of({ ...UP, state: "ready", why: "declined" }));
	await state(page, "ready");
	await press("Shift+E");
	await conn.expect("shift.end");
	conn.send(view_of(UP));
	await state(page, "out");
	await press("Shift+L");
	await conn.expect("logout");
	await close(page);
});

test("each action is reached with Tab and works with Enter; focus is never lost", async () => {
	const { page, conn } = await at_work({ ...UP, state: "away" });
	await page.locator("#state").focus();
	await page.keyboard.press("Tab");
	const on = () => page.evaluate(() => document.activeElement.dataset.action ?? document.activeElement.id);
	assert.equal(await on(), "ready");
	await page.keyboard.press("Enter");
	await conn.expect("ready");
	conn.send(view_of({ ...UP, state: "ready" }));
	await state(page, "ready");
	assert.equal(await on(), "state", "the button went, the focus is at the state");
	await page.keyboard.press("Tab");
	assert.equal(await on(), "pause");
	conn.send(view_of(OFFER));
	await state(page, "offered");
	assert.equal(await on(), "pause", "a button that stays keeps the focus, so Enter does not accept");
	await close(page);
});

test("no single key and no early click accepts an offer", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready" });
	await button(page, "pause").focus();
	conn.send(view_of(OFFER));
	await state(page, "offered");
	await page.evaluate(() => document.querySelector("#state").focus());
	for (const k of ["Enter", "Space", "Escape", "a", "y", "j", "o", "Shift+Enter"])
		await page.keyboard.press(k);
	conn.send(view_of({ ...UP, state: "ready" }));
	await state(page, "ready");
	/* In the very moment in which it appears, as a click that was meant for what was there before. */
	await page.evaluate(() => {
		new MutationObserver(() => document.querySelector('[data-action="accept"]')?.click()).observe(
			document.getElementById("page"),
			{ childList: true, subtree: true },
		);
	});
	conn.send(view_of(OFFER));
	await state(page, "offered");
	assert.equal(conn.count("accept"), 0);
	await button(page, "accept").click();
	await conn.expect("accept");
	await close(page);
});

test("one offer in another's place is a new offer: told, over all else, and nothing meant for the first takes it", async () => {
	const other = { ...CALL, id: "0h3k9m2p4q8rs", queue: "Paketsuche" };
	const { page, conn } = await at_work({ ...UP, state: "ready" }, { init: SPY });
	await page.evaluate(() => Object.defineProperty(document, "hidden", { value: true }));
	await hear_status(page);
	conn.send(view_of(OFFER));
	await page.locator('[data-action="accept"][aria-disabled="false"]').waitFor();
	await page.keyboard.press("?");
	await page.locator("dialog[open]").waitFor();
	/* all that may be on its way when the second one comes, in the very moment */
	await page.evaluate(() => {
		const watch = new MutationObserver(() => {
			if (!document.querySelector(".call").textContent.includes("Paketsuche"))
				return;
			watch.disconnect();
			document.querySelector('[data-action="accept"]').click();
			document.querySelector('[data-action="decline"]').click();
			for (const key of ["Enter", "Backspace"])
				document.body.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey: true, bubbles: true }));
			window.tried = true;
		});
		watch.observe(document.getElementById("page"), { childList: true, subtree: true, characterData: true });
	});
	conn.send(view_of({ ...OFFER, call: other }));
	await page.waitForFunction(() => window.tried);
	await page.locator("dialog").waitFor({ state: "detached" });
	await button(page, "accept").click();
	assert.deepEqual(await conn.expect("accept"), { t: "accept", call: other.id });
	assert.equal(conn.count("accept") + conn.count("decline"), 0, "nothing before");
	const note = "Anruf | Ein Anruf wartet auf Sie.";
	assert.deepEqual(await page.evaluate(() => window.spied.notes), [note, "closed", note]);
	const told = await page.evaluate(() => window.told);
	assert.match(told.at(-1), /Anruf aus Paketsuche/);
	conn.send(view_of({ ...OFFER, call: other, since_ms: 9000 })); /* the same one: nothing new */
	await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
	await page.keyboard.press("Control+Enter");
	await conn.expect("accept");
	await close(page);
});

test("the second half of a double click does nothing: neither hangs up nor ends the wrap-up", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready" });
	/* what stands first is clicked in the very moment in which it is another */
	await page.evaluate(() => {
		const first = () => document.querySelector(".actions button");
		let id = first().dataset.action;
		window.clicked = [];
		new MutationObserver(() => {
			if (first().dataset.action === id)
				return;
			id = first().dataset.action;
			window.clicked.push(id);
			first().click();
		}).observe(document.getElementById("page"), { childList: true, subtree: true });
	});
	conn.send(view_of(OFFER));
	await state(page, "offered");
	conn.send(view_of(TALK));
	await state(page, "talking");
	conn.send(view_of({ ...UP, state: "wrapup", why: "agent_hung_up", ends_ms: 9000, call: CALL }));
	await state(page, "wrapup");
	assert.deepEqual(await page.evaluate(() => window.clicked), ["accept", "hangup", "wrapup_done"]);
	await button(page, "wrapup_done").click();
	await conn.expect("wrapup.done");
	assert.equal(conn.count("accept") + conn.count("hangup") + conn.count("wrapup.done"), 0, "only the click that was meant");
	await close(page);
});

test("a second wish is not lost while the centre has not answered the first, and the same one is not sent twice", async () => {
	const { page, conn } = await at_work(TALK);
	await page.locator('[data-action="hangup"][aria-disabled="false"]').waitFor();
	for (const key of ["p", "p", "Control+Backspace", "Control+Backspace"])
		await page.keyboard.press(key);
	await conn.expect("hangup");
	assert.equal(conn.count("pause"), 1);
	await page.waitForTimeout(200);
	assert.equal(conn.count("hangup"), 0);
	await close(page);
});

test("a click is answered at once and the centre's word replaces it", async () => {
	const { page, conn } = await at_work({ ...UP, state: "away" });
	const busy = await button(page, "ready").evaluate((el) => {
		el.click();
		return el.getAttribute("aria-busy");
	});
	assert.equal(busy, "true", "within the click itself");
	await conn.expect("ready");
	assert.equal(await page.locator(".now").getAttribute("data-state"), "away", "not before the centre says so");
	conn.send({ t: "error", code: "not_now", ref: "" });
	conn.send(view_of({ ...UP, state: "away" }));
	await page.locator('[data-notice="refused"]').waitFor();
	assert.equal(await button(page, "ready").getAttribute("aria-busy"), "false");
	await button(page, "ready").click();
	assert.equal(await page.locator(".notice").count(), 0, "the next try begins anew");
	await close(page);
});

test("the other end hears the microphone in the test and in the talk, and silence otherwise", async () => {
	const desk = await desk_open(browser, mock);
	const { page, conn } = desk;
	await button(page, "line").click();
	await line_up(desk, peer, {});
	assert.equal(await peer.silent(), true, "before the test");
	conn.send(view_of({ ...UP, testing: true }));
	await page.getByText("Probe beenden").waitFor();
	assert.equal(await peer.hears(), true, "in the test");
	conn.send(view_of({ ...UP, state: "ready", testing: true }));
	await state(page, "ready");
	assert.equal(await peer.silent(), true, "ready, even if the centre left the test on");
	conn.send(view_of(OFFER));
	await button(page, "accept").click();
	await conn.expect("accept");
	assert.equal(await peer.silent(), true, "accepted, but the centre has not said so");
	conn.send(view_of(TALK));
	await state(page, "talking");
	assert.equal(await peer.hears(), true, "talking");
	await button(page, "mute").click();
	await button(page, "unmute").waitFor();
	assert.equal(await peer.silent(), true, "muted");
	await button(page, "unmute").click();
	await button(page, "mute").waitFor();
	assert.equal(await peer.hears(), true, "speaking again");
	conn.send(view_of({ ...UP, state: "wrapup", call: CALL }));
	await state(page, "wrapup");
	assert.equal(await peer.silent(), true, "wrap-up");
	await close(page);
});

test("mute ends with its talk", async () => {
	const { page, conn } = await at_work(TALK);
	await button(page, "mute").click();
	await button(page, "unmute").waitFor();
	conn.send(view_of({ ...UP, state: "ready" }));
	await state(page, "ready");
	conn.send(view_of(TALK));
	await button(page, "mute").waitFor();
	await close(page);
});

test("mute works while the centre is away", async () => {
	const { page, conn } = await at_work(TALK);
	mock.state.session = true;
	conn.ws.close(4003);
	await page.locator('[data-notice="centre"]').waitFor();
	await button(page, "mute").click();
	await button(page, "unmute").waitFor();
	assert.equal(await peer.silent(), true);
	await close(page);
});

test("the other end's sound reaches the page", async () => {
	const { page } = await at_work(TALK);
	await page.waitForFunction(() => {
		const voice = document.getElementById("voice");
		return !voice.paused && voice.srcObject?.getAudioTracks()[0]?.readyState === "live";
	});
	await close(page);
});

const SPY = () => {
	window.spied = { rings: 0, notes: [], mics: [] };
	const start = OscillatorNode.prototype.start;
	OscillatorNode.prototype.start = function (...args) {
		window.spied.rings++;
		return start.apply(this, args);
	};
	window.Notification = class {
		static permission = "granted";
		constructor(title, options) {
			window.spied.notes.push(title + " | " + options.body);
			this.close = () => window.spied.notes.push("closed");
		}
	};
	const get = MediaDevices.prototype.getUserMedia;
	MediaDevices.prototype.getUserMedia = async function (...args) {
		const stream = await get.apply(this, args);
		window.spied.mics.push(stream.getAudioTracks()[0]);
		return stream;
	};
};

test("an offer sounds, changes title and picture, notifies a hidden page, and ends with all of it", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready" }, { init: SPY });
	const icon = () => page.locator("link[rel=icon]").getAttribute("href");
	const calm = await icon();
	await page.evaluate(() => Object.defineProperty(document, "hidden", { value: true }));
	conn.send(view_of(OFFER));
	await state(page, "offered");
	await page.waitForFunction(() => window.spied.rings >= 2);
	assert.equal(await page.title(), "Anruf: Hauptnummer – Heimamt");
	assert.notEqual(await icon(), calm);
	assert.match(await page.locator(".sr[role=status]").innerText(), /Anruf aus Hauptnummer.*Ctrl \+ Enter/);
	assert.deepEqual(await page.evaluate(() => window.spied.notes), [
		"Anruf | Ein Anruf wartet auf Sie.",
	]);
	conn.send(view_of({ ...UP, state: "ready", why: "caller_left" }));
	await state(page, "ready");
	assert.equal(await icon(), calm);
	assert.match(await page.title(), /^Bereit/);
	assert.equal((await page.evaluate(() => window.spied.notes)).pop(), "closed");
	const rings = await page.evaluate(() => window.spied.rings);
	await page.waitForTimeout(3000);
	assert.equal(await page.evaluate(() => window.spied.rings), rings, "it rings no more");
	await close(page);
});

test("notifications are asked for in the line test, and the answer is shown", async () => {
	const init = () => {
		window.Notification = class {
			static permission = "default";
			static async requestPermission() {
				this.permission = "granted";
			}
		};
	};
	const desk = await desk_open(browser, mock, { init });
	const { page } = desk;
	await button(page, "line").click();
	await line_up(desk, peer, {});
	await button(page, "notify").click();
	await page.getByText("erlaubt", { exact: true }).waitFor();
	await close(page);
});

test("an offer closes what lies over it", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready" });
	await page.keyboard.press("?");
	await page.locator("dialog[open]").waitFor();
	conn.send(view_of(OFFER));
	await state(page, "offered");
	await page.locator("dialog").waitFor({ state: "detached" });
	await close(page);
});

const notice = (page, id) => page.locator(`[data-notice="${id}"]`);
const live = (page) =>
	page.evaluate(() => window.devices.open.filter((t) => t.readyState === "live").map((t) => t.is.deviceId));

test("the headset is unplugged in a talk: another microphone is taken, and the headset again when it is back", async () => {
	const { page, conn } = await at_work(TALK, { init: DEVICES });
	assert.deepEqual(await live(page), ["hi"]);
	await page.evaluate(() => window.devices.pull("audioinput", "g1"));
	assert.match(await notice(page, "mic_other").innerText(), /^Headset ist weg\. Man hört Sie jetzt über: Laptop\./);
	assert.equal(await notices_role(page), "alert");
	assert.deepEqual(await live(page), ["li"]);
	assert.equal(await peer.hears(), true, "the other microphone, on the same line");
	await page.evaluate(() => window.devices.pull("audiooutput", "g1"));
	assert.match(await notice(page, "headset").innerText(), /^Headset ist weg\..*über: Laptop\. Der Ton kommt aus: Laptop/);
	await page.evaluate(() => {
		new MutationObserver(() => (window.seen ||= document.querySelector('[data-notice="mic_other"]') !== null)).observe(
			document.getElementById("page"),
			{ childList: true, subtree: true },
		);
		window.devices.plug(window.devices.headset);
	});
	await notice(page, "headset").waitFor({ state: "detached" });
	await page.waitForFunction(() => window.devices.open.filter((t) => t.readyState === "live").every((t) => t.is.deviceId === "hi"));
	assert.deepEqual(await live(page), ["hi"], "the other is closed");
	assert.notEqual(await page.evaluate(() => window.seen), true, "one that is back is not said to be gone");
	assert.equal(await page.locator(".notice").count(), 0);
	assert.equal(await peer.hears(), true);
	assert.equal(conn.count("line.offer"), 0);
	await close(page);
});

const notices_role = (page) => page.locator(".notices").getAttribute("role");

test("the agent goes on without the headset: nothing is said any more, and it is not taken again", async () => {
	const { page } = await at_work(TALK, { init: DEVICES });
	await page.evaluate(() => window.devices.pull("audioinput", "g1"));
	await notice(page, "mic_other").locator("button").click();
	await notice(page, "mic_other").waitFor({ state: "detached" });
	await page.evaluate(() => window.devices.plug(window.devices.headset));
	await page.waitForTimeout(300);
	assert.deepEqual(await live(page), ["li"]);
	await close(page);
});

test("the only microphone is unplugged: said at once, and taken up again when a device comes", async () => {
	const { page, conn } = await at_work(TALK, { init: DEVICES });
	await page.evaluate(() => {
		window.devices.list = window.devices.headset;
		window.devices.pull("audioinput", "g1");
	});
	await notice(page, "mic_ended").waitFor();
	await page.evaluate(() => window.devices.pull("audiooutput", "g1"));
	await notice(page, "output_gone").waitFor();
	await page.evaluate(() => window.devices.plug(window.devices.headset));
	await notice(page, "mic_ended").waitFor({ state: "detached" });
	await notice(page, "output_gone").waitFor({ state: "detached" });
	assert.equal(await peer.hears(), true, "on the same line, enabled by the same rule");
	assert.equal(conn.count("line.offer"), 0);
	await close(page);
});

test("the microphone falls silent while it is muted: it is said all the same, and mute stays", async () => {
	const { page } = await at_work(TALK, { init: DEVICES });
	await button(page, "mute").click();
	await page.evaluate(() => window.devices.pull("audioinput", "g1"));
	await notice(page, "mic_other").waitFor();
	assert.equal(await peer.silent(), true);
	await close(page);
});

test("the microphone gives no sound: said at once", async () => {
	const { page } = await at_work(TALK, { init: SPY });
	await page.evaluate(() => window.spied.mics.at(-1).dispatchEvent(new Event("mute")));
	await page.locator('[data-notice="mic_muted"]').waitFor();
	await page.evaluate(() => window.spied.mics.at(-1).dispatchEvent(new Event("unmute")));
	await page.locator('[data-notice="mic_muted"]').waitFor({ state: "detached" });
	await close(page);
});

for (const [error, id] of [["NotAllowedError", "denied"], ["NotFoundError", "missing"], ["NotReadableError", "busy"]])
	test(`the microphone is refused: ${error}`, async () => {
		const init = `MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException("x", "${error}"))`;
		const { page, conn } = await desk_open(browser, mock, { init });
		await button(page, "line").click();
		const notice = page.locator(`[data-notice="mic_${id}"]`);
		assert.match(await notice.innerText(), /Mikrofon/);
		await notice.locator("button").waitFor();
		assert.equal(conn.count("line.offer"), 0);
		await close(page);
	});

test("the microphone is given to this page already, and does not come: said after a while, and it may be tried again", async () => {
	/* what the driver gives after all is let go */
	const init = `{
		const get = MediaDevices.prototype.getUserMedia, wait = window.setTimeout;
		window.setTimeout = (fn, ms, ...more) => wait(fn, ms === 15000 && window.hangs ? 500 : ms, ...more);
		window.hangs = true;
		MediaDevices.prototype.getUserMedia = async function (what) {
			const stream = await get.call(this, what);
			if (window.hangs) {
				window.late = stream;
				await new Promise((go) => (window.give = go));
			}
			return stream;
		};
	}`;
	const { page, conn } = await desk_open(browser, mock, { init });
	await button(page, "line").click();
	const notice = page.locator('[data-notice="mic_busy"]');
	await notice.waitFor();
	assert.equal(conn.count("line.offer"), 0);
	await page.waitForFunction(() => window.give);
	await page.evaluate(() => window.give());
	await page.waitForFunction(() => window.late.getAudioTracks()[0].readyState === "ended");
	await page.evaluate(() => (window.hangs = false));
	await notice.locator("button").click();
	await conn.expect("line.offer");
	await close(page);
});

test("who is asked for the microphone may take their time", async () => {
	const init = `{
		const wait = window.setTimeout;
		window.setTimeout = (fn, ms, ...more) => wait(fn, ms === 15000 ? 0 : ms, ...more);
		navigator.permissions.query = async () => ({ state: "prompt" });
		MediaDevices.prototype.getUserMedia = () => new Promise(() => {});
	}`;
	const { page } = await desk_open(browser, mock, { init });
	await button(page, "line").click();
	await page.waitForTimeout(500);
	assert.equal(await page.locator('[data-notice="mic_busy"]').count(), 0);
	await close(page);
});

test("the line breaks on the centre's side: a new one is made by itself", async () => {
	const desk = await at_work({ ...UP, state: "ready" });
	desk.conn.send(view_of({ state: "away", why: "line_lost", line: "lost" }));
	await state(desk.page, "lost");
	await line_up(desk, peer, { state: "away", why: "line_lost" });
	await state(desk.page, "away");
	assert.match(await desk.page.locator(".why").innerText(), /Leitung war unterbrochen/);
	await close(desk.page);
});

test("the line breaks on the browser's side: a new one is made by itself", async () => {
	const desk = await at_work({ ...UP, state: "ready" });
	await peer.page.evaluate(() => window.peer.close());
	await line_up(desk, peer, { state: "ready" });
	await close(desk.page);
});

test("the centre refuses the line: said, and tried again with a pause", async () => {
	const desk = await desk_open(browser, mock);
	await button(desk.page, "line").click();
	const { ref } = await desk.conn.expect("line.offer");
	desk.conn.send({ t: "error", code: "line_failed", ref });
	await desk.page.locator('[data-notice="line_failed"]').waitFor();
	await line_up(desk, peer, {});
	await desk.page.locator('[data-notice="line_failed"]').waitFor({ state: "detached" });
	await close(desk.page);
});

/* As a browser that knows nothing of a sender's codec, or takes it and refuses it. */
const CANNOT = {
	"knows nothing of it": () => {
		const native = RTCRtpSender.prototype.setParameters;
		RTCRtpSender.prototype.setParameters = function (p) {
			p.encodings.forEach((e) => delete e.codec);
			return native.call(this, p);
		};
	},
	"refuses it": () => {
		const native = RTCRtpSender.prototype.setParameters;
		RTCRtpSender.prototype.setParameters = function (p) {
			return p.encodings.some((e) => e.codec)
				? Promise.reject(new DOMException("no", "InvalidModificationError"))
				: native.call(this, p);
		};
	},
};
const speaking = (codec, part = {}) => view_of({ ...UP, codec, ...part });
const RINGS = { state: "offered", ends_ms: 20000, call: { ...CALL, codec: "G722" } };
const first_of = (sdp) => /^m=audio \d+ \S+ (\d+)/m.exec(sdp)[1];
const transport_of = (sdp) => sdp.match(/^a=(ice-ufrag|ice-pwd|fingerprint):.*$/gm).sort();

/* Until the browser sends in this codec and the other end gets it. */
const speaks = (at, codec) =>
	at.page.waitForFunction(async (mime) => {
		const all = [...(await window.peer.getStats()).values()];
		const seen = window.seen ?? { packets: 0 };
		const now = all.find((s) => s.type === "inbound-rtp");
		window.seen = { packets: now?.packetsReceived ?? 0 };
		return window.seen.packets > seen.packets && all.find((s) => s.id === now.codecId)?.mimeType === mime;
	}, "audio/" + codec);

for (const [how, init] of Object.entries(CANNOT))
	test(`a browser that cannot change its codec by itself, because it ${how}: another offer on the same connection, while it rings`, async () => {
		const { page, conn } = await at_work({ ...UP, state: "ready", codec: "PCMA" }, { init });
		await speaks(peer, "PCMA");
		assert.equal(conn.count("line.codec"), 0, "the line begins with it");
		conn.send(speaking("PCMA", RINGS));
		const asked = await conn.expect("line.codec");
		assert.equal(first_of(asked.sdp), "9");
		const before = await peer.page.evaluate(() => window.peer.currentRemoteDescription.sdp);
		assert.deepEqual(transport_of(asked.sdp), transport_of(before), "neither ICE nor DTLS begins anew");
		conn.send({ t: "line.answer", sdp: await peer.again(asked.sdp), ref: asked.ref });
		await speaks(peer, "G722");
		conn.send(speaking("G722", { ...RINGS, state: "talking", ends_ms: null }));
		await state(page, "talking");
		conn.send(speaking("PCMA", { state: "wrapup", call: { ...CALL, codec: "PCMA" } }));
		const back = await conn.expect("line.codec");
		assert.equal(first_of(back.sdp), "8");
		assert.notEqual(back.ref, asked.ref);
		conn.send({ t: "line.answer", sdp: await peer.again(back.sdp), ref: back.ref });
		await speaks(peer, "PCMA");
		assert.equal(conn.count("line.codec"), 0);
		assert.equal(conn.count("line.offer"), 0);
		await close(page);
	});

test("a browser that changes its codec by itself does so in the talk, and offers nothing", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready", codec: "PCMA" });
	conn.send(speaking("PCMA", RINGS));
	await state(page, "offered");
	await speaks(peer, "PCMA");
	conn.send(speaking("G722", { ...RINGS, state: "talking", ends_ms: null }));
	await speaks(peer, "G722");
	assert.equal(conn.count("line.codec"), 0);
	await close(page);
});

test("the other order of codecs is refused, or not answered: the line goes on as it was, and it is tried again", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready", codec: "PCMA" }, { init: CANNOT["refuses it"] });
	conn.send(speaking("PCMA", RINGS));
	const asked = await conn.expect("line.codec");
	conn.send({ t: "error", code: "bad_sdp", ref: asked.ref });
	conn.send(speaking("G722", { ...RINGS, state: "talking", ends_ms: null }));
	await state(page, "talking");
	await speaks(peer, "PCMA");
	assert.equal(conn.count("line.codec"), 0, "not at once");
	assert.equal(await page.locator('[data-notice="line_failed"]').count(), 0, "no news to the agent");
	const again = await conn.expect("line.codec");
	/* no answer in time: then there is another one, and this one's comes too late for anything */
	const third = await conn.expect("line.codec");
	conn.send({ t: "line.answer", sdp: await peer.again(again.sdp), ref: again.ref });
	conn.send({ t: "line.answer", sdp: await peer.again(third.sdp), ref: third.ref });
	await speaks(peer, "G722");
	assert.equal(conn.count("line.offer"), 0);
	await close(page);
});

test("counters that there are not yet are no news to the agent", async () => {
	const desk = await desk_open(browser, mock);
	await button(desk.page, "line").click();
	await line_up(desk, peer, {});
	const { ref } = await desk.conn.expect("line.stats");
	desk.conn.send({ t: "error", code: "no_line", ref });
	desk.conn.send(view_of({ ...UP, testing: true }));
	await desk.page.getByText("Probe beenden").waitFor();
	assert.equal(await desk.page.locator(".notice").count(), 0);
	await close(desk.page);
});

/* ---- the line is lost in mid-talk ---- */

const SILENT = { line: "silent" };
const BROKEN = { ...SILENT, state: "interrupted", why: "line_lost", ends_ms: 14000, call: CALL };

/* Everything that a screen reader was told from now on. */
const hear_status = (page) =>
	page.evaluate(() => {
		window.told = [];
		new MutationObserver(() => window.told.push(document.querySelector(".sr[role=status]").textContent)).observe(
			document.querySelector(".sr[role=status]"),
			{ childList: true, subtree: true, characterData: true },
		);
	});

test("the talk is interrupted: said once, no microphone, a new line by itself, and the talk goes on", async () => {
	const desk = await at_work(TALK, { init: SPY });
	const { page, conn } = desk;
	await hear_status(page);
	assert.equal(await page.evaluate(() => window.spied.mics[0].enabled), true);
	conn.send(view_of(BROKEN));
	await state(page, "interrupted");
	assert.match(await page.locator(".now").innerText(), /Gespräch unterbrochen[^]*noch\s*0:[01]\d[^]*hört Musik/);
	assert.match(await page.title(), /^Gespräch unterbrochen/);
	assert.equal(await page.locator(".notice").count(), 0, "the panel says it");
	/* What the other end hears cannot be measured: the line is about to be replaced. */
	assert.equal(await page.evaluate(() => window.spied.mics[0].enabled), false);
	await page.waitForFunction(() => /0:0\d|0:1[0-2]/.test(document.querySelector(".timer").textContent));
	await line_up(desk, peer, { ...BROKEN, ends_ms: 9000 });
	conn.send(view_of(TALK));
	await state(page, "talking");
	assert.equal(await peer.hears(), true, "the microphone was on before");
	const told = await page.evaluate(() => window.told);
	assert.equal(told.length, 2, told.join(" | "));
	assert.match(told[0], /^Gespräch unterbrochen\. .*hört Musik/);
	assert.equal(told[1], "Sie sind wieder verbunden.");
	await close(page);
});

test("interrupted: a mute stays, and the agent can hang up or ask for a pause", async () => {
	const desk = await at_work(TALK);
	const { page, conn } = desk;
	await button(page, "mute").click();
	conn.send(view_of(BROKEN));
	await state(page, "interrupted");
	assert.match(await page.locator(".about").innerText(), /Sie bleiben danach stumm/);
	await page.keyboard.press("Control+Backspace");
	assert.deepEqual(await conn.expect("hangup"), { t: "hangup", call: CALL.id });
	conn.send(view_of(BROKEN));
	await page.locator("[aria-busy=true]").waitFor({ state: "detached" }); /* until then no key does anything */
	await page.keyboard.press("p");
	await conn.expect("pause");
	await line_up(desk, peer, BROKEN);
	conn.send(view_of(TALK));
	await state(page, "talking");
	await button(page, "unmute").waitFor();
	assert.equal(await peer.silent(), true);
	await close(page);
});

test("the line falters and comes back by itself: no new one", async () => {
	const { page, conn } = await at_work({ ...UP, state: "pause" });
	await page.evaluate(() => {
		new MutationObserver(() => (window.seen ||= document.querySelector('[data-notice="line_silent_idle"]') !== null)).observe(
			document.getElementById("page"),
			{ childList: true, subtree: true },
		);
	});
	conn.send(view_of({ ...SILENT, state: "pause" }));
	conn.send(view_of({ ...UP, state: "pause" })); /* at once: the page gives a line up after 2.5 s */
	await page.waitForFunction(() => window.seen);
	await notice(page, "line_silent_idle").waitFor({ state: "detached" });
	await page.waitForTimeout(3500);
	assert.equal(conn.count("line.offer"), 0);
	await close(page);
});

test("the centre cannot be asked: no attempt is made; what healed meanwhile is kept, what did not is made anew", async () => {
	for (const healed of [true, false]) {
		const desk = await at_work(TALK);
		mock.state.down = true;
		desk.conn.send(view_of(BROKEN));
		desk.conn.ws.close(1012); /* at once: the page tries for a new line 3 s after it became silent */
		await state(desk.page, "interrupted");
		await notice(desk.page, "network").waitFor();
		await desk.page.waitForTimeout(4000);
		const coming = mock.next_conn();
		mock.state.down = false;
		await desk.page.evaluate(() => dispatchEvent(new Event("online")));
		desk.conn = await coming;
		desk.conn.send(view_of(healed ? TALK : BROKEN));
		if (healed) {
			await state(desk.page, "talking");
			await desk.page.locator('.side .mark[data-state="ready"]').waitFor();
			await desk.page.waitForTimeout(1000);
			assert.equal(desk.conn.count("line.offer"), 0);
		} else
			await line_up(desk, peer, TALK);
		assert.equal(await peer.hears(), true);
		await close(desk.page);
	}
});

test("the connection to the centre is dead without a word: noticed, and made anew", async () => {
	const { page, conn } = await at_work(TALK);
	conn.answers = false;
	const coming = mock.next_conn();
	await page.evaluate(() => dispatchEvent(new Event("online")));
	await conn.expect("hello");
	const again = await coming;
	assert.equal((await again.expect("hello")).line, true, "the line stands");
	again.send(view_of(TALK));
	await notice(page, "centre").waitFor({ state: "detached" });
	assert.equal(again.count("line.offer"), 0);
	await close(page);
});

/* The page is loaded anew; says hello; the centre has not answered yet. */
async function reload(desk) {
	const coming = mock.next_conn();
	await desk.page.reload();
	desk.conn = await coming;
	assert.equal((await desk.conn.expect("hello")).line, false, "a new page has none");
	desk.conn.send({ t: "turn", servers: [] }); /* no view, but a word: a centre that says none is left after 5 s */
}

const mics = (page) => page.evaluate(() => window.spied.mics.map((t) => t.readyState));

test("the page is loaded anew in a talk: microphone and line at once, and the talk goes on", async () => {
	const desk = await at_work(TALK, { init: SPY });
	await reload(desk);
	await desk.page.waitForFunction(() => window.spied.mics.length === 1, null, { timeout: 20000 });
	desk.conn.send(view_of({ ...BROKEN, line: "lost" }));
	await line_up(desk, peer, TALK);
	await state(desk.page, "talking");
	assert.equal(await peer.hears(), true);
	assert.deepEqual(await mics(desk.page), ["live"], "asked for once, before the centre answered");
	assert.equal(await notice(desk.page, "sound").count(), 0);
	await close(desk.page);
});

test("the page is loaded anew by an agent who is mute: mute stays", async () => {
	const desk = await at_work(TALK);
	await button(desk.page, "mute").click();
	await reload(desk);
	desk.conn.send(view_of({ ...BROKEN, line: "lost" }));
	await line_up(desk, peer, TALK);
	await button(desk.page, "unmute").waitFor();
	assert.equal(await peer.silent(), true);
	desk.conn.send(view_of({ ...UP, state: "ready" }));
	await state(desk.page, "ready");
	assert.deepEqual(await desk.page.evaluate(() => history.state), { muted: false, covered: false }, "with the talk it ends");
	await close(desk.page);
});

test("the page is loaded anew before the shift: the microphone is closed again", async () => {
	const desk = await desk_open(browser, mock, { init: SPY });
	await reload(desk);
	desk.conn.send(view_of());
	await button(desk.page, "line").waitFor();
	await desk.page.waitForFunction(() => window.spied.mics.every((t) => t.readyState === "ended"));
	assert.equal(desk.conn.count("line.offer"), 0);
	await close(desk.page);
});

test("the page is loaded anew while the centre is away: the microphone is closed until it is back", async () => {
	const desk = await at_work(TALK, { init: SPY });
	const { page } = desk;
	await reload(desk);
	await page.waitForFunction(() => window.spied.mics.length === 1, null, { timeout: 20000 });
	mock.state.down = true;
	desk.conn.ws.terminate();
	await page.waitForFunction(() => window.spied.mics[0].readyState === "ended");
	const coming = mock.next_conn();
	mock.state.down = false;
	desk.conn = await coming;
	desk.conn.send(view_of({ ...BROKEN, line: "lost" }));
	await line_up(desk, peer, TALK);
	assert.equal(await peer.hears(), true);
	await close(page);
});

test("the shift ends: no line and no microphone any more, and both again for the next one", async () => {
	const desk = await at_work({ ...UP, state: "ready" }, { init: SPY });
	const { page, conn } = desk;
	conn.send(view_of(UP));
	await button(page, "line").waitFor();
	assert.deepEqual(await mics(page), ["ended"]);
	assert.equal(await page.evaluate(() => document.getElementById("voice").srcObject), null);
	conn.send(view_of({ line: "lost" }));
	await page.waitForTimeout(1000);
	assert.equal(conn.count("line.offer"), 0);
	assert.equal(await page.locator(".notice").count(), 0);
	await page.keyboard.press("l");
	await line_up(desk, peer, {});
	await page.keyboard.press("t");
	await conn.expect("line.test");
	conn.send(view_of({ ...UP, testing: true }));
	await page.locator('.row[data-good="true"] .meter').waitFor();
	assert.equal(await peer.hears(), true, "in the test");
	await page.keyboard.press("s");
	await conn.expect("shift.start");
	conn.send(view_of({ ...UP, state: "away", why: "new_shift" }));
	await state(page, "away");
	assert.deepEqual(await mics(page), ["ended", "live"]);
	await close(page);
});

test("the microphone is open before the first view, and what comes late comes after it: nothing breaks", async () => {
	const desk = await at_work(TALK, { init: SPY });
	const { page } = desk;
	const release = await hold_back(page, "**/desk/late.js");
	await reload(desk);
	await page.waitForFunction(() => window.spied.mics.length === 1, null, { timeout: 20000 });
	const loaded = page.waitForResponse("**/desk/meter.js");
	release();
	await (await loaded).finished();
	await page.waitForTimeout(300);
	desk.conn.send(view_of({ ...BROKEN, line: "lost" }));
	await line_up(desk, peer, TALK);
	await page.waitForFunction(() => document.querySelector(".meter")?.style.getPropertyValue("--level") > 0.1);
	await close(page);
});

for (const late of ["late.js", "meter.js", "i18n/de.js"])
	test(`desk/${late} does not come at once: asked for again, also without a session`, async () => {
		const page = await page_open(browser);
		let tries = 0;
		await page.route("**/desk/" + late, (route) => (++tries < 3 ? route.abort() : route.continue()));
		mock.state.session = false;
		await page.goto(mock.url + "/desk/");
		await page.getByText("Sie sind abgemeldet").waitFor();
		mock.state.session = true;
		assert.equal(tries, 3);
		await close(page);
	});

test("the page is loaded anew in a shift: the line comes back by itself", async () => {
	const desk = await at_work({ ...UP, state: "ready" });
	await reload(desk);
	desk.conn.send(view_of({ ...UP, state: "ready" }));
	await line_up(desk, peer, { state: "ready" });
	await close(desk.page);
});

test("the browser holds the sound back: one button, one key, and it is there", async () => {
	const init = () => {
		const play = HTMLMediaElement.prototype.play;
		window.allowed = false;
		HTMLMediaElement.prototype.play = function () {
			return window.allowed ? play.call(this) : Promise.reject(new DOMException("x", "NotAllowedError"));
		};
	};
	for (const how of ["click", "key"]) {
		const { page } = await at_work(TALK, { init });
		await notice(page, "sound").waitFor();
		assert.equal(await notice(page, "sound").getAttribute("data-grave"), "true");
		await page.evaluate(() => (window.allowed = true));
		if (how === "click")
			await button(page, "sound").click();
		else
			await page.keyboard.press("a");
		await notice(page, "sound").waitFor({ state: "detached" });
		await close(page);
	}
});

test("the centre is away: what it means is said, and the page comes back by itself", async () => {
	const { page, conn } = await at_work(TALK);
	const coming = mock.next_conn();
	conn.ws.close(1012);
	const notice = page.locator('[data-notice="centre"]');
	assert.match(await notice.innerText(), /Gespräch geht weiter/);
	const again = await coming;
	await again.expect("hello");
	again.send(view_of(TALK));
	await notice.waitFor({ state: "detached" });
	assert.equal(again.count("line.offer"), 0, "the line stood all the while");
	assert.equal(await peer.hears(), true);
	await close(page);
});

test("another tab works: this one is silent, and can take over again", async () => {
	const { page, conn } = await at_work(TALK, { init: SPY });
	conn.ws.close(4002);
	await button(page, "here").waitFor();
	assert.deepEqual(
		await page.evaluate(() => window.spied.mics.map((t) => t.readyState)),
		["ended"],
	);
	const conns = mock.state.conns.length;
	await page.evaluate(() => {
		dispatchEvent(new Event("online"));
		document.dispatchEvent(new Event("visibilitychange"));
		navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
	});
	await page.waitForTimeout(6000);
	assert.equal(mock.state.conns.length, conns, "it does not come back by itself");
	assert.equal(await page.evaluate(() => window.spied.mics.length), 1, "nor does its microphone");
	const coming = mock.next_conn();
	await button(page, "here").click();
	const again = await coming;
	await again.expect("hello");
	again.send(view_of({ ...TALK, state: "interrupted", ends_ms: 14000, line: "lost" }));
	await line_up({ page, conn: again }, peer, TALK);
	assert.equal(await peer.hears(), true);
	await close(page);
});

test("another tab works before this one's microphone is open: it is closed as soon as it is", async () => {
	const init = () => {
		const get = MediaDevices.prototype.getUserMedia;
		window.tracks = [];
		MediaDevices.prototype.getUserMedia = async function (...args) {
			const stream = await get.apply(this, args);
			await new Promise((done) => (window.give = done));
			window.tracks.push(...stream.getTracks());
			return stream;
		};
	};
	const { page, conn } = await desk_open(browser, mock, { init, view: { ...UP, state: "ready" } });
	await page.waitForFunction(() => window.give);
	conn.ws.close(4002);
	await button(page, "here").waitFor();
	await page.evaluate(() => window.give());
	await page.waitForFunction(() => window.tracks[0]?.readyState === "ended");
	assert.equal(conn.count("line.offer"), 0);
	await close(page);
});

test("the session ends: log in again, and no more attempts", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready" }, { init: SPY });
	conn.ws.close(4001);
	await page.getByText("abgemeldet").first().waitFor();
	assert.match(await page.locator("main").innerText(), /abgemeldet[^]*heimamt link anna/);
	assert.deepEqual(await page.evaluate(() => window.spied.mics.map((t) => t.readyState)), ["ended"]);
	await close(page);
});

test("no session at all: the same words, though the browser is only refused", async () => {
	mock.state.session = false;
	const page = await page_open(browser);
	await page.goto(mock.url + "/desk/");
	await page.locator("main h1").waitFor();
	assert.match(await page.locator("main").innerText(), /abgemeldet/);
	mock.state.session = true;
	await close(page);
});

test("a centre that speaks another protocol: reload", async () => {
	const { page, conn } = await desk_open(browser, mock);
	conn.send({ ...view_of(), protocol: 2 });
	await page.getByText("Neu laden").waitFor();
	await close(page);
	const other = await desk_open(browser, mock);
	other.conn.ws.close(4004, "another protocol");
	await other.page.getByText("Neu laden").waitFor();
	await close(other.page);
});

test("what the page does not know does no harm: reasons, messages, states, members, garbage", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready" });
	conn.send({ t: "from_the_future", x: 1 });
	conn.ws.send("not JSON");
	conn.ws.send("[]");
	conn.send({ ...view_of({ ...UP, state: "away", why: "from_the_future" }), more: { x: 1 } });
	await state(page, "away");
	assert.equal(await page.locator(".why").count(), 0);
	await close(page);
});

test("letters can be switched off; language and scheme can be chosen; nothing else is stored", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready" });
	await page.keyboard.press("?");
	await page.locator(".switch input").uncheck();
	await page.keyboard.press("Escape");
	await page.keyboard.press("p");
	await page.locator(".menu summary").click();
	await page.locator(".menu select").nth(1).selectOption("dark");
	await page.locator(".menu select").nth(0).selectOption("en");
	await page.getByRole("heading", { name: "Ready", exact: true }).waitFor();
	assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
	assert.equal(await page.evaluate(() => getComputedStyle(document.body).colorScheme), "dark");
	assert.equal(conn.count("pause"), 0);
	assert.deepEqual(
		await page.evaluate(() => [Object.entries(localStorage), sessionStorage.length, document.cookie]),
		[[["heimamt.look", JSON.stringify({ theme: "dark", language: "en", letters: false, sound: {}, tour: "", pin: "" })]], 0, ""],
	);
	const coming = mock.next_conn();
	await page.reload();
	(await coming).send(view_of({ ...UP, state: "ready" }));
	await page.getByRole("heading", { name: "Ready", exact: true }).waitFor();
	assert.equal(await page.evaluate(() => getComputedStyle(document.body).colorScheme), "dark");
	await close(page);
});

test("a browser in a language that there is not yet gets German, an English one English", async () => {
	for (const [locale, word] of [["rm-CH", "Bereit"], ["en-GB", "Ready"]]) {
		const { page } = await desk_open(browser, mock, { locale, view: { ...UP, state: "ready" } });
		await page.getByRole("heading", { name: word, exact: true }).waitFor();
		await close(page);
	}
});

test("times run by themselves", async () => {
	const { page } = await at_work({ ...TALK, since_ms: 58500 });
	await page.waitForFunction(() => /^1:\d\d$/.test(document.querySelector(".timer").textContent));
	await close(page);
});

test("at 200 % zoom nothing is cut off and nothing scrolls sideways", async () => {
	const { page, conn } = await at_work({ ...UP, state: "ready" }, { width: 640, height: 400 });
	for (const view of [OFFER, TALK, { ...UP, state: "wrapup", ends_ms: 9000, call: CALL }]) {
		conn.send(view_of(view));
		await state(page, view.state);
		const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
		assert.ok(wide[0] <= wide[1], view.state);
	}
	await close(page);
});

/* ---- the caller's page ---- */

const caller_view = (state, why = "") => ({ t: "caller", state, why, queue: "Hauptnummer", since_ms: 0 });

async function caller_open(options) {
	const page = await page_open(browser, options);
	const coming = mock.next_conn();
	await page.goto(mock.url + "/caller/");
	const conn = await coming;
	await conn.expect("hello");
	conn.send(caller_view("none"));
	await button(page, "call").waitFor();
	return { page, conn };
}

test("a caller calls, waits unheard, talks, and hangs up", async () => {
	const { page, conn } = await caller_open();
	await button(page, "call").click();
	const call = await conn.expect("call");
	conn.send(caller_view("connecting"));
	conn.send({ t: "line.answer", sdp: await peer.answer(call.sdp), ref: call.ref });
	await peer.page.waitForFunction(() => window.peer.connectionState === "connected");
	conn.send(caller_view("waiting"));
	await page.getByRole("heading", { name: "Sie warten" }).waitFor();
	assert.equal(await peer.silent(), true, "waiting");
	conn.send(caller_view("offered"));
	await page.getByRole("heading", { name: "Jemand wird gerufen" }).waitFor();
	conn.send(caller_view("talking"));
	await page.getByRole("heading", { name: "Im Gespräch" }).waitFor();
	assert.equal(await peer.hears(), true, "talking");
	for (const whose of [0, 1]) /* each in its own time: the fake microphone beeps, the other side has a tone */
		await page.waitForFunction(
			(i) => Number(document.querySelectorAll(".meter")[i].style.getPropertyValue("--level")) > 0.3,
			whose,
		);
	await button(page, "hangup").click();
	await conn.expect("hangup");
	conn.send(caller_view("ended", "caller_hung_up"));
	await button(page, "again").waitFor();
	assert.match(await page.locator(".about").innerText(), /Sie haben aufgelegt/);
	await button(page, "again").click();
	await conn.expect("call");
	conn.send(caller_view("ended", "queue_full"));
	await page.getByText("Es warten gerade zu viele").first().waitFor();
	await close(page);
});

test("a caller hangs up while the browser still asks for the microphone: nobody is called, and the next call is", async () => {
	const { page, conn } = await caller_open({
		init: () => {
			const get = MediaDevices.prototype.getUserMedia;
			navigator.permissions.query = async () => ({ state: "prompt" }); /* it takes its time */
			window.asked = [];
			window.tracks = [];
			MediaDevices.prototype.getUserMedia = async function (...args) {
				await new Promise((done) => window.asked.push(done));
				const stream = await get.apply(this, args);
				window.tracks.push(...stream.getTracks());
				return stream;
			};
		},
	});
	await button(page, "call").click();
	await page.waitForFunction(() => window.asked.length === 1);
	await button(page, "hangup").click();
	await button(page, "call").waitFor();
	await page.evaluate(() => window.asked[0]());
	await page.waitForFunction(() => window.tracks[0]?.readyState === "ended");
	await button(page, "call").click();
	await page.waitForFunction(() => window.asked.length === 2);
	assert.equal(conn.count("call"), 0);
	await page.evaluate(() => window.asked[1]());
	await conn.expect("call");
	assert.equal(conn.count("call"), 0, "once");
	await close(page);
});

test("a caller's connection is lost before the centre shows the call: the page can call again", async () => {
	const { page, conn } = await caller_open();
	await button(page, "call").click();
	await conn.expect("call");
	const coming = mock.next_conn();
	conn.ws.terminate();
	const again = await coming;
	await again.expect("hello");
	again.send(caller_view("none"));
	await button(page, "call").click();
	await again.expect("call");
	await close(page);
});

test("a caller tries the microphone before the call: its level is shown, and nobody is called", async () => {
	const { page, conn } = await caller_open();
	await page.locator('[data-action="check"]').click();
	await page.getByText("Niemand hört Sie.").first().waitFor();
	await page.waitForFunction(() => Number(document.querySelector(".meter").style.getPropertyValue("--level")) > 0.3);
	assert.equal(conn.count("call"), 0);
	await button(page, "call").click();
	const call = await conn.expect("call");
	conn.send({ t: "line.answer", sdp: await peer.answer(call.sdp), ref: call.ref });
	conn.send(caller_view("waiting"));
	await page.getByRole("heading", { name: "Sie warten" }).waitFor();
	assert.equal(await peer.silent(), true, "no longer let through");
	await close(page);
});

test("a caller brings its token and its language, and may choose another of four", async () => {
	const page = await page_open(browser);
	const coming = mock.next_conn();
	await page.goto(mock.url + "/caller/#1800000300.AbCdEfGhIjKlMnOp.00ff");
	const conn = await coming;
	conn.send(caller_view("none"));
	await page.locator(".language select").selectOption("fr");
	await page.getByRole("heading", { name: "Prêt à appeler" }).waitFor();
	assert.equal(await page.locator("html").getAttribute("lang"), "fr");
	await button(page, "call").click();
	const call = await conn.expect("call");
	assert.equal(call.token, "1800000300.AbCdEfGhIjKlMnOp.00ff");
	assert.equal(call.language, "fr");
	for (const [why, words] of [["token_expired", "ouverte trop longtemps"], ["too_often", "Attendez une minute"], ["later", "n’a pas pu être établie"]]) {
		conn.send(caller_view("ended", why));
		await page.getByText(words).first().waitFor();
	}
	await page.locator(".language select").selectOption("it");
	await page.getByRole("heading", { name: "La chiamata è finita" }).waitFor();
	await close(page);
});

test("a caller who waits sees its place, and asks for it again", async () => {
	const { page, conn } = await caller_open();
	await button(page, "call").click();
	await conn.expect("call");
	conn.send({ ...caller_view("waiting"), place: 3, wait: "5" });
	await page.getByText("Sie sind an 3. Stelle. Es dauert etwa noch 5 Minuten.").waitFor();
	await conn.expect("place");
	conn.send({ ...caller_view("waiting"), place: 1, wait: "under" });
	await page.getByText("Sie sind an 1. Stelle.").waitFor();
	conn.send({ ...caller_view("offered"), place: 0, wait: "" });
	await page.getByRole("heading", { name: "Jemand wird gerufen" }).waitFor();
	assert.equal(await page.locator(".outlook").count(), 0);
	await close(page);
});

test("a caller's keys are sent in the talk, by mouse and by keyboard", async () => {
	const init = `window.pressed = []; const made = RTCRtpSender.prototype; const dtmf = Object.getOwnPropertyDescriptor(made, "dtmf");
		Object.defineProperty(made, "dtmf", { get() { const d = dtmf.get.call(this); if (d && !d.seen) { d.seen = true;
			d.addEventListener("tonechange", (e) => e.tone && window.pressed.push(e.tone)); } return d; } });`;
	const page = await page_open(browser, { init });
	const coming = mock.next_conn();
	await page.goto(mock.url + "/caller/");
	const conn = await coming;
	conn.send(caller_view("none"));
	await button(page, "call").click();
	const call = await conn.expect("call");
	assert.match(call.sdp, /a=rtpmap:\d+ telephone-event\/8000/);
	conn.send({ t: "line.answer", sdp: await peer.answer(call.sdp), ref: call.ref });
	await peer.page.waitForFunction(() => window.peer.connectionState === "connected");
	conn.send(caller_view("talking"));
	await page.locator('[data-action="keys"]').click();
	await page.locator('[data-key="5"]').click();
	await page.waitForFunction(() => window.pressed.join("") === "5");
	await page.keyboard.press("#");
	await page.waitForFunction(() => window.pressed.join("") === "5#");
	await page.locator('[data-action="keys"]').click();
	await page.keyboard.press("7");
	assert.equal(await page.locator(".keypad").count(), 0);
	assert.equal(await page.evaluate(() => window.pressed.join("")), "5#");
	await close(page);
});

test("a caller in a menu presses what it is told, on the page and on the keyboard, and none is lost", async () => {
	const init = `window.pressed = []; const made = RTCRtpSender.prototype; const dtmf = Object.getOwnPropertyDescriptor(made, "dtmf");
		Object.defineProperty(made, "dtmf", { get() { const d = dtmf.get.call(this); if (d && !d.seen) { d.seen = true;
			d.addEventListener("tonechange", (e) => e.tone && window.pressed.push(e.tone)); } return d; } });`;
	const page = await page_open(browser, { init });
	const coming = mock.next_conn();
	await page.goto(mock.url + "/caller/");
	const conn = await coming;
	conn.send(caller_view("none"));
	await button(page, "call").click();
	const call = await conn.expect("call");
	conn.send({ t: "line.answer", sdp: await peer.answer(call.sdp), ref: call.ref });
	await peer.page.waitForFunction(() => window.peer.connectionState === "connected");
	conn.send(caller_view("menu"));
	await page.getByRole("heading", { name: "Bitte wählen" }).waitFor();
	for (const key of ["1", "2", "3"])
		await page.locator(`[data-key="${key}"]`).click();
	await page.keyboard.press("*");
	await page.waitForFunction(() => window.pressed.join("") === "123*");
	assert.equal(await page.locator('[data-pressed="true"]').getAttribute("data-key"), "*");
	conn.send(caller_view("waiting"));
	await page.getByRole("heading", { name: "Sie warten" }).waitFor();
	await page.keyboard.press("7");
	assert.equal(await page.locator("[data-key]").count(), 0);
	assert.equal(await page.evaluate(() => window.pressed.join("")), "123*");
	await close(page);
});

test("a caller's microphone is refused: said, and nothing is sent", async () => {
	const init = `MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException("x", "NotAllowedError"))`;
	const page = await page_open(browser, { init });
	const coming = mock.next_conn();
	await page.goto(mock.url + "/caller/");
	const conn = await coming;
	conn.send(caller_view("none"));
	await button(page, "call").click();
	await page.getByText("Das Mikrofon ist gesperrt").waitFor();
	await button(page, "call").waitFor();
	assert.equal(conn.count("call"), 0);
	await close(page);
});

/* ---- keys for the caller's side ---- */

test("keypad: K in a talk; keys by mouse and keyboard, refused in words, gone with the talk", async () => {
	const { page, conn } = await at_work({ ...UP, state: "talking", call: CALL });
	await page.locator('[data-action="keypad"]').waitFor();
	await page.keyboard.press("k");
	await page.locator("dialog.keypad").waitFor();
	await page.locator('[data-key="5"]').click();
	const key = await conn.expect("key");
	assert.deepEqual({ call: key.call, key: key.key }, { call: CALL.id, key: "5" });
	await page.getByText("5 gesendet").waitFor();
	await page.keyboard.press("#");
	const hash = await conn.expect("key");
	assert.equal(hash.key, "#");
	await page.getByText("Raute gesendet").waitFor();
	conn.send({ t: "error", code: "no_keys", ref: hash.ref });
	await page.getByText("Die Gegenseite versteht keine Tasten.").waitFor();
	conn.send(view_of({ ...UP, state: "wrapup", why: "caller_left", ends_ms: 30000, call: CALL }));
	await page.locator("dialog.keypad").waitFor({ state: "detached" });
	await page.keyboard.press("k");
	assert.equal(await page.locator("dialog.keypad").count(), 0);
	await close(page);
});

/* ---- handing a caller on ---- */

const field = (page) => page.getByRole("combobox");
const target = (page, name) => page.getByRole("option", { name: new RegExp("^" + name) });

/* In a talk, with the dialog open and the list in it. */
async function at_transfer(view = TALK) {
	const desk = await at_work(view);
	await button(desk.page, "transfer").click();
	await listed(desk);
	return desk;
}

async function listed({ page, conn }, part = {}) {
	const { ref } = await conn.expect("targets");
	conn.send({ ...TARGETS, ...part, ref });
	await target(page, "Beat Beispiel").waitFor();
}

const active = (page) =>
	field(page).evaluate((el) => document.getElementById(el.getAttribute("aria-activedescendant"))?.dataset.target);

test("transfer by keyboard alone: G, a few letters, Enter; the result is said, and the focus is kept", async () => {
	const desk = await at_work(TALK);
	const { page, conn } = desk;
	assert.equal(conn.count("targets"), 0, "nobody is asked before it is opened");
	await page.locator("#state").focus();
	await page.keyboard.press("g");
	await listed(desk);
	assert.equal(await field(page).evaluate((el) => el === document.activeElement && el.value === ""), true);
	await page.keyboard.press("Enter");
	assert.equal(conn.count("transfer"), 0, "nothing is chosen yet");
	await page.keyboard.type("bei");
	assert.equal(await page.locator(".target").count(), 1);
	assert.equal(await active(page), "Beat Beispiel");
	await page.keyboard.press("Enter");
	const said = await conn.expect("transfer");
	assert.deepEqual(said, { t: "transfer", call: CALL.id, agent: "00000000000a2", ref: said.ref });
	assert.match(await page.locator("dialog [role=alert]").innerText(), /Beat Beispiel/);
	await page.keyboard.press("Enter");
	assert.equal(conn.count("transfer"), 0, "once");
	conn.send(view_of({ ...UP, state: "wrapup", why: "transferred", ends_ms: 30000, call: CALL }));
	await state(page, "wrapup");
	await page.locator("dialog").waitFor({ state: "detached" });
	assert.equal(await page.locator(".why").innerText(), "Weitergegeben an Beat Beispiel.");
	assert.match(await page.locator("body > #page > [role=status]").innerText(), /Weitergegeben an Beat Beispiel/);
	assert.equal(await page.evaluate(() => document.activeElement.id), "state");
	await close(page);
});

test("transfer: arrows and pointer; a queue; what cannot take it says why and is not asked", async () => {
	const { page, conn } = await at_transfer();
	await page.keyboard.press("ArrowUp");
	assert.equal(await active(page), "Reklamationen", "from the end");
	await page.keyboard.press("Enter");
	assert.match(await page.locator("dialog [role=alert]").innerText(), /Reklamationen ist geschlossen\. Der Anruf ist noch bei Ihnen/);
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("ArrowDown");
	assert.equal(await active(page), "Céline Dubois-Exemple", "busy, and may be chosen");
	await target(page, "Rechnungen").click({ force: true }); /* that it is off is told */
	assert.match(await page.locator("dialog [role=alert]").innerText(), /Rechnungen: Dort ist gerade niemand/);
	assert.equal(conn.count("transfer"), 0);
	await target(page, "Hauptnummer").click();
	const said = await conn.expect("transfer");
	assert.deepEqual([said.queue, said.agent], ["00000000000q1", undefined]);
	conn.send(view_of({ ...UP, state: "wrapup", why: "transferred", ends_ms: 30000, call: CALL }));
	await state(page, "wrapup");
	assert.equal(await page.locator(".why").innerText(), "Weitergegeben an Hauptnummer.");
	await close(page);
});

test("transfer: the list is fresh while it is open, and nobody is asked afterwards; Escape gives the focus back", async () => {
	const desk = await at_transfer();
	const { page, conn } = desk;
	await listed(desk, { agents: [{ ...TARGETS.agents[1], free: false }] });
	await page.getByRole("option", { name: "Beat Beispiel nicht frei" }).waitFor();
	await page.getByRole("option", { name: "Céline Dubois-Exemple nicht mehr da" }).waitFor();
	await page.keyboard.press("Escape");
	await page.locator("dialog").waitFor({ state: "detached" });
	assert.equal(await page.evaluate(() => document.activeElement.dataset.action), "transfer");
	conn.said.length = 0;
	await page.waitForTimeout(2500); /* longer than from one question to the next */
	assert.equal(conn.count("targets"), 0);
	await page.keyboard.press("Enter");
	await conn.expect("targets");
	await page.getByRole("button", { name: "Schliessen" }).click();
	await page.locator("dialog").waitFor({ state: "detached" });
	assert.equal(await page.evaluate(() => document.activeElement.dataset.action), "transfer");
	await close(page);
});

const REFUSED = [
	["no_agent", /Beat Beispiel: Da ist niemand mehr\. Der Anruf ist noch bei Ihnen/],
	["barred", /vertraulicher, als Beat Beispiel/],
	["full", /Bei Beat Beispiel warten schon zu viele/],
	["a_code_of_tomorrow", /nicht angenommen\. Der Anruf ist noch bei Ihnen/],
];
test("transfer refused: the dialog stays and says what it means; another one can be chosen at once", async () => {
	const { page, conn } = await at_transfer();
	for (const [code, words] of REFUSED) {
		await target(page, "Beat Beispiel").click();
		const { ref } = await conn.expect("transfer");
		conn.send({ t: "error", code, ref });
		conn.send(view_of(TALK));
		await page.locator("dialog .notice").waitFor();
		assert.match(await page.locator("dialog [role=alert]").innerText(), words);
		assert.equal(await page.locator(".notices .notice").count(), 0, "said once");
	}
	await close(page);
});

test("transfer: the caller hangs up meanwhile, and the dialog gives way", async () => {
	const { page, conn } = await at_transfer();
	conn.send(view_of({ ...UP, state: "wrapup", why: "caller_left", ends_ms: 30000, call: CALL }));
	await state(page, "wrapup");
	await page.locator("dialog").waitFor({ state: "detached" });
	assert.match(await page.locator(".why").innerText(), /hat aufgelegt/);
	assert.equal(await page.evaluate(() => document.activeElement.id), "state");
	await close(page);
});

test("transfer: no answer, and no connection, are said", async () => {
	const desk = await at_transfer();
	const { page, conn } = desk;
	await target(page, "Beat Beispiel").click();
	await conn.expect("transfer");
	await page.locator("dialog .notice").waitFor();
	assert.match(await page.locator("dialog [role=alert]").innerText(), /nicht geantwortet/);
	mock.state.down = true;
	conn.ws.close(1001);
	await page.locator('[data-notice="centre"]').waitFor();
	await target(page, "Beat Beispiel").click();
	assert.match(await page.locator("dialog [role=alert]").innerText(), /keine Verbindung zur Zentrale/);
	mock.state.down = false;
	await close(page);
});

test("an offer says by whom it was handed on, and so does the talk", async () => {
	const from = { ...CALL, from: "Anna Muster" };
	const { page, conn } = await at_work({ ...UP, state: "ready" });
	await page.getByRole("heading", { name: "Türanzeige" }).waitFor(); // what comes after the first picture is there
	conn.send(view_of({ ...OFFER, call: from }));
	await state(page, "offered");
	await page.getByText("Von Anna Muster weitergegeben.", { exact: true }).waitFor();
	assert.match(await page.locator("body > #page > [role=status]").innerText(), /Von Anna Muster weitergegeben/);
	conn.send(view_of({ ...TALK, call: from }));
	await state(page, "talking");
	await page.getByText("Von Anna Muster weitergegeben.", { exact: true }).waitFor();
	await close(page);
});
