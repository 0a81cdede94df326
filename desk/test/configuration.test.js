// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The administrator's page of the configuration: in both schemes, at both widths, in four languages; what is found, what
 * waits, what was refused, and the file read anew by keyboard alone.  SHOTS=folder keeps pictures.
 */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe_findings, browser_start } from "./browser.js";
import { mock_start } from "./mock.js";

const SHOTS = process.env.SHOTS;
const ME = { id: 1, login: "dora", name: "Dora Muster", roles: ["agent", "administrator"] };
const option = (name, value, line = 0) => ({ option: name, value, line, default: line === 0 });
const SECTIONS = [
	{ section: "", title: "", options: [option("node", "0", 9), option("timezone", "")] },
	{ section: "web", title: "", options: [option("address", "127.0.0.1", 13), option("names", "desk.example.org, a-name-that-is-rather-long.of-a-house.example.org", 20)] },
	{ section: "sip", title: "", options: [option("password", "***", 61)] },
	{ section: "queue", title: "post", options: [option("number", "100", 145), option("divert 1: when", "closed", 180), option("wrap-up", "30")] },
];
const GOOD = { file: "/etc/heimamt/heimamt.conf", read_ms: Date.UTC(2026, 10, 27, 9), reading: false, refused: null, complaints: [], waiting: [], carriers: [], sections: SECTIONS };
const FULL = {
	...GOOD,
	refused: { at_ms: Date.UTC(2026, 10, 27, 10), complaints: [{ line: 145, hint: false, text: 'queue "post": number must be another than the other queues\'.' }] },
	complaints: [{ line: 60, hint: true, text: "sip: address is private: a carrier on the Internet finds it only with sip's public (and relay's)." }],
	waiting: [{ section: "sip", title: "", option: "port", line: 58, counts: "5060", file: "5080" }],
	carriers: [
		{ name: "example", state: "up", status: 200 },
		{ name: "other", state: "refused", status: 403 },
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

async function open({ width = 1280, scheme = "light", locale = "de-CH" } = {}) {
	const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme, locale });
	const page = await context.newPage();
	page.faults = [];
	page.on("pageerror", (e) => page.faults.push(String(e)));
	await page.goto(`${mock.url}/configuration/`);
	await page.locator("#search").waitFor();
	return page;
}

for (const [place, options] of [
	["1280", {}],
	["1280-dark-fr", { scheme: "dark", locale: "fr-CH" }],
	["390-it", { width: 390, locale: "it-CH" }],
	["390-dark-en", { width: 390, scheme: "dark", locale: "en-GB" }],
])
	test(`pictures, ${place}`, async () => {
		mock.state.api = { me: () => ME, configuration: () => FULL };
		const page = await open(options);
		if (SHOTS)
			await page.screenshot({ fullPage: true, path: join(SHOTS, `configuration-${place}.png`) });
		assert.deepEqual(await axe_findings(page), [], place);
		const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
		assert.ok(wide[0] <= wide[1], `${wide[0]} px wide in ${wide[1]}`);
		assert.deepEqual(page.faults, []);
		assert.equal(await page.locator('[data-state="refused"]').count(), 1);
		await page.context().close();
	});

test("options are found by section, name and value; what is a default says so", async () => {
	mock.state.api = { me: () => ME, configuration: () => GOOD };
	const page = await open();
	assert.equal(await page.locator(".options tbody tr").count(), 8);
	assert.equal(await page.locator('[data-default="true"]').count(), 2);
	await page.fill("#search", "post divert");
	assert.deepEqual(await page.locator(".options tbody th").allInnerTexts(), ["divert 1: when"]);
	await page.fill("#search", "desk.example");
	assert.deepEqual(await page.locator(".options tbody th").allInnerTexts(), ["names"]);
	await page.fill("#search", "nothing like it");
	await page.locator("text=Nichts gefunden.").waitFor();
	await page.context().close();
});

test("the file is read anew by keyboard, and what came of it is said", async () => {
	let asked = 0;
	mock.state.api = {
		me: () => ME,
		configuration: () => (asked ? { ...GOOD, read_ms: GOOD.read_ms + asked * 1000 } : GOOD),
		"configuration/read": () => {
			asked++;
			return { reading: true };
		},
	};
	const page = await open();
	await page.focus('[data-action="read"]');
	await page.keyboard.press("Enter");
	await page.locator("text=Die Datei wurde neu gelesen.").waitFor();
	assert.equal(asked, 1);
	mock.state.api.configuration = () => ({ ...GOOD, read_ms: GOOD.read_ms + 1000, refused: { ...FULL.refused, at_ms: GOOD.read_ms + 9000 } });
	await page.keyboard.press("Enter");
	await page.locator("text=Die Datei ist nicht in Ordnung.").waitFor();
	assert.match(await page.locator(".notice").innerText(), /Zeile 145/);
	await page.context().close();
});
