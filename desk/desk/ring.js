// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * ring -- an offer is heard: made here of a few tones, on a device of its own where the agent chose one; and a notification
 * where the page is hidden and the agent allowed it.  Part of late.js.
 *
 * All that an offer needs is put on the audio's own clock at once: a browser lets timers of a page that nobody looks at
 * run once a second, after five minutes once a minute (developer.chrome.com/blog/timer-throttling-in-chrome-88), and
 * the sound does not wait for them.
 */
const EVERY_S = 2.4;
const AHEAD = 75; /* three minutes: longer than any offer */
const GAIN = 0.15; /* well under full scale: it sits on somebody's ears */

/* Each a few tones: when, Hz, how long; in seconds. */
export const RINGS = {
	two: [[0, 660, 0.16], [0.2, 880, 0.16]],
	low: [[0, 330, 0.22], [0.26, 440, 0.22]],
	three: [[0, 523, 0.12], [0.15, 659, 0.12], [0.3, 784, 0.2]],
	knock: [[0, 220, 0.06], [0.14, 220, 0.06], [0.28, 220, 0.06]],
	none: [],
};
export const VOLUMES = [25, 50, 75, 100]; /* percent */

/* What was chosen on this device; what is unknown becomes the default. ids: as the browser names devices to this page. pure */
export function sound_clean(raw) {
	const o = raw && typeof raw === "object" ? raw : {};
	const id = (x) => (typeof x === "string" ? x.slice(0, 128) : "");
	return {
		mic: id(o.mic),
		out: id(o.out),
		ring_out: id(o.ring_out),
		ring: Object.hasOwn(RINGS, o.ring) ? o.ring : "two",
		volume: VOLUMES.includes(o.volume) ? o.volume : 100,
	};
}

function tone(ctx, into, hz, at, s) {
	const osc = ctx.createOscillator();
	const gain = ctx.createGain();
	osc.frequency.value = hz;
	gain.gain.setValueAtTime(0, at);
	gain.gain.linearRampToValueAtTime(1, at + 0.02); /* no click */
	gain.gain.setValueAtTime(1, at + s - 0.03);
	gain.gain.linearRampToValueAtTime(0, at + s);
	osc.connect(gain).connect(into);
	osc.start(at);
	osc.stop(at + s);
}

export function notify_state() {
	return "Notification" in window ? Notification.permission : "none";
}

/* The open notification or null. Others see it, on a locked screen too: it names neither queue nor caller. */
function notify_show(t) {
	if (!document.hidden || notify_state() !== "granted")
		return null;
	const note = new Notification(t("state.offered"), {
		body: t("offer.note"),
		tag: "heimamt-offer",
		requireInteraction: true,
	});
	note.onclick = () => {
		window.focus();
		note.close();
	};
	return note;
}

/* context(): the page's; audio: the line's voice, in which the centre rings too. */
export function ring_new(m, { context, audio }) {
	let own = null; /* a context for another device */
	let rings = null;

	/* Where the chosen device is away, or the browser knows no such thing, it rings where the voice is. */
	async function place(sound) {
		const shared = context();
		const sink = sound.ring_out || sound.out;
		if (!sink || !("setSinkId" in AudioContext.prototype))
			return shared;
		try {
			own ??= new AudioContext();
			if (own.sinkId !== sink)
				await own.setSinkId(sink);
			await own.resume();
			return own;
		} catch {
			return shared ?? own;
		}
	}

	async function begin(mine, times) {
		const sound = sound_clean(m.look.sound);
		const ctx = await place(sound);
		if (!ctx || !mine.on)
			return;
		mine.gain = ctx.createGain();
		mine.gain.gain.value = GAIN * (sound.volume / 100);
		mine.gain.connect(ctx.destination);
		for (let i = 0; i < times; i++)
			for (const [at, hz, s] of RINGS[sound.ring])
				tone(ctx, mine.gain, hz, ctx.currentTime + 0.02 + i * EVERY_S + at, s);
	}

	function end() {
		if (!rings)
			return;
		rings.on = false;
		rings.gain?.disconnect();
		rings.note?.close();
		rings = null;
		own?.suspend().catch(() => {}); /* it would keep a device and a battery busy */
	}

	function set(on) {
		/* "none" means the headset, too, while it rings and for no longer */
		audio.muted = m.covered || (on && sound_clean(m.look.sound).ring === "none");
		if (on === (rings !== null))
			return;
		end();
		if (on)
			begin((rings = { on: true, gain: null, note: notify_show(m.t) }), AHEAD);
	}

	/* Once, to hear it. */
	const once = () => begin({ on: true, gain: null }, 1);

	return { set, once };
}
