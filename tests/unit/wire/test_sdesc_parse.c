/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sdesc: session descriptions read. */
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

#define N(a)  (sizeof(a) / sizeof *(a))
#define HEAD  "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
#define AUDIO "m=audio 4000 RTP/AVP 8\r\n"
#define SHA_A "AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA"
#define SHA_B "bb:bb:bb:bb:bb:bb:bb:bb:bb:bb:bb:bb:bb:bb:bb:bb"
#define PWD22 "0123456789abcdefABC+/z"

static int parse(struct sdesc *d, const char *text)
{
	return sdesc_parse(d, text, strlen(text));
}

static const struct sdesc_media *audio_of(struct sdesc *d, const char *text)
{
	assert_int_equal(parse(d, text), 0);
	assert_true(d->audio >= 0);
	return &d->media[d->audio];
}

static void assert_codec(const struct sdesc_codec *c, enum sdesc_codec_id id, int pt,
	uint32_t rate, int channels)
{
	assert_non_null(c);
	assert_int_equal(c->id, id);
	assert_int_equal(c->pt, pt);
	assert_int_equal(c->rate, rate);
	assert_int_equal(c->channels, channels);
}

static void test_chromium_offer(void **state)
{
	struct sdesc d;
	const struct sdesc_media *m = audio_of(&d, chromium_offer);

	assert_int_equal(d.n_media, 1);
	assert_true(d.bundle);
	assert_false(d.ice_lite);
	assert_true(slice_is(d.origin, "- 1350946816415793555 2 IN IP4 127.0.0.1"));
	assert_true(slice_is(m->proto, "UDP/TLS/RTP/SAVPF"));
	assert_true(slice_is(m->formats, "111 63 9 0 8 13 110 126"));
	assert_true(slice_is(m->mid, "0"));
	assert_true(slice_is(m->ice_ufrag, "rlNg"));
	assert_true(slice_is(m->ice_pwd, "05F9EknNDUdzrB4DlwgDwlas"));
	assert_true(m->has_fingerprint);
	assert_memory_equal(m->fingerprint, "\x02\xD9\x77\x5E", 4);
	assert_memory_equal(m->fingerprint + 28, "\x4A\xBA\x0A\xD6", 4);
	assert_int_equal(m->setup, SDESC_SETUP_ACTPASS);
	assert_true(m->rtcp_mux);
	assert_int_equal(m->port, 9);
	assert_string_equal(m->addr, "0.0.0.0");
	assert_int_equal(m->dir, SDESC_SENDRECV); /* 0.0.0.0 is no hold where ICE is */
	assert_int_equal(m->n_codecs, 8);
	assert_codec(&m->codecs[0], SDESC_CODEC_OPUS, 111, 48000, 2);
	assert_codec(&m->codecs[1], SDESC_CODEC_RED, 63, 48000, 2);
	assert_codec(&m->codecs[5], SDESC_CODEC_CN, 13, 8000, 1);
	assert_codec(
		sdesc_find_codec(m, SDESC_CODEC_PCMA, 0), SDESC_CODEC_PCMA, 8, 8000, 1);
	assert_int_equal(sdesc_find_codec(m, SDESC_CODEC_DTMF, 8000)->pt, 126);
	assert_int_equal(sdesc_find_codec(m, SDESC_CODEC_DTMF, 48000)->pt, 110);
	assert_null(sdesc_find_codec(m, SDESC_CODEC_DTMF, 16000));
}

static void test_sipp_offer(void **state)
{
	struct sdesc d;
	const struct sdesc_media *m = audio_of(&d, sipp_offer);

	assert_int_equal(m->port, 6000);
	assert_string_equal(m->addr, "127.0.0.1");
	assert_int_equal(m->dir, SDESC_SENDRECV);
	assert_int_equal(m->setup, SDESC_SETUP_NONE);
	assert_false(m->rtcp_mux || m->has_fingerprint || d.bundle);
	assert_int_equal(m->rtcp_port, 0);
	assert_int_equal(m->ptime, 0);
	assert_int_equal(m->n_codecs, 2);
	assert_codec(&m->codecs[1], SDESC_CODEC_DTMF, 101, 8000, 1);
}

