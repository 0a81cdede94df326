// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The week page against a house that answers from a table: choosing by keys and by hand, what a change would break,
 * swaps, who plans for all; in both schemes, at both widths and in four languages, without an accessibility finding.
 */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { choice_of, choose, clock_of, dates_of, gaps_of, minute_of, sums } from "../week/plan.js";
import { axe_findings, browser_start, page_open } from "./browser.js";
import { mock_start } from "./mock.js";

const FILES = process.env.DESK_FILES;
const SHOTS = process.env.SHOTS;

const work = (at) => ({ absent: false, spans: [{ from: 480, to: 720, at }, { from: 780, to: 1020, at }] });
const OFF = { absent: false, spans: [] };
const PLAN = [work("home"), work("office"), work("office"),
	{ absent: false, spans: [{ from: 480, to: 720, at: "home" }, { from: 810, to: 1050, at: "office" }] },
	{ ...work("home"), absent: true }, OFF, OFF];

/* ---- pure ---- */

test("a day's choice, and the plan with another", () => {
	assert.deepEqual(PLAN.map(choice_of), ["home", "office", "office", "split", "absent", "off", "off"]);
	assert.deepEqual(choose(PLAN, 1, "home")[1], work("home"));
	assert.deepEqual(choose(PLAN, 5, "office")[5], work("office"), "the week's usual hours");
	assert.deepEqual(choose([OFF], 0, "home")[0], work("home"), "or those of an office");
	assert.deepEqual(choose(PLAN, 1, "absent")[1], { ...work("office"), absent: true });
	assert.deepEqual(choose(PLAN, 4, "home")[4], work("home"), "who comes is not absent");
	assert.deepEqual(choose(PLAN, 3, "off")[3], OFF);
	assert.deepEqual(choose(PLAN, 3, "office")[3].spans.map((s) => [s.from, s.at]), [[480, "office"], [810, "office"]]);
	assert.equal(choice_of(PLAN[1]), "office", "nothing is changed in place");
});

test("sums, clocks, dates and gaps", () => {
	assert.deepEqual(sums(PLAN), { home: 1, office: 3, minutes: 4 * 480 });
	assert.equal(clock_of(495), "08:15");
	assert.deepEqual(["08:15", "8:07", "24:00", "x", ""].map(minute_of), [495, 480, 1440, NaN, NaN]);
	assert.deepEqual(dates_of("2026-12-28").map((d) => d.getDate()), [28, 29, 30, 31, 1, 2, 3]);
	assert.deepEqual(gaps_of([1, 1, 0, 3], [2, 2, 2, 2]), [{ from: 0, to: 60, missing: 1 }, { from: 60, to: 90, missing: 2 }]);
});

/* ---- in the browser ---- */

const need = (n) => Array.from({ length: 7 }, (_, d) => Array.from({ length: 48 }, (_, h) => (d < 5 && h >= 16 && h < 34 ? n : 0)));
const HEAD = { week: "2026-W49", before: "2026-W47", monday: "2026-11-30", first: 0, weeks: ["2026-W48", "2026-W49", "2026-W50", "2026-W51", "2026-W52"], home_days: 2 };
const SEATS = { name: "", room: 8, taken: [6, 8, 5, 4, 2, 0, 0] };
const ANNA = { agent: "anna", name: "Anna Muster", site: "", strict: false, wants_home: true, team_days: [2], plan: PLAN };
const MINE = {
	...HEAD, ...ANNA, seats: SEATS, feed: false,
	swaps: [
		{ id: 7, day: 0, back: null, mine: false, name: "Beat Beispiel" },
		{ id: 8, day: 1, back: 0, mine: true, name: "Anna Muster" },
	],
	way: { minutes: 35, km: 22.5, days: 41, spared_minutes: 2870, spared_km: 1845 },
	house: { month: "2026-11", hours: 310, km: 12400 },
};
const ALL = {
	...HEAD,
	people: [ANNA, { ...ANNA, agent: "beat", name: "Beat Beispiel", plan: [...PLAN].reverse() },
		{ ...ANNA, agent: "carla", name: "Carla Probst-Zimmermann", plan: PLAN.with(2, work("office")) }],
	house: { sites: [SEATS, { name: "Zug", room: 0, taken: [1, 1, 0, 0, 0, 0, 0] }], home: [2, 0, 0, 1, 1, 1, 1], agents: need(4), strict: need(1), need_agents: need(5), need_strict: need(1) },
};
const BROKEN = [
	{ kind: "seats", hard: true, day: 3, missing: 1 },
	{ kind: "strict", hard: true, day: 1, missing: 1, from: 480, to: 630 },
	{ kind: "rest", hard: false, day: 2, missing: 240, agent: "anna" },
	{ kind: "home_days", hard: false, day: 0, missing: 1, agent: "anna" },
];

