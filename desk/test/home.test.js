// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Working from home: the place, the declaration, the agreement that is read and signed with a key of the device.
 * In both schemes and at both widths for the eye (SHOTS=folder keeps pictures), and what is sent for the centre.
 */
import { after, afterEach, before, test } from "node:test";
import assert from "node:assert/strict";
import { createHash, webcrypto } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { axe_findings, browser_start, desk_open, hold_back, line_up, NO_MIC, page_open, peer_open, state, tidy } from "./browser.js";
import { mock_start, view_of } from "./mock.js";

const SHOTS = process.env.SHOTS;
const UP = { line: "up" };
const AGENT = "0ekxnb3w40001";
const TEXT = readFileSync(new URL("../../agreement/de.txt", import.meta.url), "utf8");
const FRENCH = readFileSync(new URL("../../agreement/fr.txt", import.meta.url), "utf8");
const OPEN = { missing: [], in_force: 1, to_sign: 0, has_key: true };
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const home = (missing, part = {}) => ({ home: { ...OPEN, to_sign: 1, ...part, missing } });
const NOTHING = home(["not_signed", "no_declaration"], { has_key: false });

const paper_of = (ref, part = {}) => ({
	t: "agreement", version: 1, material: true, effective_ms: Date.UTC(2027, 2, 1), language: "de",
	text: TEXT, hash: sha256(part.text ?? TEXT), nonce: "5a".repeat(32), agent: AGENT,
	label: "Einfache elektronische Signatur mit technischem Nachweis; der eigenhändigen Unterschrift nicht gleichgestellt (OR 14 Abs. 2bis).",
	ref, ...part,
});

let browser, mock, peer;
before(async () => {
	mock = await mock_start(process.env.DESK_FILES);
	browser = await browser_start();
	peer = await peer_open(browser);
	if (SHOTS)
		mkdirSync(SHOTS, { recursive: true });
});
afterEach(() => tidy(browser, mock, peer.page));
after(async () => {
	await browser?.close();
	await mock?.close();
});

const button = (page, id) => page.locator(`[data-action="${id}"]`);

async function look_at(page, name) {
	if (SHOTS)
		await page.screenshot({ fullPage: true, path: join(SHOTS, name + ".png") });
	assert.deepEqual(await axe_findings(page), [], name);
	const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
	assert.ok(wide[0] <= wide[1], `${name}: ${wide[0]} px wide in ${wide[1]}`);
	assert.deepEqual(page.faults, [], name);
}

/* The text is asked for; the centre gives it. */
async function read(desk, part = {}) {
	const ask = await desk.conn.expect("agreement.read");
	desk.conn.send(paper_of(ask.ref, { language: ask.language, ...part }));
	await desk.page.locator(".paper-text").waitFor();
	return ask;
}

for (const [place, width, scheme] of [["1280", 1280, "light"], ["1280-dark", 1280, "dark"], ["390", 390, "light"], ["390-dark", 390, "dark"]])
	test(`pictures, ${place}`, async () => {
		const size = { scheme, width, height: width > 600 ? 800 : 844 };
		const desk = await desk_open(browser, mock, { ...size, view: NOTHING });
		await button(desk.page, "line").click();
		await line_up(desk, peer, NOTHING);
		await button(desk.page, "declare").waitFor();
		await look_at(desk.page, `home-nothing-${place}`);
		await button(desk.page, "paper").click();
		await read(desk);
		await look_at(desk.page, `paper-enrol-${place}`);
		await desk.page.keyboard.press("Escape");
		desk.conn.send(view_of({ ...UP, ...home(["no_declaration"], { to_sign: 0 }) }));
		await button(desk.page, "paper").waitFor({ state: "detached" });
		await look_at(desk.page, `home-declare-${place}`);
		desk.conn.send(view_of({ ...UP, ...home([], { to_sign: 0 }) }));
		await desk.page.locator("[data-declared]").waitFor();
		await look_at(desk.page, `home-declared-${place}`);
		desk.conn.send(view_of({ ...UP, state: "away", why: "not_cleared", ...home(["old_version"], { in_force: 2, to_sign: 2 }) }));
		await desk.page.locator('[data-missing="old_version"]').waitFor();
		await look_at(desk.page, `home-old-version-${place}`);
		await desk.page.context().close();
	});

