/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* base32 -- see base32.h. */
#include "base/base32.h"

void base32_write(struct wbuf *w, struct slice bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t held = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		held = held << 8 | bytes.p[i];
		for (bits += 8; bits >= 5; bits -= 5)
			wbuf_u8(w, (uint8_t)letters[held >> (bits - 5) & 31]);
	}
	if (bits)
		wbuf_u8(w, (uint8_t)letters[held << (5 - bits) & 31]);
}
