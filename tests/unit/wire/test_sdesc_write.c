/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sdesc: session descriptions written, and read back. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/sdesc.h"

#include "offers.h"

#define N(a)       (sizeof(a) / sizeof *(a))
#define HEAD       "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n"
#define DTLS_AUDIO "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\na=mid:a\r\n"

static const struct sdesc_codec pcma_dtmf[] = { { SDESC_CODEC_PCMA, 8, 8000, 1 },
	{ SDESC_CODEC_DTMF, 101, 8000, 1 } };
static const uint8_t sum[32] = { 0x01, 0xAB, [31] = 0xFF };

static void read_offer(struct sdesc *d, const char *text)
{
	assert_int_equal(sdesc_parse(d, text, strlen(text)), 0);
}

static struct sdesc_plain plain(const struct sdesc *offer)
{
	return (struct sdesc_plain){ .session_id = 7,
		.version = 18446744073709551615u,
		.addr = "192.0.2.5",
		.port = 40000,
		.codecs = pcma_dtmf,
		.n_codecs = 2,
		.dir = SDESC_SENDRECV,
		.offer = offer };
}

static struct sdesc_webrtc webrtc(const struct sdesc *offer)
{
	return (struct sdesc_webrtc){ .session_id = 7,
		.version = 1,
		.addr = "192.0.2.5",
		.port = 40000,
		.ice_ufrag = "abcd",
		.ice_pwd = "0123456789abcdefghijkl",
		.fingerprint = sum,
		.ssrc = 4294967295,
		.cname = "line",
		.codecs = pcma_dtmf,
		.n_codecs = 2,
		.offer = offer };
}

static void test_plain_offer(void **state)
{
	static const char expected[] = "v=0\r\n"
				       "o=- 7 18446744073709551615 IN IP4 192.0.2.5\r\n"
				       "s=-\r\n"
				       "c=IN IP4 192.0.2.5\r\n"
				       "t=0 0\r\n"
				       "m=audio 40000 RTP/AVP 8 101\r\n"
				       "a=rtpmap:8 PCMA/8000\r\n"
				       "a=rtpmap:101 telephone-event/8000\r\n"
				       "a=fmtp:101 0-15\r\n"
				       "a=ptime:20\r\n"
				       "a=sendrecv\r\n";
	struct sdesc_plain d = plain(NULL);
	char buf[1000];
	size_t n;

	assert_int_equal(sdesc_write_plain(&d, buf, sizeof buf, &n), 0);
	assert_string_equal(buf, expected);
	assert_int_equal(n, strlen(expected));
}

static void test_plain_directions(void **state)
{
	for (int dir = SDESC_SENDRECV; dir <= SDESC_INACTIVE; dir++) {
		struct sdesc_plain d = plain(NULL);
		struct sdesc back;
		char buf[1000];
		size_t n;

		d.dir = (enum sdesc_dir)dir;
		assert_int_equal(sdesc_write_plain(&d, buf, sizeof buf, &n), 0);
		read_offer(&back, buf);
		assert_int_equal(back.media[0].dir, dir);
	}
}

static void test_plain_answer_refuses_in_order(void **state)
{
	struct sdesc offer, back;
	struct sdesc_plain d = plain(&offer);
	char buf[1000];
	size_t n;

	read_offer(&offer, phone_offer);
	assert_int_equal(sdesc_write_plain(&d, buf, sizeof buf, &n), 0);
	assert_non_null(
		strstr(buf, "t=0 0\r\nm=image 0 udptl t38\r\nm=audio 40000 RTP/AVP 8"));
	assert_non_null(strstr(buf, "m=video 0 RTP/AVP 99 98\r\na=mid:cam\r\n"));
	read_offer(&back, buf);
	assert_int_equal(back.n_media, 3);
	assert_int_equal(back.audio, 1);
	assert_int_equal(back.media[2].port, 0);
}

static void test_plain_answer_keeps_the_profile(void **state)
{
	struct sdesc offer;
	struct sdesc_plain d = plain(&offer);
	char buf[1000];
	size_t n;

	read_offer(&offer, HEAD "m=audio 4000 RTP/AVPF 8\r\n");
	assert_int_equal(sdesc_write_plain(&d, buf, sizeof buf, &n), 0);
	assert_non_null(strstr(buf, "m=audio 40000 RTP/AVPF 8 101\r\n"));
}

