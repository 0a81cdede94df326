/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Malformed and hostile messages, in the manner of RFC 4475: whatever comes, the process lives and
 * answers OPTIONS afterwards, and no call came of it.
 *
 * sofia-sip's asserts are live in Debian's build, so "the process lives" is what is tested.
 */
#include "peer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int setup(void **state)
{
	static const struct trunk_peer peer = { .addr = "127.0.0.1", .prefix_bits = 32 };
	const struct trunk_config cfg = {
		.addr = "127.0.0.1", .peers = &peer, .n_peers = 1, .t1_ms = 50
	};
	*state = peer_open(&cfg, "127.0.0.1");
	return 0;
}

static int teardown(void **state)
{
	peer_close(*state);
	return 0;
}

#define VIA "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-m;rport\r\n"
#define FT  "From: <sip:a@h>;tag=m\r\nTo: <sip:1@h>\r\n"
#define ID  "Call-ID: m@test\r\n"
#define CT  "Contact: <sip:a@127.0.0.1>\r\n"
#define INV "INVITE sip:1@127.0.0.1 SIP/2.0\r\n"

/* status: of the answer; 0: none, or any */
static const struct {
	const char *what, *text;
	int status;
} rows[] = {
	{ "a blank line", "\r\n\r\n", 0 },
	{ "one byte", "x", 0 },
	{ "no SIP at all", "GET / HTTP/1.0\r\n\r\n", 0 },
	{ "a start line only", "INVITE", 0 },
	{ "no header", INV "\r\n", 0 },
	{ "no Via", INV FT ID "CSeq: 1 INVITE\r\n" CT "\r\n", 0 },
	{ "no From", INV VIA "To: <sip:1@h>\r\n" ID "CSeq: 1 INVITE\r\n" CT "\r\n", 400 },
	{ "no To", INV VIA "From: <sip:a@h>;tag=m\r\n" ID "CSeq: 1 INVITE\r\n" CT "\r\n",
		400 },
	{ "no Call-ID", INV VIA FT "CSeq: 1 INVITE\r\n" CT "\r\n", 400 },
	{ "no CSeq", INV VIA FT ID CT "\r\n", 400 },
	{ "CSeq of another method", INV VIA FT ID "CSeq: 1 BYE\r\n" CT "\r\n", 400 },
	{ "CSeq of another unknown method",
		"FOO sip:1@127.0.0.1 SIP/2.0\r\n" VIA FT ID "CSeq: 1 BAR\r\n\r\n", 400 },
	{ "CSeq is no number", INV VIA FT ID "CSeq: one INVITE\r\n" CT "\r\n", 400 },
	{ "CSeq past 2^32",
		INV VIA FT ID "CSeq: 36893488147419103232 INVITE\r\n" CT "\r\n", 400 },
	{ "CSeq negative", INV VIA FT ID "CSeq: -1 INVITE\r\n" CT "\r\n", 400 },
	{ "another version",
		"INVITE sip:1@h SIP/7.0\r\n" VIA FT ID "CSeq: 1 INVITE\r\n" CT "\r\n",
		0 },
	{ "an older version",
		"INVITE sip:1@h SIP/1.0\r\n" VIA FT ID "CSeq: 1 INVITE\r\n" CT "\r\n",
		0 },
	{ "a broken escape in the Request-URI",
		"INVITE sip:1%g0@127.0.0.1 SIP/2.0\r\n" VIA FT ID "CSeq: 1 INVITE\r\n" CT
		"\r\n",
		0 },
	{ "a Request-URI in brackets",
		"INVITE <sip:1@127.0.0.1> SIP/2.0\r\n" VIA FT ID "CSeq: 1 INVITE\r\n" CT
		"\r\n",
		0 },
	{ "blanks in the Request-URI",
		"INVITE sip:1@127.0.0.1; lr SIP/2.0\r\n" VIA FT ID "CSeq: 1 INVITE\r\n" CT
		"\r\n",
		0 },
	{ "headers in the Request-URI",
		"OPTIONS sip:1@127.0.0.1?Route=%3Csip:x%3E SIP/2.0\r\n" VIA FT ID
		"CSeq: 1 OPTIONS\r\n\r\n",
		200 },
	{ "an empty host",
		"INVITE sip:1@ SIP/2.0\r\n" VIA FT ID "CSeq: 1 INVITE\r\n" CT "\r\n", 0 },
	{ "a Via of TCP",
		INV "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK-m\r\n" FT ID
		    "CSeq: 1 INVITE\r\n" CT "\r\n",
		0 },
	{ "a Via of nothing", INV "Via: ;;;,;\r\n" FT ID "CSeq: 1 INVITE\r\n" CT "\r\n",
		0 },
	{ "commas in Via",
		INV "Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK-m;rport,,,\r\n" FT ID
		    "CSeq: 1 FOO\r\n" CT "\r\n",
		0 },
	{ "an open quote in From",
		INV VIA "From: \"open <sip:a@h>;tag=m\r\nTo: <sip:1@h>\r\n" ID
			"CSeq: 1 INVITE\r\n" CT "\r\n",
		400 },
	{ "an open bracket in To",
		INV VIA "From: <sip:a@h>;tag=m\r\nTo: <sip:1@h\r\n" ID
			"CSeq: 1 INVITE\r\n" CT "\r\n",
		400 },
	{ "a Contact of garbage", INV VIA FT ID "CSeq: 1 INVITE\r\nContact: <<>>\r\n\r\n",
		400 },
	{ "an empty Contact", INV VIA FT ID "CSeq: 1 INVITE\r\nContact:\r\n\r\n", 400 },
	{ "Content-Length beyond the datagram",
		INV VIA FT ID
		"CSeq: 1 INVITE\r\n" CT
		"Content-Type: application/sdp\r\nContent-Length: 9999\r\n\r\nv=0\r\n",
		400 },
	{ "Content-Length negative",
		INV VIA FT ID
		"CSeq: 1 INVITE\r\n" CT
		"Content-Type: application/sdp\r\nContent-Length: -999\r\n\r\nv=0\r\n",
		400 },
	{ "Content-Length past 2^32",
		INV VIA FT ID "CSeq: 1 INVITE\r\n" CT
			      "Content-Length: 18446744073709551617\r\n\r\nv=0\r\n",
		400 },
	{ "Max-Forwards past its range",
		"OPTIONS sip:1@h SIP/2.0\r\n" VIA FT ID
		"CSeq: 1 OPTIONS\r\nMax-Forwards: 300000000000\r\n\r\n",
		400 },
	{ "Max-Forwards of more than a byte",
		"OPTIONS sip:1@h SIP/2.0\r\n" VIA FT ID
		"CSeq: 1 OPTIONS\r\nMax-Forwards: 256\r\n\r\n",
		400 },
	{ "Max-Forwards negative",
		"OPTIONS sip:1@h SIP/2.0\r\n" VIA FT ID
		"CSeq: 1 OPTIONS\r\nMax-Forwards: -1\r\n\r\n",
		400 },
	{ "Max-Forwards of a byte",
		"OPTIONS sip:1@h SIP/2.0\r\n" VIA FT ID
		"CSeq: 1 OPTIONS\r\nMax-Forwards: 255\r\n\r\n",
		200 },
	{ "Max-Forwards used up",
		"OPTIONS sip:1@h SIP/2.0\r\n" VIA FT ID
		"CSeq: 1 OPTIONS\r\nMax-Forwards: 0\r\n\r\n",
		483 },
	{ "two of what there is one of",
		INV VIA FT FT ID ID "CSeq: 1 INVITE\r\nCSeq: 5 BYE\r\n" CT "\r\n", 0 },
	{ "a response to nothing",
		"SIP/2.0 200 OK\r\n" VIA FT ID
		"CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
		0 },
	{ "a response without end",
		"SIP/2.0 99999999999 ?\r\n" VIA FT ID "CSeq: 1 INVITE\r\n\r\n", 0 },
	{ "a response to an ACK", "SIP/2.0 200 OK\r\n" VIA FT ID "CSeq: 1 ACK\r\n\r\n",
		0 },
	{ "an ACK of nothing", "ACK sip:1@h SIP/2.0\r\n" VIA FT ID "CSeq: 1 ACK\r\n\r\n",
		0 },
	{ "an ACK without anything", "ACK sip:1@h SIP/2.0\r\n\r\n", 0 },
	{ "a CANCEL without anything", "CANCEL sip:1@h SIP/2.0\r\n\r\n", 0 },
	{ "a PRACK of nothing",
		"PRACK sip:1@h SIP/2.0\r\n" VIA FT ID
		"CSeq: 2 PRACK\r\nRAck: 1 1 INVITE\r\n\r\n",
		405 },
	{ "a Route to nowhere",
		"OPTIONS sip:1@h SIP/2.0\r\nRoute: <sip:x;lr>,<,>\r\n" VIA FT ID
		"CSeq: 1 OPTIONS\r\n\r\n",
		0 },
	{ "a folded header",
		"OPTIONS sip:1@h SIP/2.0\r\n" VIA FT ID
		"CSeq:\r\n 0009\r\n OPTIONS\r\n\r\n",
		200 },
	{ "compact names",
		"OPTIONS sip:1@h SIP/2.0\r\nv: SIP/2.0/UDP "
		"127.0.0.1:9;branch=z9hG4bK-c;rport\r\n"
		"f: <sip:a@h>;tag=m\r\nt: <sip:1@h>\r\ni: m@test\r\nCSeq: 3 "
		"OPTIONS\r\nl: 0\r\n\r\n",
		200 },
	{ "STUN", "\001\001\000\010", 0 },
	{ "SigComp", "\370garbage", 0 },
};

