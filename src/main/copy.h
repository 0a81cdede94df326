/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* copy -- a file's bytes to another place, on the disk when it returns, and what they were by SHA-256. */
#ifndef MAIN_COPY_H
#define MAIN_COPY_H

#include <stdint.h>
#include <sys/types.h>

#include "main/manifest.h"

struct copy_job {
	const char *from; /* a regular file, no link */
	const char *to; /* must not be there; NULL: it is only read */
	mode_t mode; /* of `to` */
	void (*progress)(void *arg, uint64_t bytes); /* NULL: nobody wants to know */
	void *arg;
};

/* Size, time of change and hash of what was read into *out; its path stays. A file that grows is taken to where it ends when
 * it is reached. EINVAL: no regular file; EEXIST, ENOENT, ENOSPC, EIO. On failure `to` is gone. */
int copy_file(struct manifest_file *out, const struct copy_job *job);

/* Its names are on the disk, too. */
int copy_sync_folder(const char *path);
/* A folder with all that is in it, for one that is not whole. */
void copy_remove(const char *path);
/* DIR/a or DIR/a/b of a path "a/b/c" below DIR: the folders that are missing, 0700. */
int copy_make_folders(const char *dir, const char *path);

#endif
