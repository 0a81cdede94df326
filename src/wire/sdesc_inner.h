/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sdesc_inner -- what sdesc_parse.c, sdesc_write.c and sdesc_codec.c share. */
#ifndef WIRE_SDESC_INNER_H
#define WIRE_SDESC_INNER_H

#include "wire/sdesc.h"

/* RFC 8839 section 5.4 */
#define SDESC_UFRAG_MIN 4
#define SDESC_PWD_MIN   22
#define SDESC_ICE_MAX   256

/* What a payload type means without an rtpmap line; SDESC_CODEC_OTHER and rate 0 when nothing. */
struct sdesc_codec sdesc_static_codec(uint8_t pt);
/* By its encoding name, case ignored (RFC 8866 section 6.6). */
enum sdesc_codec_id sdesc_codec_named(struct slice name);
/* The encoding name; NULL for SDESC_CODEC_OTHER. */
const char *sdesc_codec_name(enum sdesc_codec_id id);
/* What our fmtp line says; NULL for none. */
const char *sdesc_codec_fmtp(enum sdesc_codec_id id);

#endif
