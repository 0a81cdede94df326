/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger: signed notes and checkpoints, against notes that other programs signed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/text.h"
#include "core/ledger/note.h"
#include "sha.h"

#define N(a) (sizeof(a) / sizeof *(a))
#define DASH "\xE2\x80\x94 "
#define SIG64                                                                            \
	"AAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
	"AAAAAAAAAAAAA="
#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" /* of nothing */

/* The example of Go's package golang.org/x/mod/sumdb/note: key, text and signature. */
static const char go_key[] =
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char go_text[] = "If you think cryptography is the answer to your problem,\n"
			      "then you don't know what your problem is.\n";
static const char go_signature[] = DASH
	"PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSN"
	"XgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

static bool is_signed(const struct note_key *key, struct slice text, const uint8_t *sig)
{
	EVP_PKEY *pk = EVP_PKEY_new_raw_public_key(
		EVP_PKEY_ED25519, NULL, key->key, NOTE_KEY);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	assert_non_null(pk);
	assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pk), 1);
	int ok = EVP_DigestVerify(ctx, sig, NOTE_SIGNATURE, text.p, text.n);

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pk);
	return ok == 1;
}

static void test_a_foreign_note(void **state)
{
	const struct note_signature *s;
	struct note_key key;
	struct note note;
	char bytes[1024], vkey[NOTE_VKEY_MAX];

	(void)state;
	assert_int_equal(note_key_read(&key, &test_sha, slice_str(go_key)), 0);
	assert_string_equal(key.name, "PeterNeumann");
	assert_int_equal(key.id, 0xc74f20a3);
	note_key_write(&key, vkey);
	assert_string_equal(vkey, go_key);
	assert_int_equal(
		text_format(bytes, sizeof bytes, "%s\n%s", go_text, go_signature), 0);
	assert_int_equal(note_read(&note, slice_str(bytes)), 0);
	assert_true(slice_is(note.text, go_text));
	s = note_find(&note, &key);
	assert_non_null(s);
	assert_int_equal(s->n, NOTE_SIGNATURE);
	assert_true(is_signed(&key, note.text, s->bytes));
	assert_false(is_signed(&key, slice_from(note.text, 1), s->bytes));
	/* written again it is the same line */
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	note_sign(&w, &key, s->bytes);
	assert_true(slice_is(wbuf_slice_of(&w), go_signature));
}

/* The example of c2sp.org/tlog-cosignature. */
static void test_a_witnessed_checkpoint(void **state)
{
	static const char bytes[] =
		"example.com/behind-the-sofa\n20852163\n"
		"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" DASH
		"example.com/behind-the-sofa "
		"Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4"
		"URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" DASH
		"witness.example.com/w1 "
		"jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZ"
		"CB9dlrDJsX3b2oyin1nPZ\\qhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
	struct checkpoint c;
	struct note note;
	char good[sizeof bytes], text[256];
	size_t n = 0;

	(void)state;
	/* the page has a stray backslash in it, which is no base64 */
	assert_int_equal(note_read(&note, slice_str(bytes)), EBADMSG);
	for (const char *p = bytes; *p; p++)
		if (*p != '\\')
			good[n++] = *p;
	assert_int_equal(note_read(&note, slice_of(good, n)), 0);
	assert_int_equal(note.n, 2);
	assert_int_equal(note.signatures[0].id, 0x033de0ae);
	assert_int_equal(note.signatures[0].n, NOTE_SIGNATURE);
	assert_int_equal(note.signatures[1].n, NOTE_COSIGNATURE);
	assert_int_equal(be64_get(note.signatures[1].bytes), 1679315147);
	assert_int_equal(checkpoint_read(&c, note.text), 0);
	assert_string_equal(c.origin, "example.com/behind-the-sofa");
	assert_int_equal(c.size, 20852163);
	struct wbuf w = wbuf_of(text, sizeof text);

	checkpoint_write(&w, &c);
	assert_true(slice_eq(wbuf_slice_of(&w), note.text));
}

static void test_what_a_witness_signs(void **state)
{
	char bytes[256];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	(void)state;
	note_cosigned(&w, slice_str("o\n0\n" ROOT "\n"), 1679315147);
	assert_true(slice_is(
		wbuf_slice_of(&w), "cosignature/v1\ntime 1679315147\no\n0\n" ROOT "\n"));
}

