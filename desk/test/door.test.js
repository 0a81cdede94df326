// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The door display and the family's sheet in a real browser: what the desk does for it, what the page at the door
 * shows and when it does not know, and that it speaks to nobody else.  SHOTS=folder takes pictures.
 */
import { after, afterEach, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { axe_findings, browser_start, desk_open, hold_back, page_open, tidy } from "./browser.js";
import { CALL, mock_start, view_of } from "./mock.js";
import { WORDS } from "../door/words.js";
import { SHEET } from "../sheet/words.js";

const SHOTS = process.env.SHOTS;
const TOKEN = "0123456789abcdef".repeat(4);
const READY = { line: "up", state: "ready" };
const DOOR = { pages: 0, back_at: null };
const JSQR = createRequire(import.meta.url).resolve("jsqr/dist/jsQR.js");
/* What the door is told, and the colour of it: tokens.css. */
const SHOWN = {
	free: ["ready", { state: "free" }],
	call: ["talking", { state: "call" }],
	work: ["work", { state: "work" }],
	pause: ["pause", { state: "pause" }],
	back: ["pause", { state: "pause", back_at: new Date(2026, 5, 3, 14, 5).getTime() }],
};

let browser, mock;
before(async () => {
	mock = await mock_start(process.env.DESK_FILES);
	browser = await browser_start();
	if (SHOTS)
		mkdirSync(SHOTS, { recursive: true });
});
afterEach(() => tidy(browser, mock));
after(async () => {
	await browser?.close();
	await mock?.close();
});

async function close(page) {
	assert.deepEqual(page.faults, []);
	await page.context().close();
}

const button = (page, id) => page.locator(`[data-action="${id}"]`);
const told = (part) => ({ t: "door", protocol: 1, back_at: null, ...part });
const at_door = (page, name) => page.locator(`.door[data-door="${name}"]`).waitFor();

/* A page at the door that has been told something. */
async function door_open(options = {}, part = { state: "free" }) {
	const page = await page_open(browser, { width: 390, height: 844, ...options });
	const coming = mock.next_conn();
	await page.goto(`${mock.url}/door/#${TOKEN}`);
	const conn = await coming;
	await conn.expect("hello");
	conn.send(told(part));
	await at_door(page, part.state);
	return { page, conn };
}

/* ---- the desk ---- */

/* What a camera makes of this part of the page. */
async function scan(locator) {
	const png = await locator.screenshot();
	const reader = await page_open(browser);
	await reader.addScriptTag({ path: JSQR });
	const text = await reader.evaluate(async (url) => {
		const image = new Image();
		image.src = url;
		await image.decode();
		const canvas = document.createElement("canvas");
		canvas.width = image.width;
		canvas.height = image.height;
		const ctx = canvas.getContext("2d");
		ctx.drawImage(image, 0, 0);
		const { data, width, height } = ctx.getImageData(0, 0, image.width, image.height);
		return window.jsQR(data, width, height)?.data;
	}, "data:image/png;base64," + png.toString("base64"));
	await reader.context().close();
	return text;
}

for (const scheme of ["light", "dark"])
	for (const width of [1280, 390])
		test(`desk: the code that it shows is read by a camera, ${scheme}, ${width} wide`, async () => {
			const { page, conn } = await desk_open(browser, mock, { scheme, width, view: READY });
			await button(page, "door_open").click();
			await conn.expect("door.open");
			conn.send({ t: "door.token", token: TOKEN, ref: "" });
			conn.send(view_of({ ...READY, door: DOOR }));
			await page.locator("dialog[open] .qr").waitFor();
			const address = `${mock.url}/door/#${TOKEN}`;
			assert.equal(await scan(page.locator(".qr")), address);
			assert.equal(await button(page, "door_here").getAttribute("href"), address);
			assert.deepEqual(await axe_findings(page), []);
			if (SHOTS)
				await page.screenshot({ path: join(SHOTS, `desk-code-${scheme}-${width}.png`) });
			await page.keyboard.press("Escape");
			await page.locator("dialog").waitFor({ state: "detached" });
			assert.ok(!(await page.content()).includes(TOKEN), "it is here only while it is shown");
			assert.match(await page.locator(".door-display").innerText(), /Noch keine Anzeige verbunden/);
			if (SHOTS)
				await page.locator(".side").screenshot({ path: join(SHOTS, `desk-side-${scheme}-${width}.png`) });
			await close(page);
		});

test("desk: before a shift there is no code, only the family's sheet", async () => {
	const { page } = await desk_open(browser, mock, { view: { line: "up" } });
	await button(page, "sheet").waitFor();
	assert.equal(await button(page, "door_open").count(), 0);
	await close(page);
});

test("desk: nothing lies above an offer", async () => {
	const { page, conn } = await desk_open(browser, mock, { view: READY });
	await button(page, "door_open").click();
	await conn.expect("door.open");
	conn.send({ t: "door.token", token: TOKEN, ref: "" });
	conn.send(view_of({ ...READY, door: DOOR }));
	await page.locator("dialog[open]").waitFor();
	conn.send(view_of({ line: "up", state: "offered", ends_ms: 20000, call: CALL, door: DOOR }));
	await page.locator("dialog").waitFor({ state: "detached" });
	await page.keyboard.press("Control+Enter");
	await button(page, "accept").waitFor();
	await close(page);
});

test("desk: a code that comes late does not cover a talk that has begun meanwhile", async () => {
	const { page, conn } = await desk_open(browser, mock, { view: { ...READY, door: DOOR } });
	await button(page, "door_open").waitFor();
	const release = await hold_back(page, "**/lib/qr.js");
	await button(page, "door_open").click();
	await conn.expect("door.open");
	conn.send({ t: "door.token", token: TOKEN, ref: "" });
	conn.send(view_of({ line: "up", state: "talking", call: CALL, door: DOOR }));
	await button(page, "hangup").waitFor();
	release();
	await page.evaluate(() => import("/lib/qr.js"));
	await page.evaluate(() => new Promise((done) => setTimeout(done))); /* the page has it, too */
	assert.equal(await page.locator("dialog").count(), 0);
	await close(page);
});

test("desk: how many pages, a new code, the end of it", async () => {
	const { page, conn } = await desk_open(browser, mock, { view: { ...READY, door: DOOR } });
	const text = () => page.locator(".door-display").innerText();
	await button(page, "door_end").waitFor();
	conn.send(view_of({ ...READY, door: { pages: 1, back_at: null } }));
	await page.getByText("1 Anzeige verbunden").waitFor();
	conn.send(view_of({ ...READY, door: { pages: 3, back_at: null } }));
	await page.getByText("3 Anzeigen verbunden").waitFor();
	assert.doesNotMatch(await text(), /Zurück/, "nobody asks when work ends");
	await button(page, "door_open").click();
	assert.deepEqual(await conn.expect("door.open"), { t: "door.open" });
	await button(page, "door_end").click();
	assert.deepEqual(await conn.expect("door.end"), { t: "door.end" });
	conn.send(view_of(READY));
	await button(page, "door_end").waitFor({ state: "detached" });
	await close(page);
});

test("desk: when a pause ends is said if the agent wants it said", async () => {
	const pause = { line: "up", state: "pause" };
	const { page, conn } = await desk_open(browser, mock, { view: { ...pause, door: DOOR } });
	await button(page, "door_back_15").click();
	assert.deepEqual(await conn.expect("door.back"), { t: "door.back", minutes: 15 });
	conn.send(view_of({ ...pause, door: { pages: 1, back_at: SHOWN.back[1].back_at } }));
	await page.getByText("zurück um 14:05").waitFor();
	assert.deepEqual(await axe_findings(page), []);
	if (SHOTS)
		await page.locator(".side").screenshot({ path: join(SHOTS, "desk-side-back.png") });
	await button(page, "door_back_0").click();
	assert.deepEqual(await conn.expect("door.back"), { t: "door.back", minutes: 0 });
	conn.send(view_of({ ...pause, door: DOOR }));
	await button(page, "door_back_60").waitFor();
	await close(page);
});

/* ---- at the door ---- */

/* As a browser writes it: "rgb(11, 102, 112)". */
const token_of = (page, name) =>
	page.evaluate((n) => {
		const probe = document.body.appendChild(document.createElement("i"));
		probe.style.color = `var(--state-${n})`;
		const colour = getComputedStyle(probe).color;
		probe.remove();
		return colour;
	}, name);

for (const scheme of ["light", "dark"])
	for (const [width, height] of [[390, 844], [1024, 768]])
		test(`door: each state has its word, shape and colour, ${scheme}, ${width} wide`, async () => {
			const { page, conn } = await door_open({ width, height, scheme });
			const shapes = new Set();
			const look = async (name) => {
				if (SHOTS)
					await page.screenshot({ path: join(SHOTS, `door-${name}-${scheme}-${width}.png`) });
				assert.deepEqual(await axe_findings(page), [], name);
			};
			for (const [name, [colour, part]] of Object.entries(SHOWN)) {
				conn.send(told(part));
				await at_door(page, part.state);
				await page.waitForFunction((n) => document.querySelector(".door").dataset.state === n, colour);
				await page.waitForFunction((b) => document.querySelector(".when").hidden !== b, name === "back");
				const text = await page.locator(".door").innerText();
				assert.match(text, new RegExp(WORDS.de[part.state].join("[^]*")));
				assert.equal(/zurück um 14:05/.test(text), name === "back");
				const place = scheme === "light" ? ["backgroundColor", ".door"] : ["color", ".door .shape"];
				const is = await page.evaluate(([what, where]) => getComputedStyle(document.querySelector(where))[what], place);
				assert.equal(is, await token_of(page, colour), name);
				shapes.add(await page.locator(".door path").getAttribute("d"));
				await look(name);
			}
			assert.equal(shapes.size, 4, "told apart without colour");
			conn.ws.terminate();
			await at_door(page, "unknown");
			assert.match(await page.locator("h1").innerText(), /Keine Verbindung/);
			shapes.add(await page.locator(".door path").getAttribute("d"));
			assert.equal(shapes.size, 5);
			await look("unknown");
			await close(page);
		});

test("door: from a telephone of 320 px to a tablet nothing runs over, in any language", async () => {
	const { page, conn } = await door_open();
	for (const [width, height] of [[320, 568], [568, 320], [390, 844], [768, 1024], [1366, 1024]]) {
		await page.setViewportSize({ width, height });
		for (const code of Object.keys(WORDS)) {
			await page.locator("select").selectOption(code);
			for (const [, part] of Object.values(SHOWN)) {
				conn.send(told(part));
				await page.waitForFunction(
					([word, when]) =>
						document.querySelector("h1").textContent === word && document.querySelector(".when").hidden === !when,
					[WORDS[code][part.state][0], Boolean(part.back_at)],
				);
				const at = `${width}x${height} ${code} ${part.state}`;
				const wide = await page.evaluate(() => document.documentElement.scrollWidth);
				assert.ok(wide <= width, `${at}: ${wide} wide`);
				/* the word and the shape are seen without scrolling */
				const bottom = await page.evaluate(() => document.querySelector("h1").getBoundingClientRect().bottom);
				assert.ok(bottom <= height, `${at}: the word ends at ${bottom}`);
			}
		}
	}
	await close(page);
});

test("door: it speaks to its own socket, and says hello", async () => {
	const page = await page_open(browser);
	const asked = [];
	page.on("request", (r) => asked.push(r.url()));
	const coming = mock.next_conn();
	await page.goto(`${mock.url}/door/#${TOKEN}`);
	const conn = await coming;
	assert.equal(conn.path, "/ws/door/" + TOKEN);
	assert.deepEqual(await conn.expect("hello"), { t: "hello", protocol: 1 });
	conn.send(told({ state: "free" }));
	await at_door(page, "free");
	/* the address of a page goes without what stands behind its "#" */
	assert.deepEqual(asked.filter((u) => !/^\/(door|common)\/[a-z._-]*$/.test(u.slice(mock.url.length).split("#")[0]) && !u.startsWith("data:")), []);
	assert.equal(await page.locator("audio, video").count(), 0, "no sound");
	assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
	await close(page);
});

test("door: it comes back by itself, and says meanwhile that it does not know", async () => {
	const { page, conn } = await door_open({}, { state: "call" });
	let coming = mock.next_conn();
	conn.ws.terminate();
	await at_door(page, "unknown");
	const back = await coming;
	await back.expect("hello");
	assert.equal(await page.locator(".door").getAttribute("data-door"), "unknown", "not before it is told");
	back.send(told({ state: "free" }));
	await at_door(page, "free");
	await close(page);
});

test("door: a centre that says nothing more is asked, and then not believed", async () => {
	const { page, conn } = await door_open();
	conn.answers = false;
	await conn.expect("hello"); /* the next one, after some seconds of silence */
	await at_door(page, "unknown");
	await close(page);
});

test("door: no network, and a page that was not looked at: not known until the centre says it", async () => {
	const { page, conn } = await door_open();
	conn.answers = false;
	conn.said.length = 0;
	await page.evaluate(() => dispatchEvent(new Event("offline")));
	await at_door(page, "unknown");
	conn.send(told({ state: "free" }));
	await at_door(page, "free");
	await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
	await at_door(page, "unknown");
	await conn.expect("hello");
	conn.send(told({ state: "call" }));
	await at_door(page, "call");
	await close(page);
});

test("door: the shift's end is said, and stays", async () => {
	const { page, conn } = await door_open();
	conn.send(told({ state: "over" }));
	conn.ws.close(4001);
	await at_door(page, "over");
	assert.match(await page.locator("h1").innerText(), /Schicht zu Ende/);
	const conns = mock.state.conns.length;
	await page.waitForTimeout(1500); /* longer than the first attempts would wait */
	assert.equal(mock.state.conns.length, conns, "it does not come again");
	if (SHOTS)
		await page.screenshot({ path: join(SHOTS, "door-over.png") });
	await close(page);
});

test("door: a code that another one replaced, a wrong one, and none", async () => {
	const { page, conn } = await door_open();
	conn.ws.close(4001);
	await at_door(page, "ended");
	assert.match(await page.locator("h1").innerText(), /Code gilt nicht mehr/);
	await close(page);

	mock.state.door = false;
	const wrong = await page_open(browser);
	await wrong.goto(`${mock.url}/door/#${TOKEN}`);
	await at_door(wrong, "ended");
	await close(wrong);
	mock.state.door = true;

	const conns = mock.state.conns.length;
	for (const none of ["", "#", "#abc", "#" + TOKEN.toUpperCase(), `#${TOKEN}0`]) {
		const page = await page_open(browser);
		await page.goto(`${mock.url}/door/${none}`);
		await at_door(page, "ended");
		await close(page);
	}
	assert.equal(mock.state.conns.length, conns, "nobody was asked");
});

test("door: the fifth display says so, and tries on", async () => {
	const { page, conn } = await door_open();
	const coming = mock.next_conn();
	conn.ws.close(4005);
	await at_door(page, "full");
	const next = await coming;
	await next.expect("hello");
	next.send(told({ state: "free" }));
	await at_door(page, "free");
	await close(page);
});

test("door: the screen stays on while it shows something, and may sleep afterwards", async () => {
	const init = () => {
		window.locks = [];
		const request = async (what) => {
			window.locks.push("on " + what);
			return { release: () => window.locks.push("off") };
		};
		Object.defineProperty(navigator, "wakeLock", { value: { request } });
	};
	const { page, conn } = await door_open({ init });
	assert.deepEqual(await page.evaluate(() => window.locks), ["on screen"]);
	conn.send(told({ state: "over" }));
	conn.ws.close(4001);
	await at_door(page, "over");
	await page.waitForFunction(() => window.locks.length === 2); /* not before the socket has closed */
	assert.deepEqual(await page.evaluate(() => window.locks), ["on screen", "off"]);
	await close(page);
});

test("door: its language is the device's, or chosen", async () => {
	const { page, conn } = await door_open({ locale: "it-CH" });
	assert.equal(await page.locator("h1").innerText(), "Libero");
	await page.locator("select").selectOption("fr");
	assert.equal(await page.locator("h1").innerText(), "Libre");
	assert.equal(await page.evaluate(() => document.documentElement.lang), "fr");
	conn.send(told({ state: "call" }));
	await at_door(page, "call");
	assert.equal(await page.locator("h1").innerText(), "En communication");
	await close(page);
});

/* ---- the family's sheet ---- */

for (const code of Object.keys(SHEET))
	test(`sheet: one page of A4, ${code}`, async () => {
		const page = await page_open(browser, { width: 1024, height: 1200, scheme: "dark" });
		await page.goto(mock.url + "/sheet/");
		await page.locator(".bar select").selectOption(code);
		await page.waitForFunction((title) => document.title === title, SHEET[code].title);
		for (const text of [SHEET[code].call, SHEET[code].emergency_about, WORDS[code].free[0]])
			await page.getByText(text).first().waitFor();
		const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
		assert.equal(pdf.match(/\/Type \/Page\b/g).length, 1);
		/* 210 x 297 mm in points */
		assert.match(pdf, /\/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/);
		assert.deepEqual(await axe_findings(page), []);
		await page.emulateMedia({ media: "print", colorScheme: "dark" });
		assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("h1")).color), "rgb(20, 24, 28)");
		assert.equal(await page.locator(".bar").isVisible(), false);
		if (SHOTS) {
			await page.setViewportSize({ width: 794, height: 1123 });
			await page.screenshot({ path: join(SHOTS, `sheet-print-${code}.png`) });
		}
		await close(page);
	});

test("sheet: on a telephone, in both schemes; and the button prints", async () => {
	for (const scheme of ["light", "dark"]) {
		const page = await page_open(browser, { width: 390, height: 844, scheme });
		await page.goto(mock.url + "/sheet/");
		await button(page, "print").waitFor();
		const wide = await page.evaluate(() => document.documentElement.scrollWidth);
		assert.ok(wide <= 390, `${wide}`);
		assert.deepEqual(await axe_findings(page), []);
		await page.evaluate(() => {
			window.printed = 0;
			window.print = () => window.printed++;
		});
		await button(page, "print").click();
		assert.equal(await page.evaluate(() => window.printed), 1);
		if (SHOTS)
			await page.screenshot({ path: join(SHOTS, `sheet-${scheme}-390.png`), fullPage: true });
		await close(page);
	}
});
