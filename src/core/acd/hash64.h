/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * hash64 -- SipHash-2-4: 64 bits of anything under a key of 128.
 *
 * Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012.  Who does not know the key can
 * neither foresee an output nor find its input again; who knows it can, so with a known key it is a checksum.
 * No state.
 */
#ifndef CORE_ACD_HASH64_H
#define CORE_ACD_HASH64_H

#include <stddef.h>
#include <stdint.h>

struct hash64_key {
	uint64_t k0, k1;
};

/* From 16 random bytes, as the paper's test vectors have it: little endian. */
struct hash64_key hash64_key_of(const uint8_t bytes[16]);
uint64_t hash64(const struct hash64_key *key, const void *p, size_t n);

#endif
