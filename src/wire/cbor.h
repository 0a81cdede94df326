/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * cbor -- reads the CBOR (RFC 8949) that authenticators write: deterministic encoding, section 4.2.
 *
 * Hostile input: what a length announces is checked against the bytes that are there, items nest CBOR_DEPTH deep at
 * most.  Refused: lengths that are open (section 3.2), numbers longer than needed (4.2.1), floats, tags, and simple
 * values but for false, true and null (CTAP 2.1 section 8 has none of them).  The order of a map's keys is not looked
 * at: some software authenticators have their own; that a key comes twice is for who reads the map to refuse.
 *
 * A cursor is a slice: each read takes its item away from the front.  Nothing is allocated or copied; pure.
 */
#ifndef WIRE_CBOR_H
#define WIRE_CBOR_H

#include "base/slice.h"

#define CBOR_DEPTH 4 /* CTAP 2.1 section 8: at most four levels */

/* The major types of section 3.1, by their numbers. */
enum cbor_type {
	CBOR_UINT,
	CBOR_NINT, /* -1 - value */
	CBOR_BYTES,
	CBOR_TEXT, /* not looked at whether it is UTF-8 */
	CBOR_ARRAY, /* value items follow */
	CBOR_MAP, /* value pairs follow */
	CBOR_TAG, /* refused */
	CBOR_SIMPLE, /* value: 20 false, 21 true, 22 null */
};

struct cbor_item {
	enum cbor_type type;
	uint64_t value; /* number, length or count */
	struct slice bytes; /* of BYTES and TEXT */
};

/* The next item's head, and its bytes.  EBADMSG, and *rest is untouched. */
int cbor_read(struct slice *rest, struct cbor_item *out);
/* The same, of the type that is expected. */
int cbor_expect(struct slice *rest, enum cbor_type type, struct cbor_item *out);
/* A number between -2^31 and 2^31 - 1. */
int cbor_int(struct slice *rest, int32_t *out);
/* Over one item with all that is in it. */
int cbor_skip(struct slice *rest);

#endif
