/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * base32 -- bytes as text (RFC 4648 section 6), as a person types a secret into an authenticator app: without padding,
 * upper case.  Reading is the app's.  Pure; any thread.
 */
#ifndef BASE_BASE32_H
#define BASE_BASE32_H

#include "base/slice.h"

#define BASE32_SIZE(n) (((n)*8 + 4) / 5) /* characters of n bytes */

void base32_write(struct wbuf *w, struct slice bytes);

#endif
