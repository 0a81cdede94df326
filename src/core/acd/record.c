/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* record -- the frame around each record, and the chain of checks.  Part of the journal (see journal.h). */
#include "core/acd/journal_inner.h"

#include <assert.h>

#define HEAD_SIZE  5
#define CHECK_SIZE 8

static uint64_t check_of(uint64_t before, const void *p, size_t n)
{
	/* the second half is any number of ours; it tells this use from others */
	struct hash64_key key = { before, 0x6865696d616d7400 };

	return hash64(&key, p, n);
}

void record_write(struct acd_journal *j, enum acd_record_type type, struct slice payload)
{
	uint8_t bytes[ACD_RECORD_MAX + ACD_RECORD_FRAME];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	assert(payload.n <= ACD_RECORD_MAX);
	wbuf_be32(&w, (uint32_t)payload.n);
	wbuf_u8(&w, (uint8_t)type);
	wbuf_slice(&w, payload);
	j->chain = check_of(j->chain, bytes, w.n);
	wbuf_be64(&w, j->chain);
	j->n_bytes += w.n;
	j->write(j->arg, bytes, w.n);
}

/* What a power cut may leave: the length of what was written without its bytes. */
static bool is_blank(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i])
			return false;
	return true;
}

/* Of bytes that are no record: is it that they end in blanks? */
static enum acd_read torn_or_altered(struct slice tail)
{
	return tail.n > 0 && is_blank(tail) ? ACD_READ_TORN : ACD_READ_ALTERED;
}

enum acd_read acd_reader_next(struct acd_reader *r, struct acd_record *out)
{
	struct slice s = slice_from(r->bytes, r->at);
	uint64_t check;
	size_t n;

	if (s.n == 0)
		return ACD_READ_OVER;
	if (s.n < HEAD_SIZE)
		return ACD_READ_TORN;
	n = be32_get(s.p);
	if (n > ACD_RECORD_MAX || s.p[4] == ACD_REC_NONE || s.p[4] >= ACD_RECORDS)
		return torn_or_altered(slice_from(s, HEAD_SIZE));
	if (s.n < n + ACD_RECORD_FRAME)
		return ACD_READ_TORN;
	check = check_of(r->chain, s.p, HEAD_SIZE + n);
	if (be64_get(s.p + HEAD_SIZE + n) != check)
		return torn_or_altered(slice_from(s, n + ACD_RECORD_FRAME));
	*out = (struct acd_record){ (enum acd_record_type)s.p[4],
		slice_of(s.p + HEAD_SIZE, n) };
	r->at += n + ACD_RECORD_FRAME;
	r->chain = check;
	return ACD_READ_DONE;
}
