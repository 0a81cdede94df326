// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Which way the voice takes: what of the browser's figures says it, the sentence in Chromium, and the TURN servers that a line is
 * made with.
 */
import { after, afterEach, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe_findings, browser_start, desk_open, line_up, newest, peer_open, tidy } from "./browser.js";
import { CALL, mock_start, view_of } from "./mock.js";
import { is_refusal, way_of } from "../desk/way_rule.js";
import { WAY } from "../desk/way_words.js";

/* ---- the rule ---- */

/* As getStats() has it: the pair in use, another one beside it, and their local ends. */
const stats = (local, more = {}) =>
	new Map(
		[
			{ id: "T", type: "transport", selectedCandidatePairId: "P", ...more },
			{ id: "P", type: "candidate-pair", localCandidateId: "L" },
			{ id: "Q", type: "candidate-pair", localCandidateId: "M" },
			{ id: "L", type: "local-candidate", ...local },
			{ id: "M", type: "local-candidate", candidateType: "relay", protocol: "udp", relayProtocol: "tls" },
		].map((s) => [s.id, s]),
	);
const host = (protocol) => ({ candidateType: "host", protocol });
const relay = (relayProtocol) => ({ candidateType: "relay", protocol: "udp", relayProtocol });

const WAYS = [
	["direct", stats(host("udp")), ""],
	["behind a router", stats({ candidateType: "prflx", protocol: "udp" }), ""],
	["TCP to the house", stats(host("tcp")), "tcp"],
	["TURN by UDP", stats(relay("udp")), "turn"],
	["TURN by TCP", stats(relay("tcp")), "turn_tcp"],
	["TURN by TLS", stats(relay("tls")), "turn_tcp"],
	["no pair is chosen yet", stats(relay("udp"), { selectedCandidatePairId: undefined }), ""],
	["a pair that is not there", stats(relay("udp"), { selectedCandidatePairId: "X" }), ""],
	["nothing at all", new Map(), ""],
];

test("the way, of what the browser says of the pair in use", () => {
	for (const [what, report, want] of WAYS)
		assert.equal(way_of(report), want, what);
});

test("a server that answers no, and one that does not answer", () => {
	for (const [code, want] of [[300, true], [401, true], [403, true], [486, true], [508, true], [699, true], [701, false], [0, false]])
		assert.equal(is_refusal(code), want, String(code));
});

/* ---- the page ---- */

const SHOTS = process.env.SHOTS;
let browser, mock, peer;
before(async () => {
	mock = await mock_start(process.env.DESK_FILES);
	browser = await browser_start();
	peer = await peer_open(browser);
});
afterEach(() => tidy(browser, mock, peer.page));
after(async () => {
	await browser?.close();
	await mock?.close();
});

/* Before the page's scripts: what its connections were made with, and figures that the test gives. */
const SPY = `(${() => {
	window.configs = [];
	window.pcs = [];
	const Native = window.RTCPeerConnection;
	window.RTCPeerConnection = class extends Native {
		constructor(config) {
			/* servers that there are not would be looked for */
			super({ ...config, iceServers: [] });
			window.configs.push(config.iceServers);
			window.pcs.push(this);
		}
		async getStats() {
			return window.report ? new Map(window.report) : super.getStats();
		}
	};
}})();`;

const servers = (n) => [{ urls: ["turn:turn.example.org:3478?transport=udp"], username: `1800000000:${n}`, credential: "x" }];
const READY = { line: "up", state: "ready" };

async function opened({ view = READY, local, ...options } = {}) {
	const report = local ? `window.report = ${JSON.stringify([...stats(local)])};` : "";
	const desk = await desk_open(browser, mock, { view, init: { content: SPY + report }, ...options });
	return desk;
}

test("the sentence stands while the line does, and not where the way is direct", async () => {
	for (const [local, want] of [[relay("udp"), "turn"], [relay("tls"), "turn_tcp"], [host("tcp"), "tcp"]]) {
		const desk = await opened({ local });
		await line_up(desk, peer, READY);
		const { page, conn } = desk;
		await page.locator(`.way[data-way="${want}"]`).waitFor();
		assert.equal(await page.locator(".way").innerText(), WAY.de[want]);
		/* a better way is found: the sentence goes */
		await page.evaluate((direct) => {
			window.report = direct;
			const ice = window.pcs.at(-1).getSenders()[0].transport.iceTransport;
			ice.dispatchEvent(new Event("selectedcandidatepairchange"));
		}, [...stats(host("udp"))]);
		await page.locator(".way").waitFor({ state: "detached" });
		/* and nothing of all this is told to anybody */
		assert.deepEqual(conn.said.filter((s) => JSON.stringify(s).includes("turn")), []);
		assert.deepEqual(page.faults, []);
		await page.context().close();
	}
});