test("one factor: the desk says so and leads to the account, in another tab; no statement before [T4]", async () => {
	const missing = home(["no_declaration", "one_factor"], { to_sign: 0 });
	const desk = await desk_open(browser, mock, { view: missing });
	const { page, conn } = desk;
	await button(page, "line").click();
	await line_up(desk, peer, missing);
	await page.locator('[data-missing="one_factor"]').waitFor();
	await look_at(page, "home-one-factor");
	assert.equal(await button(page, "declare").count(), 0);
	await page.locator("#state").focus();
	await page.keyboard.press("d");
	const link = page.locator('[data-action="second"]');
	assert.equal(await link.getAttribute("href"), "/account/");
	assert.equal(await link.getAttribute("target"), "_blank");
	const office = { agent: { name: "Anna", workplace: "office", queues: [] } };
	conn.send(view_of({ ...UP, ...missing, ...office }));
	await link.waitFor({ state: "detached" });
	conn.send(view_of({ ...UP, ...office, ...home(["one_factor"], { to_sign: 0, factor_always: true }) }));
	await link.waitFor();
	conn.send(view_of({ ...UP, ...home(["no_declaration"], { to_sign: 0 }) }));
	await button(page, "declare").waitFor();
	assert.equal(conn.count("declare"), 0);
	await page.context().close();
});

/* What the desk wished of today's plan. */
const followed = () => mock.state.asked.filter(([name]) => name === "week/today").map(([, text]) => JSON.parse(text));

test("the shift begins before what comes late is there: today's plan follows all the same, once; after a reload it does not", async () => {
	mock.state.asked = [];
	mock.state.api = { "week/today": { changed: true, refused: false, broken: [] } };
	const page = await page_open(browser, { init: NO_MIC });
	const release = await hold_back(page, "**/desk/late.js");
	let coming = mock.next_conn();
	await page.goto(mock.url + "/desk/");
	let conn = await coming;
	await conn.expect("hello");
	conn.send(view_of({ ...UP, ...home([]) }));
	await state(page, "out");
	conn.send(view_of({ ...UP, ...home([]), state: "away" }));
	await state(page, "away");
	assert.deepEqual(followed(), []);
	release();
	await page.getByText("Ihr Wochenplan für heute ist angepasst").waitFor({ state: "attached" });
	assert.deepEqual(followed(), [{ at: "home" }]);

	await page.unroute("**/desk/late.js");
	coming = mock.next_conn();
	await page.reload();
	conn = await coming;
	await conn.expect("hello");
	conn.send(view_of({ ...UP, ...home([]), state: "away" }));
	await state(page, "away");
	conn.send(view_of({ ...UP, ...home(["old_version"]), state: "away" }));
	await page.locator('[data-missing="old_version"]').waitFor();
	await page.evaluate(() => fetch("/api/me")); /* whatever was asked before has come by now */
	assert.deepEqual(followed(), [{ at: "home" }]);
	await page.context().close();
});

test("the house does not answer when the shift begins: today's plan is asked for again, and what stands against it is said", async () => {
	mock.state.asked = [];
	mock.state.api = { "week/today": () => followed().length < 3 ? { status: 503 } : { status: 409, error: "refused", refused: true, broken: [{ hard: true, kind: "seats" }] } };
	const { page, conn } = await desk_open(browser, mock, { view: { ...UP, ...home([]) } });
	await page.locator(".home").waitFor();
	conn.send(view_of({ ...UP, ...home([]), state: "away" }));
	await page.locator('[data-against="seats"]').waitFor();
	assert.equal(followed().length, 3);
	mock.state.api = {};
	await page.context().close();
});

test("by keyboard: where, the one statement, and ready only when nothing is missing", async () => {
	const desk = await desk_open(browser, mock, { view: NOTHING });
	const { page, conn } = desk;
	await button(page, "line").click();
	await line_up(desk, peer, NOTHING);
	await page.getByLabel("Im Büro").click();
	assert.deepEqual(await conn.expect("workplace"), { t: "workplace", at: "office" });
	const office = { agent: { name: "Anna", workplace: "office", queues: [] } };
	conn.send(view_of({ ...UP, ...NOTHING, ...office }));
	await button(page, "declare").waitFor({ state: "detached" });
	await page.getByLabel("Zu Hause").click();
	assert.deepEqual(await conn.expect("workplace"), { t: "workplace", at: "home" });
	conn.send(view_of({ ...UP, ...NOTHING }));
	await button(page, "declare").waitFor();
	await page.locator("#state").focus();
	await page.keyboard.press("d");
	assert.deepEqual(await conn.expect("declare"), { t: "declare" });
	conn.send(view_of({ ...UP, state: "away", ...home(["not_signed"]) }));
	await page.locator('[data-missing="not_signed"]').waitFor();
	assert.equal(await button(page, "ready").getAttribute("aria-disabled"), "true");
	await page.keyboard.press("r");
	assert.equal(conn.count("ready"), 0);
	assert.match(await page.locator(".about").first().innerText(), /noch keine Anrufe/);
	conn.send(view_of({ ...UP, state: "away", ...home([], { to_sign: 0 }) }));
	await page.locator('[data-action="ready"][aria-disabled="false"]').waitFor();
	await page.locator("#state").focus();
	await page.keyboard.press("r");
	await conn.expect("ready");
	await page.context().close();
});

