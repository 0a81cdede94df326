// SPDX-License-Identifier: AGPL-3.0-or-later
/* statement -- the exact bytes that the staff body signs (docs/people.md), and the days of a form.  Pure. */
export const approval_of = (a) =>
	`heimamt approval 1\nevaluation: ${a.evaluation}\nscope: ${a.scope}\nfrom-ms: ${a.from_ms}\nuntil-ms: ${a.until_ms}\n` +
	`signed-ms: ${a.signed_ms}\nnonce: ${a.nonce}\n`;

export const withdrawal_of = (w) =>
	`heimamt withdrawal 1\napproval: ${w.approval}\nsigned-ms: ${w.signed_ms}\nnonce: ${w.nonce}\n`;

/* "2026-11-23", where the reader is; and its first moment, and the first one after it. */
export function day_text(ms) {
	const d = new Date(ms);
	const two = (n) => String(n).padStart(2, "0");
	return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

function day(text, more) {
	const [y, mo, d] = text.split("-").map(Number);
	return new Date(y, mo - 1, d + more).getTime();
}

export const day_start = (text) => day(text, 0);
export const day_end = (text) => day(text, 1);
