// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * offer -- an offer cannot be missed: a sound on this page (ring.js), the tab's title and picture, and a notification
 * when the page is hidden and the agent allowed it.
 */
import { icon_of } from "../common/shapes.js";

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

/* The open notification or null. Others see it, on a locked screen too: it names neither queue nor caller. */
export function notify_show(t) {
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
