// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * device_key -- this device's key for signing the agreement: P-256, made by WebCrypto, not extractable, kept in
 * IndexedDB under the agent's id.  Only its public half ever leaves this file.  Loaded when it is first needed.
 */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const STORE = "keys";

export const hex = (bytes) =>
	Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");

function request(r) {
	return new Promise((done, fail) => {
		r.onsuccess = () => done(r.result);
		r.onerror = () => fail(r.error);
	});
}

async function in_store(mode, ask) {
	const open = indexedDB.open("heimamt", 1);
	open.onupgradeneeded = () => open.result.createObjectStore(STORE);
	const db = await request(open);
	try {
		return await request(ask(db.transaction(STORE, mode).objectStore(STORE)));
	} finally {
		db.close();
	}
}

/* { pair, point } of this agent on this device, or undefined. point: uncompressed, in hexadecimal. */
export const key_find = (agent) => in_store("readonly", (s) => s.get(agent));

/* The public halves that are on this device. */
export const key_points = async () => (await in_store("readonly", (s) => s.getAll())).map((k) => k.point);

export async function key_make(agent) {
	const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
	const key = { pair, point: hex(await crypto.subtle.exportKey("raw", pair.publicKey)) };
	await in_store("readwrite", (s) => s.put(key, agent));
	return key;
}

/* r and s in hexadecimal (IEEE P1363). */
export async function key_sign(key, text) {
	const how = { name: "ECDSA", hash: "SHA-256" };
	return hex(await crypto.subtle.sign(how, key.pair.privateKey, new TextEncoder().encode(text)));
}

export async function text_hash(text) {
	return hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/* The exact bytes that are signed: docs/agreement.md. pure */
export const statement_of = (a) =>
	`heimamt agreement 1\nversion: ${a.version}\nlanguage: ${a.language}\ntext-sha256: ${a.hash}\n` +
	`agent: ${a.agent}\nnonce: ${a.nonce}\n`;
