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

/* The relay's place: answers offers, plays 1 kHz, and tells how loud the other side is. */
export async function peer_open(browser) {
	const page = await page_open(browser);
	await page.evaluate(() => {
		window.peer_answer = async (sdp) => {
			window.peer?.close();
			const pc = new RTCPeerConnection();
			window.peer = pc;
			const ctx = new AudioContext();
			const tone = ctx.createOscillator();
			tone.frequency.value = 1000;
			const out = ctx.createMediaStreamDestination();
			tone.connect(out);
			tone.start();
			pc.addTrack(out.stream.getAudioTracks()[0], out.stream);
			await pc.setRemoteDescription({ type: "offer", sdp });
			await pc.setLocalDescription();
			if (pc.iceGatheringState !== "complete")
				await new Promise((done) => {
					pc.onicegatheringstatechange = () =>
						pc.iceGatheringState === "complete" && done();
				});
			return pc.localDescription.sdp;
		};
		/* Energy and packets that arrived so far; the energy of silence does not grow. */
		window.peer_heard = async () => {
			for (const s of (await window.peer.getStats()).values())
				if (s.type === "inbound-rtp" && s.kind === "audio")
					return { energy: s.totalAudioEnergy, packets: s.packetsReceived };
			return { energy: 0, packets: 0 };
		};
	});
	return {
		page,
		answer: (sdp) => page.evaluate((s) => window.peer_answer(s), sdp),
		/* Whether anything but silence came during the next `packets` packets. */
		async hears(packets = 60) {
			const heard = () => page.evaluate(() => window.peer_heard());
			const settle = await until(heard, (h, h0) => h.packets >= h0.packets + 25);
			const end = await until(heard, (h, h0) => h.packets >= h0.packets + packets);
			return end.energy - settle.energy > 1e-6;
		},
	};
}

async function until(ask, good) {
	const first = await ask();
	for (let i = 0; i < 1000; i++) {
		const now = await ask();
		if (good(now, first))
			return now;
		await new Promise((done) => setTimeout(done, 20));
	}
	throw new Error("no voice packets arrive");
}

/* Brings the line of a desk up, as the centre would. Returns the view that shows it. */
export async function line_up(desk, peer, view) {
	const offer = await desk.conn.expect("line.offer");
	desk.conn.send(view_of({ ...view, line: "connecting" }));
	desk.conn.send({ t: "line.answer", sdp: await peer.answer(offer.sdp), ref: offer.ref });
	await peer.page.waitForFunction(() => window.peer.connectionState === "connected");
	desk.conn.send(view_of({ ...view, line: "up" }));
	await desk.page.locator('.side .mark[data-state="ready"]').waitFor();
	return offer;
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
