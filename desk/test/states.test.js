// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Every state in both schemes, at both widths and in four languages: no accessibility finding, no horizontal scrolling, no
 * script or policy error.  With SHOTS=folder each is also kept as a picture.
 */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { all_seen, axe_findings, both_shifts, browser_start, COUNT, desk_open, line_up, page_open, peer_open } from "./browser.js";
import { DEVICES } from "./devices.js";
import { CALL, mock_start, TARGETS, view_of } from "./mock.js";

const FILES = process.env.DESK_FILES;
const SHOTS = process.env.SHOTS;
const UP = { line: "up" };
const STATES = [
	["out", { ...UP }],
	["out-testing", { ...UP, testing: true }],
	["away-new", { ...UP, state: "away", why: "new_shift", since_ms: 4000 }],
	["away-timeout", { ...UP, state: "away", why: "offer_timeout", since_ms: 130000 }],
	["ready", { ...UP, state: "ready", since_ms: 7 * 60000 }],
	["offered", { ...UP, state: "offered", since_ms: 2000, ends_ms: 18000, call: CALL }],
	[
		"offered-transferred",
		{ ...UP, state: "offered", since_ms: 2000, ends_ms: 18000, call: { ...CALL, from: "Beat Beispiel" } },
	],
	["talking", { ...UP, state: "talking", since_ms: 134000, call: CALL }],
	[
		"talking-pause",
		{ ...UP, state: "talking", since_ms: 3725000, call: CALL, pause_after: true },
	],
	["silent-talking", { ...UP, line: "silent", state: "talking", since_ms: 64000, call: CALL }],
	["interrupted", { line: "lost", state: "interrupted", why: "line_lost", since_ms: 2000, ends_ms: 13000, call: CALL }],
	["hold", { ...UP, state: "hold", since_ms: 64000, ends_ms: 104000, call: CALL }],
	["wrapup-handed-over", { ...UP, state: "wrapup", why: "hold_over", since_ms: 1000, ends_ms: 29000, call: CALL, pause_after: true }],
	["wrapup", { ...UP, state: "wrapup", why: "caller_left", since_ms: 1000, ends_ms: 29000, call: CALL }],
	["work", { ...UP, state: "work", since_ms: 9 * 60000 }],
	["pause", { ...UP, state: "pause", since_ms: 66 * 60000 }],
	["lost-away", { line: "lost", state: "away", why: "line_lost", since_ms: 3000 }],
	["lost-talking", { line: "lost", state: "talking", since_ms: 64000, call: CALL }],
];
const CALLER = [
	["none", ""],
	["connecting", ""],
	["menu", ""],
	["waiting", ""],
	["offered", ""],
	["talking", ""],
	["ended", "agent_hung_up"],
];

let browser, mock, peer;
before(async () => {
	mock = await mock_start(FILES);
	browser = await browser_start();
	peer = await peer_open(browser);
	if (SHOTS)
		mkdirSync(SHOTS, { recursive: true });
});
after(async () => {
	await browser?.close();
	await mock?.close();
});

async function look_at(page, name) {
	await page.mouse.move(0, 0);
	if (SHOTS)
		await page.screenshot({ fullPage: true, path: join(SHOTS, name + ".png") });
	assert.deepEqual(await axe_findings(page), [], name);
	const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
	assert.ok(wide[0] <= wide[1], `${name}: ${wide[0]} px wide in ${wide[1]}`);
	assert.deepEqual(page.faults, [], name);
}

/* The microphone is heard, and packets were counted at both ends. */
async function test_done({ page, conn }) {
	await page.locator('.row[data-good="true"] .meter').waitFor();
	/* it asks each second, and takes the answer to its last question only */
	for (let rx = 1261; !(await page.locator('.row[data-good="true"]').nth(1).isVisible()); rx += 50) {
		const { ref } = await conn.expect("line.stats");
		conn.send({
			t: "line.stats", rx, tx: rx - 2, rx_forwarded: 410, rx_discarded: 851,
			rx_discarded_sound: 0, lost: 0, jitter_us: 900, round_trip_us: 14200, ref,
		});
	}
}