static void test_plain_answer_keeps_the_mid(void **state)
{
	struct sdesc offer;
	struct sdesc_plain d = plain(&offer);
	char buf[1000];
	size_t n;

	read_offer(&offer, HEAD "m=audio 4000 RTP/AVP 8\r\na=mid:one\r\n");
	assert_int_equal(sdesc_write_plain(&d, buf, sizeof buf, &n), 0);
	assert_non_null(strstr(buf, "m=audio 40000 RTP/AVP 8 101\r\na=mid:one\r\n"));
}

static void test_plain_ipv6(void **state)
{
	struct sdesc_plain d = plain(NULL);
	struct sdesc back;
	char buf[1000];
	size_t n;

	d.addr = "2001:db8::5";
	assert_int_equal(sdesc_write_plain(&d, buf, sizeof buf, &n), 0);
	assert_non_null(
		strstr(buf, " IN IP6 2001:db8::5\r\ns=-\r\nc=IN IP6 2001:db8::5\r\n"));
	read_offer(&back, buf);
	assert_string_equal(back.media[0].addr, "2001:db8::5");
}

static void test_every_codec_reads_back(void **state)
{
	static const struct sdesc_codec all[] = { { SDESC_CODEC_RED, 63, 48000, 2 },
		{ SDESC_CODEC_OPUS, 111, 48000, 2 }, { SDESC_CODEC_G722, 9, 8000, 1 },
		{ SDESC_CODEC_PCMA, 8, 8000, 1 }, { SDESC_CODEC_PCMU, 0, 8000, 1 },
		{ SDESC_CODEC_CN, 13, 8000, 1 }, { SDESC_CODEC_DTMF, 127, 48000, 1 } };
	struct sdesc_plain d = plain(NULL);
	struct sdesc back;
	char buf[1000];
	size_t n;

	d.codecs = all;
	d.n_codecs = N(all);
	assert_int_equal(sdesc_write_plain(&d, buf, sizeof buf, &n), 0);
	assert_non_null(strstr(buf, "a=fmtp:111 minptime=10;useinbandfec=1\r\n"));
	assert_non_null(strstr(buf, "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"));
	read_offer(&back, buf);
	assert_int_equal(back.media[0].n_codecs, N(all));
	for (size_t i = 0; i < N(all); i++) {
		const struct sdesc_codec *c = &back.media[0].codecs[i];

		assert_int_equal(c->id, all[i].id);
		assert_int_equal(c->pt, all[i].pt);
		assert_int_equal(c->rate, all[i].rate);
		assert_int_equal(c->channels, all[i].channels);
	}
}

static void test_webrtc_answer(void **state)
{
	static const char expected[] =
		"v=0\r\n"
		"o=- 7 1 IN IP4 192.0.2.5\r\n"
		"s=-\r\n"
		"c=IN IP4 192.0.2.5\r\n"
		"t=0 0\r\n"
		"a=ice-lite\r\n"
		"a=group:BUNDLE 0\r\n"
		"m=audio 40000 UDP/TLS/RTP/SAVPF 8 101\r\n"
		"a=mid:0\r\n"
		"a=ice-ufrag:abcd\r\n"
		"a=ice-pwd:0123456789abcdefghijkl\r\n"
		"a=fingerprint:sha-256 01:AB:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
		"00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:FF\r\n"
		"a=setup:passive\r\n"
		"a=rtcp-mux\r\n"
		"a=candidate:1 1 udp 2130706431 192.0.2.5 40000 typ host\r\n"
		"a=end-of-candidates\r\n"
		"a=rtpmap:8 PCMA/8000\r\n"
		"a=rtpmap:101 telephone-event/8000\r\n"
		"a=fmtp:101 0-15\r\n"
		"a=sendrecv\r\n"
		"a=msid:voice voice\r\n"
		"a=ssrc:4294967295 cname:line\r\n";
	struct sdesc offer, back;
	struct sdesc_webrtc d = webrtc(&offer);
	char buf[2000];
	size_t n;

	read_offer(&offer, chromium_offer);
	assert_int_equal(sdesc_write_webrtc(&d, buf, sizeof buf, &n), 0);
	assert_string_equal(buf, expected);
	assert_int_equal(n, strlen(expected));
	read_offer(&back, buf);
	const struct sdesc_media *m = &back.media[0];

	assert_true(back.ice_lite && back.bundle && m->rtcp_mux && m->has_fingerprint);
	assert_memory_equal(m->fingerprint, sum, sizeof sum);
	assert_int_equal(m->setup, SDESC_SETUP_PASSIVE);
	assert_true(slice_is(m->ice_pwd, d.ice_pwd));
}

