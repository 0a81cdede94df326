/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * journal -- the files of the routing's journal: written by a thread of their own, removed when their time is over.
 *
 * A segment is a file DIR/2026-11-26T10-49-14.123Z.journal, and beside it, ending in .key, the key of its
 * pseudonyms.  Folder and files are the operator's alone (0700, 0600).  What is in a segment, the core knows
 * (core/acd/journal.h); here it is bytes.  A day after the last byte of a segment its key is removed: from then
 * on nobody can say any more which call or agent a pseudonym was.  Seven days after it the segment goes, and
 * earlier, the oldest first, what is more than JOURNAL_TOTAL_MAX.
 *
 * journal_begin/put/end return at once; bytes wait in JOURNAL_WAITING_MAX of memory.  When the disk takes no
 * more, or they are more than that, the segment is over: its tail may be torn, put() says so, and the next
 * begin() tries again.  Nothing is synced but at the end: a power cut costs the last seconds.
 * Thread: the owner's; the writer's own thread touches files alone.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_KEY_SIZE    16
#define JOURNAL_WAITING_MAX (8u << 20) /* a snapshot of a full house is below 1 MB */
#define JOURNAL_TOTAL_MAX   (INT64_C(4) << 30)
#define JOURNAL_FILE_MAX \
	(INT64_C(256) << 20) /* what a reader takes; a segment is of 64 MB */
#define JOURNAL_KEY_MS   INT64_C(86400000)
#define JOURNAL_KEPT_MS  (7 * INT64_C(86400000))
#define JOURNAL_PURGE_MS 600000

struct journal;

/* Makes the folder where it is missing, removes what is past its date, starts the thread. Its parent exists.
 * ENOMEM, EACCES and what else mkdir() says. */
int journal_open(struct journal **out, const char *dir);
/* Writes what waits. NULL allowed. */
void journal_close(struct journal *j);

/* A segment that begins now; one that is open ends. ENOBUFS. */
int journal_begin(
	struct journal *j, int64_t wall_ms, const uint8_t key[JOURNAL_KEY_SIZE]);
/* ENOBUFS, or what became of bytes that were put before (ENOSPC ...). */
int journal_put(struct journal *j, const void *bytes, size_t n);
void journal_end(struct journal *j);

/* Removes what is past its date at that time: the writer's work, and a test's. */
void journal_purge(const char *dir, int64_t wall_ms);

/* --- reading, by anybody --- */

/* The names of the segments, the oldest first; *names and its strings are to be given to journal_free_names().
 * ENOENT: no such folder. */
int journal_names(const char *dir, char ***names, size_t *n);
void journal_free_names(char **names, size_t n);
/* A whole file, to be freed. EFBIG, and what open() and read() say. */
int journal_read(const char *path, uint8_t **bytes, size_t *n);
/* Of the segment at that path. ENOENT: it is gone. EINVAL: it is none. */
int journal_read_key(const char *path, uint8_t key[JOURNAL_KEY_SIZE]);

#endif