let browser, mock;
before(async () => {
	mock = await mock_start(FILES);
	browser = await browser_start();
	if (SHOTS)
		mkdirSync(SHOTS, { recursive: true });
});
after(async () => {
	await browser?.close();
	await mock?.close();
});

/* The page with a house; answers: { "week/save": [status, data] }.  page.posts: what was wished. */
async function week_open(options = {}) {
	const page = await page_open(browser, { height: 900, ...options });
	const answers = {
		me: [200, { id: 1, login: "anna", name: "Anna Muster", roles: options.roles ?? ["agent"] }],
		"week/all": [200, ALL], week: [200, MINE], "week/check": [200, { refused: false, broken: [] }],
		"week/save": [200, { refused: false, broken: [] }], ...options.answers,
	};
	page.posts = [];
	page.answers = answers;
	await page.route("**/api/**", (route) => {
		const name = new URL(route.request().url()).pathname.slice(5);
		const key = Object.keys(answers).filter((k) => name === k || name.startsWith(k + "/")).sort((a, b) => b.length - a.length)[0];
		if (route.request().method() === "POST")
			page.posts.push([name, route.request().postDataJSON()]);
		const [status, data] = answers[key] ?? [404, {}];
		return route.fulfill({ status, contentType: "application/json", body: JSON.stringify(data) });
	});
	await page.goto(mock.url + "/week/");
	await page.locator(".day, .house-out").first().waitFor();
	return page;
}

const picked = (page) => page.locator(".day input:checked").evaluateAll((l) => l.map((i) => i.value));
/* The newest that is like this: what is checked while keys are still being pressed comes before it. */
const posted = async (page, name, is = () => true) => {
	const newest = () => page.posts.findLast(([n, body]) => n === name && is(body))?.[1];
	for (let i = 0; i < 400 && !newest(); i++)
		await page.waitForTimeout(25);
	return newest();
};

test("arrows go from day to day, letters choose, and what it would break is said before it is saved", async () => {
	const page = await week_open({ answers: { "week/check": [200, { refused: true, broken: BROKEN }] } });
	assert.deepEqual(await picked(page), ["home", "office", "office", "split", "absent", "off", "off"]);
	await page.locator('.day[data-day="0"] input:checked').focus();
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("h");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("o");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("f");
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("a");
	assert.deepEqual(await picked(page), ["home", "home", "absent", "office", "off", "off", "off"]);
	await page.locator('.told[data-kind="seats"]').waitFor();
	assert.match(await page.locator('.day[data-day="3"] .told').innerText(), /^Geht nicht: Im Büro fehlen Plätze/);
	assert.match(await page.locator('.day[data-day="1"] .told').innerText(), /08:00–10:30/);
	assert.match(await page.locator('.summary .told').innerText(), /^Hinweis: .*zugesagten Tagen/);
	assert.equal(await page.locator('[data-action="save"]').getAttribute("aria-disabled"), "true");
	await page.locator('[data-action="save"]').click({ force: true });
	assert.equal(page.posts.filter(([n]) => n.startsWith("week/save")).length, 0);
	const body = await posted(page, "week/check/2026-W49", (b) => b.plan[2].absent);
	assert.equal(body?.agent, "anna");
	assert.deepEqual(page.faults, []);
	await page.context().close();
});

test("seats that are left follow the plan on the page", async () => {
	const page = await week_open();
	const fact = (i) => page.locator(`.day[data-day="${i}"] .fact:not(.team)`).innerText();
	assert.equal(await fact(0), "Plätze frei: 2");
	assert.equal(await fact(1), "Platz eingeplant", "the last one is one's own");
	await page.locator('.day[data-day="1"] .pick[data-choice="home"]').click();
	assert.equal(await fact(1), "Plätze frei: 1");
	await page.locator('.day[data-day="0"] .pick[data-choice="office"]').click();
	assert.equal(await fact(0), "Platz eingeplant");
	await page.locator('[data-action="reset"]').click();
	assert.equal(await fact(1), "Platz eingeplant");
	await page.context().close();
});

test("hours are changed in a row of their own, and saved", async () => {
	const page = await week_open();
	await page.locator('.day[data-day="0"] .edit').click();
	await page.locator('[data-part="end-1"]').fill("17:30");
	await page.locator("#hours-0 select").nth(1).selectOption("office");
	assert.equal((await picked(page))[0], "split");
	await page.locator('[data-action="save"]:not([aria-disabled="true"])').click();
	const body = await posted(page, "week/save/2026-W49");
	assert.deepEqual(body.plan[0].spans, [{ from: 480, to: 720, at: "home" }, { from: 780, to: 1050, at: "office" }]);
	await page.locator(".say").filter({ hasText: "Gespeichert." }).waitFor();
	await page.context().close();
});

