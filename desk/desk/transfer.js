// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * transfer -- hands the caller on: one field that filters colleagues and queues, and the list of them (a combobox
 * with a listbox, ARIA Authoring Practices).
 *
 * The centre is asked for the list while the dialog is open, and at no other time; nothing of it is kept.  Nothing is
 * chosen before the agent types or presses an arrow, so Enter alone hands nobody on.  Loaded with late.js.
 */
import { html } from "../common/dom.js";
import { language_name } from "../common/i18n.js";
import { shape } from "./state.js";

const ASK_MS = 2000; /* the list is this fresh */
const ANSWER_MS = 3000; /* the centre answers in milliseconds */
const TALKS = ["talking", "interrupted", "hold"];

const plain = (s) => s.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const by_name = (a, b) => a.name.localeCompare(b.name);
const key_of = (x) => x.kind + x.id;

/* The centre's list as one of { kind, id, name, language, state, off }; colleagues first, queues in the house's order. pure */
export function targets_of({ agents, queues }) {
	const people = agents.map(({ id, name, free }) => ({
		kind: "agent", id, name, state: free ? "free" : "busy", off: false,
	}));
	const places = queues.map((q) => ({ kind: "queue", ...q, off: q.state !== "open" }));
	return [...people.sort(by_name), ...places];
}

/* What stood there stays where it is, so that nothing moves under a hand; what is gone says so. pure */
export function targets_merge(old, now) {
	const fresh = new Map(now.map((x) => [key_of(x), x]));
	const stood = new Set(old.map(key_of));
	return [
		...old.map((x) => fresh.get(key_of(x)) ?? { ...x, state: "gone", off: true }),
		...now.filter((x) => !stood.has(key_of(x))),
	];
}

/* Each word of the text begins a word of the name. pure */
export function targets_found(list, text) {
	const words = plain(text).split(/\s+/).filter(Boolean);
	const has = (name, w) => name.startsWith(w) || name.includes(" " + w) || name.includes("-" + w);
	return list.filter((x) => words.every((w) => has(plain(x.name), w)));
}

/* The one that an arrow leads to, from `at`; at the end it begins again. pure */
export function target_next(list, at, by) {
	const i = list.findIndex((x) => key_of(x) === at);
	const to = i < 0 ? (by > 0 ? 0 : -1) : i + by;
	return list.length > 0 ? key_of(list.at(to % list.length)) : "";
}

