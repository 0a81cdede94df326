// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The pages of people and of approvals in a real browser: found, previewed, imported, invited, let go; enrolled, signed,
 * withdrawn.  In both schemes, at both widths, in four languages, with axe-core.  SHOTS=folder takes pictures.
 */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { found } from "../people/find.js";
import { PEOPLE } from "../people/words.js";
import { APPROVALS } from "../approvals/words.js";
import { approval_of, day_end, day_start, day_text, withdrawal_of } from "../approvals/statement.js";
import { axe_findings, browser_start, page_open } from "./browser.js";
import { mock_start } from "./mock.js";

const SHOTS = process.env.SHOTS;
const DAY_MS = 86400000;
const QUEUES = [{ number: "100", name: "Hauptnummer" }, { number: "200", name: "Spenden" }];
const person = (login, name, part = {}) => ({ login, name, workplace: "office", clearance: "strict", roles: ["agent"],
	teams: ["100"], skills: ["de=3", "fr"], configured: false, ...part });
const ALL = [
	person("anna", "Anna Meier", { configured: true, workplace: "home" }),
	person("uli", "Uli Zürcher", { teams: ["200"], roles: ["agent", "lead"], clearance: "confidential" }),
	person("nora", "Nora Frei", { workplace: "home" }),
	person("stefan", "Stefan Kobel", { teams: [], skills: [], roles: ["staff-body"] }),
];
const PLAN = { added: 1, changed: 1, unchanged: 2, wrong: 0, lines: [
	{ line: 2, change: "added", login: "mia", name: "Mia Ott", columns: [] },
	{ line: 4, change: "changed", login: "uli", name: "Uli Zürcher", columns: ["skills", "queues"] },
] };
const WRONG = { ...PLAN, wrong: 1, lines: [...PLAN.lines,
	{ line: 5, change: "wrong", fault: "bad_queue", mend: "x", cell: "999", column: "queues" }] };
const now = Date.now();
const approval = (part) => ({ number: 1, kind: "approval", evaluation: "pulse", scope: "house", from_ms: now - DAY_MS,
	until_ms: now + 90 * DAY_MS, signed_ms: now - DAY_MS, who: "Stefan Kobel", state: "on", ...part });
const HOUSE = { now_ms: now, evaluations: [{ name: "pulse", on: true }, { name: "comparison", on: false }],
	approvals: [approval({}), approval({ number: 2, evaluation: "comparison", scope: "0h3k9m2p4q7rs", state: "expired" })],
	queues: [{ id: "0h3k9m2p4q7rs", name: "Hauptnummer" }], keys: [], body: [{ login: "stefan", name: "Stefan Kobel" }] };

const PETRA = { id: 5, login: "petra", name: "Petra Muster", roles: ["administrator"] };

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

const button = (page, id) => page.locator(`[data-action="${id}"]`);

async function close(page) {
	assert.deepEqual(page.faults, []);
	await page.context().close();
}

async function open(path, api, options = {}) {
	mock.state.api = api;
	mock.state.asked = [];
	const page = await page_open(browser, options);
	await page.goto(mock.url + path);
	return page;
}

async function fits(page, width, name) {
	const wide = await page.evaluate(() => document.documentElement.scrollWidth);
	assert.ok(wide <= width, `${wide} wide`);
	assert.deepEqual(await axe_findings(page), []);
	if (SHOTS)
		await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

const choose = (page) => page.locator("#file").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from("login\n") });

test("find: each word begins something of the person; accents and case do not matter", () => {
	const logins = (typed) => found(ALL, typed).map((p) => p.login);
	assert.deepEqual(logins(""), ["anna", "nora", "stefan", "uli"]);
	assert.deepEqual(logins("zur"), ["uli"]);
	assert.deepEqual(logins("FREI home"), ["nora"]);
	assert.deepEqual(logins("staff"), ["stefan"]);
	assert.deepEqual(logins("200 lead"), ["uli"]);
	assert.deepEqual(logins("rei"), []);
});

test("statement: the lines that are signed, and whole days", () => {
	assert.equal(approval_of({ evaluation: "pulse", scope: "house", from_ms: 1, until_ms: 2, signed_ms: 3, nonce: "5a" }),
		"heimamt approval 1\nevaluation: pulse\nscope: house\nfrom-ms: 1\nuntil-ms: 2\nsigned-ms: 3\nnonce: 5a\n");
	assert.equal(withdrawal_of({ approval: 12, signed_ms: 3, nonce: "5a" }), "heimamt withdrawal 1\napproval: 12\nsigned-ms: 3\nnonce: 5a\n");
	assert.equal(day_text(day_start("2026-11-23")), "2026-11-23");
	assert.equal(day_text(day_end("2026-12-31")), "2027-01-01");
});

test("words: four languages, the same keys everywhere, no sharp s", () => {
	const keys = (o, at = "") => Object.entries(o).flatMap(([k, v]) => (typeof v === "string" ? [at + k] : keys(v, `${at}${k}.`)));
	for (const words of [PEOPLE, APPROVALS]) {
		assert.deepEqual(Object.keys(words), ["de", "fr", "it", "en"]);
		for (const l of Object.values(words))
			assert.deepEqual(keys(l), keys(words.de));
		assert.ok(!JSON.stringify(words.de).includes("ß"));
	}
});

