// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Every page of the product (pages.js) with axe-core, WCAG 2.2 A and AA and best practice: both schemes, 1280 and 390 px, four
 * languages; its language and title; nothing wider than the window; and what a screen reader is given of the main states.
 */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ax_live, ax_tree, axe_findings, browser_start, hold_back, NO_MIC, page_open } from "./browser.js";
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
/* Where what comes later is read out: an offer and a change of state politely, an error at once. */
const BOTH = ["assertive", "polite"];
const LIVE = {
	"desk-out": BOTH, "desk-ready": BOTH, "desk-offered": BOTH, "desk-talking": BOTH, "desk-interrupted": BOTH, "desk-transfer": BOTH, "desk-devices": BOTH,
	"caller-none": BOTH, "caller-waiting": BOTH, "caller-talking": BOTH, login: ["assertive"], pulse: ["assertive"],
	door: ["polite"], board: ["polite"], week: BOTH, agreement: BOTH, ledger: BOTH, configuration: ["assertive"],
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

/* The page's own is the first and the only one of its level, a dialog's the second; none further down is left out between. */
function headings_are_in_order(headings, top) {
	const levels = headings.map((n) => n.level);
	const said = JSON.stringify(headings.map((n) => [n.level, n.name]));
	assert.ok(headings.length > 0 && headings.every((n) => n.name.trim()), said);
	assert.equal(levels[0], top, said);
	assert.ok(levels.slice(1).every((l, i) => l > 1 && l <= levels[i] + 1), said);
}

/* They stand there before there is anything to say: what is put in with its words is missed by some readers. */
async function listens(page, name) {
	const live = new Set((await ax_live(page)).map((n) => n.live));
	for (const how of LIVE[name] ?? [])
		assert.ok(live.has(how), `${name}: nothing is ${how}`);
}

/* Each control has a name, and there is a heading and a main part; of an open dialog nothing else is to be seen. */
async function read_out(page) {
	const tree = await ax_tree(page);
	assert.deepEqual(tree.filter((n) => CONTROLS.includes(n.role) && !n.name.trim()), []);
	headings_are_in_order(tree.filter((n) => n.role === "heading"), tree.some((n) => n.role === "dialog") ? 2 : 1);
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
				await listens(page, scene.name);
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
	const page = await page_open(browser, { locale: "en-GB", init: NO_MIC });
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

test("a screen reader: a login that is refused, at once, in a place that was there before; the fields keep their names", async () => {
	const page = await page_open(browser, { locale: "en-GB" });
	await scene_open(page, mock, { ...SCENES.find((s) => s.name === "login"), api: { "login/password": "wrong_password" } });
	await page.evaluate(() => (window.before = document.querySelector("[role=alert]")));
	assert.deepEqual(await ax_live(page), [{ live: "assertive", text: "" }]);
	await page.locator("[name=login]").fill("anna");
	await page.locator("[name=password]").fill("x");
	await page.keyboard.press("Enter");
	await page.locator("[role=alert] .notice").waitFor();
	assert.deepEqual(await ax_live(page), [{ live: "assertive", text: "The login name or the password is wrong." }]);
	assert.equal(await page.evaluate(() => document.querySelector("[role=alert]") === window.before), true);
	const names = (await ax_tree(page)).filter((n) => n.role === "textbox").map((n) => n.name);
	assert.deepEqual(names, ["Login name", "Password"]);
	await page.context().close();
});

test("a screen reader: a caller is told of each change politely, and why the call ended", async () => {
	const page = await page_open(browser, { locale: "en-GB" });
	const conn = await scene_open(page, mock, SCENES.find((s) => s.name === "caller-waiting"));
	const told = async (want) => {
		await page.waitForFunction((text) => [...document.querySelectorAll("[role=status]")].some((el) => el.textContent.includes(text)), want);
		assert.ok((await ax_live(page)).some((n) => n.live === "polite" && n.text.includes(want)));
	};
	const tell = (state, why = "") => conn.send({ t: "caller", state, why, queue: "Hauptnummer", since_ms: 1000 });
	await told("You are waiting");
	tell("talking");
	await told("Talking");
	assert.ok((await ax_tree(page)).some((n) => n.role === "button" && n.name === "Hang up"));
	tell("ended", "line_lost");
	await told("The call has ended");
	await told("The connection broke. Please call again.");
	await page.context().close();
});

test("a screen reader: while words are still to come no button is without a name", async () => {
	const page = await page_open(browser, { locale: "en-GB" });
	const release = await hold_back(page, "**/desk/i18n/en.js");
	await scene_open(page, mock, { ...SCENES.find((s) => s.name === "desk-talking"), folder: "" }); /* nothing late is waited for */
	const buttons = async () => (await ax_tree(page)).filter((n) => n.role === "button").map((n) => n.name.trim());
	const first = await buttons();
	assert.ok(first.includes("Hang up") && first.includes("Mute") && first.every(Boolean), JSON.stringify(first));
	release();
	await page.locator('[data-action="hold"]').waitFor();
	const all = await buttons();
	assert.ok(all.includes("Hold") && all.every(Boolean), JSON.stringify(all));
	await page.context().close();
});
