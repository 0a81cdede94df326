/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger: a segment's bytes; each of them counts. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/ledger/entry.h"
#include "sha.h"

#define ENTRIES 10000
#define CAP     (4u << 20)

struct segment {
	uint8_t *p; /* owned */
	size_t n, head;
	size_t at[ENTRIES + 1]; /* where entry i begins; then the end */
	struct ledger_hash chain[ENTRIES + 1]; /* before entry i */
	struct ledger_hash leaf[ENTRIES];
	struct ledger_tree tree;
};

/* Entry i: a short text of a length that varies, and a salt that nobody else has. */
static int make(void **state)
{
	struct segment *s = calloc(1, sizeof *s);
	struct ledger_head head = { .segment = 7, .origin = "heimamt.test/ledger" };

	s->p = malloc(CAP);
	struct wbuf w = wbuf_of(s->p, CAP);

	assert_int_equal(ledger_head_write(&w, &test_sha, &head, &s->chain[0]), 0);
	s->head = w.n;
	for (size_t i = 0; i < ENTRIES; i++) {
		char text[64];
		struct ledger_entry e = { .kind = 1 + i % (LEDGER_KINDS - 1),
			.at_ms = 1790000000000u + i };

		assert_int_equal(text_format(text, sizeof text, "entry %zu%.*s", i,
					 (int)(i % 17), "................."),
			0);
		e.text = slice_str(text);
		be64_put(e.salt, i + 1);
		s->at[i] = w.n;
		s->chain[i + 1] = s->chain[i];
		assert_int_equal(ledger_entry_write(&w, &test_sha, &e, &s->chain[i + 1],
					 &s->leaf[i]),
			0);
		assert_int_equal(
			ledger_append(&test_sha, &s->tree, &s->leaf[i], NULL, NULL), 0);
	}
	s->at[ENTRIES] = s->n = w.n;
	*state = s;
	return 0;
}

static int drop(void **state)
{
	struct segment *s = *state;

	free(s->p);
	free(s);
	return 0;
}

static int read_at(
	const struct segment *s, size_t i, size_t end, struct ledger_entry *e, size_t *n)
{
	struct ledger_hash chain = s->chain[i], leaf;
	int err = ledger_entry_read(e, &test_sha,
		slice_of(s->p + s->at[i], end - s->at[i]), &chain, &leaf, n);

	if (!err) {
		assert_true(ledger_same(&chain, &s->chain[i + 1]));
		assert_true(ledger_same(&leaf, &s->leaf[i]));
	} else {
		assert_true(ledger_same(&chain, &s->chain[i]));
	}
	return err;
}

static void test_reads_back(void **state)
{
	struct segment *s = *state;
	struct ledger_hash chain;
	struct ledger_head head;
	struct ledger_entry e;
	size_t n;

	assert_int_equal(
		ledger_head_read(&head, &test_sha, slice_of(s->p, s->n), &chain, &n), 0);
	assert_int_equal(head.segment, 7);
	assert_string_equal(head.origin, "heimamt.test/ledger");
	assert_int_equal(n, s->head);
	assert_true(ledger_same(&chain, &s->chain[0]));
	for (size_t i = 0; i < ENTRIES; i++) {
		assert_int_equal(read_at(s, i, s->n, &e, &n), 0);
		assert_int_equal(n, s->at[i + 1] - s->at[i]);
		assert_int_equal(e.kind, 1 + i % (LEDGER_KINDS - 1));
		assert_int_equal(e.at_ms, 1790000000000u + i);
		assert_int_equal(e.state, LEDGER_WHOLE);
	}
	assert_true(slice_is(e.text, "entry 9999..."));
}

/* Each byte of the file, with one bit turned: the entry it belongs to is bad, and none before it is looked at
 * again because their bytes are the same. A length may then reach past what is there: not whole, which is no
 * good entry either. */
static void test_every_byte_counts(void **state)
{
	struct segment *s = *state;
	struct ledger_hash chain;
	struct ledger_head head;
	struct ledger_entry e;
	size_t n, entry = 0;

	for (size_t at = 0; at < s->n; at++) {
		s->p[at] ^= (uint8_t)(1u << at % 8);
		while (at >= s->at[entry + 1])
			entry++;
		int err = at < s->head ? ledger_head_read(&head, &test_sha,
						 slice_of(s->p, s->n), &chain, &n)
				       : read_at(s, entry, s->n, &e, &n);

		s->p[at] ^= (uint8_t)(1u << at % 8);
		if (err != EBADMSG && err != EAGAIN)
			fail_msg("byte %zu of entry %zu may be anything", at, entry);
	}
	assert_int_equal(entry, ENTRIES - 1);
}