/* Both schemes, both widths, and one of the four languages with each. LANGUAGE=fr: that one with all of them. */
const PLACES = [
	["light", 1280, "de"],
	["dark", 1280, "fr"],
	["light", 390, "it"],
	["dark", 390, "en"],
];
for (const [scheme, width, own] of PLACES) {
	const language = process.env.LANGUAGE ?? own;
	const place = `${scheme}, ${width} wide, ${language}`;
	const file = (page, name) => `${page}-${scheme}-${width}-${language}-${name}`;
	const size = { scheme, width, height: width > 600 ? 800 : 844, locale: `${language}-CH` };
	desk_states(place, size, (name) => file("desk", name));
	caller_states(place, size, (name) => file("caller", name), language);
	login_states(place, size, (name) => file("login", name));
}

/* One desk that is led from state to state; each test goes on where the one before ended. */
function desk_states(place, size, file) {
	let desk;
	const step = (name, fn) =>
		test(`desk: ${name}, ${place}`, async () => {
			await fn();
			await look_at(desk.page, file(name.replaceAll(" ", "-")));
		});

	step("begin", async () => {
		desk = await desk_open(browser, mock, { ...size, init: `(${DEVICES})(); (${COUNT})();` });
	});
	for (const [name, part] of STATES)
		step(name, () => lead(desk, name, part));
	step("muted", async () => {
		await line_back(desk, { ...UP, state: "talking", since_ms: 9000, call: CALL });
		await desk.page.locator('[data-action="mute"]').click();
		await desk.page.locator('[data-action="unmute"]').waitFor();
	});
	step("transfer", async () => {
		await desk.page.locator('[data-action="transfer"]').click();
		await desk.page.locator("dialog[open]").waitFor();
		desk.conn.send({ ...TARGETS, ref: "t1" });
		await desk.page.locator(".target").first().waitFor();
		await desk.page.keyboard.press("ArrowDown");
	});
	step("transfer refused", async () => {
		await desk.page.keyboard.type("re");
		await desk.page.getByRole("option", { name: /^Reklamationen/ }).click({ force: true });
		await desk.page.locator("dialog .notice").waitFor();
	});
	step("transfer nobody", async () => {
		await desk.page.keyboard.type("xyz");
		await desk.page.locator(".target").first().waitFor({ state: "detached" });
	});
	step("covered", async () => {
		await desk.page.keyboard.press("F8");
		await desk.conn.expect("hold");
		desk.conn.send(view_of({ ...UP, state: "hold", since_ms: 9000, ends_ms: 99900, call: CALL }));
		await desk.page.locator(".cover .figures", { hasText: "1:3" }).waitFor();
	});
	step("covered, and the way back", async () => {
		await both_shifts(desk.page);
		await desk.page.locator('[data-action="cover-resume"]').waitFor();
	});
	step("uncovered on hold", async () => {
		await desk.page.locator('[data-action="cover-resume"]').click();
		await desk.conn.expect("resume");
		desk.conn.send(view_of({ ...UP, state: "talking", since_ms: 9000, call: CALL }));
		await desk.page.locator('.now[data-state="talking"]').waitFor();
	});
	step("keypad", async () => {
		await desk.page.keyboard.press("Escape");
		await desk.page.locator("dialog").waitFor({ state: "detached" });
		await desk.page.keyboard.press("k");
		await desk.page.locator("dialog.keypad").waitFor();
		await desk.page.keyboard.press("5");
		await desk.conn.expect("key");
	});
	step("headset gone", async () => {
		await desk.page.keyboard.press("Escape");
		await desk.page.locator("dialog").waitFor({ state: "detached" });
		await desk.page.evaluate(() => {
			window.devices.pull("audioinput", "g1");
			window.devices.pull("audiooutput", "g1");
		});
		await desk.page.locator('[data-notice="headset"]').waitFor();
	});
	step("microphone gone", async () => {
		await desk.page.evaluate(() => {
			window.devices.plug(window.devices.headset);
			window.devices.pull("audioinput", "g2");
			window.devices.pull("audioinput", "g1");
		});
		await desk.page.locator('[data-notice="mic_ended"]').waitFor();
	});
	step("keys", async () => {
		await desk.page.evaluate(() => window.devices.plug(window.devices.headset));
		await desk.page.locator('[data-notice="mic_ended"]').waitFor({ state: "detached" });
		await desk.page.keyboard.press("?");
		await desk.page.locator("dialog[open]").waitFor();
	});
	step("settings", async () => {
		await desk.page.keyboard.press("Escape");
		await desk.page.locator(".menu summary").click();
		await desk.page.locator(".house summary").click();
	});
	step("centre lost", async () => {
		await desk.page.locator(".menu summary").click();
		mock.state.down = true;
		desk.conn.ws.close(1011);
		await desk.page.locator('[data-notice="centre"]').waitFor();
	});
	step("taken", async () => {
		const coming = mock.next_conn();
		mock.state.down = false;
		(await coming).ws.close(4002);
		await desk.page.locator('[data-action="here"]').waitFor();
	});
	step("ended", async () => {
		const coming = mock.next_conn();
		await desk.page.locator('[data-action="here"]').click();
		(await coming).ws.close(4001);
		await desk.page.locator("code").waitFor();
	});
	test(`desk: closed, ${place}`, () => desk.page.context().close());
}

