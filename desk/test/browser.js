// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * browser -- Chromium for the tests, a desk opened in it, and a second page that is the line's other end
 * and measures what it hears.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { view_of } from "./mock.js";

const FLAGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--use-fake-device-for-media-stream",
	"--use-fake-ui-for-media-stream",
	"--allow-loopback-in-peer-connection",
	"--disable-features=WebRtcHideLocalIpsWithMdns",
];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export function browser_start() {
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		headless: true,
		args: FLAGS,
	});
}

/* A page whose script errors and policy violations are kept in page.faults. */
export async function page_open(browser, options = {}) {
	const { width = 1280, height = 800, scheme = "light", locale = "de-CH", init } = options;
	const context = await browser.newContext({
		viewport: { width, height },
		colorScheme: scheme,
		locale,
		reducedMotion: "reduce",
	});
	const page = await context.newPage();
	page.faults = [];
	page.on("pageerror", (err) => page.faults.push(String(err)));
	page.on("console", (msg) => {
		const expected = /WebSocket connection|Failed to load resource/;
		if (msg.type() === "error" && !expected.test(msg.text()))
			page.faults.push(msg.text());
	});
	if (init)
		await page.addInitScript(init);
	return page;
}

/* The desk, connected, in the given view. */
export async function desk_open(browser, mock, options = {}) {
	const page = await page_open(browser, options);
	const coming = mock.next_conn();
	await page.goto(mock.url + "/desk/");
	const conn = await coming;
	await conn.expect("hello");
	conn.send(view_of(options.view));
	await page.locator(".now").waitFor();
	return { page, conn };
}

/* For page_open(), as init: each message that comes is counted, before the page has it. See all_seen(). */
export const COUNT = () => {
	window.came = 0;
	const Native = WebSocket;
	window.WebSocket = class extends Native {
		constructor(...args) {
			super(...args);
			this.addEventListener("message", () => window.came++);
		}
	};
};

/* Until the page has drawn all that this connection, its first one, sent. */
export const all_seen = ({ page, conn }) => page.waitForFunction((n) => window.came >= n, conn.sent);

/* For page_open(), as init: a microphone that nobody allows yet, so that there is no line that could be lost. */
export const NO_MIC = () => {
	navigator.mediaDevices.getUserMedia = () => new Promise(() => {});
};

/* From now on what the page asks for there is held back, until the function returned is called. */
export async function hold_back(page, url) {
	let release;
	const released = new Promise((done) => (release = done));
	await page.route(url, async (route) => {
		await released;
		await route.continue();
	});
	return release;
}

/* Until the desk shows this state. */
export const state = (page, name) => page.locator(`.now[data-state="${name}"]`).waitFor();

/* A-law's silence, as a disabled track sends it (ITU-T G.711: 0x55 with even bits inverted is 0xD5). */
const ALAW_SILENCE = 0xd5;
const IN_FLIGHT = 50; /* packets that may have been under way, or in the microphone's buffers */
const LISTEN = 75; /* the fake microphone beeps more often than this many packets last */
const WINDOWS = 8; /* of LISTEN: what lay in a queue is through */

/* The relay's place: answers offers, plays 1 kHz, and tells what comes from the other side, packet by packet. */
export async function peer_open(browser) {
	const page = await page_open(browser);
	await page.mouse.click(8, 8); /* a page that nobody touched may not play sound */
	await page.evaluate((silence) => {
		window.heard = { packets: 0, sound: 0 };
		async function listen(receiver) {
			const { readable, writable } = receiver.createEncodedStreams();
			const count = new TransformStream({
				transform(frame, out) {
					window.heard.packets++;
					if (new Uint8Array(frame.data).some((x) => x !== silence))
						window.heard.sound++;
					out.enqueue(frame);
				},
			});
			await readable.pipeThrough(count).pipeTo(writable);
		}
		window.peer_answer = async (sdp) => {
			window.peer?.close();
			window.tone?.close(); /* each that is left open plays on, and takes the later ones their time */
			const pc = new RTCPeerConnection({ encodedInsertableStreams: true });
			window.peer = pc;
			const ctx = new AudioContext();
			window.tone = ctx;
			const tone = ctx.createOscillator();
			tone.frequency.value = 1000;
			const out = ctx.createMediaStreamDestination();
			tone.connect(out);
			tone.start();
			pc.ontrack = (ev) => listen(ev.receiver).catch(() => {});
			const sender = pc.addTrack(out.stream.getAudioTracks()[0], out.stream);
			const own = sender.createEncodedStreams();
			own.readable.pipeTo(own.writable).catch(() => {});
			await pc.setRemoteDescription({ type: "offer", sdp });
			await pc.setLocalDescription();
			if (pc.iceGatheringState !== "complete")
				await new Promise((done) => {
					pc.onicegatheringstatechange = () =>
						pc.iceGatheringState === "complete" && done();
				});
			return pc.localDescription.sdp;
		};
		/* The same connection, and what comes first in the offer does in the answer. */
		window.peer_again = async (sdp) => {
			await window.peer.setRemoteDescription({ type: "offer", sdp });
			await window.peer.setLocalDescription();
			return window.peer.localDescription.sdp;
		};
	}, ALAW_SILENCE);
	return {
		page,
		answer: (sdp) => page.evaluate((s) => window.peer_answer(s), sdp),
		again: (sdp) => page.evaluate((s) => window.peer_again(s), sdp),
		is_connected: () => page.evaluate(() => window.peer.connectionState === "connected"),
		/* Whether anything but silence comes, from what is sent after this moment. */
		async hears() {
			const after = await packets(page, IN_FLIGHT);
			const end = await packets(page, LISTEN);
			return end.sound > after.sound;
		},
		/* Whether silence comes, at last: where this machine stood still, old sound may lie here for longer. */
		async silent() {
			let before = await packets(page, IN_FLIGHT);
			for (let n = 0; n < WINDOWS; n++) {
				const end = await packets(page, LISTEN);
				if (end.sound === before.sound)
					return true;
				before = end;
			}
			return false;
		},
	};
}

