// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The board and the weekly question, in both schemes, at both widths and in four languages: what they show, what they ask
 * for, and no accessibility finding.  With SHOTS=folder each is also kept as a picture.
 */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe_findings, browser_start, page_open } from "./browser.js";
import { mock_start } from "./mock.js";

const SHOTS = process.env.SHOTS;
const LEAD = { id: 1, login: "lea", name: "Lea Beispiel", roles: ["agent", "lead"] };
const AGENT = { ...LEAD, roles: ["agent"] };
const QUEUES = [
	{ name: "Kundendienst Post", language: "de", waiting: 3, closed: false },
	{ name: "Service clientèle", language: "fr", waiting: 0, closed: false },
	{ name: "Spenden", language: "de", waiting: 0, closed: true },
];
const NAMES = ["Anna Muster", "Beat Beispiel", "Céline Dubois-Exemple", "Dario Esempio", "Eva Muster", "Fritz Beispiel"];
const BOARD = { queues: QUEUES, staff: { present: 6, are: { free: 2, call: 2, work: 1, break: 1 } }, names: NAMES };
const FEW = { queues: QUEUES, staff: { present: 3, are: null }, names: null };
const PULSE = {
	on: true, week: "2026-W48", answered: false,
	weeks: [
		{ week: "2026-W47", counts: null },
		{ week: "2026-W46", counts: [6, 11, 3, 0, 1] },
		{ week: "2026-W45", counts: [2, 3, 0, 0, 0] },
	],
};

let browser, mock;
before(async () => {
	mock = await mock_start(process.env.DESK_FILES);
	browser = await browser_start();
	if (SHOTS)
		mkdirSync(SHOTS, { recursive: true });
});
after(async () => {
	await browser?.close();
	await mock?.close();
});

/* A page whose centre answers with this; api.asked are its questions, api[name] may be changed meanwhile. */
async function open(name, api, options) {
	const page = await page_open(browser, options);
	api.asked = [];
	await page.route("**/api/*", async (route) => {
		const what = new URL(route.request().url()).pathname.split("/").at(-1);
		const is_post = route.request().method() === "POST";
		api.asked.push([what, is_post ? route.request().postDataJSON() : null]);
		const answer = api[(is_post ? "post_" : "") + what];
		if (answer === undefined)
			return route.abort();
		await route.fulfill({ status: answer.status ?? 200, contentType: "application/json", body: JSON.stringify(answer) });
	});
	await page.goto(`${mock.url}/${name}/`);
	return page;
}

async function look_at(page, name) {
	await page.mouse.move(0, 0);
	if (SHOTS)
		await page.screenshot({ fullPage: true, path: join(SHOTS, name + ".png") });
	assert.deepEqual(await axe_findings(page), [], name);
	const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
	assert.ok(wide[0] <= wide[1], `${name}: ${wide[0]} px wide in ${wide[1]}`);
	assert.deepEqual(page.faults, [], name);
	await page.context().close();
}

for (const scheme of ["light", "dark"])
	for (const width of [1280, 390]) {
		const size = { scheme, width, height: width > 600 ? 800 : 844 };
		const file = (name) => `${name}-${scheme}-${width}`;
		test(`board: of a lead, ${scheme}, ${width}`, async () => {
			const page = await open("board", { me: LEAD, board: BOARD }, size);
			await page.locator('[data-is="call"]').waitFor();
			assert.equal(await page.locator('[data-queue="Kundendienst Post"] td').innerText(), "3");
			assert.deepEqual(await page.locator(".names li").allInnerTexts(), NAMES);
			await look_at(page, file("board"));
		});
		test(`board: few on shift, no lead, ${scheme}, ${width}`, async () => {
			const page = await open("board", { me: AGENT, board: FEW }, size);
			await page.locator('[data-is="few"]').waitFor();
			assert.equal(await page.locator(".names, .tiles").count(), 0);
			await look_at(page, file("board-few"));
		});
		test(`pulse: the question, ${scheme}, ${width}`, async () => {
			const page = await open("pulse", { me: AGENT, pulse: PULSE }, size);
			await page.locator('[data-pulse="question"]').waitFor();
			assert.equal(await page.locator('[data-week="2026-W47"][data-shown="false"]').count(), 1);
			assert.deepEqual(await page.locator('[data-week="2026-W46"] td.figures').allInnerTexts(), ["6", "11", "3", "0", "1"]);
			await look_at(page, file("pulse"));
		});
	}

for (const locale of ["fr-CH", "it-CH", "en-GB"])
	test(`both pages in ${locale}`, async () => {
		for (const [name, wait] of [["board", '[data-is="call"]'], ["pulse", '[data-pulse="question"]']]) {
			const page = await open(name, { me: LEAD, board: BOARD, pulse: PULSE }, { locale, width: 390 });
			await page.locator(wait).waitFor();
			assert.equal(await page.evaluate(() => document.documentElement.lang), locale.slice(0, 2));
			await look_at(page, `${name}-${locale}`);
		}
	});

test("the board goes on by itself, and says when it cannot", async () => {
	const api = { me: LEAD, board: BOARD };
	const page = await open("board", api);
	await page.locator('[data-is="call"]').waitFor();
	api.board = { ...BOARD, names: NAMES.slice(1) };
	await page.waitForFunction(() => document.querySelectorAll(".names li").length === 5);
	api.board = undefined;
	await page.locator('.board[data-stale="true"]').waitFor();
	assert.match(await page.locator(".notice").innerText(), /\d\d:\d\d/);
	api.board = BOARD;
	await page.locator('.board[data-stale="false"]').waitFor();
	assert.ok(api.asked.every(([, body]) => body === null));
	await look_at(page, "board-again");
});

test("the answer is sent once and forgotten by the page", async () => {
	const api = { me: AGENT, pulse: PULSE, post_pulse: { answered: true } };
	const page = await open("pulse", api);
	await page.locator('[data-action="answer"]').click();
	await page.locator('.notice[data-grave="true"]').waitFor();
	assert.equal(api.asked.filter(([, body]) => body).length, 0, "nothing was chosen");
	await page.locator('input[value="2"]').focus();
	await page.keyboard.press("Space");
	await page.keyboard.press("Enter");
	await page.locator('[data-pulse="answered"]').waitFor();
	assert.deepEqual(api.asked.filter(([, body]) => body), [["pulse", { answer: 2 }]]);
	assert.equal(await page.evaluate(() => document.activeElement.id), "thanks");
	assert.equal(await page.locator("input:checked").count(), 0);
	await look_at(page, "pulse-answered");
});

const REFUSED = [
	["answered", 409, '[data-pulse="answered"]'],
	["off", 409, ".notice"],
	["no_records", 500, ".notice"],
];
for (const [error, status, shows] of REFUSED)
	test(`an answer that is refused: ${error}`, async () => {
		const page = await open("pulse", { me: AGENT, pulse: PULSE, post_pulse: { status, error } });
		await page.locator('input[value="5"]').check();
		await page.locator('[data-action="answer"]').click();
		await page.locator(shows).waitFor();
		await page.locator(".notice").waitFor();
		assert.notEqual(await page.locator(".notice").innerText(), "");
		await page.context().close();
	});

test("switched off, and nobody logged in", async () => {
	const off = await open("pulse", { me: AGENT, pulse: { on: false } });
	await off.locator('[data-pulse="off"]').waitFor();
	await look_at(off, "pulse-off");
	const out = await open("board", { me: { status: 401, error: "no_session" } });
	await out.locator(".house-out").waitFor();
	assert.equal(await out.locator(".board").count(), 0);
	await out.context().close();
});
