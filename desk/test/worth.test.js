// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What the connection is worth: the sign's rule, case by case, and the sign itself, in Chromium.
 */
import { after, afterEach, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe_findings, browser_start, desk_open, NO_MIC, tidy } from "./browser.js";
import { CALL, mock_start, view_of } from "./mock.js";
import { grade_of, leg_figures, worth_begin, worth_next } from "../desk/worth_rule.js";

/* ---- the rule ---- */

const GOOD = { unheard: 0, round_trip: 40, jitter: 4 };
const GRADES = [
	["nothing is wrong", GOOD, 0, 0],
	["a little lost", { ...GOOD, unheard: 0.9 }, 0, 0],
	["one in a hundred", { ...GOOD, unheard: 1 }, 0, 1],
	["five in a hundred", { ...GOOD, unheard: 5 }, 0, 2],
	["fair stays fair until it is clearly better", { ...GOOD, unheard: 0.7 }, 1, 1],
	["and then is good", { ...GOOD, unheard: 0.5 }, 1, 0],
	["poor stays poor", { ...GOOD, unheard: 3.5 }, 2, 2],
	["and is fair first", { ...GOOD, unheard: 2 }, 2, 1],
	["or good at once, when all is well", GOOD, 2, 0],
	["far away", { ...GOOD, round_trip: 300 }, 0, 1],
	["on the moon", { ...GOOD, round_trip: 2600 }, 0, 2],
	["uneven", { ...GOOD, jitter: 30 }, 0, 1],
	["very uneven", { ...GOOD, jitter: 90 }, 0, 2],
	["the worst of all counts", { unheard: 1, round_trip: 700, jitter: 4 }, 0, 2],
];

test("the grade of a leg, with hysteresis", () => {
	for (const [what, figures, before_was, want] of GRADES)
		assert.equal(grade_of(figures, before_was), want, what);
});

const FIGURES = [
	["lost of expected, the worse direction",
		{ in: { expected: 500, lost: 5 }, out: { expected: 500, lost: 20 } }, null, 4],
	["the difference to the message before",
		{ in: { expected: 500, lost: 25 }, out: { expected: 500, lost: 0 } },
		{ in: { expected: 250, lost: 25 }, out: { expected: 250, lost: 0 } }, 0],
	["a far side that reports nothing", { in: { expected: 500, lost: 0 }, out: { expected: 500 } }, null, 0],
	["nothing came at all", { in: { expected: 0, lost: 0 }, out: { expected: 0, lost: 0 } }, null, 0],
	["what was made up, before what was lost",
		{ in: { expected: 500, lost: 50, frames: 500, concealed: 10 }, out: { expected: 500, lost: 0 } }, null, 2],
	["a count that went back is no figure",
		{ in: { expected: 500, lost: 3 }, out: { expected: 500, lost: 0 } },
		{ in: { expected: 400, lost: 9 }, out: { expected: 400, lost: 0 } }, 0],
];

test("what was not heard on a leg, in percent", () => {
	for (const [what, is, was, want] of FIGURES)
		assert.equal(leg_figures(is, was).unheard, want, what);
	const leg = { in: { expected: 1, lost: 0, jitter_us: 90000, frames: 9, concealed: 0 }, out: { expected: 1, jitter_us: 2000 }, round_trip_us: 45000 };
	assert.deepEqual(leg_figures(leg), { unheard: 0, round_trip: 45, jitter: 2 }); /* our buffer evened it out */
});

const way = (expected, lost = 0) => ({ codec: "PCMA", expected, lost, jitter_us: 3000 });
/* A message of 50 packets a second; home, caller: how many of a hundred were lost so far, by the number of messages */
function message(for_s, home, caller) {
	const n = 50 * for_s;
	const leg = (lost) => ({ in: way(n, lost), out: way(n), round_trip_us: 30000, delay_ms: 0, path: "packet", why: "" });
	return { t: "quality", for_ms: 1000 * for_s, line: leg(home), ...(caller === undefined ? {} : { caller: leg(caller) }) };
}

/* A day of messages: [seconds, lost at home so far, lost at the caller's so far] -> grade and cause */
function play(steps) {
	let s = worth_begin();
	return steps.map(([at, home, caller]) => {
		s = worth_next(s, message(at, home, caller), 1e6 + 1000 * at);
		return `${s.sign.grade} ${s.sign.cause}`.trim();
	});
}

