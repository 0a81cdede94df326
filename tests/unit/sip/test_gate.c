/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who may come in: strangers, peers by address, phones by digest, and registrations.
 */
#include "peer.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "sip/digest.h"
#include "sip/throttle.h"

static const struct trunk_peer elsewhere = { .addr = "127.0.0.2", .prefix_bits = 32 };

static struct peer *open_as(const char *host, const char *user)
{
	const struct trunk_config cfg = {
		.addr = "127.0.0.1",
		.peers = &elsewhere,
		.n_peers = 1,
		.t1_ms = 50,
		.user = user,
		.password = user ? "geheim" : NULL,
	};
	return peer_open(&cfg, host);
}

static const char *const methods[] = { "INVITE", "BYE", "OPTIONS", "REGISTER", "INFO",
	"DANCE", "CANCEL", "SUBSCRIBE", "MESSAGE" };
#define METHODS (sizeof methods / sizeof methods[0])

static void a_stranger_is_refused_whatever_it_says(void **state)
{
	struct peer *p = open_as("127.0.0.1", NULL);
	struct trunk_counters n;
	for (size_t i = 0; i < METHODS; i++) {
		struct call c = peer_call(p);
		peer_request(p, &c, methods[i],
			&(struct spec){ .cseq = 1, .branch = "z9hG4bK-s" });
		peer_expect(p, &c, 403, methods[i]);
	}
	struct call c = peer_call(p);
	peer_request(p, &c, "ACK", &(struct spec){ .cseq = 1 });
	peer_expect_silence(p, 0);
	trunk_counters(p->trunk, &n);
	assert_int_equal(n.refused_strangers, METHODS);
	assert_int_equal(n.invites, 0);
	assert_int_equal(peer_count(p, PEER_INVITE), 0);
	peer_close(p);
}

static void a_flood_of_strangers_leaves_nothing_behind(void **state)
{
	struct peer *p = open_as("127.0.0.1", NULL);
	struct trunk_counters n = { .invites = 0 };
	uint64_t answered = 0;
	for (uint64_t i = 0; i < 2000; i++) {
		struct call c = peer_call(p);
		peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
		while (n.refused_strangers <= i) /* one by one: no socket overflows */
			trunk_counters(p->trunk, &n);
		while (recv(p->fd, p->text, sizeof p->text, MSG_DONTWAIT) > 0)
			answered++;
	}
	while (peer_receive(p, PEER_SILENCE_MS) == 403)
		answered++;
	peer_expect_silence(p, 0); /* no transaction repeats a 403 */
	trunk_counters(p->trunk, &n); /* the last one was perhaps read half counted */
	assert_int_equal(n.refused_strangers, 2000);
	assert_int_equal(answered + n.unanswered_strangers, 2000);
	assert_true(answered >= THROTTLE_EACH_BURST && n.unanswered_strangers > 0);
	assert_int_equal(n.dialogs, 0);
	peer_close(p);
}

static const struct {
	const char *what, *via, *rest;
} short_ones[] = {
	{ "what would come back many times its size", "Via: SIP/2.0/UDP a;branch=z\r\n",
		"f:<sip:a>\r\nt:<sip:a>\r\ni:a\r\nCSeq:1 OPTIONS\r\n\r\n" },
	{ "what would go elsewhere",
		"Via: SIP/2.0/UDP 127.0.0.1:9;maddr=127.0.0.3;branch=z9hG4bK-1\r\n",
		"From: <sip:a@example.com>;tag=1\r\nTo: <sip:a@example.com>\r\n"
		"Call-ID: a@example.com\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
		"User-Agent: a name that makes it long enough for a 401, which has two "
		"challenges in it\r\n\r\n" },
};

static void a_stranger_gets_no(void **state)
{
	struct peer *p = open_as("127.0.0.1", "phone");
	struct trunk_counters n = { .invites = 0 };
	char text[1024];
	for (size_t i = 0; i < 2; i++) {
		print_message("# %s\n", short_ones[i].what);
		int len = snprintf(text, sizeof text, "OPTIONS sip:a SIP/2.0\r\n%s%s",
			short_ones[i].via, short_ones[i].rest);
		peer_send(p, text, (size_t)len);
		for (int k = 0; k < PEER_WAIT_MS && n.unanswered_strangers == i; k++) {
			trunk_counters(p->trunk, &n);
			assert_int_equal(peer_receive(p, 1), -1);
		}
		assert_int_equal(n.unanswered_strangers, i + 1);
	}
	peer_close(p);
}

static void a_peer_is_known_by_its_address(void **state)
{
	struct peer *p = open_as("127.0.0.2", NULL);
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, &c, 200, "BYE");
	peer_close(p);
}

