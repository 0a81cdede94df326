/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * clip_kept -- what clips have become in each codec, kept beside the records, so that a centre that comes back after its
 * death need not encode them while callers wait.
 *
 * A file is named by the digest of the recording and of who encoded it: what has changed has another name, and nothing is
 * ever out of date.  It ends with a digest of itself: one that was cut by a power failure is none.  Everything here may fail and
 * costs no more than time. Any thread.
 */
#ifndef MAIN_CLIP_KEPT_H
#define MAIN_CLIP_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sound/codec.h"

#define CLIP_KEPT_NAME 65 /* 64 hexadecimal digits and NUL */

/* A clip in each codec, as sound/clip_bytes.h has it; of SOUND_NONE nothing. Owned. */
struct clip_coded {
	uint8_t *bytes[SOUND_CODECS];
	size_t n[SOUND_CODECS];
};

void clip_coded_free(struct clip_coded *c);

/* What a recording's clip is called. EIO: there can be no digest. */
int clip_kept_name(char name[CLIP_KEPT_NAME], const uint8_t *recording, size_t n);
/* ENOENT: it is not there, or not whole. ENOMEM. On an error *out is empty. */
int clip_kept_read(struct clip_coded *out, const char *folder, const char *name);
/* As a whole or not at all. errno's values. */
int clip_kept_write(const struct clip_coded *c, const char *folder, const char *name);
/* Deletes what is not in use any more. */
void clip_kept_sweep(const char *folder,
	bool (*is_used)(const void *arg, const char *name), const void *arg);

#endif
