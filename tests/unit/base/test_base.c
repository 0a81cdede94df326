/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* base: slices, ids, heap, ring, masks, text. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base32.h"
#include "base/base64.h"
#include "base/heap.h"
#include "base/ids.h"
#include "base/mask.h"
#include "base/ring.h"
#include "base/slice.h"
#include "base/text.h"

static void test_slice_u64(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool ok;
		uint64_t v;
	} cases[] = {
		{ "0", 10, true, 0 },
		{ "65535", 65535, true, 65535 },
		{ "65536", 65535, false, 0 },
		{ "", 10, false, 0 },
		{ "-1", 10, false, 0 },
		{ "1 ", 10, false, 0 },
		{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, false, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t v = 99;

		assert_int_equal(slice_u64(slice_str(cases[i].text), cases[i].max, &v),
			cases[i].ok);
		assert_int_equal(v, cases[i].ok ? cases[i].v : 99);
	}
}

static void test_slice_cut(void **state)
{
	struct slice s = slice_str("a:b");
	struct slice head = slice_cut(&s, ':');

	assert_true(slice_is(head, "a") && slice_is(s, "b"));
	head = slice_cut(&s, ':');
	assert_true(slice_is(head, "b"));
	assert_int_equal(s.n, 0);
	assert_true(slice_is(slice_trim(slice_str(" \tx y\t ")), "x y"));
}

static void test_wbuf_never_overflows(void **state)
{
	char b[4] = { 'x', 'x', 'x', 'x' };
	struct wbuf w = wbuf_of(b, 3);

	wbuf_str(&w, "ab");
	wbuf_str(&w, "cd");
	assert_true(w.full);
	wbuf_u8(&w, 'e');
	assert_int_equal(w.n, 2);
	assert_int_equal(b[3], 'x');
	w = wbuf_of(b, 3);
	wbuf_printf(&w, "%s", "abc");
	assert_true(w.full);
	assert_int_equal(b[3], 'x');
}

static void test_ids_grow_and_read_back(void **state)
{
	struct ids g;
	uint64_t last = 0;

	ids_init(&g, 7);
	for (int i = 0; i < 10000; i++) {
		/* the clock stands, then jumps back */
		uint64_t id = ids_next(&g, i < 5000 ? 1800000000000 : 1700000000000),
			 back;
		char text[IDS_TEXT_SIZE];

		assert_true(id > last);
		last = id;
		ids_text(text, id);
		assert_int_equal(ids_parse(text, &back), 0);
		assert_int_equal(back, id);
	}
	assert_int_equal(ids_parse("", &last), EINVAL);
	assert_int_equal(ids_parse("zzzzzzzzzzzzz", &last), EINVAL);
	assert_int_equal(ids_parse("000000000000U", &last), EINVAL);
}

static void test_ids_go_on_above_those_of_a_former_process(void **state)
{
	struct ids former, g;
	uint64_t last = 0, id;

	ids_init(&former, 1000);
	for (int i = 0; i < 3; i++)
		last = ids_next(&former, 1800000000000);
	ids_init(&g, 7);
	ids_above(&g, last);
	ids_above(&g, 5); /* an older one takes nothing back */
	id = ids_next(&g, 1700000000000);
	assert_true(id > last);
	assert_true(ids_next(&g, 1700000000000) > id);
}

static void test_heap_orders_and_removes(void **state)
{
	enum { N = 200 };
	static struct heap_node nodes[N], *slots[N];
	struct heap h;
	int64_t last = -1;
	size_t left = 0;

	heap_init(&h, slots, N);
	srandom(1);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(heap_push(&h, &nodes[i], random() % 50, i), 0);
	assert_int_equal(heap_push(&h, &(struct heap_node){ 0 }, 1, 1), ENOSPC);
	for (size_t i = 0; i < N; i += 3)
		heap_remove(&h, &nodes[i]);
	for (struct heap_node *n; (n = heap_min(&h)); left++) {
		assert_true(n->key >= last);
		last = n->key;
		heap_remove(&h, n);
		assert_false(heap_is_member(n));
	}
	assert_int_equal(left, N - (N + 2) / 3);
}

static void test_ring_is_bounded(void **state)
{
	struct ring r;
	int v;

	assert_int_equal(ring_init(&r, sizeof v, 3), EINVAL);
	assert_int_equal(ring_init(&r, sizeof v, 4), 0);
	for (v = 0; v < 4; v++)
		assert_int_equal(ring_put(&r, &v), 0);
	assert_int_equal(ring_put(&r, &v), EAGAIN);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(ring_get(&r, &v), 0);
		assert_int_equal(v, i);
	}
	assert_int_equal(ring_get(&r, &v), EAGAIN);
	ring_close(&r);
	ring_close(&r);
}

