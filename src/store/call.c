/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* call -- the words of a call's timeline, and what may enter it.  Pure. */
#include <string.h>

#include "store/inner.h"

static const char *const event_words[] = {
	[STORE_ARRIVED] = "arrived",
	[STORE_OFFERED] = "offered",
	[STORE_DECLINED] = "declined",
	[STORE_OFFER_TIMEOUT] = "offer_timeout",
	[STORE_WITHDRAWN] = "withdrawn",
	[STORE_ACCEPTED] = "accepted",
	[STORE_JOINED] = "joined",
	[STORE_INTERRUPTED] = "interrupted",
	[STORE_HELD] = "held",
	[STORE_RESUMED] = "resumed",
	[STORE_LEFT] = "left",
	[STORE_DIVERTED] = "diverted",
	[STORE_TRANSFERRED] = "transferred",
	[STORE_CALLBACK] = "callback",
	[STORE_DIALLED] = "dialled",
	[STORE_MENU] = "menu",
	[STORE_VOICE] = "voice",
	[STORE_ENDED] = "ended",
};

static const char *const kind_words[] = {
	[STORE_CALL_SIP] = "sip",
	[STORE_CALL_WEB] = "web",
};

static const char *const voice_words[] = {
	[STORE_VOICE_UNKNOWN] = "",
	[STORE_VOICE_PLAIN] = "plain",
	[STORE_VOICE_SRTP] = "srtp",
	[STORE_VOICE_DTLS] = "dtls",
};

static const char *word_of(const char *const *words, size_t n, unsigned int i)
{
	return i < n ? words[i] : NULL;
}

const char *store_event_word(enum store_event ev)
{
	return word_of(event_words, sizeof event_words / sizeof *event_words, ev);
}

const char *call_kind_word(enum store_call_kind kind)
{
	return word_of(kind_words, sizeof kind_words / sizeof *kind_words, kind);
}

const char *store_voice_word(enum store_voice voice)
{
	return word_of(voice_words, sizeof voice_words / sizeof *voice_words, voice);
}

bool call_event_ok(const struct store_call_event *ev)
{
	return ev->call != 0 && ev->call <= INT64_MAX && ev->agent <= INT64_MAX &&
		ev->queue <= INT64_MAX && store_event_word(ev->event) &&
		call_kind_word(ev->kind) && store_voice_word(ev->voice) &&
		memchr(ev->detail, '\0', sizeof ev->detail) != NULL;
}
