/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* manifest -- see manifest.h. */
#include "main/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "store/ledger_read.h"

#define DEPTH_MAX 3 /* state/ledger/ledger-000001 */

/* Of one part of a path: nothing hidden, nothing that leads up. */
static bool is_part(const char *p, size_t n)
{
	return n > 0 && *p != '.';
}

static bool is_path(const char *path)
{
	unsigned depth = 0;

	if (!text_is_clean_utf8(path))
		return false;
	if (strncmp(path, MANIFEST_STATE, sizeof MANIFEST_STATE - 1) != 0 &&
		strncmp(path, MANIFEST_CONFIG, sizeof MANIFEST_CONFIG - 1) != 0)
		return false;
	for (const char *p = path;; p++) {
		size_t n = strcspn(p, "/");

		if (!is_part(p, n) || ++depth > DEPTH_MAX)
			return false;
		p += n;
		if (!*p)
			return depth > 1;
	}
}

int manifest_add(struct manifest *m, const char *path, struct manifest_file **out)
{
	if (m->n == MANIFEST_FILES_MAX)
		return EFBIG;
	if (!is_path(path) || strlen(path) >= MANIFEST_PATH_MAX)
		return EINVAL;
	if (m->n == m->cap) {
		size_t cap = m->cap ? 2 * m->cap : 64;
		struct manifest_file *more = reallocarray(m->files, cap, sizeof *more);

		if (!more)
			return ENOMEM;
		m->files = more;
		m->cap = cap;
	}
	*out = &m->files[m->n++];
	**out = (struct manifest_file){ .size = 0 };
	return text_copy((*out)->path, sizeof(*out)->path, path);
}

void manifest_close(struct manifest *m)
{
	free(m->files);
	*m = (struct manifest){ .n = 0 };
}

uint64_t manifest_bytes(const struct manifest *m)
{
	uint64_t all = 0;

	for (size_t i = 0; i < m->n; i++)
		all += m->files[i].size;
	return all;
}

/* --- writing --- */

static json_t *to_json(const struct manifest *m)
{
	json_t *files = json_array();

	for (size_t i = 0; i < m->n; i++) {
		const struct manifest_file *f = &m->files[i];

		if (json_array_append_new(files,
			    json_pack("{s:s, s:I, s:I, s:s}", "path", f->path, "size",
				    (json_int_t)f->size, "changed_s",
				    (json_int_t)f->changed_s, "sha256", f->sha256))) {
			json_decref(files);
			return NULL;
		}
	}
	return json_pack("{s:i, s:s, s:I, s:I, s:I, s:I, s:o}", "format", MANIFEST_FORMAT,
		"version", m->version, "schema", (json_int_t)m->schema, "taken_ms",
		(json_int_t)m->taken_ms, "calls", (json_int_t)m->calls, "open_calls",
		(json_int_t)m->open_calls, "files", files);
}

int manifest_write(const struct manifest *m, const char *folder)
{
	char path[OPTIONS_PATH_MAX];
	json_t *j = to_json(m);
	FILE *f = NULL;
	int fd = -1,
	    err = j ? text_format(path, sizeof path, "%s/" MANIFEST_NAME, folder)
		    : ENOMEM;

	if (!err) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		f = fd < 0 ? NULL : fdopen(fd, "w");
		err = f ? 0 : errno;
	}
	if (!err &&
		(json_dumpf(j, f, JSON_INDENT(1)) || fputc('\n', f) == EOF ||
			fflush(f) == EOF || fsync(fd)))
		err = errno ? errno : EIO;
	if (f && fclose(f) == EOF && !err)
		err = errno;
	else if (!f && fd >= 0)
		close(fd);
	json_decref(j);
	return err;
}

/* --- reading --- */

static bool is_hash(const char *text)
{
	uint8_t hash[32];

	return strlen(text) == MANIFEST_HASH_SIZE - 1 &&
		text_unhex(hash, sizeof hash, text) == 0;
}

static int read_file(struct manifest *m, json_t *j)
{
	const char *path, *sha256;
	json_int_t size, changed_s;
	struct manifest_file *f;
	int err;

	if (json_unpack(j, "{s:s, s:I, s:I, s:s}", "path", &path, "size", &size,
		    "changed_s", &changed_s, "sha256", &sha256) ||
		size < 0 || changed_s < 0 || !is_hash(sha256))
		return EBADMSG;
	err = manifest_add(m, path, &f);
	if (err)
		return err == ENOMEM ? err : EBADMSG;
	f->size = (uint64_t)size;
	f->changed_s = changed_s;
	return text_copy(f->sha256, sizeof f->sha256, sha256);
}

static int read_json(struct manifest *m, json_t *j)
{
	json_int_t schema, taken_ms, calls, open_calls;
	const char *version;
	json_t *files;
	int format, err = 0;

	if (json_unpack(j, "{s:i}", "format", &format) || format < 1)
		return EBADMSG;
	if (format > MANIFEST_FORMAT)
		return EPROTO;
	if (json_unpack(j, "{s:s, s:I, s:I, s:I, s:I, s:o}", "version", &version,
		    "schema", &schema, "taken_ms", &taken_ms, "calls", &calls,
		    "open_calls", &open_calls, "files", &files) ||
		!json_is_array(files) || !text_is_clean_utf8(version) ||
		text_copy(m->version, sizeof m->version, version))
		return EBADMSG;
	m->schema = schema;
	m->taken_ms = taken_ms;
	m->calls = calls;
	m->open_calls = open_calls;
	for (size_t i = 0; !err && i < json_array_size(files); i++)
		err = read_file(m, json_array_get(files, i));
	return err;
}

static void say(const char *folder, int err)
{
	if (err == ENOENT)
		fprintf(stderr,
			"%s: this is no backup: there is no " MANIFEST_NAME
			" in it. One that was interrupted has none.\n",
			folder);
	else if (err == EPROTO)
		fprintf(stderr, "%s: a newer heimamt took this backup. Use that one.\n",
			folder);
	else if (err == EBADMSG)
		fprintf(stderr, "%s/" MANIFEST_NAME ": it is damaged.\n", folder);
	else
		fprintf(stderr, "%s/" MANIFEST_NAME ": %s.\n", folder, strerror(err));
}

int manifest_parse(struct manifest *out, const char *bytes, size_t n)
{
	struct manifest m = { .n = 0 };
	json_t *j = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, NULL);
	int err = j ? read_json(&m, j) : EBADMSG;

	json_decref(j);
	if (err)
		manifest_close(&m);
	else
		*out = m;
	return err;
}

int manifest_read(struct manifest *out, const char *folder)
{
	char path[OPTIONS_PATH_MAX], *bytes = malloc(MANIFEST_BYTES_MAX);
	size_t n = 0;
	int err = bytes ? text_format(path, sizeof path, "%s/" MANIFEST_NAME, folder)
			: ENOMEM;

	if (!err)
		err = ledger_read_text(path, bytes, MANIFEST_BYTES_MAX, &n);
	if (!err)
		err = manifest_parse(out, bytes, n);
	free(bytes);
	if (err)
		say(folder, err);
	return err;
}