test("a line is made with the servers that came last, each with an account of its own", async () => {
	const coming = mock.next_conn();
	const page = await (await browser.newContext({ locale: "de-CH", permissions: ["microphone"] })).newPage();
	await page.addInitScript(SPY);
	await page.goto(mock.url + "/desk/");
	const conn = await coming;
	await conn.expect("hello");
	conn.send({ t: "turn", servers: servers(1) });
	conn.send(view_of({ line: "none", state: "ready" }));
	let { ref } = await conn.expect("line.offer");
	conn.send({ t: "turn", servers: servers(2) });
	/* on a busy machine the page has given that one up itself, and the next may have left before as well */
	let configs = [];
	for (let n = 0; n < 3 && configs.at(-1)?.[0].username !== servers(2)[0].username; n++) {
		conn.send({ t: "error", code: "no_relay", ref });
		({ ref } = await conn.expect("line.offer"));
		configs = await page.evaluate(() => window.configs);
	}
	assert.deepEqual([configs[0], configs.at(-1)], [servers(1), servers(2)]);
	await page.context().close();
});

test("without a TURN server a line is made with none", async () => {
	const { page, conn } = await opened({ view: { line: "none", state: "ready" } });
	await conn.expect("line.offer");
	assert.deepEqual(await page.evaluate(() => window.configs[0]), []);
	await page.context().close();
});

/* What the browser says of a TURN server, while no voice comes through. */
const BLOCKED = [
	[undefined, "line_blocked", /ein TURN-Server des Hauses hilft/i],
	[701, "line_blocked_turn", /Ist der TURN-Server von hier aus erreichbar/],
	[401, "line_blocked_refused", /Stimmen Schlüssel und Uhr/],
];

/* An offer is answered, and nothing comes through. */
async function fails({ page, conn }, errorCode) {
	const offer = newest(conn, "line.offer") ?? (await conn.expect("line.offer"));
	if (errorCode)
		await page.evaluate((code) => {
			const said = Object.assign(new Event("icecandidateerror"), { errorCode: code });
			window.pcs.at(-1).dispatchEvent(said);
		}, errorCode);
	/* without an address that it could reach */
	const sdp = (await peer.answer(offer.sdp)).replace(/^a=candidate:.*\r\n/gm, "");
	conn.send({ t: "line.answer", sdp, ref: offer.ref });
	/* on a busy machine the page may have given that offer up: then it is no attempt of those that count */
	await page.waitForFunction(() => window.pcs.at(-1)?.remoteDescription, null, { timeout: 3000 }).catch(() => {});
	await page.waitForTimeout(300); /* the page is told of it */
	for (let n = 0; n < 300 && conn.count("line.offer") === 0; n++) {
		if (n % 10 === 0) /* it may not have had the answer yet */
			conn.send(view_of({ line: "lost", state: "ready" }));
		await page.waitForTimeout(100);
	}
}

for (const [code, notice, want] of BLOCKED)
	test(`where no voice comes through, the page says what helps: ${notice}`, { timeout: 120000 }, async () => {
		const desk = await opened({ view: { line: "none", state: "ready" } });
		const { page, conn } = desk;
		await page.locator(".room").waitFor(); /* late.js is there */
		if (code)
			conn.send({ t: "turn", servers: servers(1) });
		const said = page.locator(`[data-notice="${notice}"]`);
		await fails(desk); /* this offer may have left before */
		for (let n = 0; n < 8 && !(await said.count()); n++)
			await fails(desk, code);
		await said.waitFor();
		assert.match(await said.innerText(), want);
		if (SHOTS)
			await page.screenshot({ fullPage: true, path: join(SHOTS, `way-${notice}.png`) });
		assert.deepEqual(page.faults, []);
		await page.context().close();
	});

for (const locale of ["de-CH", "fr-CH", "it-CH", "en-GB"])
	for (const [scheme, width] of [["light", 1280], ["dark", 390]])
		test(`it fits and reads well: ${locale}, ${scheme}, ${width}`, async () => {
			const view = { line: "up", state: "talking", call: CALL };
			const desk = await opened({ view, local: relay("tls"), scheme, width, locale });
			const { page } = desk;
			await line_up(desk, peer, view);
			await page.locator(".way").waitFor();
			if (SHOTS) {
				mkdirSync(SHOTS, { recursive: true });
				await page.screenshot({ fullPage: true, path: join(SHOTS, `way-${locale}-${scheme}-${width}.png`) });
			}
			assert.deepEqual(await axe_findings(page), []);
			const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
			assert.ok(wide[0] <= wide[1], `${wide[0]} px wide in ${wide[1]}`);
			await page.context().close();
		});
