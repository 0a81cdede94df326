/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* files -- see files.h */
#include "web/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

#define HASH_DIGITS_MIN 8 /* fewer could be a word or a version */

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" }, /* RFC 9239 */
	{ ".mjs", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".ico", "image/x-icon" },
	{ ".json", "application/json" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".wasm", "application/wasm" },
	{ ".wav", "audio/wav" },
	{ ".txt", "text/plain; charset=utf-8" },
};

static bool ends_with(const char *s, const char *ending)
{
	size_t n = strlen(s), m = strlen(ending);

	return n >= m && strcmp(s + n - m, ending) == 0;
}

static const char *type_of(const char *path)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (ends_with(path, types[i].ending))
			return types[i].type;
	return "application/octet-stream";
}

/* "app-3f9c2b71.js": a part of at least eight hexadecimal digits, one of them a figure, before an ending. */
static bool has_hash(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	for (const char *p = strpbrk(name, "-."); p; p = strpbrk(p + 1, "-.")) {
		size_t n = strspn(p + 1, "0123456789abcdef");

		if (n >= HASH_DIGITS_MIN && p[1 + n] == '.' &&
			strcspn(p + 1, "0123456789") < n)
			return true;
	}
	return false;
}

/* FNV-1a, 64 bits: the files are ours, so nobody makes two of them collide on purpose. */
static void make_etag(struct file *f)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < f->n; i++)
		h = (h ^ f->bytes[i]) * 0x100000001b3ULL;
	(void)text_format(f->etag, sizeof f->etag, "\"%016llx\"", (unsigned long long)h);
}

static int read_all(int fd, uint8_t *p, size_t n)
{
	while (n) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return EIO; /* also when it became shorter meanwhile */
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

static int grow(struct files *f)
{
	size_t cap = f->cap ? 2 * f->cap : 64;
	struct file *v;

	if (f->n < f->cap)
		return 0;
	if (f->n >= FILES_MAX)
		return EFBIG;
	v = reallocarray(f->v, cap, sizeof *v);
	if (!v)
		return ENOMEM;
	f->v = v;
	f->cap = cap;
	return 0;
}

static int add_file(struct files *f, int fd, size_t n, const char *path)
{
	struct file one = { .n = n, .type = type_of(path), .hashed = has_hash(path) };
	int err = grow(f);

	if (err)
		return err;
	if (n > FILES_SIZE_MAX || f->sum + n > FILES_SUM_MAX)
		return EFBIG;
	if (text_copy(one.path, sizeof one.path, path))
		return EFBIG;
	one.bytes = malloc(n ? n : 1);
	if (!one.bytes)
		return ENOMEM;
	err = read_all(fd, one.bytes, n);
	if (err) {
		free(one.bytes);
		return err;
	}
	make_etag(&one);
	f->v[f->n++] = one;
	f->sum += n;
	return 0;
}

static int add_folder(struct files *f, int fd, const char *path, int depth);

/* Takes fd over. */
static int add_entry(struct files *f, int fd, const char *path, int depth)
{
	struct stat st;
	int err = 0;

	if (fstat(fd, &st))
		err = EIO;
	else if (S_ISDIR(st.st_mode))
		return add_folder(f, fd, path, depth + 1);
	else if (S_ISREG(st.st_mode))
		err = add_file(f, fd, (size_t)st.st_size, path);
	close(fd);
	return err;
}

static int add_name(
	struct files *f, int folder, const char *path, const char *name, int depth)
{
	char full[FILES_PATH_MAX];
	int fd;

	if (name[0] == '.')
		return 0;
	if (text_format(full, sizeof full, "%s/%s", path, name))
		return EFBIG;
	/* O_NONBLOCK: a FIFO without a writer must not stop the start */
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0)
		return add_entry(f, fd, full, depth);
	if (errno != ELOOP && errno != ENXIO)
		return EIO;
	log_warn("web: %s is a link or no file, it is not served", full);
	return 0;
}

/* Takes fd over. */
static int add_folder(struct files *f, int fd, const char *path, int depth)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;
	int err = 0;

	if (!d) {
		close(fd);
		return EIO;
	}
	if (depth > FILES_DEPTH_MAX)
		err = EFBIG;
	while (!err && (e = readdir(d)))
		err = add_name(f, dirfd(d), path, e->d_name, depth);
	closedir(d);
	return err;
}

static int by_path(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

int files_init(struct files *f, const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	*f = (struct files){ 0 };
	if (fd < 0)
		return ENOENT;
	err = add_folder(f, fd, "", 0);
	if (err)
		files_close(f);
	else if (f->n)
		qsort(f->v, f->n, sizeof *f->v, by_path);
	return err;
}

void files_close(struct files *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->v[i].bytes);
	free(f->v);
	*f = (struct files){ 0 };
}

static const struct file *find_exact(const struct files *f, const char *path)
{
	struct file key;

	if (!f->n || text_copy(key.path, sizeof key.path, path))
		return NULL;
	return bsearch(&key, f->v, f->n, sizeof *f->v, by_path);
}

const struct file *files_find(const struct files *f, const char *path)
{
	char full[FILES_PATH_MAX];

	if (!ends_with(path, "/"))
		return find_exact(f, path);
	if (text_format(full, sizeof full, "%sindex.html", path))
		return NULL;
	return find_exact(f, full);
}

bool files_is_folder(const struct files *f, const char *path)
{
	char full[FILES_PATH_MAX];

	return !text_format(full, sizeof full, "%s/index.html", path) &&
		find_exact(f, full);
}
