// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The pages of one's own copy and devices, and of the ledger's damages: in both schemes, at both widths, in four languages,
 * and what they ask the house for.  SHOTS=folder keeps pictures.
 */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe_findings, browser_start } from "./browser.js";
import { mock_start } from "./mock.js";

const SHOTS = process.env.SHOTS;
const ME = { id: 1, login: "dora", name: "Dora Muster", roles: ["agent", "officer"] };
const key_of = (byte) => "04" + byte.repeat(64);
const OLD = { key: key_of("ab"), enrolled_ms: Date.UTC(2026, 10, 2, 9), revoked_ms: Date.UTC(2026, 10, 20, 15) };
const LIVE = { key: key_of("cd"), enrolled_ms: Date.UTC(2026, 10, 21, 8), revoked_ms: 0 };
const OPEN = { segment: 1, first_bad: 17, rewritten: false, acknowledged: false };
const SEEN = { segment: 2, first_bad: 0, rewritten: true, acknowledged: true };

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

async function open(name, { width = 1280, scheme = "light", locale = "de-CH" } = {}) {
	const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme, locale });
	const page = await context.newPage();
	page.faults = [];
	page.on("pageerror", (e) => page.faults.push(String(e)));
	await page.goto(`${mock.url}/${name}/`);
	await page.locator("h2").first().waitFor();
	return page;
}

async function look_at(page, name) {
	if (SHOTS)
		await page.screenshot({ fullPage: true, path: join(SHOTS, name + ".png") });
	assert.deepEqual(await axe_findings(page), [], name);
	const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
	assert.ok(wide[0] <= wide[1], `${name}: ${wide[0]} px wide in ${wide[1]}`);
	assert.deepEqual(page.faults, [], name);
}

for (const [place, options] of [
	["1280", {}],
	["1280-dark-fr", { scheme: "dark", locale: "fr-CH" }],
	["390-it", { width: 390, locale: "it-CH" }],
	["390-dark-en", { width: 390, scheme: "dark", locale: "en-GB" }],
])
	test(`pictures, ${place}`, async () => {
		mock.state.api = { me: () => ME, devices: () => ({ devices: [LIVE, OLD] }), ledger: () => ({ damages: [OPEN, SEEN] }) };
		const devices = await open("agreement", options);
		await devices.locator('[data-device="revoked"]').waitFor();
		await devices.click('[data-action="revoke"]');
		await look_at(devices, `agreement-${place}`);
		const damages = await open("ledger", options);
		await damages.locator('[data-damage="open"]').waitFor();
		await look_at(damages, `ledger-${place}`);
		await devices.context().close();
		await damages.context().close();
	});

test("a device is revoked after a second word, and never by the first", async () => {
	const said = [];
	let devices = [LIVE];
	mock.state.api = {
		me: () => ME,
		devices: () => ({ devices }),
		"devices/revoke": (body) => {
			said.push(JSON.parse(body));
			devices = [{ ...LIVE, revoked_ms: 7 }];
			return { revoked: true };
		},
	};
	const page = await open("agreement");
	await page.click('[data-action="revoke"]');
	assert.equal(await page.evaluate(() => document.activeElement.id), "revoke");
	assert.deepEqual(said, []);
	await page.click("#revoke");
	await page.locator('[data-device="revoked"]').waitFor();
	assert.deepEqual(said, [{ key: LIVE.key }]);
	assert.equal(await page.locator('[role="status"]').innerText(), "Das Gerät ist gesperrt.");
	await page.context().close();
});

test("what the house refuses is said in words", async () => {
	mock.state.api = { me: () => ME, ledger: () => ({ damages: [OPEN] }), "ledger/acknowledge": () => "no_damage" };
	const page = await open("ledger");
	await page.click('[data-action="acknowledge"]');
	await page.locator('[role="alert"]').waitFor();
	assert.match(await page.locator('[role="alert"]').innerText(), /schon zur Kenntnis genommen/);
	assert.equal(await page.locator('[data-damage="open"]').count(), 1);
	await page.context().close();
});
