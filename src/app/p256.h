/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* p256 -- does a device's signature hold?  ECDSA with P-256 and SHA-256 (FIPS 186-5), as WebCrypto and authenticators
 * make it, and Ed25519 (RFC 8032).  Any thread; no state. */
#ifndef APP_P256_H
#define APP_P256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* 65 bytes: uncompressed (SEC 1, section 2.3.3), and on the curve. */
bool p256_is_key(const uint8_t *point);
/* signature: r and s, 32 bytes each (IEEE P1363). */
bool p256_verify(
	const uint8_t *point, const void *text, size_t n, const uint8_t *signature);
/* signature: in DER (RFC 3279 section 2.2.3). */
bool p256_verify_der(
	const uint8_t *point, const void *text, size_t n, struct slice signature);
/* key: 32 bytes; signature: 64. */
bool ed25519_verify(
	const uint8_t *key, const void *text, size_t n, struct slice signature);

#endif
