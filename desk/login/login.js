// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * login -- takes the token out of the address /login/TOKEN, hands it in once, and goes to the desk.
 *
 * A token that was good leaves the address bar and the history.
 */
import { html, render } from "../common/dom.js";
import { language_pick, words_load } from "../common/i18n.js";
import { look_load } from "../common/look.js";
import { more_words } from "../caller/words.js";

const root = document.getElementById("page");
const token = decodeURIComponent(location.pathname.split("/").filter(Boolean)[1] ?? "");
const t = await words_load(
	language_pick([look_load().language, ...(navigator.languages ?? [])]),
	more_words,
);

function show(id, more) {
	document.title = `${t(id)} – ${t("app.name")}`;
	render(
		html`<main class="plain-page">
			<section class="card" role=${id === "login.going" ? "status" : "alert"}>
				<h1>${t(id)}</h1>
				${more}
			</section>
		</main>`,
		root,
	);
}

function show_bad() {
	show(
		"login.bad",
		html`<p>${t("login.bad.about")}</p>
			<p>${t("login.bad.next")}</p>
			<p><code>heimamt link anna</code></p>`,
	);
}

function show_down() {
	show(
		"login.down",
		html`<p>${t("login.down.about")}</p>
			<button type="button" class="action go" onClick=${log_in}>${t("notice.retry")}</button>`,
	);
}

async function log_in() {
	show("login.going");
	let status = 0;
	try {
		const answer = await fetch("/login", {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ token }),
		});
		status = answer.status;
	} catch {
		// the centre is away
	}
	if (status === 204)
		location.replace("/desk/");
	else if (status >= 400 && status < 500 && status !== 429) /* 429: too many wrong ones from here */
		show_bad();
	else
		show_down();
}

if (token)
	log_in();
else
	show_bad();
