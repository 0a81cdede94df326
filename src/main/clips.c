/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clips -- see clips.h */
#include "main/clips.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "main/clip_sound.h"
#include "main/options.h"
#include "wire/wav.h"

#define FILE_MAX \
	(128l << 20) /* ten minutes of two channels at 48,000 Hz and 16 bit have 115 MB */

static int read_file(const char *path, uint8_t **out, size_t *n)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *p = NULL;
	int err = 0;

	if (!f)
		return errno;
	if (fstat(fileno(f), &st))
		err = errno;
	else if (st.st_size > FILE_MAX)
		err = EFBIG;
	if (err)
		goto out;
	*n = (size_t)st.st_size;
	p = malloc(*n + 1); /* also of an empty one */
	if (!p)
		err = ENOMEM;
	else if (fread(p, 1, *n, f) != *n)
		err = EIO;
out:
	fclose(f);
	if (err)
		free(p);
	else
		*out = p;
	return err;
}

/* A WAV file as sealed A-law. */
static int load_file(struct clip *clip, const char *path)
{
	uint8_t *file = NULL, *alaw = NULL;
	struct wav wav;
	size_t n = 0;
	int err = read_file(path, &file, &n);

	if (!err)
		err = wav_parse(&wav, file, n);
	if (!err)
		err = clip_sound(&wav, RP_CLIP_BYTES_MAX, &alaw, &n);
	if (err)
		goto out;
	clip->fd = relayc_memfd(clip->name, alaw, n);
	clip->bytes = (uint32_t)n;
	err = clip->fd < 0 ? errno : 0;
out:
	free(file);
	free(alaw);
	return err;
}

static const char *reason(int err)
{
	switch (err) {
	case EBADMSG: return "it is no WAV file, or it is cut";
	case ENOTSUP:
		return "it must be A-law, mu-law or 16 bit, of one or two channels, "
		       "8,000 to 48,000 Hz";
	case EFBIG: return "it is longer than ten minutes";
	case ENODATA: return "it is empty";
	case ENOMSG: return "it is silent; record it anew, or louder";
	case EDOM:
		return "some moments are far louder than its speech; hold those back "
		       "(a limiter), or record it anew";
	default: return strerror(err);
	}
}

/* The index of a clip by name, loaded where it is not yet. */
static int find(struct clips *cl, const char *folder, const char *name, uint32_t *index)
{
	char path[OPTIONS_PATH_MAX];
	struct clip *clip = &cl->clips[cl->n];
	int err;

	*index = APP_NO_CLIP;
	if (!*name)
		return 0;
	for (size_t i = 0; i < cl->n; i++)
		if (strcmp(cl->clips[i].name, name) == 0) {
			*index = (uint32_t)i;
			return 0;
		}
	if (cl->n == RP_CLIPS_MAX) {
		fprintf(stderr, "heimamt: more than %d clips.\n", RP_CLIPS_MAX);
		return ENOSPC;
	}
	err = text_format(path, sizeof path, "%s/%s.wav", folder, name);
	if (!err)
		err = text_copy(clip->name, sizeof clip->name, name);
	if (!err)
		err = load_file(clip, path);
	if (err) {
		fprintf(stderr, "%s: this clip cannot be used: %s.\n", path, reason(err));
		return err;
	}
	*index = (uint32_t)cl->n++;
	return 0;
}

/* What a queue's language says of places and waits. */
static int load_announcements(
	struct clips *cl, const char *folder, struct app_queue_config *q)
{
	char name[APP_NAME_MAX];
	int err = 0;

	for (unsigned i = 0; !err && i < ANNOUNCE_POSITION_MAX; i++) {
		err = text_format(
			name, sizeof name, "position-%u-%s", i + 1, q->language);
		if (!err)
			err = find(cl, folder, name, &q->positions[i]);
	}
	for (int i = ANNOUNCE_NOTHING + 1; !err && i < ANNOUNCE_WAITS; i++) {
		err = text_format(name, sizeof name, "wait-%s-%s",
			announce_wait_word((enum announce_wait)i), q->language);
		if (!err)
			err = find(cl, folder, name, &q->waits[i]);
	}
	if (err)
		fprintf(stderr,
			"Callers of %s are told their place with it. Give such clips in "
			"\"%s\", or set announce = 0.\n",
			q->number, q->language);
	return err;
}

static int load_queue(struct clips *cl, const char *folder, struct config_queue *q)
{
	int err = find(cl, folder, q->greeting, &q->app.greeting);

	if (!err)
		err = find(cl, folder, q->music, &q->app.music);
	if (!err)
		err = find(cl, folder, q->apology, &q->app.apology);
	if (!err)
		err = find(cl, folder, q->transfer, &q->app.transfer);
	if (!err)
		err = find(cl, folder, q->hold, &q->app.hold);
	if (!err)
		err = find(cl, folder, q->farewell, &q->app.farewell);
	if (!err)
		err = find(cl, folder, q->callback, &q->app.callback_offer);
	if (!err)
		err = find(cl, folder, q->called_back, &q->app.callback_yes);
	for (size_t i = 0; !err && i < ACD_DIVERSIONS_MAX; i++)
		err = find(cl, folder, q->messages[i], &q->app.messages[i]);
	if (!err && q->app.announce_ms)
		err = load_announcements(cl, folder, &q->app);
	return err;
}

int clips_load(struct clips *out, struct config *c, const char *folder,
	struct clips_lines *lines)
{
	int err;

	*out = (struct clips){ .n = 0 };
	err = find(out, folder, c->ring, &lines->ring);
	if (!err && c->calls_back)
		err = find(out, folder, c->ringback, &lines->ringback);
	for (size_t i = 0; !err && i < c->n_queues; i++)
		err = load_queue(out, folder, &c->queues[i]);
	for (size_t i = 0; !err && i < c->n_menus; i++)
		err = find(out, folder, c->menus[i].clip, &c->menus[i].app.clip);
	if (err)
		clips_close(out);
	return err;
}

void clips_close(struct clips *cl)
{
	if (!cl)
		return;
	for (size_t i = 0; i < cl->n; i++)
		close(cl->clips[i].fd);
	cl->n = 0;
}