async function open_paper(view = NOTHING) {
	const desk = await desk_open(browser, mock, { view });
	await button(desk.page, "paper").waitFor();
	await desk.page.locator("#state").focus();
	await desk.page.keyboard.press("v");
	return desk;
}

/* The public half, as the centre would check with it. */
const key_of = (point) =>
	webcrypto.subtle.importKey("raw", Buffer.from(point, "hex"), { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);

test("a device is registered with a code, and signs the exact text that is shown", async () => {
	const desk = await open_paper();
	const { page, conn } = desk;
	const ask = await read(desk);
	assert.equal(ask.language, "de");
	assert.match(await page.locator(".paper-text").innerText(), /17\. Das Arbeiten zu Hause ist freiwillig/);
	await page.locator("#code").fill("ab12-cd34");
	await page.keyboard.press("Enter");
	const enrol = await conn.expect("agreement.enrol");
	assert.equal(enrol.code, "ab12-cd34");
	assert.match(enrol.key, /^04[0-9a-f]{128}$/);
	conn.send(view_of(home(["not_signed", "no_declaration"])));

	await page.locator("dialog select").selectOption("fr");
	const again = await conn.expect("agreement.read");
	assert.equal(again.language, "fr");
	conn.send(paper_of(again.ref, { language: "fr", text: FRENCH, hash: sha256(FRENCH), nonce: "77".repeat(32) }));
	await page.getByText("Accord sur le travail à domicile").waitFor();
	await button(page, "sign").click();
	const signed = await conn.expect("agreement.sign");
	assert.equal(signed.hash, sha256(FRENCH));
	assert.equal(signed.nonce, "77".repeat(32));
	assert.equal(signed.key, enrol.key);
	const statement = `heimamt agreement 1\nversion: 1\nlanguage: fr\ntext-sha256: ${sha256(FRENCH)}\nagent: ${AGENT}\nnonce: ${"77".repeat(32)}\n`;
	assert.ok(await webcrypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, await key_of(signed.key),
		Buffer.from(signed.signature, "hex"), Buffer.from(statement)));
	conn.send(view_of(home(["no_declaration"], { to_sign: 0 })));
	await page.locator("dialog").waitFor({ state: "detached" });

	const kept = await page.evaluate(async (agent) => {
		const { key_find } = await import("/desk/device_key.js");
		const key = await key_find(agent);
		return { can_be_read: key.pair.privateKey.extractable, point: key.point };
	}, AGENT);
	assert.deepEqual(kept, { can_be_read: false, point: enrol.key });
	assert.deepEqual(page.faults, []);

	const coming = mock.next_conn();
	await page.reload();
	const later = await coming;
	await later.expect("hello");
	later.send(view_of(home(["reconfirm"])));
	await button(page, "paper").click();
	await read({ page, conn: later });
	await button(page, "sign").waitFor(); /* the device is still the one that was registered */
	await page.context().close();
});