test("a refused save says why and changes nothing", async () => {
	const page = await week_open({ answers: { "week/save": [409, { error: "refused", refused: true, broken: BROKEN }] } });
	await page.locator('.day[data-day="3"] .pick[data-choice="office"]').click();
	await page.locator('[data-action="save"]').click();
	await page.locator('[role="alert"] .notice').filter({ hasText: "eine Regel des Hauses" }).waitFor();
	await page.locator('.day[data-day="3"] .told[data-hard="true"]').waitFor();
	assert.equal((await picked(page))[3], "office", "the page keeps what was wished");
	await page.context().close();
});

test("swaps are offered, accepted and withdrawn; the wish, the calendar and the way are said", async () => {
	const page = await week_open({ answers: { "week/swap": [200, {}], "week/take": [200, { broken: [] }], "week/drop": [200, {}],
		"week/wish": [200, {}], "week/way": [200, {}], "week/feed": [200, { path: "/ical/" + "ab".repeat(32) + ".ics" }] } });
	await page.locator('[data-form="swap"] select').first().selectOption("2");
	await page.locator('[data-form="swap"] select').nth(1).selectOption("0");
	await page.locator('[data-form="swap"] button').click();
	assert.deepEqual(await posted(page, "week/swap/2026-W49"), { day: 2, back: 0 });
	await page.locator('[data-swap="7"] [data-action="take"]').click();
	assert.deepEqual(await posted(page, "week/take"), { id: 7 });
	await page.locator('[data-swap="8"] [data-action="drop"]').click();
	assert.deepEqual(await posted(page, "week/drop"), { id: 8 });
	await page.locator(".wish input").click();
	assert.deepEqual(await posted(page, "week/wish"), { wants_home: false });
	await page.locator('[name="km"]').fill("7.5");
	await page.locator('[data-form="way"] button').first().click();
	assert.deepEqual(await posted(page, "week/way"), { minutes: 35, km: 7.5 });
	await page.locator('[data-action="feed"]').click();
	assert.match(await page.locator('input[type="url"]').inputValue(), /^http:.*\/ical\/(ab)+\.ics$/);
	assert.deepEqual(page.faults, []);
	await page.context().close();
});

test("an agent is not offered everybody's week; who plans is, and changes somebody's", async () => {
	const agent = await week_open();
	assert.equal(await agent.locator('[data-view="all"]').count(), 0);
	await agent.context().close();
	const page = await week_open({ roles: ["agent", "lead"] });
	await page.locator('[data-view="all"]').click();
	await page.locator(".all").getByRole("button", { name: /^Beat Beispiel/ }).first().click();
	await page.locator('.day[data-day="0"] .pick[data-choice="home"]').click();
	await page.locator('[data-action="save"]:not([aria-disabled="true"])').click();
	const body = await posted(page, "week/save/2026-W49");
	assert.equal(body.agent, "beat");
	assert.equal(choice_of(body.plan[0]), "home");
	assert.deepEqual(page.faults, []);
	await page.context().close();
});

/* ---- pictures ---- */

async function look_at(page, name) {
	await page.mouse.move(0, 0);
	if (SHOTS)
		await page.screenshot({ fullPage: true, path: join(SHOTS, name + ".png") });
	assert.deepEqual(await axe_findings(page), [], name);
	const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
	assert.ok(wide[0] <= wide[1], `${name}: ${wide[0]} px wide in ${wide[1]}`);
	assert.deepEqual(page.faults, [], name);
}

for (const scheme of ["light", "dark"])
	for (const width of [1280, 390])
		test(`pictures: ${scheme}, ${width} wide`, async () => {
			const name = (what) => `week-${scheme}-${width}-${what}`;
			const page = await week_open({ scheme, width, roles: ["agent", "lead"], answers: { "week/check": [200, { refused: true, broken: BROKEN }] } });
			await look_at(page, name("mine"));
			await page.locator('.day[data-day="3"] .pick[data-choice="office"]').click();
			await page.locator('.told[data-kind="seats"]').waitFor();
			await page.locator('.day[data-day="1"] .edit').click();
			await look_at(page, name("broken"));
			await page.locator('[data-view="all"]').click();
			await page.locator(".all").waitFor();
			await look_at(page, name("all"));
			await page.context().close();
			const out = await week_open({ scheme, width, answers: { me: [401, {}] } });
			await look_at(out, name("out"));
			await out.context().close();
		});

for (const locale of ["fr-CH", "it-CH", "en-GB"])
	test(`pictures: ${locale}`, async () => {
		const page = await week_open({ locale, width: 390, answers: { "week/check": [200, { refused: true, broken: BROKEN }] } });
		await page.locator('.day[data-day="3"] .pick[data-choice="office"]').click();
		await page.locator('.told[data-kind="seats"]').waitFor();
		await look_at(page, `week-light-390-${locale}`);
		await page.context().close();
	});
