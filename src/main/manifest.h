/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * manifest -- what is in a backup: FOLDER/manifest.json, written last, so a backup without one is not whole.
 *
 * A backup comes from a disk that may be anybody's: what is read is bounded, and a name can only lead to a file below
 * the backup's folder.  Memory: manifest_close().  Thread: one at a time for one object.
 */
#ifndef MAIN_MANIFEST_H
#define MAIN_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "main/options.h"

#define MANIFEST_NAME      "manifest.json"
#define MANIFEST_FORMAT    1
#define MANIFEST_FILES_MAX 8192 /* 1024 segments of a ledger, a week of journals, clips */
#define MANIFEST_BYTES_MAX (4u << 20)
#define MANIFEST_PATH_MAX  192 /* "state/journal/2026-11-26T10-49-14.123Z.journal" */
#define MANIFEST_HASH_SIZE 65

/* What a file's name begins with. */
#define MANIFEST_STATE  "state/"
#define MANIFEST_CONFIG "config/"

struct manifest_file {
	char path[MANIFEST_PATH_MAX]; /* below the backup's folder */
	uint64_t size;
	int64_t changed_s; /* since 1970: what goes by its date still does */
	char sha256[MANIFEST_HASH_SIZE];
};

struct manifest {
	char version[32]; /* of the program that took it */
	int64_t schema, taken_ms, calls, open_calls;
	struct manifest_file *files; /* owned */
	size_t n, cap;
};

/* A place for one more; its path is set. EFBIG: there are too many; EINVAL: no such name can be; ENOMEM. Borrowed until the next one. */
int manifest_add(struct manifest *m, const char *path, struct manifest_file **out);
int manifest_write(const struct manifest *m, const char *folder);
/* The bytes of a manifest. EBADMSG: it is none, or damaged; EPROTO: of a newer program; ENOMEM. */
int manifest_parse(struct manifest *out, const char *bytes, size_t n);
/* Says what is wrong. EBADMSG: it is no backup, or damaged; EPROTO: of a newer program; ENOENT. */
int manifest_read(struct manifest *out, const char *folder);
void manifest_close(struct manifest *m); /* zeroed: allowed */
/* Bytes of all files. */
uint64_t manifest_bytes(const struct manifest *m);

#endif