/* m: the page's model; send(message): false where there is no connection. */
export function transfer_new(m, { send, draw }) {
	const closed = { open: false, call: "", text: "", at: "", list: null, sent: null, problem: null };
	let is = closed;
	let handed = null; /* whom this page handed a call to last, for the words afterwards */
	let ref = 0;
	let ask_timer = 0;
	let answer_timer = 0;

	const shown = () => targets_found(is.list ?? [], is.text);

	function ask() {
		clearTimeout(ask_timer);
		if (!is.open)
			return;
		send({ t: "targets", ref: "t" + ++ref });
		ask_timer = setTimeout(ask, ASK_MS);
	}

	function open() {
		if (!is.open && m.view?.call)
			is = { ...closed, open: true, call: m.view.call.id };
		ask();
		draw();
	}

	function close() {
		is = closed;
		clearTimeout(ask_timer);
		clearTimeout(answer_timer);
		draw();
	}

	function problem(code, name) {
		clearTimeout(answer_timer);
		is.problem = { code, name };
		is.sent = null;
		draw();
	}

	function choose(x) {
		if (!x || is.sent)
			return;
		if (x.off)
			return problem(x.state, x.name);
		const sent = "t" + ++ref;
		handed = { call: is.call, name: x.name };
		if (!send({ t: "transfer", call: is.call, [x.kind]: x.id, ref: sent }))
			return problem("offline", x.name);
		is.sent = { ref: sent, name: x.name };
		is.problem = null;
		answer_timer = setTimeout(() => problem("late", x.name), ANSWER_MS);
		draw();
	}

	/* ---- the centre ---- */

	function list(msg) {
		if (is.open)
			is.list = targets_merge(is.list ?? [], targets_of(msg));
	}

	/* True: that was ours. */
	function refused(msg) {
		if (!msg.ref.startsWith("t"))
			return false;
		if (msg.ref === is.sent?.ref) {
			problem(msg.code, is.sent.name);
			ask();
		}
		return true;
	}

	/* The talk is over, or handed on. */
	function view(v) {
		if (is.open && (!TALKS.includes(v.state) || v.call?.id !== is.call))
			close();
	}

	/* What there is to say of a call that was handed on, or came so; or "". */
	function words(v) {
		if (v.why === "transferred" && handed?.call === v.call?.id)
			return m.t("transfer.done", handed);
		return v.call?.from ? m.t("transfer.by", { name: v.call.from }) : "";
	}

	/* ---- the field ---- */

	function typed(ev) {
		is.text = ev.currentTarget.value;
		is.problem = null;
		is.at = is.text.trim() ? target_next(shown().filter((x) => !x.off), "", 1) : "";
		draw();
	}

	function pressed(ev) {
		const by = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
		if (ev.isComposing || (!by && ev.key !== "Enter"))
			return;
		ev.preventDefault();
		ev.stopPropagation();
		if (!by)
			return choose(shown().find((x) => key_of(x) === is.at));
		is.at = target_next(shown(), is.at, by);
		draw();
		document.getElementById("to-" + is.at)?.scrollIntoView({ block: "nearest" });
	}

	/* ---- drawing ---- */

	function option(x) {
		const good = x.state === "free" || x.state === "open";
		const language = x.kind === "queue" && language_name(m.t, x.language) + " · ";
		return html`<div
			key=${key_of(x)}
			id=${"to-" + key_of(x)}
			class="target"
			role="option"
			aria-selected=${is.at === key_of(x)}
			aria-disabled=${x.off || is.sent !== null}
			data-target=${x.name}
			onMouseDown=${(ev) => ev.preventDefault()}
			onClick=${() => choose(x)}
		>
			<span>${x.name}</span>
			<span class="mark" data-state=${good ? "ready" : "out"}>
				${shape(good ? "ready" : "out")} ${language}${m.t("target." + x.state)}
			</span>
		</div>`;
	}

	function group(found, kind) {
		const some = found.filter((x) => x.kind === kind);
		const id = "to-" + kind;
		return (
			some.length > 0 &&
			html`<div role="group" aria-labelledby=${id}>
				<div id=${id} class="targets-of" aria-hidden="true">${m.t("transfer." + kind)}</div>
				${some.map(option)}
			</div>`
		);
	}

	function told() {
		const { t } = m;
		if (is.sent)
			return html`<p>${t("transfer.sending", is.sent)}</p>`;
		if (!is.problem)
			return null;
		const why = t("transfer.no." + is.problem.code, is.problem) || t("transfer.no.other");
		return html`<p class="notice" data-grave="true">${why} ${t("transfer.still")}</p>`;
	}

	function dialog() {
		const { t } = m;
		if (!is.open)
			return null;
		const found = shown();
		const some = found.length > 0;
		const count = t(is.list ? (some ? "transfer.found" : "transfer.none") : "transfer.loading", { n: found.length });
		return html`<dialog class="help transfer" aria-labelledby="transfer-title" ref=${show_modal} onClose=${close}>
			<h2 id="transfer-title">${t("transfer.title")}</h2>
			<p class="quiet" id="transfer-about">${t("transfer.about")}</p>
			<label for="transfer-field">${t("transfer.field")}</label>
			<input
				id="transfer-field"
				type="text"
				autocomplete="off"
				spellcheck="false"
				role="combobox"
				aria-autocomplete="list"
				aria-describedby="transfer-about"
				aria-expanded=${some}
				aria-controls=${some ? "transfer-list" : null}
				aria-activedescendant=${is.at ? "to-" + is.at : null}
				value=${is.text}
				onInput=${typed}
				onKeyDown=${pressed}
			/>
			<div role="alert">${told()}</div>
			${some &&
			html`<div id="transfer-list" class="targets" role="listbox" aria-label=${t("transfer.title")}>
				${group(found, "agent")} ${group(found, "queue")}
			</div>`}
			<p class=${some ? "sr" : "quiet"} role="status">${count}</p>
			<button type="button" class="small" onClick=${(ev) => ev.currentTarget.closest("dialog").close()}>
				<span>${t("action.close")}</span><kbd aria-hidden="true">Esc</kbd>
			</button>
		</dialog>`;
	}

	return { open, list, refused, view, words, dialog };
}

function show_modal(el) {
	if (el && !el.open)
		el.showModal();
}
