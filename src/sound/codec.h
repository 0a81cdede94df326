/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * codec -- 20 ms of voice between bytes of a codec and samples: PCMA and PCMU (own tables), G722 (spandsp),
 * Opus (libopus).
 *
 * One coder is one direction of one leg. It works at 8,000 or 16,000 samples a second, whatever the codec's own rate
 * is, so that two legs can meet at the rate of the poorer one; where the rates differ it halves or doubles by itself.
 * Memory is allocated when a coder is made, never after. Bytes are hostile: any length is safe. One thread at a time.
 *
 * What encoding and decoding again delay by, in ms, the frame itself aside (where rates differ, half of it
 * either way):
 *
 *          8,000    16,000 samples a second
 *   G.711  0        2.9
 *   G722   4.3      1.4     it works at 16,000 always
 *   Opus   6.5      6.5
 *
 * What speech costs: docs/sound.md.
 */
#ifndef SOUND_CODEC_H
#define SOUND_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Their numbers are said between control and relay (relay/proto.h) and kept in blobs. */
enum sound_codec { SOUND_NONE, SOUND_PCMA, SOUND_PCMU, SOUND_G722, SOUND_OPUS };
#define SOUND_CODECS 5 /* with SOUND_NONE */

#define SOUND_FRAME_MS   20
#define SOUND_NARROW     8000
#define SOUND_WIDE       16000
#define SOUND_FRAME_MAX  (SOUND_WIDE / 1000 * SOUND_FRAME_MS) /* samples of one frame */
#define SOUND_PACKET_MS  60 /* longest packet that is decoded; longer ones are EMSGSIZE */
#define SOUND_PACKET_MAX (SOUND_WIDE / 1000 * SOUND_PACKET_MS) /* samples of one packet */
#define SOUND_BYTES_MAX \
	480 /* of one packet: 60 ms of G.711 or G.722; Opus as we write it is far below */

const char *sound_name(enum sound_codec c); /* "PCMA" ...; "" for none */
/* RTP clock in ticks per millisecond: 8, of Opus 48 (RFC 7587 section 4.1); G722 counts 8 by an old mistake (RFC 3551
 * section 4.5.2). */
uint32_t sound_ticks_per_ms(enum sound_codec c);
/* The samples a second that it carries at best: SOUND_NARROW of PCMA and PCMU, SOUND_WIDE of the others. */
uint32_t sound_rate(enum sound_codec c);
/* How long a packet is, in milliseconds, without decoding it; 0: not a whole number of them, empty, or no packet of
 * this codec. */
uint32_t sound_packet_ms(enum sound_codec c, const uint8_t *p, size_t n);

struct sound_encoder;
struct sound_decoder;

/* EINVAL: no such codec or rate; ENOMEM. */
int sound_encoder_new(struct sound_encoder **out, enum sound_codec c, uint32_t rate);
void sound_encoder_free(struct sound_encoder *e);
/* pcm: exactly one frame (rate / 50 samples). *n bytes at out, at most cap; ENOSPC when they do not fit. */
int sound_encode(
	struct sound_encoder *e, const int16_t *pcm, uint8_t *out, size_t cap, size_t *n);
/* Opus: make the stream fit for a line that loses so many percent (0: no error correction). Others: nothing. */
void sound_encoder_expect_loss(struct sound_encoder *e, uint32_t percent);

int sound_decoder_new(struct sound_decoder **out, enum sound_codec c, uint32_t rate);
void sound_decoder_free(struct sound_decoder *d);
/* A packet of at most SOUND_PACKET_MS. *n samples at pcm (room for SOUND_PACKET_MAX). EBADMSG: it cannot be decoded;
 * EMSGSIZE: longer. */
int sound_decode(struct sound_decoder *d, const uint8_t *p, size_t n_bytes, int16_t *pcm,
	size_t *n);
/* Opus: the frame that was lost just before this packet, from what the packet says of it (in-band error correction,
 * RFC 6716 section 2.1.7). ENOENT: it says nothing, or the codec never does. One frame of 20 ms. */
int sound_decode_lost(struct sound_decoder *d, const uint8_t *next, size_t n_bytes,
	int16_t *pcm, size_t *n);
/* Opus: one frame that is made up; the decoder knows best. ENOTSUP: other codecs (stretch.h does it). */
int sound_decode_nothing(struct sound_decoder *d, int16_t *pcm, size_t *n);

#endif
