// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * prove -- what pages ask at /login/... and /account/...: who somebody is; and the browser's part of passkeys (Web
 * Authentication), with bytes as base64url.
 *
 * Every answer is { ok, status, data, error } as in api.js. Nothing is thrown but by passkey_get() and passkey_make(),
 * where the person or the browser says no.
 */
const OF_STATUS = { 401: "no_session", 429: "too_often" };

export async function prove(path, body = {}) {
	let answer;
	let data = null;
	try {
		answer = await fetch(`/${path}`, {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify(body),
		});
		data = answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
	} catch {
		return { ok: false, status: answer?.status ?? 0, data: null, error: "away" };
	}
	const error = answer.ok ? "" : (data?.error ?? OF_STATUS[answer.status] ?? "away");
	return { ok: answer.ok, status: answer.status, data, error };
}

export function to_text(bytes) {
	let s = "";
	for (const b of new Uint8Array(bytes))
		s += String.fromCharCode(b);
	return btoa(s).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export const to_bytes = (text) =>
	Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

/* As the browser would have it: the same letters are the same bytes on every keyboard. */
export const typed = (text) => text.normalize("NFKC");

/* Passkeys are bound to a name; an address has none. */
export const passkeys_work = () =>
	window.isSecureContext && "PublicKeyCredential" in window && !/^[\d.]+$|^\[/.test(location.hostname);

const listed = (ids) => ids.map((id) => ({ type: "public-key", id: to_bytes(id) }));

/* asked: the answer to login/passkey/ask; challenge: bytes in place of its own. alone: two factors at once. */
export async function passkey_get(asked, { alone, challenge }) {
	const { response, id } = await navigator.credentials.get({
		publicKey: {
			challenge: challenge ?? to_bytes(asked.challenge),
			rpId: asked.rp,
			allowCredentials: alone ? [] : listed(asked.ids),
			userVerification: alone || challenge ? "required" : "preferred",
			timeout: 120000,
		},
	});
	return {
		id,
		challenge: asked.challenge,
		client: to_text(response.clientDataJSON),
		data: to_text(response.authenticatorData),
		signature: to_text(response.signature),
	};
}

/* draft: the answer to account/passkey/draft. */
export async function passkey_make(draft) {
	const { response } = await navigator.credentials.create({
		publicKey: {
			challenge: to_bytes(draft.challenge),
			rp: { id: draft.rp, name: "Heimamt" },
			user: { id: to_bytes(draft.user), name: draft.login, displayName: draft.name },
			pubKeyCredParams: [-8, -7].map((alg) => ({ type: "public-key", alg })),
			excludeCredentials: listed(draft.ids),
			authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
			attestation: "none",
			timeout: 120000,
		},
	});
	return {
		challenge: draft.challenge,
		client: to_text(response.clientDataJSON),
		attestation: to_text(response.attestationObject),
	};
}

/* One factor becomes two by a passkey, or somebody logs in by it alone. */
export async function by_passkey(alone) {
	const asked = await prove("login/passkey/ask");
	if (!asked.ok)
		return asked;
	try {
		return await prove("login/passkey", await passkey_get(asked.data, { alone }));
	} catch {
		return { ok: false, status: 0, data: null, error: "passkey_no" };
	}
}
