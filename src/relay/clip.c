/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clip -- see clip.h. */
#include "relay/clip.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "relay/proto.h"

int clip_load(struct clip *c, int fd, size_t n)
{
	const int want = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	struct stat st;
	void *p;

	if (!n || n > RP_CLIP_BYTES_MAX || fstat(fd, &st) || st.st_size < (off_t)n)
		return EINVAL;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0 || (seals & want) != want)
		return EPERM;
	p = mmap(NULL, n, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		return ENOMEM;
	clip_close(c);
	*c = (struct clip){ .p = p, .n = n };
	return 0;
}

void clip_close(struct clip *c)
{
	if (c->p)
		munmap((void *)(uintptr_t)c->p, c->n);
	*c = (struct clip){ 0 };
}

void clip_player_start(struct clip_player *p, uint32_t clip, bool loop)
{
	*p = (struct clip_player){ .clip = clip, .loop = loop };
}

unsigned int clip_player_due(struct clip_player *p, int64_t now_us, bool *skipped)
{
	*skipped = false;
	/* half a frame early: a tick that comes a little late or soon still finds exactly one frame */
	if (!p->next_us)
		p->next_us = now_us - CLIP_FRAME_US / 2;
	if (now_us < p->next_us)
		return 0;
	int64_t due = (now_us - p->next_us) / CLIP_FRAME_US + 1;

	if (due > CLIP_CATCH_UP) {
		*skipped = true;
		p->next_us = now_us - CLIP_FRAME_US / 2;
		due = 1;
	}
	p->next_us += due * CLIP_FRAME_US;
	return (unsigned int)due;
}

bool clip_player_frame(
	struct clip_player *p, const struct clip *c, uint8_t out[CLIP_FRAME])
{
	size_t n = 0;

	while (n < CLIP_FRAME) {
		if (p->at >= c->n) {
			if (!p->loop || !c->n)
				break;
			p->at = 0;
		}
		size_t part = c->n - p->at;

		if (part > CLIP_FRAME - n)
			part = CLIP_FRAME - n;
		memcpy(out + n, c->p + p->at, part);
		p->at += part;
		n += part;
	}
	memset(out + n, CLIP_FILL, CLIP_FRAME - n);
	return n > 0;
}
