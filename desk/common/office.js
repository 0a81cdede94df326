// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * office -- what the house's own pages share: the language, a bar on top, refusals in words, and dates.
 *
 * Their words stand in one file each, WORDS[language], in four languages; what all of them say stands here.
 */
import { html } from "./dom.js";
import { look_load, look_save } from "./look.js";

export const OFFICE = {
	de: {
		name: "Deutsch",
		language: "Sprache",
		desk: "Zum Arbeitsplatz",
		loading: "Einen Augenblick …",
		no_session: "Sie sind nicht angemeldet. Melden Sie sich an und öffnen Sie die Seite noch einmal.",
		no_role: "Diese Seite gehört zu einer anderen Aufgabe im Haus. Wer sie braucht, bekommt die Rolle von der Administration.",
		away: "Die Zentrale antwortet gerade nicht. Anrufe sind davon nicht betroffen. Versuchen Sie es noch einmal.",
		failed: "Das hat die Zentrale nicht angenommen. Nichts hat sich geändert.",
		too_long: "Das ist zu gross.",
		again: "Noch einmal",
		copy: "Kopieren",
		copied: "Kopiert",
		cancel: "Abbrechen",
	},
	fr: {
		name: "Français",
		language: "Langue",
		desk: "Vers le poste de travail",
		loading: "Un instant …",
		no_session: "Vous n’êtes pas connecté. Connectez-vous et rouvrez la page.",
		no_role: "Cette page relève d’une autre fonction de la maison. Qui en a besoin reçoit le rôle de l’administration.",
		away: "La centrale ne répond pas pour le moment. Les appels n’en souffrent pas. Réessayez.",
		failed: "La centrale n’a pas accepté cela. Rien n’a changé.",
		too_long: "C’est trop grand.",
		again: "Réessayer",
		copy: "Copier",
		copied: "Copié",
		cancel: "Annuler",
	},
	it: {
		name: "Italiano",
		language: "Lingua",
		desk: "Alla postazione",
		loading: "Un momento …",
		no_session: "Lei non ha effettuato l’accesso. Acceda e riapra la pagina.",
		no_role: "Questa pagina spetta a un’altra funzione della casa. Chi ne ha bisogno riceve il ruolo dall’amministrazione.",
		away: "La centrale al momento non risponde. Le chiamate non ne risentono. Riprovi.",
		failed: "La centrale non l’ha accettato. Nulla è cambiato.",
		too_long: "È troppo grande.",
		again: "Riprovare",
		copy: "Copiare",
		copied: "Copiato",
		cancel: "Annullare",
	},
	en: {
		name: "English",
		language: "Language",
		desk: "To the desk",
		loading: "One moment …",
		no_session: "You are not logged in. Log in and open this page again.",
		no_role: "This page belongs to another task in the house. Whoever needs it gets the role from the administration.",
		away: "The centre does not answer at the moment. Calls are not affected. Try again.",
		failed: "The centre did not accept that. Nothing has changed.",
		too_long: "That is too large.",
		again: "Try again",
		copy: "Copy",
		copied: "Copied",
		cancel: "Cancel",
	},
};

/* The reader's, or German. */
export function office_language() {
	for (const w of [look_load().language, ...(navigator.languages ?? [])]) {
		const base = String(w).toLowerCase().split("-")[0];
		if (OFFICE[base])
			return base;
	}
	return "de";
}

/* "{name}" is replaced by values.name. */
export const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, k) => String(values[k] ?? ""));

/* What a refusal says; words: the page's own, by "error_" and the code. */
export const refusal = (words, shared, code) => words["error_" + code] ?? shared[code] ?? shared.failed;

/* 23.11.2026 */
export function date(ms) {
	const d = new Date(ms);
	const two = (n) => String(n).padStart(2, "0");
	return `${two(d.getDate())}.${two(d.getMonth() + 1)}.${d.getFullYear()}`;
}

export function bar(language, title, on_language) {
	const w = OFFICE[language];
	function chosen(ev) {
		look_save({ ...look_load(), language: ev.currentTarget.value });
		on_language(ev.currentTarget.value);
	}
	return html`<header class="top">
		<h1>${title}</h1>
		<label class="setting menu">
			<span class="sr">${w.language}</span>
			<select value=${language} onChange=${chosen}>
				${Object.entries(OFFICE).map(([code, l]) => html`<option value=${code} lang=${code}>${l.name}</option>`)}
			</select>
		</label>
	</header>`;
}

/* Instead of the page: it may not be seen, or not now. */
export function closed(language, title, error, on_again, on_language) {
	const w = OFFICE[language];
	return html`${bar(language, title, on_language)}
		<main class="office">
			<section class="card" role="alert">
				<p>${w[error] ?? w.failed}</p>
				<p class="row">
					<button type="button" class="action" onClick=${on_again}>${w.again}</button>
					<a href="/desk/">${w.desk}</a>
				</p>
			</section>
		</main>`;
}