static void a_stranger_cannot_touch_a_call(void **state)
{
	struct peer *p = open_as("127.0.0.2", NULL);
	struct call c = peer_call(p), copy;
	const struct spec same = {
		.cseq = 1, .branch = "z9hG4bK-known", .body = PEER_SDP
	};
	peer_request(p, &c, "INVITE", &same);
	c.dialog = peer_await(p, PEER_INVITE)->dialog;
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	uint16_t port = p->port;
	int before = peer_speak_from(p, "127.0.0.1");
	p->host = "127.0.0.2"; /* what it says of itself is forged, down to the Via */
	p->port = port;
	copy = c;
	peer_request(
		p, &copy, "ACK", NULL); /* with everything known, but from elsewhere */
	peer_request(p, &copy, "BYE", NULL);
	peer_expect(p, &copy, 403, "BYE");
	assert_int_equal(peer_count(p, PEER_ACKED), 0);
	copy.to_tag[0] = 0;
	peer_request(
		p, &copy, "CANCEL", &(struct spec){ .cseq = 1, .branch = same.branch });
	peer_expect(p, &copy, 403, "CANCEL");
	copy.to_tag[0] = 0;
	peer_request(p, &copy, "INVITE", &same);
	peer_expect(p, &copy, 403, "INVITE");
	peer_speak_again(p, before);
	peer_request(p, &c, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	peer_close(p);
}

/* --- phones --- */

static const char *const alg_name[] = {
	[DIGEST_SHA256] = "SHA-256", [DIGEST_MD5] = "MD5"
};

static void take_nonce(
	const struct peer *p, enum digest_alg alg, char nonce[DIGEST_NONCE + 1])
{
	const char *h = peer_header(p, "WWW-Authenticate", (int)alg);
	assert_non_null(strstr(h, alg_name[alg])); /* SHA-256 is the first one */
	const char *at = strstr(h, "nonce=\"");
	assert_non_null(at);
	snprintf(nonce, DIGEST_NONCE + 1, "%s", at + 7);
}

static const char *authorization(const char *method, enum digest_alg alg,
	const char *password, const char *nonce, unsigned nc)
{
	static char header[1024];
	char ha1[DIGEST_HEX_MAX], response[DIGEST_HEX_MAX], count[9];
	snprintf(count, sizeof count, "%08x", nc);
	const struct digest_answer a = { .uri = "sip:1000@127.0.0.1",
		.nonce = nonce,
		.nc = count,
		.cnonce = "xyz",
		.qop = "auth" };
	assert_int_equal(digest_ha1(ha1, alg, "anna", "heimamt", password), 0);
	assert_int_equal(digest_response(response, alg, ha1, method, &a), 0);
	snprintf(header, sizeof header,
		"Authorization: Digest username=\"anna\", realm=\"heimamt\", "
		"nonce=\"%s\", "
		"uri=\"%s\", response=\"%s\", algorithm=%s, cnonce=\"%s\", qop=auth, "
		"nc=%s\r\n",
		nonce, a.uri, response, alg_name[alg], a.cnonce, count);
	return header;
}

static void a_phone_calls(struct peer *p, enum digest_alg alg)
{
	char nonce[DIGEST_NONCE + 1];
	struct call c = peer_call(p);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_expect(p, NULL, 401, "INVITE");
	take_nonce(p, alg, nonce);
	peer_request(p, &c, "ACK", &(struct spec){ .branch = c.branch });
	const struct spec authorized = {
		.cseq = 2,
		.branch = alg == DIGEST_MD5 ? "z9hG4bK-md5" : "z9hG4bK-sha",
		.body = PEER_SDP,
		.headers = authorization("INVITE", alg, "geheim", nonce, 1),
	};
	peer_request(p, &c, "INVITE", &authorized);
	c.dialog = peer_await(p, PEER_INVITE)->dialog;
	peer_request(p, &c, "INVITE",
		&authorized); /* again: no 401, though its nc is used up */
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "ACK", NULL);
	assert_int_equal(peer_await(p, PEER_ACKED)->dialog, c.dialog);
	peer_request(p, &c, "BYE", NULL); /* in its dialog nobody asks again */
	peer_expect(p, &c, 200, "BYE");
	assert_int_equal(peer_await(p, PEER_ENDED)->why, TRUNK_END_BYE);
}

static void a_phone_calls_with_either_algorithm(void **state)
{
	struct peer *p = open_as("127.0.0.1", "anna");
	a_phone_calls(p, DIGEST_SHA256);
	a_phone_calls(p, DIGEST_MD5);
	peer_close(p);
}

