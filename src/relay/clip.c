/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clip -- see clip.h. */
#include "relay/clip.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "relay/proto.h"
#include "sound/clip_bytes.h"

int clip_load(struct clip *c, enum sound_codec codec, int fd, size_t n)
{
	const int want = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	size_t packets;
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
	if (clip_bytes_check(codec, p, n, &packets)) {
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

bool clip_player_frame(struct clip_player *p, const struct clip *c, struct slice *out)
{
	const uint8_t *bytes = c->in[p->codec].p;
	size_t n = c->in[p->codec].n;

	if (p->at >= n && p->loop)
		p->at = 0;
	return bytes && clip_bytes_next(bytes, n, &p->at, &out->p, &out->n);
}
