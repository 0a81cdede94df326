/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* copy -- see copy.h. */
#include "main/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define CHUNK    (256u << 10)
#define FTW_OPEN 8 /* folders that are open at a time */

static int write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

static int pump(
	int from, int to, EVP_MD_CTX *sha, const struct copy_job *job, uint64_t *size)
{
	uint8_t *chunk = malloc(CHUNK);
	int err = chunk ? 0 : ENOMEM;

	while (!err) {
		ssize_t got = read(from, chunk, CHUNK);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			err = got ? errno : 0;
			break;
		}
		if (EVP_DigestUpdate(sha, chunk, (size_t)got) != 1)
			err = EIO;
		else if (to >= 0)
			err = write_all(to, chunk, (size_t)got);
		*size += (uint64_t)got;
		if (job->progress)
			job->progress(job->arg, (uint64_t)got);
	}
	free(chunk);
	return err;
}

/* The time stays: what goes by its date still does. */
static int finish(int to, const struct stat *st)
{
	const struct timespec times[] = { st->st_mtim, st->st_mtim };

	return futimens(to, times) || fsync(to) ? errno : 0;
}

static int copy_open(struct manifest_file *out, int from, int to, EVP_MD_CTX *sha,
	const struct copy_job *job)
{
	uint8_t hash[32];
	struct stat st;
	int err = fstat(from, &st) ? errno : 0;

	if (!err && !S_ISREG(st.st_mode))
		err = EINVAL;
	if (!err && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) != 1)
		err = EIO;
	out->size = 0;
	if (!err)
		err = pump(from, to, sha, job, &out->size);
	if (!err && EVP_DigestFinal_ex(sha, hash, NULL) != 1)
		err = EIO;
	if (!err && to >= 0)
		err = finish(to, &st);
	if (err)
		return err;
	out->changed_s = st.st_mtim.tv_sec;
	text_hex(out->sha256, sizeof out->sha256, hash, sizeof hash);
	return 0;
}

int copy_file(struct manifest_file *out, const struct copy_job *job)
{
	EVP_MD_CTX *sha = EVP_MD_CTX_new();
	int to = -1, err = sha ? 0 : ENOMEM;
	/* a pipe of that name is not waited for */
	int from = open(job->from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (!err && from < 0)
		err = errno == ELOOP ? EINVAL : errno;
	if (!err && job->to) {
		to = open(job->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, job->mode);
		err = to < 0 ? errno : 0;
	}
	if (!err)
		err = copy_open(out, from, to, sha, job);
	if (to >= 0 && close(to) && !err)
		err = errno;
	if (to >= 0 && err)
		(void)unlink(job->to);
	if (from >= 0)
		close(from);
	EVP_MD_CTX_free(sha);
	return err;
}

int copy_sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = fsync(fd) ? errno : 0;
	close(fd);
	return err;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)remove(path);
	return 0;
}

void copy_remove(const char *path)
{
	(void)nftw(path, remove_one, FTW_OPEN, FTW_DEPTH | FTW_PHYS);
}

int copy_make_folders(const char *dir, const char *path)
{
	char folder[OPTIONS_PATH_MAX];

	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		int err = text_format(
			folder, sizeof folder, "%s/%.*s", dir, (int)(p - path), path);

		if (!err && mkdir(folder, 0700) && errno != EEXIST)
			err = errno;
		if (err)
			return err;
	}
	return 0;
}
