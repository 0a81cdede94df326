/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * base64 -- RFC 4648 sections 4 (with padding) and 5 (for URLs, without).
 *
 * Reading is strict: no blanks, no foreign characters, padding where it belongs, and the bits that the last
 * character has to spare are zero, so that no two texts mean the same bytes.  Any thread; no state.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/slice.h"

#define BASE64_SIZE(n) (((n) + 2) / 3 * 4) /* characters of n bytes, with padding */

enum base64_kind { BASE64_PADDED, BASE64_URL };

void base64_write(struct wbuf *w, enum base64_kind kind, struct slice bytes);
/* Into out, at most cap bytes, *n of them. EINVAL: not such a text; EMSGSIZE: longer than cap. */
int base64_read(
	uint8_t *out, size_t cap, size_t *n, enum base64_kind kind, struct slice text);

#endif
