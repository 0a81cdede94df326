/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clip -- see clip.h. */
#include "relay/clip.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "relay/proto.h"
#include "wire/g711.h"

/* What stands behind the last part of a frame. G722 has no byte of silence: this one is as good as any. */
static const uint8_t fill[SOUND_CODECS] = {
	[SOUND_PCMA] = G711_ALAW_SILENCE,
	[SOUND_PCMU] = G711_ULAW_SILENCE,
	[SOUND_G722] = 0xFA,
};

/* A frame of Opus: its length in two bytes of the machine's order, and itself. */
static bool opus_next(const uint8_t *p, size_t n, size_t *at, struct slice *out)
{
	uint16_t len;

	if (n - *at < sizeof len)
		return false;
	memcpy(&len, p + *at, sizeof len);
	if (!len || len > SOUND_BYTES_MAX || n - *at - sizeof len < len)
		return false;
	*out = slice_of(p + *at + sizeof len, len);
	*at += sizeof len + len;
	return true;
}

static bool are_frames(enum sound_codec codec, const uint8_t *p, size_t n)
{
	struct slice frame;
	size_t at = 0;

	while (codec == SOUND_OPUS && at < n)
		if (!opus_next(p, n, &at, &frame))
			return false;
	return true;
}

int clip_load(struct clip *c, enum sound_codec codec, int fd, size_t n)
{
	const int want = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	struct stat st;
	void *p;

	if (codec <= SOUND_NONE || codec >= SOUND_CODECS || !n || n > RP_CLIP_BYTES_MAX ||
		fstat(fd, &st) || st.st_size < (off_t)n)
		return EINVAL;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0 || (seals & want) != want)
		return EPERM;
	p = mmap(NULL, n, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		return ENOMEM;
	if (!are_frames(codec, p, n)) {
		munmap(p, n);
		return EINVAL;
	}
	if (c->in[codec].p)
		munmap((void *)(uintptr_t)c->in[codec].p, c->in[codec].n);
	c->in[codec].p = p;
	c->in[codec].n = n;
	return 0;
}

void clip_close(struct clip *c)
{
	for (size_t i = 0; i < SOUND_CODECS; i++)
		if (c->in[i].p)
			munmap((void *)(uintptr_t)c->in[i].p, c->in[i].n);
	*c = (struct clip){ 0 };
}

bool clip_has(const struct clip *c, enum sound_codec codec)
{
	return c->in[codec].p != NULL;
}

void clip_player_start(
	struct clip_player *p, uint32_t clip, enum sound_codec codec, bool loop)
{
	*p = (struct clip_player){ .clip = clip, .codec = codec, .loop = loop };
}

unsigned int clip_beat_due(struct clip_beat *b, int64_t now_us, bool *skipped)
{
	*skipped = false;
	/* half a frame early: a tick that comes a little late or soon still finds exactly one frame */
	if (!b->next_us)
		b->next_us = now_us - CLIP_FRAME_US / 2;
	if (now_us < b->next_us)
		return 0;
	int64_t due = (now_us - b->next_us) / CLIP_FRAME_US + 1;

	if (due > CLIP_CATCH_UP) {
		*skipped = true;
		b->next_us = now_us - CLIP_FRAME_US / 2;
		due = 1;
	}
	b->next_us += due * CLIP_FRAME_US;
	return (unsigned int)due;
}

static bool opus_frame(
	struct clip_player *p, const uint8_t *bytes, size_t n, struct slice *out)
{
	if (opus_next(bytes, n, &p->at, out))
		return true;
	p->at = 0;
	return p->loop && opus_next(bytes, n, &p->at, out);
}

bool clip_player_frame(struct clip_player *p, const struct clip *c, struct slice *out)
{
	const uint8_t *bytes = c->in[p->codec].p;
	size_t n = c->in[p->codec].n, filled = 0;

	if (p->codec == SOUND_OPUS)
		return bytes && opus_frame(p, bytes, n, out);
	while (filled < CLIP_FRAME) {
		if (p->at >= n) {
			if (!p->loop || !n)
				break;
			p->at = 0;
		}
		size_t part = n - p->at;

		if (part > CLIP_FRAME - filled)
			part = CLIP_FRAME - filled;
		memcpy(p->part + filled, bytes + p->at, part);
		p->at += part;
		filled += part;
	}
	memset(p->part + filled, fill[p->codec], CLIP_FRAME - filled);
	*out = slice_of(p->part, CLIP_FRAME);
	return filled > 0;
}
