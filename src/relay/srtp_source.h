/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * srtp_source -- which packet of which SSRC this is, and whether it was there before.
 *
 * A source counts in indexes: 48 bits for RTP (roll-over counter and sequence number), 31 for RTCP.
 * Looking and recording are two steps, because nothing may be recorded before the tag was checked.
 * A table holds SRTP_SOURCES_MAX sources by value and looks them up one by one: there are four.
 *
 * Pure; the caller's storage; zeroed is empty.
 */
#ifndef RELAY_SRTP_SOURCE_H
#define RELAY_SRTP_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "relay/srtp.h"

#define SRTP_WORDS (SRTP_WINDOW / 64)

struct srtp_source {
	uint32_t ssrc;
	bool known;
	uint64_t top; /* highest index recorded */
	uint64_t seen[SRTP_WORDS]; /* bit i of the whole: index top - i was recorded */
	uint64_t used; /* the table's clock when it was last recorded */
};

struct srtp_sources {
	struct srtp_source at[SRTP_SOURCES_MAX];
	uint64_t clock; /* recordings so far */
};

/* NULL when unknown; borrowed until the next srtp_source_record(). */
struct srtp_source *srtp_source_find(struct srtp_sources *t, uint32_t ssrc);

/* The index that this sequence number most likely has (RFC 3711 section 3.3.1). s may be NULL: ROC 0.
 * Above SRTP_INDEX_MAX when the roll-over counter is used up. */
uint64_t srtp_source_guess(const struct srtp_source *s, uint16_t seq);
#define SRTP_INDEX_MAX  ((UINT64_C(1) << 48) - 1)
#define SRTCP_INDEX_MAX ((UINT64_C(1) << 31) - 1)

/* 0, or EALREADY: recorded before, or too old to know (RFC 3711 section 3.3.2). s may be NULL. */
int srtp_source_check(const struct srtp_source *s, uint64_t index);

/* What is sent must never use a keystream twice (RFC 3711 section 9.1). EALREADY as above; EOVERFLOW
 * past max; ENOBUFS: a further SSRC, and no place. */
int srtp_source_may_send(
	struct srtp_sources *t, uint32_t ssrc, uint64_t index, uint64_t max);

/* After the tag was found right (or made). A new SSRC takes a free place or the least recently used. */
void srtp_source_record(struct srtp_sources *t, uint32_t ssrc, uint64_t index);

#endif