static void each_message(void **state)
{
	struct peer *p = *state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		while (peer_receive(p, 1) >= 0)
			; /* what the last row may have brought */
		print_message("# %s\n", rows[i].what);
		char text[1024];
		snprintf(text, sizeof text, "%s", rows[i].text);
		char *id = strstr(text, "m@test");
		if (id)
			*id = (char)('0' + i); /* each a request of its own */
		peer_send(p, text, strlen(text));
		if (rows[i].status)
			assert_int_equal(peer_receive(p, PEER_WAIT_MS), rows[i].status);
		peer_still_alive(p);
	}
	assert_int_equal(peer_count(p, PEER_INVITE), 0);
}

/* Responses that cannot be sent: port 0 answers EINVAL. nta's own INVITE transaction would assert on
 * the ACK that follows at once. */
static void an_answer_that_cannot_be_sent(void **state)
{
	static const char *const head[] = { "INVITE", "ACK", "INVITE", "CANCEL", "ACK" };
	static const char *const ports[] = { "0", "99999", "65536", "00", "1x" };
	struct peer *p = *state;
	for (size_t k = 0; k < sizeof ports / sizeof ports[0]; k++) {
		for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
			char text[1024];
			int n = snprintf(text, sizeof text,
				"%s sip:1@127.0.0.1 SIP/2.0\r\n"
				"Via: SIP/2.0/UDP 127.0.0.1:%s;branch=z9hG4bK-p%zu\r\n" FT
				"Call-ID: unanswerable-%zu\r\nCSeq: 1 %s\r\nRequire: "
				"x\r\n" CT "\r\n",
				head[i], ports[k], k, k, head[i]);
			peer_send(p, text, (size_t)n);
		}
		peer_still_alive(p);
	}
}

