/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * clips -- the sounds of the configuration, loaded once and handed to each relay as sealed memfds.
 *
 * A clip's index is the same in every relay.  Memory: struct clips lives in the caller. Main thread only; while it loads, as
 * many others as there are processors.
 */
#ifndef MAIN_CLIPS_H
#define MAIN_CLIPS_H

#include <stddef.h>
#include <stdint.h>

#include "main/config.h"
#include "main/config_report.h"
#include "relay/client.h"
#include "sound/codec.h"

/* A clip in one codec (sound/clip_bytes.h). */
struct clip_file {
	int fd; /* sealed memfd, owned */
	uint32_t bytes;
};

struct clip {
	char name[APP_NAME_MAX];
	const struct app_queue_config
		*place_of; /* whose announcement of places it is; NULL: none */
	struct clip_file in[SOUND_CODECS]; /* of SOUND_NONE: fd -1 */
};

struct clips {
	struct clip clips[RP_CLIPS_MAX];
	size_t n;
};

/* What agents hear on their lines; APP_NO_CLIP: nothing. */
struct clips_lines {
	uint32_t ring; /* the offer's */
	uint32_t ringback; /* while it rings at who is called back */
};

/* Loads every clip that c names from folder and writes the indices into c's queues and *lines. kept: the folder where they
 * are kept as they were encoded, made where it is missing; NULL: none.
 * Says on standard error which file is wrong and why. */
int clips_load(struct clips *out, struct config *c, const char *folder, const char *kept,
	struct clips_lines *lines);
/* The same beside those that are there, at their indices; *out begins with their names, and has only what is new of them
 * loaded (clips_join()). What is wrong goes into the report, at the line that names it. EINVAL, ENOMEM. */
int clips_load_more(struct clips *out, const struct clips *have, struct config *c,
	const char *folder, const char *kept, struct clips_lines *lines,
	struct config_report *report);
/* What clips_load_more() loaded is have's from now on. The number of the first. */
size_t clips_join(struct clips *have, struct clips *more);
/* Only looks: is each clip that c names there, and such that it can be loaded? */
void clips_check(struct config *c, const char *folder, struct config_report *report);
void clips_close(struct clips *cl);
#endif