static void test_phone_offer(void **state)
{
	struct sdesc d;
	const struct sdesc_media *m = audio_of(&d, phone_offer);

	assert_int_equal(d.n_media, 3);
	assert_int_equal(d.audio, 1);
	assert_false(d.media[0].is_audio);
	assert_int_equal(d.media[0].port, 0);
	assert_true(slice_is(d.media[0].kind, "image"));
	assert_true(slice_is(d.media[0].proto, "udptl"));
	assert_true(slice_is(d.media[2].formats, "99 98"));
	assert_true(slice_is(d.media[2].mid, "cam"));
	assert_string_equal(d.media[2].addr, "192.0.2.17");
	assert_true(slice_is(m->formats, "9 8 0 18 101"));
	assert_int_equal(m->ptime, 20);
	assert_int_equal(m->rtcp_port, 11799);
	assert_codec(&m->codecs[0], SDESC_CODEC_G722, 9, 8000, 1);
	assert_codec(&m->codecs[3], SDESC_CODEC_OTHER, 18, 8000, 1);
	assert_codec(&m->codecs[4], SDESC_CODEC_DTMF, 101, 8000, 1);
}

static void test_broken(void **state)
{
	static const struct {
		const char *what, *text;
		int err;
	} cases[] = {
		{ "nothing", "", EBADMSG },
		{ "no version", "o=- 1 1 IN IP4 192.0.2.1\r\n" AUDIO, EBADMSG },
		{ "version 1", "v=1\r\n" AUDIO, EBADMSG },
		{ "version not first", "\r\nv=0\r\n" AUDIO, EBADMSG },
		{ "sofia-sip's endless loop", HEAD "m=audio 49217 RTP/AcP ;;;;\r\n",
			EBADMSG },
		{ "port 65536", HEAD "m=audio 65536 RTP/AVP 8\r\n", EBADMSG },
		{ "port -1", HEAD "m=audio -1 RTP/AVP 8\r\n", EBADMSG },
		{ "no port", HEAD "m=audio RTP/AVP 8\r\n", EBADMSG },
		{ "no format", HEAD "m=audio 4000 RTP/AVP\r\n", EBADMSG },
		{ "no profile", HEAD "m=audio 4000\r\n", EBADMSG },
		{ "nothing after m=", HEAD "m=\r\n", EBADMSG },
		{ "a profile that ends in a slash", HEAD "m=audio 4000 RTP/ 8\r\n",
			EBADMSG },
		{ "a profile with a hole", HEAD "m=audio 4000 RTP//AVP 8\r\n", EBADMSG },
		{ "a kind that is no token", HEAD "m=au:dio 4000 RTP/AVP 8\r\n",
			EBADMSG },
		{ "a broken section that is not ours", HEAD AUDIO "m=video x y z\r\n",
			EBADMSG },
		{ "c= without address", HEAD "c=IN IP4\r\n" AUDIO, EBADMSG },
		{ "c= with a slash alone", HEAD "c=IN IP4 /127\r\n" AUDIO, EBADMSG },
		{ "c= with a fourth word", HEAD "c=IN IP4 192.0.2.1 x\r\n" AUDIO,
			EBADMSG },
		{ "c= with half an address", HEAD "c=IN IP4 192.0.2\r\n" AUDIO, EBADMSG },
		{ "IPv4 said to be IPv6", HEAD "c=IN IP6 192.0.2.1\r\n" AUDIO, EBADMSG },
		{ "IPv6 said to be IPv4", HEAD "c=IN IP4 2001:db8::1\r\n" AUDIO,
			EBADMSG },
		{ "an address of 60 digits",
			HEAD "c=IN IP4 11111111111111111111111111111111111111111111111111"
			     "1111111111\r\n" AUDIO,
			EBADMSG },
		{ "a bare CR within a line", HEAD "m=video 0 RTP/AVP 9\rm=x\r\n",
			EBADMSG },
		{ "a bare CR in a line that is skipped", HEAD "i=a\rb\r\n", EBADMSG },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct sdesc d = { .audio = 77 };

		if (parse(&d, cases[i].text) != cases[i].err)
			fail_msg("%s", cases[i].what);
		assert_int_equal(d.audio, 77); /* untouched */
	}
	struct sdesc d;

	assert_int_equal(sdesc_parse(&d, "v=0\r\ni=a\0b\r\n", 12), EBADMSG);
}