/* The same within a call: a re-INVITE whose refusal cannot be sent, and its ACK. */
static void an_answer_in_a_call_that_cannot_be_sent(void **state)
{
	static const char *const head[] = { "INVITE", "ACK", "BYE", "ACK" };
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
		char text[1024];
		int n = snprintf(text, sizeof text,
			"%s sip:1@127.0.0.1 SIP/2.0\r\n"
			"Via: SIP/2.0/UDP 127.0.0.1:0;branch=z9hG4bK-q\r\n"
			"From: <sip:+41441234567@127.0.0.1>;tag=f%u\r\n"
			"To: <sip:1000@127.0.0.1>;tag=%s\r\nCall-ID: call-%u@test\r\n"
			"CSeq: 2 %s\r\n" CT "\r\n",
			head[i], c.id, c.to_tag, c.id, head[i]);
		peer_send(p, text, (size_t)n);
	}
	peer_still_alive(p);
	peer_await(p, PEER_ENDED);
}

static void a_datagram_full_of_headers(void **state)
{
	struct peer *p = *state;
	static char text[60000];
	size_t n = 0;
	n += (size_t)snprintf(text, sizeof text, INV);
	for (int i = 0; i < 600; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
			"Via: SIP/2.0/UDP "
			"127.0.0.1:%u;branch=z9hG4bK-v%d-aaaaaaaaaaaaaaaaaaaaaaaa\r\n",
			p->port, i);
	n += (size_t)snprintf(text + n, sizeof text - n,
		FT ID "CSeq: 1 INVITE\r\nRequire: x\r\n" CT "\r\n");
	assert_true(n < sizeof text);
	peer_send(p, text, n);
	peer_send(p, text, n);
	peer_still_alive(p);
}

