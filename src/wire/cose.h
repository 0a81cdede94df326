/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * cose -- public keys of authenticators: COSE_Key (RFC 9052 section 7), of the two algorithms that are offered to them,
 * ES256 and EdDSA with Ed25519 (RFC 9053 sections 2.1, 2.2 and 7).
 *
 * Hostile input, see cbor.h.  That a point lies on its curve is for who uses it to check.  Pure.
 */
#ifndef WIRE_COSE_H
#define WIRE_COSE_H

#include "base/slice.h"

/* RFC 9053: the numbers of the registry "COSE Algorithms". */
enum cose_alg { COSE_ES256 = -7, COSE_EDDSA = -8 };

#define COSE_POINT_MAX 65

struct cose_key {
	enum cose_alg alg;
	/* ES256: 65 bytes, uncompressed (SEC 1, section 2.3.3); EdDSA: 32 bytes (RFC 8032, section 5.1.5) */
	uint8_t point[COSE_POINT_MAX];
	size_t n;
};

/* Bytes of a point of this algorithm; 0: none of ours. */
size_t cose_point_size(int32_t alg);

/* One key from the front of *rest.  EBADMSG: not a COSE_Key, or members that do not fit each other; ENOTSUP: of another
 * algorithm or curve. */
int cose_key_read(struct slice *rest, struct cose_key *out);

#endif
