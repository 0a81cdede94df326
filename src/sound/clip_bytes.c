/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clip_bytes -- see clip_bytes.h */
#include "sound/clip_bytes.h"

#include <errno.h>
#include <string.h>

int clip_bytes_put(
	uint8_t *p, size_t cap, size_t *at, const uint8_t *packet, size_t n_bytes)
{
	uint16_t head = (uint16_t)n_bytes;

	if (!n_bytes || n_bytes > SOUND_BYTES_MAX)
		return EINVAL;
	if (*at > cap || cap - *at < sizeof head + n_bytes)
		return ENOSPC;
	memcpy(p + *at, &head, sizeof head);
	memcpy(p + *at + sizeof head, packet, n_bytes);
	*at += sizeof head + n_bytes;
	return 0;
}

bool clip_bytes_next(
	const uint8_t *p, size_t n, size_t *at, const uint8_t **packet, size_t *n_bytes)
{
	uint16_t head;

	if (*at > n || n - *at < sizeof head)
		return false;
	memcpy(&head, p + *at, sizeof head);
	if (!head || head > SOUND_BYTES_MAX || n - *at - sizeof head < head)
		return false;
	*packet = p + *at + sizeof head;
	*n_bytes = head;
	*at += sizeof head + head;
	return true;
}

int clip_bytes_check(enum sound_codec c, const uint8_t *p, size_t n, size_t *packets)
{
	const uint8_t *packet;
	size_t at = 0, n_bytes, found = 0;

	if (c <= SOUND_NONE || c >= SOUND_CODECS)
		return EINVAL;
	while (clip_bytes_next(p, n, &at, &packet, &n_bytes)) {
		if (sound_packet_ms(c, packet, n_bytes) != SOUND_FRAME_MS)
			return EBADMSG;
		if (++found > CLIP_BYTES_FRAMES)
			return EFBIG;
	}
	if (!found || at != n)
		return EBADMSG;
	*packets = found;
	return 0;
}
