// SPDX-License-Identifier: AGPL-3.0-or-later
//
// srtp -- one direction of SRTP for one SSRC (RFC 3711, RFC 7714), apart from the product's: written anew on node's own
// ciphers, so that a mistake over there is not made here a second time.  And the a=crypto line (RFC 4568) that
// tells its key.  For tests: no replay window.

import crypto from 'node:crypto';

export const CM = 'AES_CM_128_HMAC_SHA1_80', GCM = 'AEAD_AES_128_GCM';
const SALTS = { [CM]: 14, [GCM]: 12 };
const KEY = 16, CM_TAG = 10, GCM_TAG = 16;

// AES-CM: the keystream that starts with this counter block.
const stream = (key, iv, bytes) => {
	const cipher = crypto.createCipheriv('aes-128-ctr', key, iv);
	return Buffer.concat([cipher.update(bytes), cipher.final()]);
};

// RFC 3711 section 4.3: labels 0, 1 and 2 are RTP's key, tag's key and salt.
export function derive(key, salt, label, n) {
	const iv = Buffer.alloc(16);
	salt.copy(iv);
	iv[7] ^= label;
	return stream(key, iv, Buffer.alloc(n));
}

export class Srtp {
	#keys;
	#roc = 0;
	#highest = -1;

	// keySalt: what stands in the line; without it, random.
	constructor(suite, keySalt = crypto.randomBytes(KEY + SALTS[suite])) {
		const key = keySalt.subarray(0, KEY), salt = keySalt.subarray(KEY);
		if (!(suite in SALTS) || salt.length !== SALTS[suite])
			throw new Error(`no key for ${suite}`);
		this.suite = suite;
		this.keySalt = keySalt;
		this.#keys = { key: derive(key, salt, 0, KEY), tag: derive(key, salt, 1, 20), salt: derive(key, salt, 2, salt.length) };
	}

	// The first line of a description that we know; null: there is none.
	static fromSdp(sdp) {
		const [, tag, suite, text] = /^a=crypto:(\d+) (\S+) inline:([^|\s]+)/m.exec(sdp) ?? [];
		return suite in SALTS ? Object.assign(new Srtp(suite, Buffer.from(text, 'base64')), { tag: Number(tag) }) : null;
	}

	line(tag = 1) {
		return `a=crypto:${tag} ${this.suite} inline:${this.keySalt.toString('base64')}`;
	}

	// The roll-over counter that brings the packet nearest to the highest one.
	#guess(seq) {
		if (this.#highest < 0)
			return this.#roc;
		const ahead = seq - this.#highest;
		return ahead > 0x8000 && this.#roc > 0 ? this.#roc - 1 : ahead < -0x8000 ? this.#roc + 1 : this.#roc;
	}

	#saw(roc, seq) {
		if (roc > this.#roc || (roc === this.#roc && seq > this.#highest)) {
			this.#roc = roc;
			this.#highest = seq;
		}
	}

	// SSRC and index, XOR the salt, from this byte of the block on (RFC 3711 section 4.1.1, RFC 7714 section 8.1).
	#iv(size, at, packet, roc) {
		const iv = Buffer.alloc(size);
		packet.copy(iv, at, 8, 12);
		iv.writeUInt32BE(roc, at + 4);
		packet.copy(iv, at + 8, 2, 4);
		this.#keys.salt.forEach((b, i) => {
			iv[i] ^= b;
		});
		return iv;
	}

	#mac(bytes, roc) {
		const rocBytes = Buffer.alloc(4);
		rocBytes.writeUInt32BE(roc);
		return crypto.createHmac('sha1', this.#keys.tag).update(bytes).update(rocBytes).digest().subarray(0, CM_TAG);
	}

	protect(packet) {
		const seq = packet.readUInt16BE(2), roc = this.#guess(seq);
		const head = packet.subarray(0, 12), text = packet.subarray(12);
		this.#saw(roc, seq);
		if (this.suite === GCM) {
			const cipher = crypto.createCipheriv('aes-128-gcm', this.#keys.key, this.#iv(12, 2, packet, roc)).setAAD(head);
			return Buffer.concat([head, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
		}
		const sealed = Buffer.concat([head, stream(this.#keys.key, this.#iv(16, 4, packet, roc), text)]);
		return Buffer.concat([sealed, this.#mac(sealed, roc)]);
	}

	// null: not sealed with this key.
	unprotect(packet) {
		const size = this.suite === GCM ? GCM_TAG : CM_TAG;
		if (packet.length < 12 + size)
			return null;
		const seq = packet.readUInt16BE(2), roc = this.#guess(seq);
		const head = packet.subarray(0, 12), text = packet.subarray(12, -size), tag = packet.subarray(-size);
		let plain;
		if (this.suite === GCM) {
			const cipher = crypto.createDecipheriv('aes-128-gcm', this.#keys.key, this.#iv(12, 2, packet, roc)).setAAD(head);
			cipher.setAuthTag(tag);
			try {
				plain = Buffer.concat([cipher.update(text), cipher.final()]);
			} catch {
				return null;
			}
		} else {
			if (!this.#mac(packet.subarray(0, -size), roc).equals(tag))
				return null;
			plain = stream(this.#keys.key, this.#iv(16, 4, packet, roc), text);
		}
		this.#saw(roc, seq);
		return Buffer.concat([head, plain]);
	}
}
