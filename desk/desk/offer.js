// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * offer -- an offer cannot be missed: the tab's title and picture; its sound and its notification are ring.js's.
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
