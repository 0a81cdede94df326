// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * pin -- the agent's own PIN for coming back to a covered desk.
 *
 * It keeps children out, not burglars: what is kept on this device (common/look.js) is salt and check value, by
 * PBKDF2 with HMAC-SHA-256 (RFC 8018) and as many rounds as OWASP's cheat sheet on password storage asks for (2023).
 * The PIN itself is kept nowhere, and nothing of it is sent anywhere.
 */
const ROUNDS = 600000;
const SALT_BYTES = 16;

const hex = (bytes) => [...new Uint8Array(bytes)].map((x) => x.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (x) => parseInt(x, 16));

export const pin_is_fit = (pin) => /^\d{4,12}$/.test(pin);

async function check_value(pin, salt) {
	const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
	return hex(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, key, 256));
}

/* What is kept of it: "salt:value", both hexadecimal. */
export async function pin_made(pin) {
	const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
	return hex(salt) + ":" + (await check_value(pin, salt));
}

export async function pin_is_right(kept, pin) {
	const [salt, value] = kept.split(":");
	return pin_is_fit(pin) && (await check_value(pin, unhex(salt))) === value;
}
