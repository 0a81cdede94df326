/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clips -- see clips.h */
#include "main/clips.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "main/clip_kept.h"
#include "main/clip_sound.h"
#include "main/options.h"
#include "sound/clip_bytes.h"
#include "wire/wav.h"

#define FILE_MAX \
	(128l << 20) /* ten minutes of two channels at 48,000 Hz and 16 bit have 115 MB */

#define THREADS_MAX \
	3 /* beside the first: a recording of ten minutes takes 300 MB while it is worked on */

/* What several threads load, one clip after another; each writes to its own clips only. */
struct loading {
	struct clips *clips;
	const char *folder;
	const char *kept; /* where they are kept as they were encoded; NULL: nowhere */
	bool only_looks;
	atomic_size_t next; /* at first: of the first that is to be loaded */
	int errs[RP_CLIPS_MAX];
	char names[RP_CLIPS_MAX]
		  [CLIP_KEPT_NAME]; /* by which they are kept there; or "" */
};

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

static void close_files(struct clip *clip)
{
	for (size_t c = 0; c < SOUND_CODECS; c++)
		if (clip->in[c].fd >= 0)
			close(clip->in[c].fd);
}

static int seal_in(struct clip *clip, enum sound_codec c, const struct clip_coded *coded)
{
	struct clip_file *f = &clip->in[c];

	f->fd = relayc_memfd(clip->name, coded->bytes[c], coded->n[c]);
	f->bytes = (uint32_t)coded->n[c];
	return f->fd < 0 ? errno : 0;
}

static int encode(struct clip_coded *out, const struct clip_sound *s)
{
	int err = 0;

	for (enum sound_codec c = SOUND_PCMA; !err && c < SOUND_CODECS; c++)
		err = clip_sound_encode(s, c, &out->bytes[c], &out->n[c]);
	return err;
}

/* A recording in every codec. only_looks: in none. */
static int code(struct clip_coded *out, const uint8_t *file, size_t n, bool only_looks)
{
	struct clip_sound sound = { 0 };
	struct wav wav;
	int err = wav_parse(&wav, file, n);

	if (!err)
		err = clip_sound(&sound, &wav, CLIP_BYTES_FRAMES);
	if (!err && !only_looks)
		err = encode(out, &sound);
	clip_sound_close(&sound);
	return err;
}

/* From what is kept, or anew, and then it is. */
static int code_or_find(struct clip_coded *out, struct loading *l, size_t i,
	const uint8_t *file, size_t n)
{
	char *name = l->names[i];
	int err;

	if (!l->kept || clip_kept_name(name, file, n))
		return code(out, file, n, l->only_looks);
	if (!clip_kept_read(out, l->kept, name))
		return 0;
	err = code(out, file, n, false);
	if (!err)
		(void)clip_kept_write(out, l->kept, name);
	return err;
}