for (const scheme of ["light", "dark"])
	for (const width of [1280, 390]) {
		test(`people: list, preview and invitation, ${scheme}, ${width} wide`, async () => {
			const page = await open("/people/", { me: PETRA, people: { people: ALL, queues: QUEUES }, "people-preview": WRONG,
				"people-invite": { login: "nora", token: "ab".repeat(32) } }, { scheme, width });
			await page.locator('[data-login="nora"]').waitFor();
			await fits(page, width, `people-${scheme}-${width}`);
			await page.locator('[data-login="nora"] [data-action="invite"]').click();
			await page.locator("#link").waitFor();
			assert.equal(await page.locator("#link").innerText(), `${mock.url}/login/${"ab".repeat(32)}`);
			await fits(page, width, `people-invited-${scheme}-${width}`);
			await choose(page);
			await page.locator('[data-change="wrong"]').waitFor();
			assert.equal(await button(page, "take").count(), 0, "a file with a wrong line is not imported");
			await fits(page, width, `people-plan-${scheme}-${width}`);
			await close(page);
		});
		test(`approvals: what is on, and a form to sign, ${scheme}, ${width} wide`, async () => {
			let key = "";
			const api = { me: { ...PETRA, roles: ["staff-body", "administrator"] }, approvals: HOUSE,
				"approvals-code": { code: "0A1B-2C3D" },
				"approvals-enrol": (text) => {
					key = JSON.parse(text).key;
					api.approvals = { ...HOUSE, keys: [key] };
					return { enrolled: true };
				}, "approvals-sign": { done: true }, "approvals-withdraw": { status: 409, error: "withdrawn" } };
			const page = await open("/approvals/", api, { scheme, width });
			await page.locator("#code").fill("0A1B-2C3D");
			await fits(page, width, `approvals-enrol-${scheme}-${width}`);
			await button(page, "enrol").click();
			await button(page, "sign").waitFor();
			assert.match(key, /^04[0-9a-f]{128}$/);
			await button(page, "code").click();
			await page.locator("#staff-code").waitFor();
			await fits(page, width, `approvals-${scheme}-${width}`);
			await button(page, "sign").click();
			await page.getByText(/Zustimmung ist unterschrieben/).waitFor();
			const signed = JSON.parse(mock.state.asked.find(([name]) => name === "approvals-sign")[1]);
			const good = await page.evaluate(async ([k, s, text]) => {
				const bytes = (hex) => new Uint8Array(hex.match(/../g).map((x) => parseInt(x, 16)));
				const pub = await crypto.subtle.importKey("raw", bytes(k), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
				return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, pub, bytes(s), new TextEncoder().encode(text));
			}, [key, signed.signature, approval_of(signed)]);
			assert.ok(good, "what is sent is what was signed");
			await button(page, "withdraw").click();
			await page.getByText(/Das ist schon widerrufen/).waitFor();
			await close(page);
		});
	}

test("people: a good file is imported, somebody is let go after a second word, and both are told", async () => {
	const page = await open("/people/", { me: PETRA, people: { people: ALL, queues: QUEUES }, "people-preview": PLAN, "people-import": PLAN,
		"people-leave": { left: "uli" } });
	await choose(page);
	await button(page, "take").click();
	await page.getByText(PEOPLE.de.imported.replace("{added}", 1).replace("{changed}", 1)).waitFor();
	await page.locator("#search").fill("zur");
	await page.locator('[data-login="nora"]').waitFor({ state: "detached" });
	await page.locator('[data-login="uli"] [data-action="leave"]').click();
	assert.equal(mock.state.asked.filter(([name]) => name === "people-leave").length, 0, "one stray click lets nobody go");
	await page.keyboard.press("Enter"); /* the focus is on it */
	await page.getByText(PEOPLE.de.has_left.replace("{login}", "uli")).waitFor();
	assert.deepEqual(mock.state.asked.at(-1), ["people-leave", '{"login":"uli"}']);
	await close(page);
});

test("approvals: without a staff body an administrator records a consultation", async () => {
	const page = await open("/approvals/", { me: PETRA, approvals: { ...HOUSE, body: [] },
		"approvals-consult": { done: true } });
	await page.locator("#held-text").fill("Wollen wir das?");
	await fits(page, 1280, "approvals-consult");
	await button(page, "consult").click();
	await page.getByText(APPROVALS.de.recorded).waitFor();
	const sent = JSON.parse(mock.state.asked.at(-1)[1]);
	assert.equal(sent.text_sha256, await page.evaluate(async () => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256",
		new TextEncoder().encode("Wollen wir das?"))), (b) => b.toString(16).padStart(2, "0")).join("")));
	await close(page);
});

test("the pages say in words that they are not for this person, and that the house is away", async () => {
	for (const [api, part] of [[{ people: { status: 403 } }, /Aufgabe, die Sie nicht haben/], [{ me: { status: 401 } }, /nicht angemeldet/],
		[{ people: { status: 500 } }, /nicht zu erreichen/], [{ approvals: "not_a_word_of_ours" }, /nicht angenommen/]]) {
		const page = await open(api.approvals ? "/approvals/" : "/people/", { me: PETRA, ...api });
		await page.getByText(part).waitFor();
		assert.deepEqual(await axe_findings(page), []);
		await page.context().close();
	}
});