static void test_cut_anywhere(void **state)
{
	struct segment *s = *state;
	struct ledger_hash chain;
	struct ledger_head head;
	struct ledger_entry e;
	size_t n;

	for (size_t end = 0; end < s->head; end++)
		assert_int_equal(ledger_head_read(&head, &test_sha, slice_of(s->p, end),
					 &chain, &n),
			EAGAIN);
	for (size_t end = s->at[5]; end < s->at[6]; end++)
		assert_int_equal(read_at(s, 5, end, &e, &n), EAGAIN);
}

/* Without salt and text the tree is the same; half of it, or what was never erased, is damage. */
static void test_erased(void **state)
{
	struct segment *s = *state;
	uint8_t *p = s->p + s->at[20], kept[256];
	size_t size = s->at[21] - s->at[20], n;
	size_t opening = size - LEDGER_SALT_AT - LEDGER_HASH;
	struct ledger_entry e;

	memcpy(kept, p, size);
	p[LEDGER_STATE_AT] = LEDGER_ERASED;
	assert_int_equal(read_at(s, 20, s->n, &e, &n), EBADMSG);
	p[LEDGER_STATE_AT] = LEDGER_ERASING;
	memset(p + LEDGER_SALT_AT, 0, opening / 2);
	assert_int_equal(read_at(s, 20, s->n, &e, &n), 0);
	assert_true(e.state == LEDGER_ERASING && e.text.n == 0);
	memset(p + LEDGER_SALT_AT, 0, opening);
	p[LEDGER_STATE_AT] = LEDGER_ERASED;
	assert_int_equal(read_at(s, 20, s->n, &e, &n), 0);
	assert_true(e.state == LEDGER_ERASED && e.text.n == 0);
	assert_int_equal(e.text_size, opening - LEDGER_SALT);
	assert_int_equal(n, size);
	p[LEDGER_SALT_AT + opening - 1] = '.';
	assert_int_equal(read_at(s, 20, s->n, &e, &n), EBADMSG);
	p[LEDGER_SALT_AT + opening - 1] = 0;
	p[LEDGER_STATE_AT] = LEDGER_WHOLE;
	assert_int_equal(read_at(s, 20, s->n, &e, &n), EBADMSG);
	memcpy(p, kept, size);
	assert_int_equal(read_at(s, 20, s->n, &e, &n), 0);
}

static void test_limits(void **state)
{
	static uint8_t text[LEDGER_TEXT_MAX + 1], bytes[LEDGER_ENTRY_MAX];
	struct ledger_entry e = { .kind = LEDGER_END, .text = { text, sizeof text } };
	struct ledger_hash chain = { { 0 } }, leaf, before = chain;
	struct wbuf w = wbuf_of(bytes, sizeof bytes);
	size_t n;

	(void)state;
	assert_int_equal(ledger_entry_write(&w, &test_sha, &e, &chain, &leaf), EMSGSIZE);
	e.text.n--;
	assert_int_equal(ledger_entry_write(&w, &test_sha, &e, &chain, &leaf), 0);
	assert_int_equal(w.n, sizeof bytes);
	chain = before;
	assert_int_equal(
		ledger_entry_read(&e, &test_sha, wbuf_slice_of(&w), &chain, &leaf, &n),
		0);
	assert_int_equal(n, sizeof bytes);
	chain = before;
	w = wbuf_of(bytes, sizeof bytes - 1);
	assert_int_equal(ledger_entry_write(&w, &test_sha, &e, &chain, &leaf), ENOBUFS);
	assert_true(ledger_same(&chain, &before));
	be32_put(bytes, LEDGER_TEXT_MAX + 1);
	assert_int_equal(ledger_entry_read(&e, &test_sha, slice_of(bytes, sizeof bytes),
				 &chain, &leaf, &n),
		EBADMSG);
	assert_null(ledger_kind_word(0));
	assert_null(ledger_kind_word(LEDGER_KINDS));
	for (unsigned kind = 1; kind < LEDGER_KINDS; kind++)
		assert_non_null(ledger_kind_word(kind));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_back),
		cmocka_unit_test(test_every_byte_counts),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_erased),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
