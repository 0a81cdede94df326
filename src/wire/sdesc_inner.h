/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sdesc_inner -- what the files of sdesc share. */
#ifndef WIRE_SDESC_INNER_H
#define WIRE_SDESC_INNER_H

#include "wire/sdesc.h"

/* RFC 8839 section 5.4 */
#define SDESC_UFRAG_MIN 4
#define SDESC_PWD_MIN   22
#define SDESC_ICE_MAX   256

struct sdesc_parse {
	struct sdesc d;
	struct sdesc_media session; /* defaults from above the first m= */
	struct sdesc_media *m; /* the section being read; &session at first */
	bool own_fingerprint; /* this section has a fingerprint line of its own */
};

/* Cut the next word off *s; lenient about several blanks, as telephones are not always strict. */
struct slice sdesc_next_word(struct slice *s);
/* RFC 8866 section 9: one or more token-char. */
bool sdesc_is_token(struct slice s);
/* What follows "a=", into the section that is being read. */
void sdesc_read_attribute(struct sdesc_parse *s, struct slice v);

/* What follows "crypto:". False: it cannot be kept, and *out is as it was. */
bool sdesc_read_crypto(struct sdesc_crypto *out, struct slice v);
void sdesc_put_crypto(struct wbuf *w, const struct sdesc_crypto *c);

/* What a payload type means without an rtpmap line; SDESC_CODEC_OTHER and rate 0 when nothing. */
struct sdesc_codec sdesc_static_codec(uint8_t pt);
/* By its encoding name, case ignored (RFC 8866 section 6.6). */
enum sdesc_codec_id sdesc_codec_named(struct slice name);
/* The encoding name; NULL for SDESC_CODEC_OTHER. */
const char *sdesc_codec_name(enum sdesc_codec_id id);
/* What our fmtp line says; NULL for none. */
const char *sdesc_codec_fmtp(enum sdesc_codec_id id);

#endif
