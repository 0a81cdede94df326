/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The paper of a signed agreement: the same bytes for the same input; read again out of its pages' text (pdftotext)
 * it holds the text, both statements, keys, signatures and proofs exactly, in four languages [RULES P2].
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "core/ledger/quote.h"
#include "paper/paper.h"

static const char *fonts, *texts;
static char dir[] = "/tmp/heimamt-paper-XXXXXX";
static uint8_t hash[32], nonce[32], key[65], signature[64], house[32], counter[64];

#define PROOF(nth)                                                                       \
	"c2sp.org/tlog-proof@v1\nextra "                                                 \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" \
	"cc==\nindex " nth "\n\nheimamt.test/1\n7\nroot=\n\n— heimamt.test/1 sig=\n"

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1 << 18);

	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 18) - 1, f) > 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

static struct paper paper_of(enum home_language language, const char *text)
{
	return (struct paper){ .name = "Aña Müller-Ţepeş",
		.statement = { 3, language, hash, 4711, nonce },
		.effective_ms = INT64_C(1800000000000),
		.signed_ms = INT64_C(1800000123456),
		.text = text,
		.key = key,
		.signature = signature,
		.house_key = house,
		.countersignature = counter,
		.ledger_key = "heimamt.test/1+00112233+AAAA",
		.proofs = { PROOF("2"), PROOF("3") } };
}

/* The text of the pages, as a person gets it; owned by the caller. */
static char *pages_of(const struct paper *p)
{
	char pdf_path[64], text_path[64], command[192];
	uint8_t *pdf = NULL;
	size_t n = 0;

	assert_int_equal(paper_write(p, fonts, &pdf, &n), 0);
	(void)text_format(pdf_path, sizeof pdf_path, "%s/a.pdf", dir);
	(void)text_format(text_path, sizeof text_path, "%s/a.txt", dir);
	FILE *f = fopen(pdf_path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(pdf, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	free(pdf);
	(void)text_format(command, sizeof command, "pdftotext -q -layout %s %s", pdf_path,
		text_path);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
	char *text = read_file(text_path);

	unlink(pdf_path);
	unlink(text_path);
	return text;
}

static void must_hold(const char *text, const char *what)
{
	if (!strstr(text, what)) {
		print_error("%s\n", text);
		fail_msg("\"%s\" is missing", what);
	}
}

static void put_hex(struct wbuf *w, const char *name, const uint8_t *p, size_t n)
{
	char hex[131];

	text_hex(hex, sizeof hex, p, n);
	wbuf_printf(w, "%s: %s\n", name, hex);
}

/* All that is quoted, in its order, to the byte. */
static void test_read_again(void **state)
{
	for (unsigned l = 0; l < HOME_LANGUAGES; l++) {
		enum home_language language = (enum home_language)l;
		char path[256], want[32768], said[32768], statement[HOME_COUNTER_MAX];
		struct wbuf w = wbuf_of(want, sizeof want - 1),
			    s = wbuf_of(said, sizeof said - 1);

		(void)text_format(path, sizeof path, "%s/%s.txt", texts,
			home_language_word(language));
		char *text = read_file(path);
		struct paper p = paper_of(language, text);
		char *pages = pages_of(&p);

		wbuf_str(&w, text);
		(void)home_statement_write(statement, &p.statement);
		wbuf_str(&w, statement);
		put_hex(&w, "public-key", key, sizeof key);
		put_hex(&w, "signature", signature, sizeof signature);
		(void)home_counter_write(
			statement, &p.statement, key, signature, p.signed_ms);
		wbuf_str(&w, statement);
		put_hex(&w, "house-key", house, sizeof house);
		put_hex(&w, "countersignature", counter, sizeof counter);
		wbuf_str(&w,
			"ledger-key: heimamt.test/1+00112233+AAAA\n" PROOF("2")
				PROOF("3"));
		quote_read(&s, slice_str(pages));
		want[w.n] = said[s.n] = 0;
		assert_false(w.full || s.full);
		assert_string_equal(said, want);
		must_hold(pages, "Aña Müller-Ţepeş");
		must_hold(pages, "heimamt ledger verify TEXT --key KEY");
		must_hold(pages, "15.01.2027");
		free(pages);
		free(text);
	}
}

/* The label as words, wherever lines break. */
static void test_label(void **state)
{
	for (unsigned l = 0; l < HOME_LANGUAGES; l++) {
		struct paper p = paper_of((enum home_language)l, "Titel\n\n1. Punkt\n");
		char *pages = pages_of(&p), label[256];
		const char *at = pages;

		assert_int_equal(
			text_copy(label, sizeof label, home_label((enum home_language)l)),
			0);
		for (char *rest, *word = strtok_r(label, " ", &rest); word;
			word = strtok_r(NULL, " ", &rest)) {
			at = strstr(at, word);
			if (!at)
				fail_msg("%s: \"%s\" is missing", home_label(l), word);
		}
		free(pages);
	}
}

static void test_same_bytes(void **state)
{
	struct paper p = paper_of(HOME_DE, "Eins\n\n1. zwei\n");
	uint8_t *a, *b;
	size_t n, m;

	assert_int_equal(paper_write(&p, fonts, &a, &n), 0);
	sleep(1); /* a clock in it would have gone on */
	assert_int_equal(paper_write(&p, fonts, &b, &m), 0);
	assert_int_equal(n, m);
	assert_memory_equal(a, b, n);
	free(a);
	free(b);
}

/* What is not there is said, and nothing stands for it. */
static void test_what_is_missing(void **state)
{
	struct paper p = paper_of(HOME_EN, "One \n\n\\\n");

	p.countersignature = NULL;
	p.proofs[0] = p.proofs[1] = NULL;
	char *pages = pages_of(&p);

	must_hold(pages, "has not countersigned yet");
	must_hold(pages, "does not stand in the ledger of this house");
	must_hold(pages, "It cannot be shown here byte by byte");
	assert_null(strstr(pages, "heimamt countersignature 1"));
	assert_null(strstr(pages, "tlog-proof"));
	free(pages);
}

/* Whatever a house writes: no words, long words, characters that no font has, the longest there may be. */
static void test_any_text(void **state)
{
	static char longest[32768 + 1];
	static const char *const rows[] = { "", "\n\n\n", "1. ", "9999. x",
		"\xf0\x9f\x98\x80 \xe4\xb8\xad", longest };

	for (size_t i = 0; i < sizeof longest - 1; i++)
		longest[i] = i % 700 == 699 ? '\n' : "abcdefghij"[i % 10];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct paper p = paper_of(HOME_IT, rows[i]);

		free(pages_of(&p));
	}
}

static void test_no_fonts(void **state)
{
	struct paper p = paper_of(HOME_FR, "Un\n");
	uint8_t *pdf = NULL;
	size_t n = 0;

	assert_int_equal(paper_write(&p, "/nowhere", &pdf, &n), ENOENT);
	assert_null(pdf);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_again),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_what_is_missing),
		cmocka_unit_test(test_any_text),
		cmocka_unit_test(test_no_fonts),
	};

	if (argc < 3 || !mkdtemp(dir))
		return 2;
	fonts = argv[1];
	texts = argv[2];
	for (size_t i = 0; i < 32; i++)
		hash[i] = nonce[i] = (uint8_t)(7 * i + 1);
	memset(key, 0xb4, sizeof key);
	memset(signature, 0x51, sizeof signature);
	memset(house, 0x40, sizeof house);
	memset(counter, 0xc5, sizeof counter);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rmdir(dir);
	return failed;
}
