// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The page of one's own data: it has words for all that the register names, shows what it was given and no more, says
 * "nothing held" where so, and speaks to nobody else.  SHOTS=folder takes pictures.
 */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe_findings, browser_start, page_open } from "./browser.js";
import { mock_start } from "./mock.js";
import { OWN } from "../own/words.js";
import { places, readers, tables } from "./register.js";

const SHOTS = process.env.SHOTS;
const MADE = new Date(2026, 10, 23, 14, 5).getTime();
const DAY = 86400000;
const ME = { id: 1, login: "anna", name: "Anna Meier", roles: ["agent"] };

/* ---- the register, as its C file has it ---- */

test("own: the register is read whole", () => {
	assert.ok(tables.length >= 16 && tables.every((x) => x.columns.length > 0));
	assert.ok(tables.filter((x) => x.is_mine).length >= 10);
	assert.ok(places.length >= 9 && readers.length === 10);
	assert.ok(tables.every((x) => x.columns.every((c) => c.kind)));
});

for (const language of Object.keys(OWN))
	test(`own: ${language} has words for all that the register names about agents`, () => {
		const missing = [];
		const want = (key) => key in OWN[language] || missing.push(key);
		for (const x of tables.filter((x) => x.is_mine)) {
			for (const part of ["table", "purpose", "goes"])
				want(`${part}.${x.table}`);
			for (const c of x.columns)
				want(`column.${c.name}`);
		}
		for (const name of places)
			for (const part of ["place", "place.what", "place.where", "place.purpose", "place.goes", "place.given"])
				want(`${part}.${name}`);
		for (const name of readers)
			want(`reader.${name}`);
		assert.deepEqual(missing, [], `add them to desk/own/words/${language}.js`);
	});

test("own: no word of the register is left over", () => {
	const names = new Set([...tables.map((x) => x.table), ...tables.flatMap((x) => x.columns.map((c) => c.name)), ...places, ...readers]);
	for (const key of Object.keys(OWN.de).filter((k) => /^(table|purpose|goes|column|place|reader)\./.test(k)))
		assert.ok(names.has(key.split(".").at(-1)), key);
});

/* ---- the page ---- */

const VALUES = {
	session: [{ values: { hash: { withheld: "secret" }, agent: "03a3t7hw00000", expires_ms: MADE + DAY }, goes_ms: MADE + DAY }],
	agreement_signature: [{ values: { seq: 1, agent: "03a3t7hw00000", version: 2, language: "de", hash: "ab".repeat(32), nonce: "cd".repeat(32),
		public_key: "04" + "ef".repeat(64), signature: "12".repeat(64), signed_ms: MADE - 9 * DAY, countersignature: null }, goes_ms: null }],
	call_event: Array.from({ length: 14 }, (_, i) => ({
		values: { seq: 100 + i, call: "03a3t7hw0000" + (i % 9), at_ms: MADE - (13 - i) * DAY, event: ["offered", "accepted", "joined", "left"][i % 4],
			agent: "03a3t7hw00000", number: i % 4 === 3 ? 61000 : null, detail: i === 12 ? "a_word_of_tomorrow" : null },
		goes_ms: MADE + (77 + i) * DAY })),
	agent: [{ values: { id: "03a3t7hw00000", login: "anna", name: "Anna Meier", workplace: "home", roles: 1 }, goes_ms: null }],
};
const EXPORT = {
	format: 1, made_ms: MADE, agent: { id: "03a3t7hw00000", login: "anna", name: "Anna Meier" },
	now: { state: "ready", since_ms: 60000, workplace: "home", declared_since_ms: 3600000, call: null, desk: true, line: true, door: false },
	tables: tables.filter((x) => x.is_mine).map(({ table, columns }) => ({ table, columns, purpose: "p", readers: ["agent", "program", "operator"],
		goes: "g", rows: VALUES[table] ?? [] })),
	elsewhere: places.map((name) => ({ name, where: "w", what: "x", purpose: "p", readers: ["agent", "operator"], goes: "g", given: "v" })),
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

async function own_open(options = {}, answers = {}) {
	const page = await page_open(browser, options);
	page.asked = [];
	page.on("request", (r) => page.asked.push(`${r.method()} ${new URL(r.url()).pathname}`));
	await page.route("**/api/**", (route) => {
		const name = new URL(route.request().url()).pathname.slice("/api/".length);
		const [status, body] = answers[name] ?? { me: [200, ME], own: [200, EXPORT] }[name] ?? [404, {}];
		return route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });
	});
	await page.goto(mock.url + "/own/");
	return page;
}