/* Without a group or a mid there is nothing to bundle; of the rest only audio stays in the group. */
static void test_webrtc_bundle(void **state)
{
	static const struct {
		const char *offer, *group;
	} cases[] = {
		{ HEAD "a=group:BUNDLE a v\r\n" DTLS_AUDIO
		       "m=video 9 UDP/TLS/RTP/SAVPF 99\r\na=mid:v\r\n",
			"a=group:BUNDLE a\r\n" },
		{ HEAD DTLS_AUDIO, NULL },
		{ HEAD "a=group:BUNDLE\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8\r\n", NULL },
		{ HEAD "a=group:LS a\r\n" DTLS_AUDIO, NULL },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct sdesc offer;
		struct sdesc_webrtc d = webrtc(&offer);
		char buf[2000];
		size_t n;

		read_offer(&offer, cases[i].offer);
		assert_int_equal(sdesc_write_webrtc(&d, buf, sizeof buf, &n), 0);
		if (cases[i].group)
			assert_non_null(strstr(buf, cases[i].group));
		else
			assert_null(strstr(buf, "BUNDLE"));
	}
}

/* Behind NAT both addresses are told, the near one first. */
static void test_webrtc_public(void **state)
{
	struct sdesc offer;
	struct sdesc_webrtc d = webrtc(&offer);
	char buf[2000];
	size_t n;

	d.public_addr = "198.51.100.7";
	read_offer(&offer, chromium_offer);
	assert_int_equal(sdesc_write_webrtc(&d, buf, sizeof buf, &n), 0);
	assert_non_null(strstr(buf,
		"a=candidate:1 1 udp 2130706431 192.0.2.5 40000 typ host\r\n"
		"a=candidate:3 1 udp 2130706175 198.51.100.7 40000 typ host\r\n"
		"a=end-of-candidates\r\n"));
}

/* By TCP, too: below UDP of the same address, and passive, as who calls nobody is. */
static void test_webrtc_tcp(void **state)
{
	struct sdesc offer;
	struct sdesc_webrtc d = webrtc(&offer);
	char buf[2000];
	size_t n;

	d.public_addr = "198.51.100.7";
	d.tcp_port = 443;
	read_offer(&offer, chromium_offer);
	assert_int_equal(sdesc_write_webrtc(&d, buf, sizeof buf, &n), 0);
	assert_non_null(strstr(buf,
		"a=candidate:1 1 udp 2130706431 192.0.2.5 40000 typ host\r\n"
		"a=candidate:2 1 tcp 1520435199 192.0.2.5 443 typ host tcptype "
		"passive\r\n"
		"a=candidate:3 1 udp 2130706175 198.51.100.7 40000 typ host\r\n"
		"a=candidate:4 1 tcp 1520434943 198.51.100.7 443 typ host tcptype "
		"passive\r\n"
		"a=end-of-candidates\r\n"));
}

