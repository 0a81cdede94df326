/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* segments -- the journal's files, as the commands replay and explain read them. */
#ifndef MAIN_SEGMENTS_H
#define MAIN_SEGMENTS_H

#include "core/acd/journal.h"
#include "main/options.h"
#include "store/journal.h"

struct segments {
	char dir[OPTIONS_PATH_MAX]; /* "": `path` is one file */
	const char *path;
	char **names; /* owned; the oldest first */
	size_t n;
};

/* path: a segment, a journal's folder, or a state folder that has one. Says on standard error what is wrong. */
int segments_open(struct segments *s, const char *path);
void segments_close(struct segments *s);

/* One of them, run up to before its first event. */
struct segment {
	char path[OPTIONS_PATH_MAX];
	const char *name; /* of the file: borrowed of segments */
	uint8_t *bytes;
	size_t n;
	enum acd_replayed result; /* of acd_replay_init(), then of the last step */
	struct acd_replay replay;
};

/* On the heap. An errno: the file cannot be read, which was told. */
int segment_open(const struct segments *s, size_t i, struct segment **out);
void segment_close(struct segment *seg); /* NULL allowed */
/* acd_replay_next(), remembered. False: nothing was run. */
bool segment_step(struct segment *seg);
/* "torn" ...: what is wrong with it; NULL: nothing. */
const char *segment_wrong(const struct segment *seg);
/* Says it on standard error, with the last good event. */
void segment_complain(const struct segment *seg);
/* The last event's time, of the wall's clock. */
int64_t segment_wall_ms(const struct segment *seg);

#endif