const DAYS = [
	["all is well", [[5, 0, 0], [10, 0, 0]], ["good", "good"]],
	["the agent's own network", [[5, 5, 0], [10, 10, 0]], ["fair home", "fair home"]],
	["the caller's line", [[5, 0, 5], [10, 0, 10]], ["fair caller", "fair caller"]],
	["both", [[5, 5, 5]], ["fair both"]],
	["the worse one is named", [[5, 5, 50]], ["poor caller"]],
	["it changes at most every ten seconds",
		[[5, 0, 0], [10, 25, 0], [15, 50, 0], [20, 75, 0], [25, 75, 0], [30, 75, 0], [35, 75, 0]],
		["good", "good", "poor home", "poor home", "poor home", "good", "good"]],
	["one bad moment passes unseen", [[5, 0, 0], [10, 4, 0], [15, 4, 0], [20, 4, 0], [25, 4, 0]], ["good", "good", "good", "good", "good"]],
	["a line test knows one line", [[5, 25, undefined]], ["poor home"]],
];

test("the sign over a talk", () => {
	for (const [what, steps, want] of DAYS)
		assert.deepEqual(play(steps), want, what);
});

test("another talk begins anew", () => {
	let s = worth_next(worth_begin(), message(5, 25, 0), 1000);
	assert.equal(s.sign.grade, "poor");
	s = worth_next(s, message(5, 0, 0), 6000);
	assert.deepEqual([s.sign, s.seen.length], [{ grade: "good", cause: "" }, 1]);
});

test("what is remembered is bounded", () => {
	let s = worth_begin();
	for (let at = 1; at <= 500; at++)
		s = worth_next(s, message(at, 0, 0), 1000 * at);
	assert.ok(s.seen.length <= 21, String(s.seen.length));
});

/* ---- the page ---- */

const SHOTS = process.env.SHOTS;
const TALK = { line: "up", state: "talking", call: CALL };
let browser, mock;
before(async () => {
	mock = await mock_start(process.env.DESK_FILES);
	browser = await browser_start();
});
afterEach(() => tidy(browser, mock));
after(async () => {
	await browser?.close();
	await mock?.close();
});

async function look_at(page, name) {
	if (SHOTS) {
		mkdirSync(SHOTS, { recursive: true });
		await page.screenshot({ fullPage: true, path: join(SHOTS, name + ".png") });
	}
	assert.deepEqual(await axe_findings(page), [], name);
	const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
	assert.ok(wide[0] <= wide[1], `${name}: ${wide[0]} px wide in ${wide[1]}`);
}

/* In full: what a talk on Opus over a lossy home line gives. */
const FULL = {
	t: "quality",
	for_ms: 65000,
	caller: {
		in: { codec: "PCMA", expected: 3250, lost: 3, jitter_us: 2100, wide: false, r_10: 921, mos_100: 439 },
		out: { codec: "PCMA", expected: 3248 },
		round_trip_us: 0, delay_ms: 0, path: "pcm", why: "lossy",
	},
	line: {
		in: { codec: "opus", expected: 3250, lost: 260, jitter_us: 12000, frames: 3250, concealed: 81, wide: true, r_10: 998, mos_100: 391 },
		out: { codec: "opus", expected: 3249, lost: 195, jitter_us: 9000, wide: true, r_10: 722, mos_100: 289 },
		round_trip_us: 48000, delay_ms: 80, path: "pcm", why: "lossy",
	},
};
const sign = (page) => page.locator(".worth");
const rows = (page, leg) =>
	page.locator(`[data-leg="${leg}"] > div`).evaluateAll((all) =>
		all.map((el) => [...el.children].map((x) => x.textContent.replaceAll("\u00a0", " ")).join(": ")));

/* Until what the first picture does without is there: a message before it is nobody's, and the next one comes. */
async function opened(options = {}) {
	const desk = await desk_open(browser, mock, options);
	await desk.page.locator(".room").waitFor();
	return desk;
}

test("the sign stands in a talk, names whose line it is, and goes with the talk", async () => {
	const { page, conn } = await opened({ init: NO_MIC });
	conn.send(view_of({ ...TALK }));
	conn.send(message(5, 0, 0));
	await page.locator('.worth[data-grade="good"]').waitFor();
	assert.match(await sign(page).innerText(), /Verbindung gut/);
	conn.send(view_of({ line: "up", state: "wrapup", call: CALL }));
	await sign(page).waitFor({ state: "detached" });
	conn.send(view_of({ ...TALK }));
	conn.send(message(1, 0, 5)); /* another talk */
	await page.locator('.worth[data-grade="poor"][data-cause="caller"]').waitFor();
	assert.match(await sign(page).innerText(), /Leitung des Anrufers: starke Störungen/);
	assert.match(await page.locator('[role="status"]').innerText(), /Leitung des Anrufers/);
	conn.said.length = 0;
	conn.send(message(2, 0, 5));
	await new Promise((done) => setTimeout(done, 300));
	/* nothing of it is sent: what the page says by itself is its own line's */
	assert.deepEqual(conn.said.map((s) => s.t).filter((t) => t !== "hello" && t !== "line.offer"), []);
	assert.deepEqual(page.faults, []);
	await page.context().close();
});

