/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* journal_files -- which segments there are, what is past its date, and reading them.  See journal.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "store/journal.h"

#define PATH_MAX_OURS 1024

static bool ends_in(const char *name, const char *ending)
{
	size_t n = strlen(name), k = strlen(ending);

	return n > k && strcmp(name + n - k, ending) == 0;
}

static int is_segment(const struct dirent *d)
{
	return ends_in(d->d_name, ".journal");
}

static int is_key(const struct dirent *d)
{
	return ends_in(d->d_name, ".key");
}

/* The same with the other ending. */
static int sibling(char out[PATH_MAX_OURS], const char *path, const char *ending)
{
	const char *dot = strrchr(path, '.');

	if (!dot)
		return EINVAL;
	return text_format(out, PATH_MAX_OURS, "%.*s%s", (int)(dot - path), path, ending);
}

static int list(
	const char *dir, int (*is_one)(const struct dirent *), char ***names, size_t *n)
{
	struct dirent **found;
	int got = scandir(dir, &found, is_one, alphasort);
	int err = 0;

	if (got < 0)
		return errno;
	*names = calloc((size_t)got + 1, sizeof **names);
	if (!*names)
		err = ENOMEM;
	for (int i = 0; i < got; i++) {
		if (!err && !((*names)[i] = strdup(found[i]->d_name)))
			err = ENOMEM;
		free(found[i]);
	}
	free(found);
	*n = (size_t)got;
	if (err)
		journal_free_names(*names, *names ? (size_t)got : 0);
	return err;
}

int journal_names(const char *dir, char ***names, size_t *n)
{
	return list(dir, is_segment, names, n);
}

void journal_free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static int64_t changed_ms(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
}

static void remove_file(const char *path)
{
	if (unlink(path) && errno != ENOENT)
		log_error("journal: a file that is past its date cannot be removed: %s",
			strerror(errno));
}

/* Newest first, so that what is too much is the oldest. */
static void purge_segments(const char *dir, int64_t wall_ms)
{
	char **names = NULL;
	size_t n = 0;
	int64_t total = 0;

	if (journal_names(dir, &names, &n))
		return;
	for (size_t i = n; i-- > 0;) {
		char path[PATH_MAX_OURS];
		struct stat st;

		if (text_format(path, sizeof path, "%s/%s", dir, names[i]) ||
			stat(path, &st))
			continue;
		total += st.st_size;
		if (changed_ms(&st) + JOURNAL_KEPT_MS <= wall_ms ||
			total > JOURNAL_TOTAL_MAX)
			remove_file(path);
	}
	journal_free_names(names, n);
}

/* A key goes a day after its segment's last byte, and with it. */
static void purge_keys(const char *dir, int64_t wall_ms)
{
	char **names = NULL;
	size_t n = 0;

	if (list(dir, is_key, &names, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		char path[PATH_MAX_OURS], segment[PATH_MAX_OURS];
		struct stat st;

		if (text_format(path, sizeof path, "%s/%s", dir, names[i]) ||
			sibling(segment, path, ".journal"))
			continue;
		if (stat(segment, &st) || changed_ms(&st) + JOURNAL_KEY_MS <= wall_ms)
			remove_file(path);
	}
	journal_free_names(names, n);
}

void journal_purge(const char *dir, int64_t wall_ms)
{
	purge_segments(dir, wall_ms);
	purge_keys(dir, wall_ms);
}

static int read_all(int fd, uint8_t *p, size_t *n)
{
	size_t at = 0;

	while (at < *n) {
		ssize_t got = read(fd, p + at, *n - at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		if (got == 0)
			break;
		at += (size_t)got;
	}
	*n = at;
	return 0;
}

int journal_read(const char *path, uint8_t **bytes, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	uint8_t *p = NULL;
	size_t size;
	int err = 0;

	if (fd < 0 || fstat(fd, &st))
		err = errno;
	else if (!S_ISREG(st.st_mode))
		err = EINVAL;
	else if (st.st_size > JOURNAL_FILE_MAX)
		err = EFBIG;
	if (err)
		goto out;
	size = (size_t)st.st_size;
	p = malloc(size + 1);
	err = p ? read_all(fd, p, &size) : ENOMEM;
	if (err)
		goto out;
	*bytes = p;
	*n = size;
	p = NULL; /* handed over */
out:
	free(p);
	if (fd >= 0)
		close(fd);
	return err;
}

int journal_read_key(const char *path, uint8_t key[JOURNAL_KEY_SIZE])
{
	char key_path[PATH_MAX_OURS];
	uint8_t *bytes;
	size_t n;
	int err = sibling(key_path, path, ".key");

	if (!err)
		err = journal_read(key_path, &bytes, &n);
	if (err)
		return err;
	if (n == JOURNAL_KEY_SIZE)
		memcpy(key, bytes, JOURNAL_KEY_SIZE);
	else
		err = EINVAL;
	explicit_bzero(bytes, n);
	free(bytes);
	return err;
}