static void test_bad_notes(void **state)
{
	static const struct {
		const char *what, *bytes;
		int err;
	} rows[] = {
		{ "a note", "text\n\n" DASH "n " SIG64 "\n", 0 },
		{ "two paragraphs", "text\n\nmore\n\n" DASH "n " SIG64 "\n", 0 },
		{ "nothing", "", EBADMSG },
		{ "no signature", "text\n\n", EBADMSG },
		{ "no empty line", "text\n" DASH "n " SIG64 "\n", EBADMSG },
		{ "no newline at its end", "text\n\n" DASH "n " SIG64, EBADMSG },
		{ "a hyphen for the dash", "text\n\n- n " SIG64 "\n", EBADMSG },
		{ "no name", "text\n\n" DASH " " SIG64 "\n", EBADMSG },
		{ "no signature after the name", "text\n\n" DASH "n\n", EBADMSG },
		{ "only the key's id", "text\n\n" DASH "n AAAAAQ==\n", EBADMSG },
		{ "not base64", "text\n\n" DASH "n AAAA*Q==\n", EBADMSG },
		{ "spare bits that are not zero", "text\n\n" DASH "n AAAAAQB=\n",
			EBADMSG },
		{ "a carriage return", "text\r\n\n" DASH "n " SIG64 "\n", EBADMSG },
		{ "a good line, then another", "text\n\n" DASH "n " SIG64 "\nmore\n",
			EBADMSG },
	};
	struct note note;

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (note_read(&note, slice_str(rows[i].bytes)) != rows[i].err)
			fail_msg("%s", rows[i].what);
}

static void test_too_many_signatures(void **state)
{
	char bytes[NOTE_MAX + 64];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);
	struct note note;

	(void)state;
	wbuf_str(&w, "text\n\n");
	for (int i = 0; i < NOTE_SIGNATURES_MAX; i++)
		wbuf_str(&w, DASH "n " SIG64 "\n");
	assert_int_equal(note_read(&note, wbuf_slice_of(&w)), 0);
	wbuf_str(&w, DASH "n " SIG64 "\n");
	assert_int_equal(note_read(&note, wbuf_slice_of(&w)), EBADMSG);
	/* and too long */
	memset(bytes, 'a', NOTE_MAX);
	memcpy(bytes + NOTE_MAX - 100, "\n\n" DASH "n AAAAAQA=\n",
		sizeof "\n\n" DASH "n AAAAAQA=\n" - 1);
	bytes[NOTE_MAX - 1] = '\n';
	assert_int_equal(note_read(&note, slice_of(bytes, NOTE_MAX + 1)), EBADMSG);
}

static void test_bad_keys(void **state)
{
	static const char *const rows[] = {
		"",
		"PeterNeumann",
		"PeterNeumann+c74f20a3",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10",
		"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW ",
	};
	static const char *const names[] = { "", "two words", "plus+", "tab\t",
		"new\nline" };
	static const uint8_t bytes[NOTE_KEY];
	struct note_key key;
	char longest[NOTE_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (note_key_read(&key, &test_sha, slice_str(rows[i])) != EINVAL)
			fail_msg("taken: %s", rows[i]);
	for (size_t i = 0; i < N(names); i++)
		assert_int_equal(
			note_key_set(&key, &test_sha, names[i], NOTE_LOG, bytes), EINVAL);
	memset(longest, 'n', NOTE_NAME_MAX);
	longest[NOTE_NAME_MAX] = 0;
	assert_int_equal(
		note_key_set(&key, &test_sha, longest, NOTE_LOG, bytes), ENAMETOOLONG);
	longest[NOTE_NAME_MAX - 1] = 0;
	assert_int_equal(note_key_set(&key, &test_sha, longest, NOTE_WITNESS, bytes), 0);
	char vkey[NOTE_VKEY_MAX];
	struct note_key back;

	note_key_write(&key, vkey);
	assert_int_equal(note_key_read(&back, &test_sha, slice_str(vkey)), 0);
	assert_int_equal(back.id, key.id);
	assert_int_equal(back.type, NOTE_WITNESS);
}

static void test_checkpoints(void **state)
{
	static const struct {
		const char *what, *text;
		int err;
	} rows[] = {
		{ "an empty log", "o\n0\n" ROOT "\n", 0 },
		{ "with an extension", "o\n7\n" ROOT "\nmore\n", 0 },
		{ "nothing", "", EBADMSG },
		{ "no name", "\n0\n" ROOT "\n", EBADMSG },
		{ "no size", "o\n\n" ROOT "\n", EBADMSG },
		{ "a zero before it", "o\n07\n" ROOT "\n", EBADMSG },
		{ "a sign", "o\n+7\n" ROOT "\n", EBADMSG },
		{ "the largest", "o\n4611686018427387904\n" ROOT "\n", 0 },
		{ "larger", "o\n4611686018427387905\n" ROOT "\n", EBADMSG },
		{ "no root", "o\n0\n\n", EBADMSG },
		{ "a short root", "o\n0\nAAAA\n", EBADMSG },
		{ "no newline at its end", "o\n0\n" ROOT, EBADMSG },
	};
	struct checkpoint c;

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (checkpoint_read(&c, slice_str(rows[i].text)) != rows[i].err)
			fail_msg("%s", rows[i].what);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_foreign_note),
		cmocka_unit_test(test_a_witnessed_checkpoint),
		cmocka_unit_test(test_what_a_witness_signs),
		cmocka_unit_test(test_bad_notes),
		cmocka_unit_test(test_too_many_signatures),
		cmocka_unit_test(test_bad_keys),
		cmocka_unit_test(test_checkpoints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
