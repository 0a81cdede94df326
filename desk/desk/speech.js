// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * speech -- the browser sends in the codec that the centre names; part of late.js.
 *
 * Where a browser can change what it sends by itself (encodings[0].codec of setParameters), it does so when the talk begins. Whether it
 * can shows with the first codec, as soon as the line stands. One that cannot is given the codec by a new offer on the same
 * connection, in which it stands first: already while it rings (call.codec), and back again afterwards. Neither ICE nor DTLS begins
 * anew. An offer that is refused, or not answered in time, is taken back; the line goes on in the codec that it has, which the
 * relay translates, and after a pause it is tried again.
 */
import { CODECS, prefer } from "../common/rtc.js";

const FIRST = "PCMA"; /* in the answer that made the line */
const ANSWER_MS = 4000; /* the centre answers in milliseconds; a call rings for 15 s and more */
const PAUSE_MS = 10000;

/* line: the line whose voice it is; send(message): to the centre, false where it is away. */
export function speech_new(m, { line, send }) {
	let refs = 0;
	let voice = null; /* of the connection that the line has now */
	let asked = null; /* what waits for an answer */

	function settle() {
		const rtc = line.rtc();
		if (voice?.rtc !== rtc) {
			voice?.close();
			voice = rtc && voice_new(rtc, ask);
		}
		if (m.view?.codec && rtc?.state() === "connected")
			voice.follow(m.view);
	}

	/* The answer to this offer, or null. */
	function ask(sdp) {
		const ref = "c" + ++refs;
		if (!send({ t: "line.codec", sdp, ref }))
			return null;
		return new Promise((done) => {
			asked = { ref, done };
			setTimeout(done, ANSWER_MS, null);
		});
	}

	/* False: it is the answer to something else. */
	function came(ref, sdp) {
		if (asked?.ref !== ref)
			return false;
		asked.done(sdp);
		return true;
	}

	settle();
	return {
		settle,
		answer: (msg) => came(msg.ref, msg.sdp) || line.answer(msg),
		refused: (msg) => came(msg.ref, null),
	};
}

function voice_new(rtc, ask) {
	const { pc, transceiver } = rtc;
	const { sender } = transceiver;
	let changes = true; /* what it sends, by itself */
	let has = "";
	let view = null;
	let busy = false;
	let timer = 0;

	const wanted = () => (!changes && view.call?.codec) || view.codec;

	async function follow(newest) {
		view = newest;
		if (busy || timer)
			return;
		busy = true;
		while (pc.signalingState !== "closed" && wanted() !== has)
			if (!(await (changes ? change(wanted()) : offer(wanted()))))
				break;
		busy = false;
	}

	/* From the next packet on; a codec that was not agreed cannot be sent. */
	async function change(codec) {
		try {
			has = codec;
			const p = sender.getParameters();
			const is = p.codecs?.find((c) => named(c, codec));
			if (p.codecs?.length && !is)
				return true;
			p.encodings[0].codec = is;
			await sender.setParameters(p);
			changes = Boolean(is && sender.getParameters().encodings[0].codec);
		} catch {
			changes = false;
		}
		if (!changes)
			await let_go();
		return true;
	}

	/* No codec is fixed, so that the order of an answer decides. */
	async function let_go() {
		has = FIRST;
		try {
			const p = sender.getParameters();
			delete p.encodings[0].codec;
			await sender.setParameters(p);
		} catch {
			/* it never was fixed */
		}
	}

	async function offer(codec) {
		try {
			const name = codec.toLowerCase();
			prefer(transceiver, [name, ...CODECS.filter((x) => x !== name)]);
			await pc.setLocalDescription();
			const sdp = await ask(pc.localDescription.sdp);
			if (!sdp)
				throw new Error("no answer");
			await pc.setRemoteDescription({ type: "answer", sdp });
			has = codec;
			return true;
		} catch {
			pause();
			await pc.setLocalDescription({ type: "rollback" }).catch(() => {});
			return false;
		}
	}

	function pause() {
		timer = setTimeout(() => {
			timer = 0;
			follow(view);
		}, PAUSE_MS);
	}

	return {
		rtc,
		follow,
		close: () => clearTimeout(timer),
	};
}

const named = (c, codec) => c.mimeType.toLowerCase() === "audio/" + codec.toLowerCase();