for (const scheme of ["light", "dark"])
	for (const width of [1280, 390])
		test(`own: no finding, nothing too wide; ${scheme}, ${width} wide`, async () => {
			const page = await own_open({ scheme, width, height: width > 600 ? 800 : 844 });
			await page.locator('[data-table="agent"]').waitFor();
			if (SHOTS)
				await page.screenshot({ fullPage: true, path: join(SHOTS, `own-${scheme}-${width}.png`) });
			assert.deepEqual(await axe_findings(page), []);
			const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
			assert.ok(wide[0] <= wide[1], `${wide[0]} px wide in ${wide[1]}`);
			assert.deepEqual(page.faults, []);
			await page.context().close();
		});

for (const [language, none, state] of [["de", "Nichts vorhanden", "bereit"], ["fr", "Rien d’enregistré", "prêt"], ["it", "Niente di registrato", "pronto"], ["en", "Nothing held", "ready"]])
	test(`own: what it shows, in ${language}`, async () => {
		const page = await own_open({ locale: language });
		await page.locator('[data-table="agent"]').waitFor();
		assert.equal(await page.evaluate(() => document.documentElement.lang), language);
		assert.equal(await page.locator("[data-table]").count(), EXPORT.tables.length);
		assert.equal(await page.locator("[data-place]").count(), places.length);
		assert.equal(await page.locator('[data-table="device_key"] [data-count]').innerText(), none);
		assert.equal(await page.locator('[data-now="state"] dd').innerText(), state);
		const body = await page.locator("main").innerText();
		assert.ok(body.includes("Anna Meier") && body.includes(language === "en" ? "23 Nov 2026" : "23.11.2026") && body.includes("a_word_of_tomorrow"));
		assert.ok(!body.includes("[object"), "each value has its words");
		assert.deepEqual(page.faults, []);
		await page.context().close();
	});

test("own: the first rows are the latest, and all are one key away", async () => {
	const page = await own_open();
	const rows = page.locator('[data-table="call_event"] tbody tr');
	await rows.first().waitFor();
	assert.equal(await rows.count(), 10);
	await page.locator('[data-table="call_event"] [data-action="more"]').focus();
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => document.querySelectorAll('[data-table="call_event"] tbody tr').length === 14);
	await page.context().close();
});

test("own: it asks who looks and what is held, and nothing else", async () => {
	const page = await own_open();
	await page.locator('[data-table="agent"]').waitFor();
	await page.waitForTimeout(300);
	const asked = page.asked.filter((x) => !/ \/(own|common|lib)\//.test(x));
	assert.deepEqual(asked.sort(), ["GET /api/me", "GET /api/own"]);
	assert.equal(await page.locator('[data-action="file"]').getAttribute("href"), "/api/own/file");
	assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
	await page.context().close();
});

test("own: who is not logged in is told so, and a centre that is away too", async () => {
	const out = await own_open({}, { me: [401, {}] });
	await out.locator(".house-out").waitFor();
	assert.ok(!out.asked.includes("GET /api/own"));
	await out.context().close();
	const away = await own_open({}, { own: [500, { error: "no_records" }] });
	await away.locator('.notice[role="alert"]').waitFor();
	await away.context().close();
});