static void test_tolerated(void **state)
{
	static const struct {
		const char *what, *text;
		int n_media, audio;
	} cases[] = {
		{ "the version alone", "v=0", 0, -1 },
		{ "no audio", HEAD "m=video 4000 RTP/AVP 99\r\n", 1, -1 },
		{ "audio that is switched off", HEAD "m=audio 0 RTP/AVP 8\r\n", 1, -1 },
		{ "the second audio has a port", HEAD "m=audio 0 RTP/AVP 8\r\n" AUDIO, 2,
			1 },
		{ "the first of two", HEAD AUDIO AUDIO, 2, 0 },
		{ "empty lines", HEAD "\r\n\r\n" AUDIO "\r\n", 1, 0 },
		{ "lines that are none", HEAD "x\r\nhello\r\n=\r\na\r\n" AUDIO, 1, 0 },
		{ "unknown letters", HEAD "z=1\r\nq=\r\n" AUDIO, 1, 0 },
		{ "no line end at the end", HEAD "m=audio 4000 RTP/AVP 8", 1, 0 },
		{ "several blanks", HEAD "m=audio  4000   RTP/AVP  8  0\r\n", 1, 0 },
		{ "a number of ports", HEAD "m=audio 4000/2 RTP/AVP 8\r\n", 1, 0 },
		{ "port 65535", HEAD "m=audio 65535 RTP/AVP 8\r\n", 1, 0 },
		{ "a star as format", HEAD "m=message 9 TCP/MSRP *\r\n" AUDIO, 2, 1 },
		{ "broken attributes",
			HEAD AUDIO
			"a=\r\na=rtpmap:\r\na=rtpmap:8\r\na=rtpmap:999 PCMA/8000\r\n"
			"a=rtpmap:8 PCMA/x\r\na=rtpmap:8 PCMA/8000/999\r\n"
			"a=fingerprint:\r\na=mid:\r\na=ptime:x\r\na=rtcp:70000\r\n",
			1, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct sdesc d;

		if (parse(&d, cases[i].text))
			fail_msg("%s", cases[i].what);
		assert_int_equal(d.n_media, cases[i].n_media);
		assert_int_equal(d.audio, cases[i].audio);
		if (d.audio >= 0)
			assert_non_null(sdesc_find_codec(
				&d.media[d.audio], SDESC_CODEC_PCMA, 8000));
	}
}

static void test_connection(void **state)
{
	static const struct {
		const char *line, *addr;
	} cases[] = {
		{ "c=IN IP4 192.0.2.9", "192.0.2.9" },
		{ "c=IN IP4 224.2.1.1/127/3", "224.2.1.1" },
		{ "c=IN IP6 2001:db8::9", "2001:db8::9" },
		{ "c=IN IP6 ::ffff:192.0.2.9", "::ffff:192.0.2.9" },
		{ "c=IN IP4 phone.example.net", "" }, /* nothing here resolves names */
		{ "c=ATM NSAP 47.0091", "" }, { "c=IN IP9 whatever", "" },
		{ "", "198.51.100.1" }, /* the session's */
	};

	for (size_t i = 0; i < N(cases); i++) {
		char text[300];
		struct sdesc d;

		snprintf(text, sizeof text, "%s%s%s\r\n",
			HEAD "c=IN IP4 198.51.100.1\r\n", AUDIO, cases[i].line);
		assert_string_equal(audio_of(&d, text)->addr, cases[i].addr);
	}
	struct sdesc d;

	assert_string_equal(audio_of(&d, HEAD AUDIO)->addr, "");
}

/* The session's word, the section's word, and what holds (RFC 3264 section 8.4). */
static void test_hold(void **state)
{
	static const struct {
		const char *session, *media;
		enum sdesc_dir dir;
	} cases[] = {
		{ "", "", SDESC_SENDRECV },
		{ "", "a=sendonly\r\n", SDESC_SENDONLY },
		{ "", "a=recvonly\r\n", SDESC_RECVONLY },
		{ "", "a=inactive\r\n", SDESC_INACTIVE },
		{ "a=sendonly\r\n", "", SDESC_SENDONLY },
		{ "a=inactive\r\n", "a=sendrecv\r\n", SDESC_SENDRECV },
		{ "", "a=sendonly \r\n", SDESC_SENDONLY },
		{ "", "a=sendonlyx\r\n", SDESC_SENDRECV },
		{ "c=IN IP4 0.0.0.0\r\n", "", SDESC_SENDONLY },
		{ "", "c=IN IP4 0.0.0.0\r\n", SDESC_SENDONLY },
		{ "", "c=IN IP6 ::\r\n", SDESC_SENDONLY },
		{ "", "c=IN IP4 0.0.0.0\r\na=recvonly\r\n", SDESC_INACTIVE },
		{ "", "c=IN IP4 0.0.0.0\r\na=inactive\r\n", SDESC_INACTIVE },
		{ "c=IN IP4 0.0.0.0\r\n", "c=IN IP4 192.0.2.1\r\n", SDESC_SENDRECV },
		{ "", "c=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n", SDESC_SENDRECV },
	};

	for (size_t i = 0; i < N(cases); i++) {
		char text[300];
		struct sdesc d;

		snprintf(text, sizeof text, "%s%s%s%s", HEAD, cases[i].session, AUDIO,
			cases[i].media);
		if (audio_of(&d, text)->dir != cases[i].dir)
			fail_msg("case %zu", i);
	}
}

static void test_static_types(void **state)
{
	static const enum sdesc_codec_id meant[] = { [0] = SDESC_CODEC_PCMU,
		[8] = SDESC_CODEC_PCMA,
		[9] = SDESC_CODEC_G722,
		[13] = SDESC_CODEC_CN };

	for (int pt = 0; pt <= 128; pt++) {
		char text[200];
		struct sdesc d;
		enum sdesc_codec_id id = (size_t)pt < N(meant) ? meant[pt]
							       : SDESC_CODEC_OTHER;

		snprintf(text, sizeof text, HEAD "m=audio 4000 RTP/AVP %d\r\n", pt);
		const struct sdesc_media *m = audio_of(&d, text);

		assert_int_equal(m->n_codecs, pt < 128); /* 128 is no payload type */
		if (pt < 128)
			assert_codec(m->codecs, id, pt, id ? 8000 : 0, 1);
	}
}

static void test_rtpmap(void **state)
{
	static const struct {
		const char *map;
		enum sdesc_codec_id id;
		uint32_t rate;
		int channels;
		bool found; /* as the codec that we speak */
	} cases[] = {
		{ "opus/48000/2", SDESC_CODEC_OPUS, 48000, 2, true },
		{ "OPUS/48000/2", SDESC_CODEC_OPUS, 48000, 2, true },
		{ "opus/48000", SDESC_CODEC_OPUS, 48000, 1,
			false }, /* RFC 7587: always /2 */
		{ "pcma/8000", SDESC_CODEC_PCMA, 8000, 1, true },
		{ "PCMA/8000/1", SDESC_CODEC_PCMA, 8000, 1, true },
		{ "PCMA/16000", SDESC_CODEC_PCMA, 16000, 1, false },
		{ "PCMA/8000/2", SDESC_CODEC_PCMA, 8000, 2, false },
		{ "G722/8000", SDESC_CODEC_G722, 8000, 1, true },
		{ "PCMU/8000", SDESC_CODEC_PCMU, 8000, 1, true },
		{ "PCMUX/8000", SDESC_CODEC_OTHER, 8000, 1, true },
		{ "PCMU", SDESC_CODEC_OTHER, 0, 1, false }, /* broken: as if absent */
	};

	for (size_t i = 0; i < N(cases); i++) {
		char text[200];
		struct sdesc d;

		snprintf(text, sizeof text,
			HEAD "m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 %s\r\n",
			cases[i].map);
		const struct sdesc_media *m = audio_of(&d, text);

		assert_codec(
			m->codecs, cases[i].id, 97, cases[i].rate, cases[i].channels);
		assert_int_equal(
			sdesc_find_codec(m, cases[i].id, 8000) != NULL, cases[i].found);
	}
}

static void test_formats_once_and_in_order(void **state)
{
	struct sdesc d;
	const struct sdesc_media *m = audio_of(&d,
		HEAD "m=audio 4000 RTP/AVP 96 8 0 8 97 x\r\n"
		     "a=rtpmap:97 PCMA/8000\r\na=rtpmap:98 opus/48000/2\r\n"
		     "a=rtpmap:96 PCMA/8000\r\n");

	assert_int_equal(m->n_codecs, 4);
	assert_int_equal(sdesc_find_codec(m, SDESC_CODEC_PCMA, 8000)->pt, 96);
	assert_null(
		sdesc_find_codec(m, SDESC_CODEC_OPUS, 48000)); /* not in the m= line */
}

static void test_session_is_inherited(void **state)
{
	struct sdesc d;
	const struct sdesc_media *m = audio_of(&d,
		HEAD "a=ice-lite\r\na=ice-ufrag:sess\r\na=ice-pwd:" PWD22 "\r\n"
		     "a=setup:active\r\na=fingerprint:sha-256 " SHA_A ":" SHA_B
		     "\r\n" AUDIO
		     "m=video 4002 RTP/AVP 99\r\na=ice-ufrag:own+\r\na=setup:holdconn\r\n"
		     "a=fingerprint:sha-512 00\r\n");

	assert_true(d.ice_lite);
	assert_true(slice_is(m->ice_ufrag, "sess"));
	assert_true(slice_is(m->ice_pwd, PWD22));
	assert_int_equal(m->setup, SDESC_SETUP_ACTIVE);
	assert_true(m->has_fingerprint);
	assert_int_equal(m->fingerprint[0], 0xAA);
	assert_int_equal(m->fingerprint[31], 0xBB);
	m = &d.media[1];
	assert_true(slice_is(m->ice_ufrag, "own+"));
	assert_true(slice_is(m->ice_pwd, PWD22));
	assert_int_equal(m->setup, SDESC_SETUP_NONE);
	assert_false(m->has_fingerprint); /* its own replaces the session's (RFC 8122) */
}

static void test_fingerprint(void **state)
{
	static const struct {
		const char *lines;
		int first; /* byte; -1: none */
	} cases[] = {
		{ "a=fingerprint:sha-256 " SHA_A ":" SHA_B "\r\n", 0xAA },
		{ "a=fingerprint:SHA-256 " SHA_B ":" SHA_A "\r\n", 0xBB },
		{ "a=fingerprint:sha-1 AB:CD\r\n", -1 },
		{ "a=fingerprint:sha-256 " SHA_A "\r\n", -1 },
		{ "a=fingerprint:sha-256 " SHA_A ":" SHA_B ":AA\r\n", -1 },
		{ "a=fingerprint:sha-256 " SHA_A "-" SHA_B "\r\n", -1 },
		{ "a=fingerprint:sha-256 GG:" SHA_A ":" SHA_B "\r\n", -1 },
		{ "a=fingerprint:sha-512 00\r\na=fingerprint:sha-256 " SHA_B ":" SHA_A
		  "\r\n",
			0xBB },
		{ "a=fingerprint:sha-256 " SHA_A ":" SHA_B
		  "\r\na=fingerprint:sha-256 " SHA_B ":" SHA_A "\r\n",
			0xAA },
	};

	for (size_t i = 0; i < N(cases); i++) {
		char text[500];
		struct sdesc d;

		snprintf(text, sizeof text, "%s%s", HEAD AUDIO, cases[i].lines);
		const struct sdesc_media *m = audio_of(&d, text);

		assert_int_equal(m->has_fingerprint, cases[i].first >= 0);
		if (cases[i].first >= 0)
			assert_int_equal(m->fingerprint[0], cases[i].first);
	}
}

/* RFC 8839 section 5.4: a name fragment of 4..256, a password of 22..256 ice-chars. */
static void test_ice_bounds(void **state)
{
	static const struct {
		const char *attr;
		size_t n;
		bool ok;
	} cases[] = {
		{ "ufrag", 3, false },
		{ "ufrag", 4, true },
		{ "ufrag", 256, true },
		{ "ufrag", 257, false },
		{ "pwd", 21, false },
		{ "pwd", 22, true },
		{ "pwd", 256, true },
		{ "pwd", 257, false },
	};
	struct sdesc d;

	for (size_t i = 0; i < N(cases); i++) {
		char text[500], value[300] = { 0 };

		memset(value, 'a', cases[i].n);
		snprintf(text, sizeof text, HEAD AUDIO "a=ice-%s:%s\r\n", cases[i].attr,
			value);
		const struct sdesc_media *m = audio_of(&d, text);

		assert_int_equal(
			m->ice_ufrag.n + m->ice_pwd.n, cases[i].ok ? cases[i].n : 0);
	}
	assert_int_equal(
		audio_of(&d, HEAD AUDIO "a=ice-ufrag:ab cd\r\n")->ice_ufrag.n, 0);
	assert_int_equal(
		audio_of(&d, HEAD AUDIO "a=ice-ufrag:ab:cd\r\n")->ice_ufrag.n, 0);
	assert_int_equal(
		audio_of(&d, HEAD AUDIO "a=ice-ufrag:09azAZ+/\r\n")->ice_ufrag.n, 8);
}

static void test_limits(void **state)
{
	static char text[SDESC_TEXT_MAX + 2];
	struct sdesc d;

	memset(text, ' ', sizeof text);
	memcpy(text, HEAD AUDIO "i=", strlen(HEAD AUDIO "i="));
	assert_int_equal(sdesc_parse(&d, text, SDESC_TEXT_MAX), 0);
	assert_int_equal(sdesc_parse(&d, text, SDESC_TEXT_MAX + 1), EMSGSIZE);

	for (int n = 7; n <= 9; n++) {
		size_t at = (size_t)snprintf(text, sizeof text, "%s", HEAD);

		for (int i = 0; i < n; i++)
			at += (size_t)snprintf(text + at, sizeof text - at, "%s", AUDIO);
		assert_int_equal(parse(&d, text), n > SDESC_MEDIA_MAX ? EMSGSIZE : 0);
	}
	for (int n = 31; n <= 33; n++) {
		size_t at = (size_t)snprintf(
			text, sizeof text, "%s", HEAD "m=audio 4000 RTP/AVP");

		for (int i = 0; i < n; i++)
			at += (size_t)snprintf(text + at, sizeof text - at, " %d", i);
		const struct sdesc_media *m = audio_of(&d, text);

		assert_int_equal(
			m->n_codecs, n > SDESC_CODECS_MAX ? SDESC_CODECS_MAX : n);
		assert_codec(sdesc_find_codec(m, SDESC_CODEC_PCMA, 8000),
			SDESC_CODEC_PCMA, 8, 8000, 1);
	}
}

/* Each beginning of an offer, in memory of exactly its size: the sanitizer sees a step too far. */
static void test_cut_anywhere(void **state)
{
	static const char *const offers[] = { chromium_offer, sipp_offer, phone_offer };

	for (size_t i = 0; i < N(offers); i++) {
		size_t whole = strlen(offers[i]), parsed = 0;

		for (size_t n = 0; n <= whole; n++) {
			char *copy = malloc(n ? n : 1);
			struct sdesc d;

			assert_non_null(copy);
			memcpy(copy, offers[i], n);
			int err = sdesc_parse(&d, copy, n);

			assert_true(err == 0 || err == EBADMSG);
			parsed += !err;
			free(copy);
		}
		assert_true(parsed > whole / 2);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chromium_offer),
		cmocka_unit_test(test_sipp_offer),
		cmocka_unit_test(test_phone_offer),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_tolerated),
		cmocka_unit_test(test_connection),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_static_types),
		cmocka_unit_test(test_rtpmap),
		cmocka_unit_test(test_formats_once_and_in_order),
		cmocka_unit_test(test_session_is_inherited),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_ice_bounds),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
