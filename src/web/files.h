/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * files -- the desk's folder, read once into memory, found by path.
 *
 * A request can reach only what was listed at the start: there is no path to climb out of, no disk to wait
 * for on the loop, and the pages always belong to the program that serves them.  The cost: the folder's size
 * in memory (some hundred KB), and a change in the folder shows after a restart.
 *
 * Left out: names that start with a dot, symbolic links, and what is neither file nor folder.
 * The control loop's thread, only.
 */
#ifndef WEB_FILES_H
#define WEB_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILES_MAX       1024 /* the desk has some dozens */
#define FILES_DEPTH_MAX 8
#define FILES_SIZE_MAX \
	(8u << 20) /* of one: the largest is a sound or the audio guard's module */
#define FILES_SUM_MAX   (64u << 20)
#define FILES_PATH_MAX  256 /* of a request's path, with NUL */
#define FILES_ETAG_SIZE 20

struct file {
	char path[FILES_PATH_MAX]; /* "/desk/index.html" */
	uint8_t *bytes; /* owned */
	size_t n;
	const char *type; /* Content-Type */
	char etag[FILES_ETAG_SIZE]; /* of the content, with quotes */
	bool hashed; /* its name changes with its content, so it may be kept for ever */
};

struct files {
	struct file *v; /* owned, sorted by path */
	size_t n, cap, sum;
};

/* ENOENT: no such folder; EFBIG: past one of the limits; EIO, ENOMEM. */
int files_init(struct files *f, const char *folder);
void files_close(struct files *f);

/* "/desk/" finds "/desk/index.html"; borrowed; NULL. */
const struct file *files_find(const struct files *f, const char *path);

/* "/desk": a folder with an index, named without its slash. */
bool files_is_folder(const struct files *f, const char *path);

#endif
