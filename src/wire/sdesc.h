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
	SDESC_CODEC_RED, /* redundancy of Opus: RFC 2198; written with the payload type of the list's Opus */
};

struct sdesc_codec {
	enum sdesc_codec_id id;
	uint8_t pt; /* 0..127 */
	uint32_t rate; /* RTP clock in Hz */
	uint8_t channels;
};

/* SRTP's crypto suites by SDES that we speak: RFC 4568 section 6.2, RFC 7714 section 14.1. */
enum sdesc_suite {
	SDESC_SUITE_NONE,
	SDESC_SUITE_AES_CM_80, /* AES_CM_128_HMAC_SHA1_80 */
	SDESC_SUITE_AES_CM_32, /* AES_CM_128_HMAC_SHA1_32 */
	SDESC_SUITE_GCM, /* AEAD_AES_128_GCM */
};
#define SDESC_KEY_SIZE 16
#define SDESC_SALT_MAX 14 /* GCM's has 12 */
#define SDESC_MKI_MAX  128 /* RFC 4568 section 6.1 */

/* One a=crypto line. It holds a key: to be wiped by whoever has one, and logged by nobody. */
struct sdesc_crypto {
	enum sdesc_suite suite; /* SDESC_SUITE_NONE: there is none */
	uint32_t tag; /* of the line; an answer repeats it (RFC 4568 section 5.1.2) */
	uint8_t key[SDESC_KEY_SIZE], salt[SDESC_SALT_MAX];
	uint8_t mki_size; /* bytes in each packet; 0: none */
	uint64_t mki;
	uint64_t
		life; /* packets that the key may protect; 0: as many as the suite allows. Not written. */
};

/* How the voice of a section is protected: not at all, by keys in a=crypto lines, or by something else. */
enum sdesc_profile { SDESC_PROFILE_OTHER, SDESC_PROFILE_PLAIN, SDESC_PROFILE_SDES };

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
	struct sdesc_crypto crypto; /* the first of its lines that can be kept */
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

enum sdesc_profile sdesc_profile(const struct sdesc_media *m);
size_t sdesc_salt_size(enum sdesc_suite suite); /* 0 for none */
void sdesc_mki_bytes(
	const struct sdesc_crypto *c, uint8_t out[SDESC_MKI_MAX]); /* as in a packet */

/* What an RTP/AVP or RTP/SAVP answer or offer says (RFC 3264, RFC 4568). */
struct sdesc_plain {
	uint64_t session_id, version; /* o= line; version grows by one with each change */
	const char *addr; /* our address, IPv4 or IPv6 text */
	uint16_t port;
	const struct sdesc_codec
		*codecs; /* what we accept, with the payload types of the offer */
	size_t n_codecs;
	enum sdesc_dir dir;
	const struct sdesc_crypto *
		crypto; /* our key, and the tag of the line that it answers; NULL: plain RTP */
	const struct sdesc *
		offer; /* when answering: its other sections are refused in order; NULL: an offer */
};

/* Writes CRLF lines with NUL into buf; *n is the length without NUL. ENOSPC when it does not fit.
 * EINVAL: no codec or one that has no name here; an offer without audio; a profile of the offer's
 * audio that this answer could not keep: neither plain RTP nor, with our key, SRTP by SDES (below: not DTLS-SRTP);
 * a key for plain RTP, which would be told for nothing. */
int sdesc_write_plain(const struct sdesc_plain *d, char *buf, size_t cap, size_t *n);

/* What the answer to a browser says: ICE-lite, DTLS passive, rtcp-mux, one host candidate an address and transport
 * (RFC 8829, RFC 8839, RFC 8842), no header extensions, no comfort noise. */
struct sdesc_webrtc {
	uint64_t session_id, version;
	const char *addr; /* host candidate */
	uint16_t port;
	uint16_t tcp_port; /* of the same addresses (RFC 6544); 0: none */
	const char *
		public_addr; /* by which others find it, behind NAT; NULL or "": likewise */
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
