// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Every state in both schemes and at both widths: no accessibility finding, no horizontal scrolling, no
 * script or policy error.  With SHOTS=folder each is also kept as a picture.
 */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe_findings, browser_start, desk_open, line_up, page_open, peer_open } from "./browser.js";
import { CALL, mock_start, view_of } from "./mock.js";

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
	["talking", { ...UP, state: "talking", since_ms: 134000, call: CALL }],
	[
		"talking-pause",
		{ ...UP, state: "talking", since_ms: 3725000, call: CALL, pause_after: true },
	],
	["wrapup", { ...UP, state: "wrapup", why: "caller_left", since_ms: 1000, ends_ms: 29000, call: CALL }],
	["pause", { ...UP, state: "pause", since_ms: 66 * 60000 }],
	["lost-away", { line: "lost", state: "away", why: "line_lost", since_ms: 3000 }],
	["lost-talking", { line: "lost", state: "talking", since_ms: 64000, call: CALL }],
];
const CALLER = [
	["none", ""],
	["connecting", ""],
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
	if (SHOTS)
		await page.screenshot({ path: join(SHOTS, name + ".png") });
	assert.deepEqual(await axe_findings(page), [], name);
	const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
	assert.ok(wide[0] <= wide[1], `${name}: ${wide[0]} px wide in ${wide[1]}`);
	assert.deepEqual(page.faults, [], name);
}

for (const scheme of ["light", "dark"]) {
	for (const width of [1280, 390]) {
		const place = `${scheme}-${width}`;
		const size = { scheme, width, height: width > 600 ? 800 : 844 };

		test(`the desk in every state, ${place}`, async (t) => {
			const desk = await desk_open(browser, mock, size);
			await look_at(desk.page, `desk-${place}-begin`);
			await desk.page.locator('[data-action="line"]').click();
			await line_up(desk, peer, {});
			for (const [name, part] of STATES)
				await t.test(name, async () => {
					desk.conn.send(view_of(part));
					const state = part.line === "lost" ? "lost" : part.state ?? "out";
					await desk.page.locator(`.now[data-state="${state}"]`).waitFor();
					if (state === "offered")
						await desk.page.locator('[data-action="accept"][aria-disabled="false"]').waitFor();
					if (name === "out-testing")
						await desk.page.locator('.row[data-good="true"]').first().waitFor();
					await look_at(desk.page, `desk-${place}-${name}`);
					if (part.line === "lost")
						await line_up(desk, peer, { ...part });
				});
			await t.test("muted", async () => {
				desk.conn.send(view_of({ ...UP, state: "talking", since_ms: 9000, call: CALL }));
				await desk.page.locator('[data-action="mute"]').click();
				await desk.page.locator('[data-action="unmute"]').waitFor();
				await look_at(desk.page, `desk-${place}-muted`);
			});
			await t.test("keys", async () => {
				await desk.page.keyboard.press("?");
				await desk.page.locator("dialog[open]").waitFor();
				await look_at(desk.page, `desk-${place}-keys`);
				await desk.page.keyboard.press("Escape");
			});
			await t.test("settings", async () => {
				await desk.page.locator(".menu summary").click();
				await desk.page.locator(".house summary").click();
				await look_at(desk.page, `desk-${place}-settings`);
				await desk.page.locator(".menu summary").click();
			});
			await t.test("centre lost", async () => {
				const coming = mock.next_conn();
				desk.conn.ws.close(4004);
				await desk.page.locator('[data-notice="centre"]').waitFor();
				await look_at(desk.page, `desk-${place}-centre`);
				desk.conn = await coming;
			});
			for (const [code, what] of [[4002, "taken"], [4001, "ended"]])
				await t.test(what, async () => {
					desk.conn.ws.close(code);
					await desk.page.locator(".plain-page").waitFor();
					await look_at(desk.page, `desk-${place}-${what}`);
					if (code !== 4002)
						return;
					const coming = mock.next_conn();
					await desk.page.locator('[data-action="here"]').click();
					desk.conn = await coming;
				});
			await desk.page.context().close();
		});

		test(`the caller page in every state, ${place}`, async (t) => {
			const page = await page_open(browser, size);
			const coming = mock.next_conn();
			await page.goto(mock.url + "/caller/");
			const conn = await coming;
			for (const [state, why] of CALLER)
				await t.test(state, async () => {
					conn.send({ t: "caller", state, why, queue: "Hauptnummer", since_ms: 61000 });
					await page.waitForFunction(
						(s) => document.querySelector(`[data-action="${s}"]`),
						{ none: "call", ended: "again" }[state] ?? "hangup",
					);
					await look_at(page, `caller-${place}-${state}`);
				});
			await page.context().close();
		});

		test(`the login page, ${place}`, async () => {
			const page = await page_open(browser, size);
			mock.state.login_status = 403;
			await page.goto(mock.url + "/login/" + "ab".repeat(32));
			await page.locator("[role=alert]").waitFor();
			await look_at(page, `login-${place}-bad`);
			await page.context().close();
		});
	}
}