static void a_phone_asserts_nothing_and_tries_twice(void **state)
{
	char nonce[DIGEST_NONCE + 1], headers[3000];
	struct peer *p = open_as("127.0.0.1", "anna");
	struct call c = peer_call(p);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_expect(p, NULL, 401, "INVITE");
	take_nonce(p, DIGEST_SHA256, nonce);
	int n = snprintf(headers, sizeof headers,
		"P-Asserted-Identity: <sip:+41799999999@h>\r\n%s",
		authorization("INVITE", DIGEST_SHA256, "falsch", nonce, 1));
	snprintf(headers + n, sizeof headers - (size_t)n, "%s",
		authorization("INVITE", DIGEST_SHA256, "geheim", nonce, 1));
	peer_request(
		p, &c, "INVITE", &(struct spec){ .body = PEER_SDP, .headers = headers });
	assert_string_equal(peer_await(p, PEER_INVITE)->caller, "+41441234567");
	peer_close(p);
}

static void a_phone_may_cancel(void **state)
{
	char nonce[DIGEST_NONCE + 1];
	struct peer *p = open_as("127.0.0.1", "anna");
	struct call c = peer_call(p);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_expect(p, NULL, 401, "INVITE");
	take_nonce(p, DIGEST_SHA256, nonce);
	peer_request(p, &c, "INVITE",
		&(struct spec){ .body = PEER_SDP,
			.headers = authorization(
				"INVITE", DIGEST_SHA256, "geheim", nonce, 1) });
	peer_await(p, PEER_INVITE);
	peer_request(p, &c, "CANCEL", NULL);
	peer_expect(p, &c, 200, "CANCEL");
	peer_expect(p, &c, 487, "INVITE");
	assert_int_equal(peer_await(p, PEER_ENDED)->why, TRUNK_END_CANCEL);
	peer_close(p);
}

static void wrong_and_stale_credentials(void **state)
{
	char nonce[DIGEST_NONCE + 1];
	struct trunk_counters n;
	struct peer *p = open_as("127.0.0.1", "anna");
	struct call c = peer_call(p);
	peer_request(p, &c, "OPTIONS", NULL);
	peer_expect(p, NULL, 401, "OPTIONS");
	assert_null(strstr(peer_header(p, "WWW-Authenticate", 0), "stale"));
	take_nonce(p, DIGEST_SHA256, nonce);
	peer_request(p, &c, "OPTIONS",
		&(struct spec){ .headers = authorization(
					"OPTIONS", DIGEST_SHA256, "falsch", nonce, 1) });
	peer_expect(p, NULL, 401, "OPTIONS");
	assert_null(strstr(peer_header(p, "WWW-Authenticate", 0), "stale"));
	trunk_counters(p->trunk, &n);
	assert_int_equal(n.refused_strangers, 1);
	for (int i = 0; i < 2; i++) {
		peer_request(p, &c, "OPTIONS",
			&(struct spec){ .headers = authorization("OPTIONS", DIGEST_SHA256,
						"geheim", nonce, 1) });
		peer_expect(p, NULL, i == 0 ? 200 : 401, "OPTIONS");
	}
	assert_non_null(strstr(peer_header(p, "WWW-Authenticate", 0), "stale=true"));
	peer_request(p, &c, "OPTIONS",
		&(struct spec){ .headers = "Authorization: Digest username=\"anna\"\r\n"
					   "Authorization: Basic YTpi\r\nAuthorization: "
					   "Digest\r\n" });
	peer_expect(p, NULL, 401, "OPTIONS");
	peer_close(p);
}

static const struct {
	const char *what, *contact, *headers, *expires;
	bool echoed;
} registrations[] = {
	{ "a phone's wish", "<sip:anna@192.0.2.1:5060>", "Expires: 600\r\n", "600",
		true },
	{ "no wish", "<sip:anna@192.0.2.1:5060>", "", "3600", true },
	{ "too long", "<sip:anna@192.0.2.1:5060>", "Expires: 90000\r\n", "3600", true },
	{ "in the Contact", "<sip:anna@192.0.2.1:5060>;expires=120", "Expires: 600\r\n",
		"120", true },
	{ "leave", "<sip:anna@192.0.2.1:5060>", "Expires: 0\r\n", "0", false },
	{ "leave all", "*", "Expires: 0\r\n", "0", false },
};

static void each_registration(const char *host)
{
	struct peer *p = open_as(host, "anna");
	for (size_t i = 0; i < sizeof registrations / sizeof registrations[0]; i++) {
		char nonce[DIGEST_NONCE + 1], headers[1200];
		struct call c = peer_call(p);
		print_message("# %s\n", registrations[i].what);
		peer_request(p, &c, "REGISTER", NULL);
		peer_expect(p, NULL, 401, "REGISTER");
		take_nonce(p, DIGEST_SHA256, nonce);
		snprintf(headers, sizeof headers, "%s%s", registrations[i].headers,
			authorization("REGISTER", DIGEST_SHA256, "geheim", nonce, 1));
		peer_request(p, &c, "REGISTER",
			&(struct spec){ .headers = headers,
				.contact = registrations[i].contact });
		peer_expect(p, NULL, 200, "REGISTER");
		assert_string_equal(
			peer_header(p, "Expires", 0), registrations[i].expires);
		assert_int_equal(strstr(peer_header(p, "Contact", 0),
					 "sip:anna@192.0.2.1:5060") != NULL,
			registrations[i].echoed);
	}
	peer_close(p);
}

