/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* entry -- see entry.h. */
#include "core/ledger/entry.h"

#include <errno.h>
#include <string.h>

#define MAGIC "heimamt ledger 1"

const char *ledger_kind_word(unsigned kind)
{
	static const char *const words[LEDGER_KINDS] = {
		[LEDGER_SEGMENT] = "segment",
		[LEDGER_AGREEMENT] = "agreement",
		[LEDGER_SIGNATURE] = "signature",
		[LEDGER_COUNTERSIGNATURE] = "countersignature",
		[LEDGER_END] = "end",
		[LEDGER_CONFIGURATION] = "configuration",
		[LEDGER_ROLE] = "role",
		[LEDGER_APPROVAL] = "approval",
		[LEDGER_REVEAL] = "reveal",
		[LEDGER_COMPARISON] = "comparison",
		[LEDGER_ERASURE] = "erasure",
		[LEDGER_ACKNOWLEDGED] = "acknowledged",
		[LEDGER_KEY] = "key",
	};

	return kind < LEDGER_KINDS ? words[kind] : NULL;
}

static void hash_one(
	const struct ledger_sha256 *sha, struct slice bytes, struct ledger_hash *out)
{
	sha->hash(sha->arg, &bytes, 1, out);
}

static void put_hash(struct wbuf *w, const struct ledger_hash *h)
{
	wbuf_put(w, h->b, LEDGER_HASH);
}

int ledger_head_write(struct wbuf *w, const struct ledger_sha256 *sha,
	const struct ledger_head *head, struct ledger_hash *chain)
{
	size_t from = w->n;

	wbuf_str(w, MAGIC);
	wbuf_be32(w, head->segment);
	wbuf_be16(w, (uint16_t)strlen(head->origin));
	wbuf_str(w, head->origin);
	if (w->full)
		return ENOBUFS;
	hash_one(sha, slice_of(w->p + from, w->n - from), chain);
	put_hash(w, chain);
	return w->full ? ENOBUFS : 0;
}

int ledger_head_read(struct ledger_head *out, const struct ledger_sha256 *sha,
	struct slice bytes, struct ledger_hash *chain, size_t *n)
{
	const size_t fixed = sizeof MAGIC - 1 + 4 + 2;
	struct ledger_head head;
	struct ledger_hash h;

	if (bytes.n < fixed)
		return EAGAIN;
	if (memcmp(bytes.p, MAGIC, sizeof MAGIC - 1) != 0)
		return EBADMSG;
	size_t origin = be16_get(bytes.p + fixed - 2), size = fixed + origin;

	if (origin >= NOTE_NAME_MAX)
		return EBADMSG;
	if (bytes.n < size + LEDGER_HASH)
		return EAGAIN;
	hash_one(sha, slice_of(bytes.p, size), &h);
	if (memcmp(h.b, bytes.p + size, LEDGER_HASH) != 0 ||
		slice_copy(slice_of(bytes.p + fixed, origin), head.origin,
			sizeof head.origin))
		return EBADMSG;
	head.segment = be32_get(bytes.p + fixed - 6);
	*out = head;
	*chain = h;
	*n = size + LEDGER_HASH;
	return 0;
}

void ledger_leaf_data(const struct ledger_entry *e, uint8_t out[LEDGER_LEAF_DATA])
{
	out[0] = (uint8_t)e->kind;
	be64_put(out + 1, e->at_ms);
	memcpy(out + 9, e->commitment.b, LEDGER_HASH);
}

/* The chain after this entry, and its leaf. */
static void go_on(const struct ledger_sha256 *sha, const struct ledger_entry *e,
	const struct ledger_hash *before, struct ledger_hash *chain,
	struct ledger_hash *leaf)
{
	uint8_t data[LEDGER_LEAF_DATA];
	const struct slice parts[] = { { before->b, LEDGER_HASH },
		{ data, sizeof data } };

	ledger_leaf_data(e, data);
	ledger_leaf(sha, slice_of(data, sizeof data), leaf);
	sha->hash(sha->arg, parts, 2, chain);
}

int ledger_entry_write(struct wbuf *w, const struct ledger_sha256 *sha,
	const struct ledger_entry *e, struct ledger_hash *chain, struct ledger_hash *leaf)
{
	struct ledger_entry whole = *e;
	struct ledger_hash next;

	if (e->text.n > LEDGER_TEXT_MAX)
		return EMSGSIZE;
	ledger_commit(sha, e->salt, e->text, &whole.commitment);
	go_on(sha, &whole, chain, &next, leaf);
	wbuf_be32(w, (uint32_t)e->text.n);
	wbuf_u8(w, LEDGER_WHOLE);
	wbuf_u8(w, (uint8_t)e->kind);
	wbuf_be16(w, 0);
	wbuf_be64(w, e->at_ms);
	put_hash(w, &whole.commitment);
	wbuf_put(w, e->salt, LEDGER_SALT);
	wbuf_slice(w, e->text);
	put_hash(w, &next);
	if (w->full)
		return ENOBUFS;
	*chain = next;
	return 0;
}

static bool is_zero(struct slice s)
{
	uint8_t any = 0;

	for (size_t i = 0; i < s.n; i++)
		any |= s.p[i];
	return !any;
}

/* Does what is there open the commitment, or is all of it gone? */
static bool is_sound(const struct ledger_sha256 *sha, const struct ledger_entry *e)
{
	struct ledger_hash h;

	switch (e->state) {
	case LEDGER_WHOLE:
		ledger_commit(sha, e->salt, e->text, &h);
		return ledger_same(&h, &e->commitment);
	case LEDGER_ERASED:
		return is_zero(slice_of(e->salt, LEDGER_SALT)) && is_zero(e->text);
	case LEDGER_ERASING: return true;
	}
	return false;
}

int ledger_entry_read(struct ledger_entry *out, const struct ledger_sha256 *sha,
	struct slice bytes, struct ledger_hash *chain, struct ledger_hash *leaf,
	size_t *n)
{
	struct ledger_hash next, said, at;
	const uint8_t *p = bytes.p;

	if (bytes.n < LEDGER_FIXED)
		return EAGAIN;
	size_t text = be32_get(p);
	uint8_t kind = p[5];

	if (text > LEDGER_TEXT_MAX || be16_get(p + 6) || !ledger_kind_word(kind))
		return EBADMSG;
	if (bytes.n < LEDGER_FIXED + text + LEDGER_HASH)
		return EAGAIN;
	struct ledger_entry e = { .kind = kind,
		.at_ms = be64_get(p + 8),
		.state = p[LEDGER_STATE_AT],
		.text = { p + LEDGER_FIXED, text },
		.text_size = text };

	memcpy(e.commitment.b, p + 16, LEDGER_HASH);
	memcpy(e.salt, p + LEDGER_SALT_AT, LEDGER_SALT);
	memcpy(said.b, p + LEDGER_FIXED + text, LEDGER_HASH);
	go_on(sha, &e, chain, &next, &at);
	if (!is_sound(sha, &e) || !ledger_same(&next, &said))
		return EBADMSG;
	if (e.state != LEDGER_WHOLE)
		e.text.n = 0;
	*out = e;
	*chain = next;
	*leaf = at;
	*n = LEDGER_FIXED + text + LEDGER_HASH;
	return 0;
}