static void test_webrtc_refuses_in_order(void **state)
{
	struct sdesc offer, back;
	struct sdesc_webrtc d = webrtc(&offer);
	char buf[2000];
	size_t n;

	read_offer(&offer,
		HEAD "m=application 9 UDP/DTLS/SCTP "
		     "webrtc-datachannel\r\na=mid:d\r\n" DTLS_AUDIO
		     "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:second\r\n");
	assert_int_equal(sdesc_write_webrtc(&d, buf, sizeof buf, &n), 0);
	read_offer(&back, buf);
	assert_int_equal(back.n_media, 3);
	assert_int_equal(back.audio, 1);
	assert_non_null(strstr(
		buf, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n"));
	assert_non_null(strstr(buf, "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:second\r\n"));
}

static void test_webrtc_direction_is_the_mirror(void **state)
{
	static const struct {
		const char *offered;
		enum sdesc_dir answered;
	} cases[] = {
		{ "sendrecv", SDESC_SENDRECV },
		{ "sendonly", SDESC_RECVONLY },
		{ "recvonly", SDESC_SENDONLY },
		{ "inactive", SDESC_INACTIVE },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct sdesc offer, back;
		struct sdesc_webrtc d = webrtc(&offer);
		char text[300], buf[2000];
		size_t n;

		snprintf(text, sizeof text, HEAD DTLS_AUDIO "a=%s\r\n", cases[i].offered);
		read_offer(&offer, text);
		assert_int_equal(sdesc_write_webrtc(&d, buf, sizeof buf, &n), 0);
		read_offer(&back, buf);
		assert_int_equal(back.media[0].dir, cases[i].answered);
	}
}

/* At each size too small: refused, and not a byte beyond it. */
static void test_no_space(void **state)
{
	struct sdesc offer;
	struct sdesc_webrtc web = webrtc(&offer);
	struct sdesc_plain sip = plain(NULL);
	char whole[2000];
	size_t need[2];

	read_offer(&offer, chromium_offer);
	assert_int_equal(sdesc_write_webrtc(&web, whole, sizeof whole, &need[0]), 0);
	assert_int_equal(sdesc_write_plain(&sip, whole, sizeof whole, &need[1]), 0);
	for (int which = 0; which < 2; which++)
		for (size_t cap = 0; cap <= need[which] + 1; cap++) {
			char *buf = malloc(cap ? cap : 1);
			size_t n = 12345;

			assert_non_null(buf);
			int err = which ? sdesc_write_plain(&sip, buf, cap, &n)
					: sdesc_write_webrtc(&web, buf, cap, &n);

			assert_int_equal(err, cap > need[which] ? 0 : ENOSPC);
			assert_int_equal(n, err ? 12345 : need[which]);
			free(buf);
		}
}

static void test_what_cannot_be_answered(void **state)
{
	static const struct {
		const char *what, *offer;
		bool plain_ok, webrtc_ok;
	} cases[] = {
		{ "plain", HEAD "m=audio 4000 RTP/AVP 8\r\n", true, false },
		{ "feedback", HEAD "m=audio 4000 RTP/AVPF 8\r\n", true, false },
		{ "DTLS", HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\n", false, true },
		{ "DTLS without feedback", HEAD "m=audio 9 UDP/TLS/RTP/SAVP 8\r\n", false,
			true },
		{ "SDES keys", HEAD "m=audio 4000 RTP/SAVP 8\r\n", false, false },
		{ "an unknown profile", HEAD "m=audio 4000 RTP/AcP 8\r\n", false, false },
		{ "no audio", HEAD "m=video 4000 RTP/AVP 99\r\n", false, false },
	};
	char buf[2000];
	size_t n;

	for (size_t i = 0; i < N(cases); i++) {
		struct sdesc offer;
		struct sdesc_plain p = plain(&offer);
		struct sdesc_webrtc w = webrtc(&offer);

		read_offer(&offer, cases[i].offer);
		assert_int_equal(sdesc_write_plain(&p, buf, sizeof buf, &n),
			cases[i].plain_ok ? 0 : EINVAL);
		assert_int_equal(sdesc_write_webrtc(&w, buf, sizeof buf, &n),
			cases[i].webrtc_ok ? 0 : EINVAL);
	}
	static const struct sdesc_codec other = { SDESC_CODEC_OTHER, 18, 8000, 1 };
	struct sdesc_plain p = plain(NULL);

	p.n_codecs = 0;
	assert_int_equal(sdesc_write_plain(&p, buf, sizeof buf, &n), EINVAL);
	p.codecs = &other;
	p.n_codecs = 1;
	assert_int_equal(sdesc_write_plain(&p, buf, sizeof buf, &n), EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_offer),
		cmocka_unit_test(test_plain_directions),
		cmocka_unit_test(test_plain_answer_refuses_in_order),
		cmocka_unit_test(test_plain_answer_keeps_the_profile),
		cmocka_unit_test(test_plain_answer_keeps_the_mid),
		cmocka_unit_test(test_plain_ipv6),
		cmocka_unit_test(test_every_codec_reads_back),
		cmocka_unit_test(test_webrtc_answer),
		cmocka_unit_test(test_webrtc_bundle),
		cmocka_unit_test(test_webrtc_public),
		cmocka_unit_test(test_webrtc_tcp),
		cmocka_unit_test(test_webrtc_refuses_in_order),
		cmocka_unit_test(test_webrtc_direction_is_the_mirror),
		cmocka_unit_test(test_no_space),
		cmocka_unit_test(test_what_cannot_be_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
