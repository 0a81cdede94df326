/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* srtp_source -- see srtp_source.h */
#include "relay/srtp_source.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

struct srtp_source *srtp_source_find(struct srtp_sources *t, uint32_t ssrc)
{
	for (size_t i = 0; i < SRTP_SOURCES_MAX; i++)
		if (t->at[i].known && t->at[i].ssrc == ssrc)
			return &t->at[i];
	return NULL;
}

/*
 * The RFC takes the roll-over count that brings the index nearest to the highest one.  Below zero there
 * is nothing, so in the first round a far higher number is a jump ahead, not a packet of the
 * round before (libsrtp2 does the same).
 */
uint64_t srtp_source_guess(const struct srtp_source *s, uint16_t seq)
{
	uint64_t roc = s ? s->top >> 16 : 0;
	int ahead = s ? (int)seq - (int)(s->top & 0xFFFF) : 0;

	if (ahead > 0x8000 && roc > 0)
		roc--;
	else if (ahead < -0x8000)
		roc++;
	return roc << 16 | seq;
}

int srtp_source_check(const struct srtp_source *s, uint64_t index)
{
	if (!s || index > s->top)
		return 0;

	uint64_t age = s->top - index;

	if (age >= SRTP_WINDOW || (s->seen[age / 64] >> (age % 64) & 1))
		return EALREADY;
	return 0;
}

/* Moves the window up by `by`; what leaves it is forgotten. */
static void shift(uint64_t seen[SRTP_WORDS], uint64_t by)
{
	size_t words = (size_t)(by / 64), bits = (size_t)(by % 64);

	for (size_t i = SRTP_WORDS; i-- > 0;) {
		uint64_t v = i >= words ? seen[i - words] << bits : 0;

		if (bits > 0 && i > words)
			v |= seen[i - words - 1] >> (64 - bits);
		seen[i] = v;
	}
}

static struct srtp_source *take(struct srtp_sources *t, uint32_t ssrc, uint64_t index)
{
	struct srtp_source *s = &t->at[0];

	for (size_t i = 0; i < SRTP_SOURCES_MAX; i++) {
		if (!t->at[i].known) {
			s = &t->at[i];
			break;
		}
		if (t->at[i].used < s->used)
			s = &t->at[i];
	}
	*s = (struct srtp_source){ .ssrc = ssrc, .known = true, .top = index };
	return s;
}

void srtp_source_record(struct srtp_sources *t, uint32_t ssrc, uint64_t index)
{
	struct srtp_source *s = srtp_source_find(t, ssrc);

	if (!s)
		s = take(t, ssrc, index);
	if (index > s->top) {
		shift(s->seen,
			index - s->top < SRTP_WINDOW ? index - s->top : SRTP_WINDOW);
		s->top = index;
	}

	uint64_t age = s->top - index;

	s->seen[age / 64] |= UINT64_C(1) << (age % 64);
	s->used = ++t->clock;
}

static bool is_full(const struct srtp_sources *t)
{
	for (size_t i = 0; i < SRTP_SOURCES_MAX; i++)
		if (!t->at[i].known)
			return false;
	return true;
}

/* A source that gave way would come back at ROC 0 and use its keystream again: none gives way. */
int srtp_source_may_send(
	struct srtp_sources *t, uint32_t ssrc, uint64_t index, uint64_t max)
{
	const struct srtp_source *s = srtp_source_find(t, ssrc);

	if (!s && is_full(t))
		return ENOBUFS;
	return index > max ? EOVERFLOW : srtp_source_check(s, index);
}