async function lead(desk, name, part) {
	await line_back(desk, part, name === "out");
	desk.conn.send(view_of(part));
	await all_seen(desk); /* the state may be named as the one before */
	const state = part.line === "lost" && part.state !== "interrupted" ? "lost" : part.state ?? "out";
	await desk.page.locator(`.now[data-state="${state}"]`).waitFor();
	if (state === "offered")
		await desk.page.locator('[data-action="accept"][aria-disabled="false"]').waitFor();
	if (name === "out-testing")
		await test_done(desk);
}

/* The line of the first state, the one that stands, or a new one after a state in which it was lost. */
async function line_back(desk, part, is_first = false) {
	if (is_first)
		await desk.page.locator('[data-action="line"]').click();
	else
		desk.conn.send(view_of({ ...part, line: "up" }));
	await all_seen(desk);
	const end = performance.now() + 30000;
	while (desk.conn.count("line.offer") === 0) {
		assert.ok(performance.now() < end, "no line is offered");
		if (await desk.page.locator('.side .mark[data-state="ready"]').isVisible())
			return;
		await desk.page.waitForTimeout(50);
	}
	await line_up(desk, peer, part);
}

function caller_states(place, size, file, language) {
	let page, conn, words;
	for (const [state, why] of CALLER)
		test(`caller: ${state}, ${place}`, async () => {
			if (state === "none") {
				words = (await import(`../caller/i18n/${language}.js`)).default;
				page = await page_open(browser, size);
				const coming = mock.next_conn();
				await page.goto(mock.url + "/caller/");
				conn = await coming;
			}
			conn.send({ t: "caller", state, why, queue: "Hauptnummer", since_ms: 61000, place: 3, wait: "5" });
			const action = { none: "call", ended: "again" }[state] ?? "hangup";
			await page.locator(`[data-action="${action}"]`).waitFor();
			await page.waitForFunction((s) => document.title.startsWith(s), words["caller." + state]);
			await look_at(page, file(state));
			if (state === "none" || state === "talking") {
				await page.locator(`[data-action="${state === "none" ? "check" : "keys"}"]`).click();
				await page.locator(state === "none" ? ".meter" : ".keypad").waitFor();
				await look_at(page, file(state === "none" ? "check" : "keys"));
			}
			if (state === "ended")
				await page.context().close();
		});
}

function login_states(place, size, file) {
	test(`login: a used link, ${place}`, async () => {
		const page = await page_open(browser, size);
		mock.state.login_status = 403;
		await page.goto(mock.url + "/login/" + "ab".repeat(32));
		await page.locator("[role=alert]").waitFor();
		await look_at(page, file("bad"));
		await page.context().close();
	});
}
