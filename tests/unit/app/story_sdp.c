/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* story_sdp -- descriptions of the far side, by name: telephones' and browsers'. */
#include "story_inputs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

#include "base/text.h"
#include "wire/sdesc.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
#define DTMF "a=rtpmap:101 telephone-event/8000\r\n"
#define AUDIO                     \
	"m=audio 4000 RTP/AVP 8 " \
	"101\r\n" DTMF
#define SAVP "m=audio 4000 RTP/SAVP 8 101\r\n" DTMF
/* keys and salts of one letter: 30 or 28 times */
#define KEY30(t) t t t t t t t t t t
#define KEY28(t) t t t t t t t t t "QQ=="
#define KEY28B   "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQg=="
#define WEB_HEAD                                              \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" \
	"m=audio 9 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 0.0.0.0\r\n"
#define WEB_ALL(types, opus)                                                          \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"                         \
	"m=audio 9 UDP/TLS/RTP/SAVPF " types "\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:" opus \
	" opus/48000/2\r\n"
#define WEB_REST                                                           \
	"a=mid:0\r\na=rtcp-mux\r\na=setup:actpass\r\na=ice-ufrag:abcd\r\n" \
	"a=ice-pwd:0123456789012345678901\r\n" WEB_KEY
#define WEB_KEY                                                                    \
	"a=fingerprint:sha-256 "                                                   \
	"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:" \
	"88:99:AA:BB:CC:DD:EE:FF\r\n"

static const struct {
	const char *name, *text;
} descriptions[] = {
	{ "good", HEAD AUDIO },
	{ "moved", HEAD "m=audio 6000 RTP/AVP 8 101\r\n" DTMF },
	{ "hold", HEAD AUDIO "a=sendonly\r\n" },
	{ "inactive", HEAD AUDIO "a=inactive\r\n" },
	{ "recvonly", HEAD AUDIO "a=recvonly\r\n" },
	{ "both", HEAD AUDIO "m=video 4100 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n" },
	{ "noevents", HEAD "m=audio 4000 RTP/AVP 8\r\n" },
	{ "wide", HEAD "m=audio 4000 RTP/AVP 9\r\n" },
	{ "nocodec", HEAD "m=audio 4000 RTP/AVP 18\r\n" },
	{ "video", HEAD "m=video 4000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n" },
	{ "secure", HEAD "m=audio 4000 RTP/SAVP 8\r\n" },
	{ "sdes",
		HEAD SAVP "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" KEY30(
			"QUFB") "\r\n"
				"a=crypto:2 AEAD_AES_128_GCM inline:" KEY28(
					"QUFB") "\r\n" },
	{ "sdes-hold",
		HEAD SAVP "a=crypto:2 AEAD_AES_128_GCM inline:" KEY28(
			"QUFB") "\r\na=sendonly\r\n" },
	{ "sdes-told",
		HEAD SAVP "a=crypto:1 AEAD_AES_128_GCM inline:" KEY28("QUFB") "\r\n" },
	{ "sdes-new", HEAD SAVP "a=crypto:3 AEAD_AES_128_GCM inline:" KEY28B "\r\n" },
	{ "sdes-rekeyed", HEAD SAVP "a=crypto:2 AEAD_AES_128_GCM inline:" KEY28B "\r\n" },
	{ "sdes-cm",
		HEAD SAVP "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30(
			"QUFB") "|2^31|1:4\r\n" },
	{ "sdes-clear",
		HEAD SAVP "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30(
			"QUFB") " UNENCRYPTED_SRTP\r\n" },
	{ "sdes-nocodec",
		HEAD "m=audio 4000 RTP/SAVP 18\r\na=crypto:1 "
		     "AEAD_AES_128_GCM inline:" KEY28B "\r\n" },
	{ "sdes-second",
		HEAD AUDIO "m=audio 4400 RTP/SAVP 8\r\na=crypto:7 "
			   "AEAD_AES_128_GCM inline:" KEY28("QUFB") "\r\n" },
	{ "broken", "this is no description" },
	{ "none", NULL },
	{ "line", WEB_HEAD WEB_REST },
	{ "line-opus",
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
		"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
		"a=rtpmap:111 opus/48000/2\r\n" WEB_REST },
	{ "line-plain", HEAD AUDIO },
	{ "line-all", WEB_ALL("8 0 9 96", "96") WEB_REST },
	{ "line-G722", WEB_ALL("9 8 0 96", "96") WEB_REST },
	{ "line-opus-first", WEB_ALL("13 96 9 0 8", "96") WEB_REST },
	{ "line-renumbered", WEB_ALL("9 8 0 97", "97") WEB_REST },
	{ "line-fewer", WEB_ALL("9 8", "96") WEB_REST },
	{ "line-restarted",
		WEB_ALL("9 8 0 96", "96") "a=ice-ufrag:efgh\r\n"
					  "a=ice-pwd:0123456789012345678901\r\n"
					  "a=rtcp-mux\r\na=setup:actpass\r\n" WEB_KEY },
};

const char *story_sdp(const char *name)
{
	for (size_t i = 0; i < sizeof descriptions / sizeof *descriptions; i++)
		if (strcmp(descriptions[i].name, *name ? name : "good") == 0)
			return descriptions[i].text;
	fail_msg("there is no description \"%s\"", name);
	return NULL;
}

const char *story_sdp_of(uint64_t dialog, const char *name)
{
	static char text[SDESC_TEXT_MAX];
	const char *from = story_sdp(name);
	char *port;

	if (!from)
		return NULL;
	assert_int_equal(text_copy(text, sizeof text, from), 0);
	port = strstr(text, "m=audio ");
	if (port && dialog < 10)
		port[strlen("m=audio 400")] = (char)('0' + dialog);
	return text;
}
