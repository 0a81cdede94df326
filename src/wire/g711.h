/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * g711 -- A-law and mu-law (ITU-T G.711) by table, to and from 16-bit linear.
 *
 * Pure; any thread; tables are constant.
 */
#ifndef WIRE_G711_H
#define WIRE_G711_H

#include <stddef.h>
#include <stdint.h>

#define G711_ALAW_SILENCE 0xD5 /* the code of +0 after the even bits are inverted */
#define G711_ULAW_SILENCE 0xFF

int16_t g711_alaw_decode(uint8_t code);
uint8_t g711_alaw_encode(int16_t sample);
int16_t g711_ulaw_decode(uint8_t code);
uint8_t g711_ulaw_encode(int16_t sample);

/* The largest magnitude among n A-law codes, 0..32256; 8 for digital silence of either sign. */
uint16_t g711_alaw_peak(const uint8_t *codes, size_t n);

#endif