test("a refusal says why; another device of hers is known, and this one is asked for its code until it is", async () => {
	const desk = await open_paper(home(["old_version"])); /* has_key: the other device's */
	const { page, conn } = desk;
	await read(desk);
	for (const [code, why] of [["bad_code", "Das ist nicht der Code."], ["no_code", "Es ist kein Code offen"]]) {
		await page.locator("#code").fill("wrong");
		await page.keyboard.press("Enter");
		const enrol = await conn.expect("agreement.enrol");
		conn.send({ t: "error", code, ref: enrol.ref });
		await page.getByText(why).waitFor();
		const ask = await conn.expect("agreement.read");
		conn.send(paper_of(ask.ref, { nonce: "22".repeat(32), version: 7 }));
		await page.locator("#paper-title", { hasText: "Fassung 7" }).waitFor();
		await page.locator("#code").waitFor();
		assert.equal(await button(page, "sign").count(), 0, code);
		conn.send(paper_of(ask.ref, {}));
		await page.locator("#paper-title", { hasText: "Fassung 7" }).waitFor({ state: "detached" });
	}
	await page.locator("#code").fill("right");
	await page.keyboard.press("Enter");
	await conn.expect("agreement.enrol");
	conn.send(paper_of("x", { nonce: "11".repeat(32) }));
	await button(page, "sign").click();
	const signed = await conn.expect("agreement.sign");
	conn.send({ t: "error", code: "unknown_key", ref: signed.ref });
	await page.getByText("Dieses Gerät ist nicht angemeldet.").waitFor();
	const ask = await conn.expect("agreement.read");
	conn.send(paper_of(ask.ref, { version: 7 }));
	await page.locator("#paper-title", { hasText: "Fassung 7" }).waitFor();
	await page.locator("#code").waitFor();
	await page.context().close();
});

/* The text is read, and the device has just been made known: only the signature is missing. */
async function open_enrolled() {
	const desk = await open_paper(home(["old_version"]));
	await read(desk);
	await desk.page.locator("#code").fill("right");
	await desk.page.keyboard.press("Enter");
	await desk.conn.expect("agreement.enrol");
	return desk;
}

test("after a refusal the next try has a new nonce", async () => {
	const { page, conn } = await open_enrolled();
	await button(page, "sign").click();
	const first = await conn.expect("agreement.sign");
	conn.send({ t: "error", code: "bad_version", ref: first.ref });
	const ask = await conn.expect("agreement.read");
	conn.send(paper_of(ask.ref, { nonce: "11".repeat(32), version: 7 }));
	await page.locator("#paper-title", { hasText: "Fassung 7" }).waitFor();
	await button(page, "sign").click();
	assert.equal((await conn.expect("agreement.sign")).nonce, "11".repeat(32));
	await page.context().close();
});

test("a text that is not what its hash says is not signed", async () => {
	const desk = await open_paper(home(["not_signed"]));
	const { page, conn } = desk;
	await read(desk, { hash: "00".repeat(32) });
	await page.getByText("Nichts wird unterschrieben.").waitFor();
	assert.equal(conn.count("agreement.sign"), 0);
	await page.context().close();
});

test("nor can it be for a moment, while its hash is not yet known; and it says nothing of the text that follows", async () => {
	const { page, conn } = await open_enrolled();
	await page.locator('[data-action="sign"][aria-disabled="false"]').waitFor();
	await page.evaluate(() => {
		window.live = 0;
		new MutationObserver(() => {
			const sign = document.querySelector('[data-action="sign"]');
			if (document.querySelector(".paper-text").lang === "fr" && sign?.getAttribute("aria-disabled") === "false")
				window.live++;
		}).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
	});
	conn.send(paper_of("x", { language: "fr", text: FRENCH, hash: "00".repeat(32) }));
	await page.getByText("Nichts wird unterschrieben.").waitFor();
	assert.equal(await page.locator(".paper-text").getAttribute("lang"), "fr");
	assert.equal(await page.evaluate(() => window.live), 0);
	assert.equal(await button(page, "sign").getAttribute("aria-disabled"), "true");

	conn.send(paper_of("x", { hash: "00".repeat(32), version: 6 }));
	conn.send(paper_of("x", { version: 7, nonce: "33".repeat(32) }));
	await page.locator("#paper-title", { hasText: "Fassung 7" }).waitFor();
	await page.evaluate(() => crypto.subtle.digest("SHA-256", new Uint8Array(1 << 20))); /* whatever was being checked has been */
	assert.equal(await button(page, "sign").getAttribute("aria-disabled"), "false");
	await button(page, "sign").click();
	assert.equal((await conn.expect("agreement.sign")).nonce, "33".repeat(32));
	await page.context().close();
});

test("the situation changed, and the end, are one click within the agreement", async () => {
	const desk = await open_paper(home([], { to_sign: 2 }));
	const { page, conn } = desk;
	await read(desk, { version: 2 });
	await page.locator("dialog details summary").click();
	await button(page, "home_changed").click();
	assert.equal((await conn.expect("agreement.end")).changed, true);
	await button(page, "home_end").click();
	assert.equal((await conn.expect("agreement.end")).changed, false);
	await page.context().close();
});