const VOICES = [
	["plain", /nicht verschlüsselt.*Ihre eigene Leitung ist immer verschlüsselt/s],
	["srtp", /vom Telefonnetz bis hierher verschlüsselt/],
	["dtls", /vom Browser bis hierher verschlüsselt/],
];

test("how the caller's voice comes is said while its call is there, and a word that is not known is not [RULES T2]", async () => {
	const { page, conn } = await opened();
	const line = page.locator(".voice");
	for (const [voice, want] of VOICES) {
		conn.send(view_of({ ...TALK, call: { ...CALL, voice } }));
		await page.locator(`.voice[data-voice="${voice}"]`).waitFor();
		assert.match(await line.innerText(), want);
		await look_at(page, `voice-${voice}`);
	}
	for (const part of [
		{ ...TALK, call: { ...CALL, voice: "zrtp" } },
		{ ...TALK, call: { ...CALL, voice: "" } },
		{ line: "up", state: "wrapup", call: { ...CALL, voice: "plain" } },
	]) {
		conn.send(view_of({ ...TALK, call: { ...CALL, voice: "plain" } }));
		await line.waitFor();
		conn.send(view_of(part));
		await line.waitFor({ state: "detached" });
	}
	conn.send(view_of({ line: "up", state: "hold", ends_ms: 60000, call: { ...CALL, voice: "plain" } }));
	await line.waitFor();
	assert.deepEqual(page.faults, []);
	await page.context().close();
});

test("in the line test it speaks of the own line alone", async () => {
	const { page, conn } = await opened();
	conn.send(view_of({ line: "up", state: "out", testing: true }));
	conn.send(message(5, 25));
	await page.locator('.worth[data-cause="home"]').waitFor();
	await page.locator(".worth summary").click();
	assert.equal(await page.locator(".worth dl").count(), 1);
	conn.send(view_of({ line: "up", state: "out" }));
	await sign(page).waitFor({ state: "detached" });
	await page.context().close();
});

test("the figures are there for who asks, with the keyboard alone", async () => {
	const { page, conn } = await opened();
	conn.send(view_of({ ...TALK }));
	conn.send(FULL);
	await sign(page).waitFor();
	assert.equal(await page.locator('[data-leg="home"]').isVisible(), false);
	await page.locator(".worth summary").focus();
	await page.keyboard.press("Enter");
	await page.locator('[data-leg="home"]').waitFor();
	assert.deepEqual(await rows(page, "home"), [
		"Verloren, von Ihnen: 8,0 %", "Verloren, zu Ihnen: 6,0 %", "Schwankung: 12 ms", "Hin und zurück: 48 ms", "Ersetzt: 2,5 %",
		"Schätzung, von Ihnen: 3,9, Breitband", "Schätzung, zu Ihnen: 2,9, Breitband", "Codec: opus", "Weg: umgerechnet, Fehlerkorrektur",
	]);
	/* what nobody measured is not there */
	assert.deepEqual(await rows(page, "caller"), [
		"Verloren, zu Ihnen: 0,1 %", "Schwankung: 2 ms", "Schätzung, zu Ihnen: 4,4, Schmalband", "Codec: PCMA",
		"Weg: umgerechnet, Fehlerkorrektur",
	]);
	/* codes of a newer centre say nothing and do no harm */
	conn.send({ ...FULL, for_ms: 70000, line: { ...FULL.line, path: "tunnel", why: "magic" } });
	await page.locator('[data-leg="home"] [data-row="path"]').waitFor({ state: "detached" });
	assert.deepEqual(page.faults, []);
	await page.context().close();
});

for (const scheme of ["light", "dark"])
	for (const width of [1280, 390])
		test(`pictures: good, fair, poor, and the figures, ${scheme}, ${width} wide`, async () => {
			const { page, conn } = await opened({ scheme, width, height: width > 600 ? 800 : 844 });
			const signs = [["good", message(5, 0, 0)], ["fair", message(4, 4, 0)], ["poor", message(3, 0, 30)]];
			conn.send(view_of({ ...TALK }));
			for (const [grade, msg] of signs) {
				conn.send(msg);
				await page.locator(`.worth[data-grade="${grade}"]`).waitFor();
				await look_at(page, `worth-${scheme}-${width}-${grade}`);
			}
			conn.send({ ...FULL, for_ms: 1 });
			await page.locator(".worth summary").click();
			await page.locator('[data-leg="home"]').waitFor();
			await look_at(page, `worth-${scheme}-${width}-figures`);
			assert.deepEqual(page.faults, []);
			await page.context().close();
		});
