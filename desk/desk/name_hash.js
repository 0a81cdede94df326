// SPDX-License-Identifier: AGPL-3.0-or-later
/* FNV-1a, 32 bits (draft-eastlake-fnv): whoever shares this browser is told apart, and no name is kept. pure */
export function name_hash(name) {
	let h = 0x811c9dc5;
	for (const byte of new TextEncoder().encode(name))
		h = Math.imul(h ^ byte, 0x01000193) >>> 0;
	return h.toString(16).padStart(8, "0");
}
