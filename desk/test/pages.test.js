// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Every page of the product (pages.js) with axe-core, WCAG 2.2 A and AA and best practice: both schemes, 1280 and 390 px, four
 * languages; its language and title; nothing wider than the window; and what a screen reader is given of the main states.
 */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ax_live, ax_tree, axe_findings, browser_start, page_open } from "./browser.js";
import { mock_start, view_of, CALL } from "./mock.js";
import { desk_view, SCENES, scene_open } from "./pages.js";

const FILES = process.env.DESK_FILES;
/* Each language in a look of its own, so that each look is had; how wide it is, at both. */
const LOOKS = {
	de: ["light", 1280],
	fr: ["dark", 1280],
	it: ["light", 390],
	en: ["dark", 390],
};
const CONTROLS = ["button", "link", "textbox", "combobox", "checkbox", "radio", "searchbox", "spinbutton", "slider", "option", "DisclosureTriangle"];

let browser, mock;
before(async () => {
	mock = await mock_start(FILES);
	browser = await browser_start();
});
after(async () => {
	await browser?.close();
	await mock?.close();
});

test("every folder with a page has a scene", () => {
	const served = readdirSync(FILES).filter((f) => existsSync(join(FILES, f, "index.html")));
	assert.ok(served.length >= 14);
	assert.deepEqual(served.filter((f) => !SCENES.some((s) => s.folder === f)), [], "add a scene to pages.js");
});

async function look(page, scheme, width) {
	await page.setViewportSize({ width, height: width > 600 ? 800 : 844 });
	await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
}

async function fits(page, what) {
	const wide = await page.evaluate(() => document.documentElement.scrollWidth);
	assert.ok(wide <= page.viewportSize().width, `${what}: ${wide} px wide in ${page.viewportSize().width}`);
}

/* Each control has a name, and there is a heading and a main part; of an open dialog nothing else is to be seen. */
async function read_out(page) {
	const tree = await ax_tree(page);
	assert.deepEqual(tree.filter((n) => CONTROLS.includes(n.role) && !n.name.trim()), []);
	assert.ok(tree.some((n) => n.role === "heading" && n.name), "a heading");
	assert.ok(tree.some((n) => n.role === "main" || (n.role === "dialog" && n.name)), "a main part");
}

const titles = {}; /* of each scene, by language */
for (const [language, [scheme, width]] of Object.entries(LOOKS))
	test(`pages: ${language}`, async (t) => {
		const page = await page_open(browser, { locale: `${language}-CH` });
		for (const scene of SCENES)
			await t.test(`${scene.name}, ${language}`, async () => {
				await look(page, scheme, 1670 - width);
				await scene_open(page, mock, scene);
				assert.equal(await page.evaluate(() => document.documentElement.lang), language);
				const title = await page.title();
				assert.match(title, { "desk-covered": /^Heimamt$/, sheet: /./ }[scene.name] ?? /^\S.* – Heimamt$/);
				(titles[scene.name] ??= {})[language] = title;
				await fits(page, scene.name);
				await look(page, scheme, width);
				await fits(page, scene.name);
				assert.deepEqual(await axe_findings(page), [], scene.name);
				await read_out(page);
				assert.deepEqual(page.faults.splice(0), []);
			});
		await page.context().close();
	});

test("pages: each title is in the reader's language", () => {
	for (const [name, of] of Object.entries(titles))
		assert.ok(name === "desk-covered" || new Set(Object.values(of)).size >= 2, `${name}: ${of.de}`);
	assert.equal(Object.keys(titles).length, SCENES.length);
});

/* ---- a screen reader's view ---- */

test("a screen reader: what it is given of an offer, a talk and an interruption", async () => {
	const page = await page_open(browser, { locale: "en-GB" });
	const conn = await scene_open(page, mock, SCENES.find((s) => s.name === "desk-ready"));
	await page.locator(".came button").waitFor();
	const status = async (want) => {
		for (let i = 0; i < 400; i++) {
			const live = (await ax_live(page)).filter((n) => n.live === "polite" && n.text);
			if (live.some((n) => want.test(n.text)))
				return;
			await page.waitForTimeout(25);
		}
		assert.fail(`not told politely: ${want}; ${JSON.stringify(await ax_live(page))}`);
	};
	const lead = async (view, state) => {
		conn.send(view);
		await page.locator(`.now[data-state="${state}"]`).waitFor();
	};
	const has = (tree, role, name) => assert.ok(tree.some((n) => n.role === role && name.test(n.name)), `${role} ${name}: ${JSON.stringify(tree.map((n) => [n.role, n.name]))}`);

	let tree = await ax_tree(page);
	has(tree, "heading", /^Ready$/);
	has(tree, "button", /^Pause$/);
	has(tree, "group", /^What you can do$/);
	has(tree, "complementary", /^Your place$/);
	has(tree, "region", /^When somebody comes in$/);

	await lead(desk_view("offered"), "offered");
	await status(/^Call from Hauptnummer\. Accept with Ctrl \+ Enter\./);
	tree = await ax_tree(page);
	has(tree, "heading", /^Call$/);
	has(tree, "button", /^Accept$/);
	has(tree, "button", /^Decline$/);
	has(tree, "timer", /^$/);
	assert.equal(tree.find((n) => n.role === "button" && n.name === "Accept").keys, "Control+Enter");

	await lead(desk_view("talking"), "talking");
	await status(/^Talking\./);
	tree = await ax_tree(page);
	for (const name of [/^Hang up$/, /^Mute$/, /^Transfer$/, /^Keypad$/])
		has(tree, "button", name);

	await lead(view_of({ line: "lost", state: "interrupted", why: "line_lost", since_ms: 1, ends_ms: 14000, call: CALL }), "interrupted");
	await status(/^Talk interrupted\. .*music/);
	const grave = (await ax_live(page)).filter((n) => n.live === "assertive");
	assert.ok(grave.length >= 1, "there is a place for what is grave");
	await page.context().close();
});
