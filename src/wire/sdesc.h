/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sdesc -- session descriptions: SDP (RFC 8866) parsed into a bounded struct, and written.
 *
 * Hostile input: every count has a maximum, unknown lines are skipped, lines may end in CRLF or LF
 * (RFC 8866 section 5).  Slices in the result point into the input, which must outlive it.
 * Only what a voice call needs is understood: one audio section is chosen, others are kept as
 * "refused" so that an answer can list them with port zero in the right order (RFC 3264 section 6).
 * (The prefix is sdesc_ because sofia-sip exports sdp_.)
 */
#ifndef WIRE_SDESC_H
#define WIRE_SDESC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define SDESC_TEXT_MAX \
	8192 /* one description; Chromium's audio offers have about 2,500 bytes */
#define SDESC_MEDIA_MAX  8
#define SDESC_CODECS_MAX 32 /* payload types kept per audio section */
#define SDESC_ADDR_MAX   46 /* INET6_ADDRSTRLEN */

enum sdesc_dir { SDESC_SENDRECV, SDESC_SENDONLY, SDESC_RECVONLY, SDESC_INACTIVE };
enum sdesc_setup {
	SDESC_SETUP_NONE,
	SDESC_SETUP_ACTPASS,
	SDESC_SETUP_ACTIVE,
	SDESC_SETUP_PASSIVE
};

enum sdesc_codec_id {
	SDESC_CODEC_OTHER,
	SDESC_CODEC_PCMU,
	SDESC_CODEC_PCMA,
	SDESC_CODEC_G722,
	SDESC_CODEC_OPUS,
	SDESC_CODEC_DTMF, /* telephone-event, RFC 4733 */
	SDESC_CODEC_CN,
};

struct sdesc_codec {
	enum sdesc_codec_id id;
	uint8_t pt; /* 0..127 */
	uint32_t rate; /* RTP clock in Hz */
	uint8_t channels;
};

struct sdesc_media {
	bool is_audio;
	struct slice kind; /* "audio", "video" ... */
	struct slice proto; /* "RTP/AVP", "UDP/TLS/RTP/SAVPF" ... */
	struct slice formats; /* the rest of the m= line, to be echoed when refused */
	uint16_t port; /* 0: refused or disabled */
	char addr
		[SDESC_ADDR_MAX]; /* of its own c= line or the session's; "" when there is none */
	enum sdesc_dir
		dir; /* as offered; c=0.0.0.0 without ICE is a hold (RFC 3264 section 8.4) */
	struct slice mid;
	/* ICE and DTLS; a media section inherits what the session says (RFC 8839, RFC 8842) */
	struct slice ice_ufrag, ice_pwd;
	bool has_fingerprint; /* sha-256 only (RFC 8122 section 5) */
	uint8_t fingerprint[32];
	enum sdesc_setup setup;
	bool rtcp_mux;
	uint16_t rtcp_port; /* a=rtcp (RFC 3605); 0 when not given */
	uint16_t ptime; /* ms; 0 when not given */
	struct sdesc_codec
		codecs[SDESC_CODECS_MAX]; /* in the offer's order of preference */
	size_t n_codecs;
};

struct sdesc {
	struct slice origin; /* the o= value */
	bool bundle; /* a=group:BUNDLE is present */
	bool ice_lite;
	struct sdesc_media media[SDESC_MEDIA_MAX];
	size_t n_media;
	int audio; /* index of the first audio section with a port; -1 when there is none */
};

/*
 * Parse text (n <= SDESC_TEXT_MAX). *out is written only on success.
 * EMSGSIZE: too long or too many media. EBADMSG: not a session description (no v=0 first, a broken
 * m= or c= line, a port above 65535 ...). A description without audio parses; audio is then -1.
 * rtpmap-less static payload types 0, 8, 9, 13 get their meaning from RFC 3551 table 4.
 */
int sdesc_parse(struct sdesc *out, const char *text, size_t n);

/* The first codec in the offer's order with this id (clock 8000 for PCMA/PCMU/G722, 48000/2 for
 * Opus); NULL when there is none. telephone-event: the one whose rate is `rate`. */
const struct sdesc_codec *sdesc_find_codec(
	const struct sdesc_media *m, enum sdesc_codec_id id, uint32_t rate);

/* What an RTP/AVP answer or offer says (RFC 3264). */
struct sdesc_plain {
	uint64_t session_id, version; /* o= line; version grows by one with each change */
	const char *addr; /* our address, IPv4 or IPv6 text */
	uint16_t port;
	const struct sdesc_codec
		*codecs; /* what we accept, with the payload types of the offer */
	size_t n_codecs;
	enum sdesc_dir dir;
	const struct sdesc *
		offer; /* when answering: its other sections are refused in order; NULL: an offer */
};

/* Writes CRLF lines with NUL into buf; *n is the length without NUL. ENOSPC when it does not fit.
 * EINVAL: no codec or one that has no name here; an offer without audio; a profile of the offer's
 * audio that is not plain RTP (below: not DTLS-SRTP), which this answer could not keep. */
int sdesc_write_plain(const struct sdesc_plain *d, char *buf, size_t cap, size_t *n);

/* What the answer to a browser says: ICE-lite, DTLS passive, rtcp-mux, one host candidate
 * (RFC 8829, RFC 8839, RFC 8842), no header extensions, no comfort noise. */
struct sdesc_webrtc {
	uint64_t session_id, version;
	const char *addr; /* host candidate */
	uint16_t port;
	const char *ice_ufrag, *ice_pwd;
	const uint8_t *fingerprint; /* 32 bytes, SHA-256 of our certificate */
	uint32_t ssrc; /* of what we send */
	const char *cname;
	const struct sdesc_codec *codecs;
	size_t n_codecs;
	const struct sdesc *offer; /* its audio section is answered, the others refused */
};

int sdesc_write_webrtc(const struct sdesc_webrtc *d, char *buf, size_t cap, size_t *n);

#endif
