/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: ledger.  The bytes as a segment, a signed note, a checkpoint and a key.  What is understood says the same
 * when it is written again; slices stay within the bytes.  The hash is a simple one: that it cannot be broken is not
 * what is tried here.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "core/ledger/entry.h"
#include "core/ledger/quote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* So weak that the fuzzer finds good entries. */
static void hash(void *arg, const struct slice *parts, size_t n, struct ledger_hash *out)
{
	uint8_t sum = 0;

	(void)arg;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < parts[i].n; k++)
			sum ^= parts[i].p[k];
	memset(out->b, 0, sizeof out->b);
	out->b[0] = sum & 1;
}

static const struct ledger_sha256 sha = { hash, NULL };

static void assert_within(struct slice s, const uint8_t *data, size_t size)
{
	assert(s.n == 0 || (s.p >= data && s.p + s.n <= data + size));
}

static void read_segment(const uint8_t *data, size_t size)
{
	struct ledger_hash chain, leaf;
	struct ledger_head head;
	struct ledger_entry e;
	size_t n, at;
	int err = ledger_head_read(&head, &sha, slice_of(data, size), &chain, &at);

	assert(err == 0 || err == EAGAIN || err == EBADMSG);
	while (!err && at < size) {
		err = ledger_entry_read(
			&e, &sha, slice_of(data + at, size - at), &chain, &leaf, &n);
		assert(err == 0 || err == EAGAIN || err == EBADMSG);
		if (err)
			break;
		assert(n >= LEDGER_FIXED + LEDGER_HASH && at + n <= size);
		assert_within(e.text, data, size);
		assert(ledger_kind_word(e.kind));
		at += n;
	}
}

static void read_note(const uint8_t *data, size_t size)
{
	struct checkpoint c, back;
	struct note note;
	uint8_t text[NOTE_MAX];
	struct wbuf w = wbuf_of(text, sizeof text);
	int err = note_read(&note, slice_of(data, size));

	assert(err == 0 || err == EBADMSG);
	if (!err)
		assert_within(note.text, data, size);
	for (size_t i = 0; !err && i < note.n; i++)
		assert_within(note.signatures[i].name, data, size);
	if (checkpoint_read(&c, err ? slice_of(data, size) : note.text))
		return;
	checkpoint_write(&w, &c);
	assert(!checkpoint_read(&back, wbuf_slice_of(&w)));
	assert(back.size == c.size && ledger_same(&back.root, &c.root));
	assert(strcmp(back.origin, c.origin) == 0);
}

static void read_key(const uint8_t *data, size_t size)
{
	struct note_key key, back;
	char text[NOTE_VKEY_MAX];

	if (note_key_read(&key, &sha, slice_of(data, size)))
		return;
	note_key_write(&key, text);
	assert(strlen(text) == size);
	assert(!note_key_read(&back, &sha, slice_str(text)));
	assert(back.id == key.id && memcmp(back.key, key.key, NOTE_KEY) == 0);
}

/* What a page quotes is not longer than the page, and says the same when it is quoted again. */
static void read_page(const uint8_t *data, size_t size)
{
	static uint8_t said[8192], page[8 * 8192], again[8192];
	struct wbuf w = wbuf_of(said, sizeof said), p = wbuf_of(page, sizeof page),
		    back = wbuf_of(again, sizeof again);
	struct slice text;

	quote_read(&w, slice_of(data, size));
	assert(w.n <= size + 1);
	if (w.full)
		return;
	for (text = wbuf_slice_of(&w); quote_next(&p, &text, QUOTE_MIN + size % 90);)
		wbuf_u8(&p, '\n');
	quote_read(&back, wbuf_slice_of(&p));
	if (!memchr(said, '\\', w.n) && !memchr(said, ' ', w.n) &&
		!memchr(said, '\t', w.n) && !memchr(said, '\f', w.n) &&
		!memchr(said, '\r', w.n) && w.n && said[w.n - 1] == '\n')
		assert(slice_eq(wbuf_slice_of(&back), wbuf_slice_of(&w)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_page(data, size);
	read_segment(data, size);
	read_note(data, size);
	read_key(data, size);
	return 0;
}