static int load_file(struct loading *l, size_t i)
{
	struct clip *clip = &l->clips->clips[i];
	struct clip_coded coded = { 0 };
	char path[OPTIONS_PATH_MAX];
	uint8_t *file = NULL;
	size_t n = 0;
	int err = text_format(path, sizeof path, "%s/%s.wav", l->folder, clip->name);

	if (!err)
		err = read_file(path, &file, &n);
	if (!err)
		err = code_or_find(&coded, l, i, file, n);
	for (enum sound_codec c = SOUND_PCMA; !err && !l->only_looks && c < SOUND_CODECS;
		c++)
		err = seal_in(clip, c, &coded);
	clip_coded_free(&coded);
	free(file);
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

/* The index of a clip by name; it is loaded later. */
static int find(struct clips *cl, const char *name, uint32_t *index)
{
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
	if (cl->n == RP_CLIPS_MAX)
		return ENOSPC;
	err = text_copy(clip->name, sizeof clip->name, name);
	if (err)
		return err;
	for (size_t c = 0; c < SOUND_CODECS; c++)
		clip->in[c].fd = -1;
	*index = (uint32_t)cl->n++;
	return 0;
}

/* What a queue's language says of places and waits. */
static int find_announcements(struct clips *cl, struct app_queue_config *q)
{
	char name[APP_NAME_MAX];
	size_t first = cl->n;
	int err = 0;

	for (unsigned i = 0; !err && i < ANNOUNCE_POSITION_MAX; i++) {
		err = text_format(
			name, sizeof name, "position-%u-%s", i + 1, q->language);
		if (!err)
			err = find(cl, name, &q->positions[i]);
	}
	for (int i = ANNOUNCE_NOTHING + 1; !err && i < ANNOUNCE_WAITS; i++) {
		err = text_format(name, sizeof name, "wait-%s-%s",
			announce_wait_word((enum announce_wait)i), q->language);
		if (!err)
			err = find(cl, name, &q->waits[i]);
	}
	for (size_t i = first; i < cl->n; i++)
		cl->clips[i].place_of = q;
	return err;
}

static int find_queue(struct clips *cl, struct config_queue *q)
{
	int err = find(cl, q->greeting, &q->app.greeting);

	if (!err)
		err = find(cl, q->music, &q->app.music);
	if (!err)
		err = find(cl, q->apology, &q->app.apology);
	if (!err)
		err = find(cl, q->transfer, &q->app.transfer);
	if (!err)
		err = find(cl, q->hold, &q->app.hold);
	if (!err)
		err = find(cl, q->farewell, &q->app.farewell);
	if (!err)
		err = find(cl, q->callback, &q->app.callback_offer);
	if (!err)
		err = find(cl, q->called_back, &q->app.callback_yes);
	for (size_t i = 0; !err && i < ACD_DIVERSIONS_MAX; i++)
		err = find(cl, q->messages[i], &q->app.messages[i]);
	if (!err && q->app.announce_ms)
		err = find_announcements(cl, &q->app);
	return err;
}

static int find_all(struct clips *out, struct config *c, struct clips_lines *lines)
{
	int err = find(out, c->ring, &lines->ring);

	if (!err && c->calls_back)
		err = find(out, c->ringback, &lines->ringback);
	for (size_t i = 0; !err && i < c->n_queues; i++)
		err = find_queue(out, &c->queues[i]);
	for (size_t i = 0; !err && i < c->n_menus; i++)
		err = find(out, c->menus[i].clip, &c->menus[i].app.clip);
	return err;
}

static void *load_some(void *arg)
{
	struct loading *l = arg;
	size_t i;

	while ((i = atomic_fetch_add(&l->next, 1)) < l->clips->n)
		l->errs[i] = load_file(l, i);
	return NULL;
}

/* Announcements in four languages cost two seconds of a processor, most of it for Opus. */
static void load_all(struct loading *l)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[THREADS_MAX];
	size_t n = 0;

	while (n < THREADS_MAX && (long)n + 1 < processors &&
		!pthread_create(&threads[n], NULL, load_some, l))
		n++;
	load_some(l); /* also where there can be no other thread */
	while (n)
		pthread_join(threads[--n], NULL);
}

/* Where the file names that clip, as far as it does. */
static void complain(struct config_report *r, const char *name, const char *text)
{
	static const char *const options[] = { "ring", "ringback", "greeting", "music",
		"apology", "transfer", "hold", "farewell", "callback", "called-back",
		"clip" };
	size_t n = 0;

	for (size_t i = 0; i < r->n_entries; i++) {
		const struct config_entry *e = &r->entries[i];
		const char *last = strrchr(e->option, ' ');
		const char *option = last ? last + 1 : e->option;
		bool names_clips = false;

		for (size_t k = 0; k < sizeof options / sizeof *options; k++)
			names_clips = names_clips || strcmp(option, options[k]) == 0;
		if (!names_clips || e->is_default || strcmp(e->value, name) != 0)
			continue;
		config_report_add(r, e->line, false, text);
		n++;
	}
	if (n == 0) /* by the language, or by a default */
		config_report_add(r, 0, false, text);
}

/* A queue's announcements are told of once, at the line that asks for them, or its number's. */
static void complain_of_places(
	struct config_report *r, const struct app_queue_config *app, const char *text)
{
	const struct config_queue *q = (const void *)((const char *)app -
		offsetof(struct config_queue, app));
	char whole[CONFIG_COMPLAINT_MAX];
	unsigned line = 0;

	for (size_t i = 0; i < r->n_entries; i++) {
		const struct config_entry *e = &r->entries[i];

		if (strcmp(e->section, "queue") == 0 && strcmp(e->title, q->title) == 0 &&
			(strcmp(e->option, "number") == 0 ||
				(strcmp(e->option, "announce") == 0 && e->line)))
			line = e->line;
	}
	(void)text_format(whole, sizeof whole,
		"queue \"%s\": callers are told their place with %s Give such clips in "
		"\"%s\", or set announce = 0.",
		q->title, text, app->language);
	config_report_add(r, line, false, whole);
}