static void test_masks(void **state)
{
	char out[MASK_SIZE];

	assert_string_equal(mask_number(out, "+41791234567"), "**********67");
	assert_string_equal(mask_number(out, "+417912345670000"), "**********00");
	assert_string_equal(mask_number(out, "1234"), "****");
	assert_string_equal(mask_number(out, NULL), "-");
	assert_string_equal(mask_name(out, "\xC3\x84nne"), "\xC3\x84\xE2\x80\xA6");
	assert_string_equal(mask_name(out, ""), "-");
}

static void test_text(void **state)
{
	char out[9];
	uint8_t b[4];

	assert_int_equal(text_copy(out, 4, "abcd"), ENAMETOOLONG);
	text_hex(out, sizeof out, (const uint8_t *)"\x01\xFE\x00\x7f", 4);
	assert_string_equal(out, "01fe007f");
	assert_int_equal(text_unhex(b, 4, out), 0);
	assert_memory_equal(b, "\x01\xFE\x00\x7f", 4);
	assert_int_equal(text_unhex(b, 4, "01fe007"), EINVAL);
	assert_int_equal(text_unhex(b, 4, "01fe007g"), EINVAL);
	assert_true(text_is_clean_utf8("Zürich"));
	assert_false(text_is_clean_utf8("a\nb"));
	assert_false(text_is_clean_utf8("\xC0\xAF")); /* not the shortest form */
	assert_false(text_is_clean_utf8("\xED\xA0\x80")); /* a surrogate */
	assert_false(text_is_clean_utf8("\xE2\x82")); /* cut */
}

/* The vectors of RFC 4648 section 10, without their padding. */
static void test_base32(void **state)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = { { "", "" }, { "f", "MY" }, { "fo", "MZXQ" }, { "foo", "MZXW6" },
		{ "foob", "MZXW6YQ" }, { "fooba", "MZXW6YTB" },
		{ "foobar", "MZXW6YTBOI" } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[16];
		struct wbuf w = wbuf_of(text, sizeof text);

		base32_write(&w, slice_str(rows[i].bytes));
		assert_true(slice_is(wbuf_slice_of(&w), rows[i].text));
		assert_int_equal(w.n, BASE32_SIZE(strlen(rows[i].bytes)));
	}
}

static void test_base64(void **state)
{
	static const struct {
		const char *bytes, *padded, *url;
	} rows[] = {
		/* RFC 4648 section 10 */
		{ "", "", "" },
		{ "f", "Zg==", "Zg" },
		{ "fo", "Zm8=", "Zm8" },
		{ "foo", "Zm9v", "Zm9v" },
		{ "foob", "Zm9vYg==", "Zm9vYg" },
		{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
		/* the letters of which there are two kinds */
		{ "\xFB\xFF\xBF", "+/+/", "-_-_" },
	};
	static const struct {
		enum base64_kind kind;
		const char *text;
	} bad[] = {
		{ BASE64_PADDED, "Zg" },
		{ BASE64_PADDED, "Zg=" },
		{ BASE64_PADDED, "Zg===" },
		{ BASE64_PADDED, "Z===" },
		{ BASE64_PADDED, "Zh==" }, /* spare bits */
		{ BASE64_PADDED, "Zm9=" },
		{ BASE64_PADDED, "Zg==Zg==" },
		{ BASE64_PADDED, "Zm9 " },
		{ BASE64_PADDED, "-_-_" },
		{ BASE64_URL, "Zg==" },
		{ BASE64_URL, "Z" },
		{ BASE64_URL, "+/+/" },
		{ BASE64_URL, "Zm9v\n" },
	};
	uint8_t out[8];
	size_t n;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int kind = BASE64_PADDED; kind <= BASE64_URL; kind++) {
			const char *text = kind == BASE64_URL ? rows[i].url
							      : rows[i].padded;
			char written[16];
			struct wbuf w = wbuf_of(written, sizeof written);

			base64_write(&w, kind, slice_str(rows[i].bytes));
			assert_true(slice_is(wbuf_slice_of(&w), text));
			assert_int_equal(
				base64_read(out, sizeof out, &n, kind, slice_str(text)),
				0);
			assert_true(slice_is(slice_of(out, n), rows[i].bytes));
		}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (base64_read(out, sizeof out, &n, bad[i].kind,
			    slice_str(bad[i].text)) != EINVAL)
			fail_msg("taken: %s", bad[i].text);
	assert_int_equal(
		base64_read(out, 5, &n, BASE64_PADDED, slice_str("Zm9vYmFy")), EMSGSIZE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slice_u64),
		cmocka_unit_test(test_slice_cut),
		cmocka_unit_test(test_wbuf_never_overflows),
		cmocka_unit_test(test_ids_grow_and_read_back),
		cmocka_unit_test(test_ids_go_on_above_those_of_a_former_process),
		cmocka_unit_test(test_heap_orders_and_removes),
		cmocka_unit_test(test_ring_is_bounded),
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_base32),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