/* The same bytes for everybody: a small generator with a fixed seed. */
static uint32_t next_random(uint32_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 17;
	*s ^= *s << 5;
	return *s;
}

static void damaged_messages(void **state)
{
	static const char *const methods[] = { "INVITE", "ACK", "BYE", "OPTIONS",
		"CANCEL", "REGISTER" };
	struct peer *p = *state;
	uint32_t seed = 4475;
	for (int round = 0; round < 6000; round++) {
		char text[1400];
		const char *m = methods[next_random(&seed) % 6];
		int n = snprintf(text, sizeof text,
			"%s sip:1@127.0.0.1 SIP/2.0\r\n"
			"Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bK-%d;rport\r\n"
			"Max-Forwards: 7\r\n" FT
			"Call-ID: d%d\r\nCSeq: 1 %s\r\nRequire: x\r\n" CT
			"Route: <sip:127.0.0.1;lr>\r\nAccept: */*;q=0.1\r\nAllow: A, "
			"B\r\n"
			"Authorization: Digest username=\"a\", nonce=\"b\"\r\nExpires: "
			"60\r\n"
			"Date: Sat, 13 Nov 2010 23:29:00 GMT\r\nPrivacy: id\r\nRAck: 1 1 "
			"INVITE\r\n"
			"Content-Type: application/sdp\r\nContent-Length: "
			"5\r\n\r\nv=0\r\n",
			m, p->port, round, round, m);
		for (uint32_t k = 1 + next_random(&seed) % 6; k > 0; k--) {
			static const char bytes[] = "\0\r\n \"<>@;:,=%()\\?\t-0\377\200A";
			text[next_random(&seed) % (uint32_t)n] =
				bytes[next_random(&seed) % (sizeof bytes - 1)];
		}
		peer_send(p, text, (size_t)n);
		if (round % 100 == 99)
			peer_still_alive(p);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_message),
		CASE(an_answer_that_cannot_be_sent),
		CASE(an_answer_in_a_call_that_cannot_be_sent),
		CASE(a_datagram_full_of_headers),
		CASE(damaged_messages),
	};
	return cmocka_run_group_tests_name("sip malformed", tests, NULL, NULL);
}