/* What has come when n more packets have. */
async function packets(page, n) {
	const from = await page.evaluate(() => window.heard.packets);
	await page.waitForFunction((least) => window.heard.packets >= least, from + n);
	return page.evaluate(() => ({ ...window.heard }));
}

const UP_MS = 30000; /* some attempts */

/* Brings the line of a desk up, as the centre would; on a busy machine the page may give an attempt up and offer anew.
 * is_up: says when it stands; else the desk's own mark does. Returns the offer that was answered last. */
export async function line_up(desk, peer, view, is_up = shows_line) {
	const { conn, page } = desk;
	const end = performance.now() + UP_MS;
	let offer = null;
	let told = false;
	for (let next = await conn.expect("line.offer"); next || !(await is_up(page)); next = newest(conn, "line.offer")) {
		if (performance.now() > end)
			throw new Error("the line does not come up");
		if (next) {
			offer = next;
			told = false;
			conn.send(view_of({ ...view, line: "connecting" }));
			conn.send({ t: "line.answer", sdp: await peer.answer(offer.sdp), ref: offer.ref });
		} else if (!told && (await peer.is_connected())) {
			told = true;
			conn.send(view_of({ ...view, line: "up" }));
		} else
			await page.waitForTimeout(50);
	}
	return offer;
}

const shows_line = (page) => page.locator('.side .mark[data-state="ready"]').isVisible();

/* The last one of this kind that was said already, or null. */
export function newest(conn, t) {
	let last = null;
	for (let next = conn.take(t); next; next = conn.take(t))
		last = next;
	return last;
}

/* axe-core's findings, each in a line. */
export async function axe_findings(page) {
	await page.evaluate(AXE);
	const result = await page.evaluate(() =>
		window.axe.run(document, {
			runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
		}),
	);
	return result.violations.map(
		(v) => `${v.id}: ${v.help} -- ${v.nodes.map((n) => n.target.join(" ")).join("; ")}`,
	);
}

/* After each test: what one that failed has left open is closed, and its centre is as it was. keep: a page that the tests share. */
export async function tidy(browser, mock, keep) {
	const left = browser.contexts().filter((c) => c !== keep?.context());
	await Promise.all(left.map((c) => c.close()));
	Object.assign(mock.state, { session: true, door: true, down: false, login_status: 204 });
}

/* What assistive technology is given, in the order of the page: { role, name, keys, live, level }. */
export async function ax_tree(page) {
	const cdp = await page.context().newCDPSession(page);
	const { nodes } = await cdp.send("Accessibility.getFullAXTree");
	await cdp.detach();
	/* Chromium lists them level by level */
	const by_id = new Map(nodes.map((n) => [n.nodeId, n]));
	const walk = (n) => [n, ...(n.childIds ?? []).filter((id) => by_id.has(id)).flatMap((id) => walk(by_id.get(id)))];
	const of = (n, name) => n.properties?.find((p) => p.name === name)?.value.value ?? "";
	return walk(nodes[0]).filter((n) => !n.ignored).map((n) => ({
		role: n.role?.value ?? "", name: n.name?.value ?? "", keys: of(n, "keyshortcuts"), live: of(n, "live"), level: of(n, "level"),
	}));
}

/* The places whose changes are read out, with how and what stands there: { live, text }. */
export function ax_live(page) {
	const HOW = { status: "polite", alert: "assertive", log: "polite" };
	return page.evaluate((how) =>
		[...document.querySelectorAll("[aria-live], [role=status], [role=alert], [role=log]")].map((el) => ({
			live: el.getAttribute("aria-live") ?? how[el.getAttribute("role")], text: el.textContent.trim(),
		})), HOW);
}

/* The two keys that uncover a desk, long enough. */
export async function both_shifts(page) {
	await page.keyboard.down("ShiftLeft");
	await page.keyboard.down("ShiftRight");
	await page.locator('.cover[data-open="true"]').waitFor();
	await page.keyboard.up("ShiftLeft");
	await page.keyboard.up("ShiftRight");
}
