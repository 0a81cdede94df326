/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dns: what is asked, byte for byte, and answers good and bad, one row each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "wire/dns.h"

#define ID 0x1234
/* a literal's bytes without its NUL; it may hold others */
#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

#define HEAD(flags, answers) "\x12\x34" flags "\0\x01\0" answers "\0\0\0\0"
#define ASKED_A              "\1a\7example\3org\0\0\1\0\1"
#define ASKED_SRV            "\4_sip\4_udp\7example\3org\0\0\x21\0\1"
#define FIX(type, n)         "\0" type "\0\1\0\0\0\x3c\0" n /* a minute */

static void it_asks(void **state)
{
	static const char want[] = "\x12\x34\1\0\0\1\0\0\0\0\0\1" ASKED_A
				   "\0\0\x29\x04\xd0\0\0\0\0\0";
	uint8_t out[64];
	size_t n = 0;
	assert_int_equal(
		dnsmsg_ask(out, sizeof out, &n, ID, "a.example.org", DNSMSG_A), 0);
	assert_int_equal(n, sizeof want); /* the literal's NUL is the last byte */
	assert_memory_equal(out, want, n);
	assert_int_equal(dnsmsg_ask(out, 20, &n, ID, "a.example.org", DNSMSG_A), ENOSPC);
}

static void it_does_not_ask_for_what_is_no_name(void **state)
{
	char label[80] = { 0 }, name[300] = { 0 };
	const char *const bad[] = { "", ".", "a..b", ".a", label, name };
	uint8_t out[512];
	size_t n;
	memset(label, 'a', 64);
	memset(name, 'a', 260);
	for (size_t i = 10; i < 260; i += 11)
		name[i] = '.';
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(
			dnsmsg_ask(out, sizeof out, &n, ID, bad[i], DNSMSG_A), EINVAL);
}

static void an_address_is_read(void **state)
{
	struct dnsmsg m;
	assert_int_equal(dnsmsg_read(&m,
				 BYTES(HEAD("\x81\x80", "\1") ASKED_A
					 "\xc0\x0c" FIX("\1", "\4") "\xc0\0\2\7"),
				 ID, "A.example.ORG", DNSMSG_A),
		0);
	assert_int_equal(m.n, 1);
	assert_int_equal(m.code, DNSMSG_OK);
	assert_int_equal(m.record[0].ttl_s, 60);
	assert_memory_equal(
		m.record[0].addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\7", 16);
}

static void an_alias_is_followed(void **state)
{
	struct dnsmsg m;
	assert_int_equal(
		dnsmsg_read(&m,
			BYTES(HEAD("\x81\x80", "\3") ASKED_A "\xc0\x0c" FIX(
				"\5", "\4") "\1b\xc0\x0e"
					    "\1b\xc0\x0e" FIX("\1",
						    "\4") "\xc0\0\2\7"
							  "\1c\xc0\x0e" FIX("\1",
								  "\4") "\xc0\0\2\x08"),
			ID, "a.example.org", DNSMSG_A),
		0);
	assert_int_equal(m.n, 1); /* the one of c is nobody's */
	assert_int_equal(m.record[0].addr[15], 7);
}

static void services_are_read(void **state)
{
	struct dnsmsg m;
	assert_int_equal(
		dnsmsg_read(&m,
			BYTES(HEAD("\x81\x80", "\2") ASKED_SRV "\xc0\x0c" FIX(
				"\x21", "\x0a") "\0\x0a\0\x3c\x13\xc4\1b\xc0\x16"
						"\xc0\x0c" FIX("\x21",
							"\7") "\0\x14\0\0\x13\xc5\0"),
			ID, "_sip._udp.example.org", DNSMSG_SRV),
		0);
	assert_int_equal(m.n, 2);
	assert_int_equal(m.record[0].priority, 10);
	assert_int_equal(m.record[0].weight, 60);
	assert_int_equal(m.record[0].port, 5060);
	assert_string_equal(m.record[0].target, "b.example.org");
	assert_string_equal(m.record[1].target, "");
}

static const struct {
	const char *what;
	const uint8_t *p;
	size_t n;
	int err;
	enum dnsmsg_code code;
} answers[] = {
	{ "no such name", BYTES(HEAD("\x81\x83", "\0") ASKED_A), 0, DNSMSG_NO_NAME },
	{ "the server failed", BYTES(HEAD("\x81\x82", "\0") ASKED_A), 0, DNSMSG_FAILED },
	{ "the server refuses", BYTES(HEAD("\x81\x85", "\0") ASKED_A), 0, DNSMSG_FAILED },
	{ "cut at the end of a record: the rest is missing",
		BYTES(HEAD("\x83\x80", "\2") ASKED_A
			"\xc0\x0c" FIX("\1", "\4") "\xc0\0\2\7"),
		0, DNSMSG_OK },
	{ "nothing", BYTES(""), EPROTO, 0 },
	{ "half a header", BYTES("\x12\x34\x81\x80\0\1"), EPROTO, 0 },
	{ "a question", BYTES(HEAD("\1\0", "\0") ASKED_A), EPROTO, 0 },
	{ "another id", BYTES("\x12\x35\x81\x80\0\1\0\0\0\0\0\0" ASKED_A), EPROTO, 0 },
	{ "another question", BYTES(HEAD("\x81\x80", "\0") ASKED_SRV), EPROTO, 0 },
	{ "no question", BYTES("\x12\x34\x81\x80\0\0\0\0\0\0\0\0"), EPROTO, 0 },
	{ "fewer records than it says", BYTES(HEAD("\x81\x80", "\1") ASKED_A), EPROTO,
		0 },
	{ "data beyond the end",
		BYTES(HEAD("\x81\x80", "\1") ASKED_A
			"\xc0\x0c" FIX("\1", "\4") "\xc0\0\2"),
		EPROTO, 0 },
	{ "an address of three bytes",
		BYTES(HEAD("\x81\x80", "\1") ASKED_A
			"\xc0\x0c" FIX("\1", "\3") "\xc0\0\2"),
		EPROTO, 0 },
	{ "a pointer to itself",
		BYTES(HEAD("\x81\x80", "\1") ASKED_A
			"\xc0\x1f" FIX("\1", "\4") "\xc0\0\2\7"),
		EPROTO, 0 },
	{ "a pointer forwards",
		BYTES(HEAD("\x81\x80", "\1") ASKED_A
			"\xc0\x2f" FIX("\1", "\4") "\xc0\0\2\7"),
		EPROTO, 0 },
	{ "a label of a kind that there is not",
		BYTES(HEAD("\x81\x80", "\1") ASKED_A
			"\x80\x0c" FIX("\1", "\4") "\xc0\0\2\7"),
		EPROTO, 0 },
};

static void each_answer_is_judged(void **state)
{
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct dnsmsg m = { .code = 99 };
		int err = dnsmsg_read(
			&m, answers[i].p, answers[i].n, ID, "a.example.org", DNSMSG_A);
		if (err != answers[i].err || (!err && m.code != answers[i].code))
			print_error(
				"%s: %d, code %d\n", answers[i].what, err, (int)m.code);
		assert_int_equal(err, answers[i].err);
		assert_int_equal(m.code, err ? 99 : answers[i].code); /* else untouched */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_asks),
		cmocka_unit_test(it_does_not_ask_for_what_is_no_name),
		cmocka_unit_test(an_address_is_read),
		cmocka_unit_test(an_alias_is_followed),
		cmocka_unit_test(services_are_read),
		cmocka_unit_test(each_answer_is_judged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
