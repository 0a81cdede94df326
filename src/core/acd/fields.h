/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fields -- a struct as bytes, by a table of its fields, and back.
 *
 * First a bit for each field that is not zero, then these fields in the order of the table, integers in network
 * order.  So there is one way to write a value, and one that says little takes little.  Reading refuses
 * whatever would not be written so.  Part of the journal (see journal.h).
 */
#ifndef CORE_ACD_FIELDS_H
#define CORE_ACD_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "core/acd/hash64.h"

enum field_kind {
	FIELD_NUMBER, /* 1, 2, 4 or 8 bytes; a double by its bits */
	FIELD_WORD, /* an enum, in one byte: below `limit` */
	FIELD_FLAG, /* bool */
	FIELD_TIME, /* int64_t, of ms: less than FIELDS_TIME_MAX either side of 0 */
	FIELD_ID, /* of an agent or a call: written under its pseudonym */
};

struct field {
	uint16_t at;
	uint8_t size;
	uint8_t kind;
	uint16_t limit;
};

#define FIELD_(type, member, kind, limit)                                          \
	{                                                                          \
		offsetof(type, member), sizeof(((type *)0)->member), (kind), limit \
	}
#define NUMBER(type, member)      FIELD_(type, member, FIELD_NUMBER, 0)
#define WORD(type, member, limit) FIELD_(type, member, FIELD_WORD, limit)
#define FLAG(type, member)        FIELD_(type, member, FIELD_FLAG, 0)
#define TIME(type, member)        FIELD_(type, member, FIELD_TIME, 0)
#define ID(type, member)          FIELD_(type, member, FIELD_ID, 0)

struct fields {
	const struct field *f;
	size_t n; /* at most FIELDS_MAX */
};
#define FIELDS_MAX 128
#define FIELDS_TIME_MAX \
	(INT64_C(1) << 42) /* 139 years; the core's sums of a few stay in 64 bits */
#define FIELDS_OF(table)                                 \
	{                                                \
		(table), sizeof(table) / sizeof *(table) \
	}
#define FIELDS(table) ((struct fields)FIELDS_OF(table))

/* The pseudonym of an id under a segment's key. 0, no id, stays 0; without a key (NULL) each id does. */
uint64_t fields_alias(const struct hash64_key *key, uint64_t id);

void fields_put(struct wbuf *w, struct fields fields, const void *from,
	const struct hash64_key *key);
/* Cuts what it reads off *s. False: not written by fields_put(). *to is zeroed before. */
bool fields_get(struct slice *s, struct fields fields, void *to, size_t size);

#endif