static void a_phone_registers(void **state)
{
	each_registration("127.0.0.1");
}

static void a_listed_peer_registers_with_the_credential_only(void **state)
{
	each_registration("127.0.0.2");
}

static void the_same_register_again(void **state)
{
	char nonce[DIGEST_NONCE + 1];
	struct peer *p = open_as("127.0.0.1", "anna");
	struct call c = peer_call(p);
	peer_request(p, &c, "REGISTER", NULL);
	peer_expect(p, NULL, 401, "REGISTER");
	take_nonce(p, DIGEST_MD5, nonce);
	const struct spec s = { .cseq = 2,
		.branch = "z9hG4bK-reg",
		.headers = authorization("REGISTER", DIGEST_MD5, "geheim", nonce, 1) };
	for (int i = 0; i < 3; i++) {
		peer_request(p, &c, "REGISTER", &s);
		peer_expect(p, NULL, 200,
			"REGISTER"); /* a lost 200 costs the phone nothing */
	}
	peer_close(p);
}

/* --- starting --- */

static void nothing(void *arg)
{
}

static void each_bad_start(void **state)
{
	struct peer *p = open_as("127.0.0.1", NULL);
	static const struct trunk_peer bad = { .addr = "nonsense", .prefix_bits = 8 };
	const struct {
		const char *what;
		struct trunk_config cfg;
		int err;
	} starts[] = {
		{ "a port in use", { .addr = "127.0.0.1", .port = p->trunk_port },
			EADDRINUSE },
		{ "no address", { .addr = "localhost" }, EINVAL },
		{ "an address of another machine", { .addr = "192.0.2.1" }, EINVAL },
		{ "nowhere to be called back at", { .addr = "0.0.0.0" }, EINVAL },
		{ "a bad peer", { .addr = "127.0.0.1", .peers = &bad, .n_peers = 1 },
			EINVAL },
		{ "a bad realm",
			{ .addr = "127.0.0.1",
				.user = "a",
				.password = "b",
				.realm = "a\"b" },
			EINVAL },
		{ "a bad public address",
			{ .addr = "127.0.0.1", .public_addr = "x> <sip:y" }, EINVAL },
	};
	const struct trunk_handler h = { .wake = nothing };
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		struct trunk *t = NULL;
		print_message("# %s\n", starts[i].what);
		assert_int_equal(trunk_new(&t, &starts[i].cfg, &h), starts[i].err);
		assert_null(t);
	}
	trunk_free(NULL);
	peer_close(p);
}

static void on_ipv6_and_on_every_address(void **state)
{
	static const char *const addrs[] = { "::1", "0.0.0.0", "::" };
	const struct trunk_handler h = { .wake = nothing };
	for (size_t i = 0; i < sizeof addrs / sizeof addrs[0]; i++) {
		const struct trunk_config cfg = { .addr = addrs[i],
			.public_addr = "192.0.2.7" };
		struct trunk *t = NULL;
		int err = trunk_new(&t, &cfg, &h);
		print_message("# %s: %d\n", addrs[i], err);
		if (strchr(addrs[i], ':') && (err == EINVAL || err == EAFNOSUPPORT))
			continue; /* a machine without IPv6 */
		assert_int_equal(err, 0);
		assert_int_not_equal(trunk_port(t), 0);
		trunk_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_is_refused_whatever_it_says),
		cmocka_unit_test(a_flood_of_strangers_leaves_nothing_behind),
		cmocka_unit_test(a_stranger_gets_no),
		cmocka_unit_test(a_peer_is_known_by_its_address),
		cmocka_unit_test(a_stranger_cannot_touch_a_call),
		cmocka_unit_test(a_phone_calls_with_either_algorithm),
		cmocka_unit_test(a_phone_asserts_nothing_and_tries_twice),
		cmocka_unit_test(a_phone_may_cancel),
		cmocka_unit_test(wrong_and_stale_credentials),
		cmocka_unit_test(a_phone_registers),
		cmocka_unit_test(a_listed_peer_registers_with_the_credential_only),
		cmocka_unit_test(the_same_register_again),
		cmocka_unit_test(each_bad_start),
		cmocka_unit_test(on_ipv6_and_on_every_address),
	};
	return cmocka_run_group_tests_name("sip gate", tests, NULL, NULL);
}
