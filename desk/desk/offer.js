// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * offer -- an offer cannot be missed: a sound on this page, the tab's title and picture, and a notification
 * when the page is hidden and the agent allowed it.
 */
import { icon_of } from "../common/shapes.js";

const RING_EVERY_MS = 2400;
const TONES = [660, 880]; /* Hz, one after the other */
const TONE_S = 0.16;
const GAIN = 0.15; /* well under full scale: it sits on somebody's ears */

export function ring_new(context) {
	let timer = 0;

	function once() {
		const ctx = context();
		if (!ctx || ctx.state !== "running")
			return;
		TONES.forEach((hz, i) => tone(ctx, hz, ctx.currentTime + i * (TONE_S + 0.04)));
	}

	return {
		set(on) {
			if (on === (timer !== 0))
				return;
			clearInterval(timer);
			timer = 0;
			if (on) {
				once();
				timer = setInterval(once, RING_EVERY_MS);
			}
		},
	};
}

function tone(ctx, hz, at) {
	const osc = ctx.createOscillator();
	const gain = ctx.createGain();
	osc.frequency.value = hz;
	gain.gain.setValueAtTime(0, at);
	gain.gain.linearRampToValueAtTime(GAIN, at + 0.02); /* no click */
	gain.gain.setValueAtTime(GAIN, at + TONE_S - 0.04);
	gain.gain.linearRampToValueAtTime(0, at + TONE_S);
	osc.connect(gain).connect(ctx.destination);
	osc.start(at);
	osc.stop(at + TONE_S);
}

/* Title and picture of the tab. */
export function tab_show(t, state, queue) {
	const word =
		state === "offered" && queue ? t("offer.title", { queue }) : t("state." + state);
	const title = `${word} – ${t("app.name")}`;
	if (document.title !== title)
		document.title = title;
	const link = document.querySelector("link[rel=icon]");
	const icon = icon_of(state);
	if (link && link.getAttribute("href") !== icon)
		link.setAttribute("href", icon);
}

export function notify_state() {
	return "Notification" in window ? Notification.permission : "none";
}

/* The open notification or null. It names the queue, never a caller. */
export function notify_show(t, queue) {
	if (!document.hidden || notify_state() !== "granted")
		return null;
	const note = new Notification(t("offer.title", { queue }), {
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
