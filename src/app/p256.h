/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* p256 -- does a device's signature hold?  ECDSA with P-256 and SHA-256 (FIPS 186-5), as WebCrypto makes it.  Any
 * thread; no state. */
#ifndef APP_P256_H
#define APP_P256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 65 bytes: uncompressed (SEC 1, section 2.3.3), and on the curve. */
bool p256_is_key(const uint8_t *point);
/* signature: r and s, 32 bytes each (IEEE P1363). */
bool p256_verify(
	const uint8_t *point, const void *text, size_t n, const uint8_t *signature);

#endif