static int tell(const struct loading *l, size_t first, struct config_report *r)
{
	const struct app_queue_config *told = NULL;
	int err = 0;

	for (size_t i = first; i < l->clips->n; i++) {
		const struct clip *clip = &l->clips->clips[i];
		char text[CONFIG_COMPLAINT_MAX / 2];

		if (!l->errs[i])
			continue;
		err = err ? err : l->errs[i];
		(void)text_format(text, sizeof text,
			"%s/%s.wav: this clip cannot be used: %s.", l->folder, clip->name,
			reason(l->errs[i]));
		if (!clip->place_of)
			complain(r, clip->name, text);
		else if (clip->place_of != told)
			complain_of_places(r, clip->place_of, text);
		told = clip->place_of ? clip->place_of : told;
	}
	return err;
}

/* One sentence for all that is not in it. */
static int look_at_folder(const char *folder, struct config_report *r)
{
	char text[CONFIG_COMPLAINT_MAX];
	unsigned line = 0;

	if (access(folder, R_OK | X_OK) == 0)
		return 0;
	for (size_t i = 0; i < r->n_entries; i++)
		if (strcmp(r->entries[i].section, "clips") == 0 &&
			strcmp(r->entries[i].option, "folder") == 0)
			line = r->entries[i].line;
	(void)text_format(text, sizeof text,
		"clips: folder %s cannot be read: %s. Name the folder where the clips "
		"are.",
		folder, strerror(errno));
	config_report_add(r, line, false, text);
	return ENOENT;
}

static int load(struct clips *out, struct config *c, struct loading *l,
	struct clips_lines *lines, struct config_report *r)
{
	const size_t first = out->n;
	char text[64];
	int err = look_at_folder(l->folder, r);

	if (err)
		return err;
	err = find_all(out, c, lines);
	if (err) {
		(void)text_format(text, sizeof text, "more than %d clips.", RP_CLIPS_MAX);
		config_report_add(
			r, 0, false, err == ENOSPC ? text : "a clip's name is too long.");
		return err;
	}
	atomic_init(&l->next, first);
	if (l->kept && mkdir(l->kept, 0700) && errno != EEXIST)
		l->kept = NULL;
	load_all(l);
	return tell(l, first, r);
}

static bool is_used(const void *arg, const char *name)
{
	const struct loading *l = arg;

	for (size_t i = 0; i < l->clips->n; i++)
		if (strcmp(l->names[i], name) == 0)
			return true;
	return false;
}

int clips_load(struct clips *out, struct config *c, const char *folder, const char *kept,
	struct clips_lines *lines)
{
	struct config_report r = { 0 };
	struct loading l = { .clips = out, .folder = folder, .kept = kept };
	int err;

	*out = (struct clips){ .n = 0 };
	err = load(out, c, &l, lines, &r);
	for (size_t i = 0; i < r.n_complaints; i++)
		fprintf(stderr, "%s\n", r.complaints[i].text);
	config_report_close(&r);
	if (err)
		clips_close(out);
	else if (l.kept)
		clip_kept_sweep(l.kept, is_used, &l);
	return err;
}

int clips_load_more(struct clips *out, const struct clips *have, struct config *c,
	const char *folder, const char *kept, struct clips_lines *lines,
	struct config_report *report)
{
	struct loading l = { .clips = out, .folder = folder, .kept = kept };
	int err;

	*out = *have;
	for (size_t i = 0; i < out->n; i++) /* which stay have's */
		for (size_t k = 0; k < SOUND_CODECS; k++)
			out->clips[i].in[k].fd = -1;
	err = load(out, c, &l, lines, report);
	if (err)
		clips_close(out);
	return err == ENOMEM ? ENOMEM : err ? EINVAL : 0;
}

size_t clips_join(struct clips *have, struct clips *more)
{
	const size_t first = have->n;

	for (size_t i = first; i < more->n; i++)
		have->clips[i] = more->clips[i];
	have->n = more->n;
	more->n = 0; /* handed over */
	return first;
}

void clips_check(struct config *c, const char *folder, struct config_report *report)
{
	struct clips *all = calloc(1, sizeof *all);
	struct clips_lines lines;
	struct loading l = { .clips = all, .folder = folder, .only_looks = true };

	if (all)
		(void)load(all, c, &l, &lines, report);
	else
		config_report_add(report, 0, false, "no memory to look at the clips.");
	free(all); /* no file was kept */
}

void clips_close(struct clips *cl)
{
	if (!cl)
		return;
	for (size_t i = 0; i < cl->n; i++)
		close_files(&cl->clips[i]);
	cl->n = 0;
}
