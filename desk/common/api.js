// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * api -- what pages ask the house for and wish of it, at /api/NAME.
 *
 * Every answer is { ok, status, data, error }: data is the answer's JSON (or text), error a word of ours for what is wrong
 * ("no_session", "no_role", "away", or what the house says), "" when nothing is. Nothing is thrown.
 */
const OF_STATUS = { 0: "away", 401: "no_session", 403: "no_role", 404: "unknown", 413: "too_long", 429: "too_often" };

async function ask(name, options) {
	let answer;
	let data = null;
	try {
		answer = await fetch(`/api/${name}`, { cache: "no-store", ...options });
		data = answer.headers.get("content-type")?.includes("json") ? await answer.json() : await answer.text();
	} catch {
		return { ok: false, status: answer?.status ?? 0, data: null, error: "away" };
	}
	const error = answer.ok ? "" : (data?.error ?? OF_STATUS[answer.status] ?? "away");
	return { ok: answer.ok, status: answer.status, data, error };
}

export function get(name) {
	return ask(name, {});
}

/* An object as JSON; a string as CSV. */
export function post(name, body) {
	const is_csv = typeof body === "string";
	return ask(name, {
		method: "POST",
		headers: { "Content-Type": is_csv ? "text/csv" : "application/json" },
		body: is_csv ? body : JSON.stringify(body),
	});
}
