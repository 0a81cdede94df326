/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* backup_verify -- see backup.h. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main/backup.h"
#include "store/snapshot.h"

void backup_tell_copy(void *arg, uint64_t bytes)
{
	progress_add(arg, bytes, "");
}

static int say(const char *folder, const char *path, const char *what)
{
	fprintf(stderr, "%s/%s: %s.\n", folder, path, what);
	return EBADMSG;
}

static int check_file(
	const char *folder, const struct manifest_file *want, struct progress *p)
{
	struct manifest_file is = { .size = 0 };
	char path[OPTIONS_PATH_MAX];
	const struct copy_job job = {
		.from = path, .progress = backup_tell_copy, .arg = p
	};
	int err = options_path(path, folder, want->path);

	if (!err)
		err = copy_file(&is, &job);
	if (err) {
		progress_end(p);
		fprintf(stderr, "%s/%s: %s.\n", folder, want->path, strerror(err));
		return err;
	}
	if (is.size == want->size && strcmp(is.sha256, want->sha256) == 0)
		return 0;
	progress_end(p);
	return say(folder, want->path,
		is.size == want->size
			? "it is damaged: its bytes are not those that were saved"
			: "it is damaged: it has not the size that was saved");
}

static bool has_records(const struct manifest *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->files[i].path, BACKUP_RECORDS) == 0)
			return true;
	return false;
}

static int check_records(const struct manifest *m, const char *folder)
{
	struct snapshot_info info;
	char path[OPTIONS_PATH_MAX];
	int err;

	if (!has_records(m))
		return say(folder, MANIFEST_NAME, "there are no records in this backup");
	err = options_path(path, folder, BACKUP_RECORDS);
	if (!err)
		err = snapshot_check(&info, path);
	if (!err && info.schema != m->schema)
		err = EBADMSG;
	if (err)
		fprintf(stderr, "%s: the records in it cannot be used: %s.\n", path,
			err == EBADMSG ? "they are damaged" : strerror(err));
	return err;
}

/* Before anything large is read. */
static int check_schema(const struct manifest *m, const char *folder)
{
	if (m->schema <= snapshot_schema())
		return 0;
	fprintf(stderr,
		"%s: heimamt %s took this backup, with schema %" PRId64
		"; this program knows %" PRId64 ". Use that one, or a newer one.\n",
		folder, m->version, m->schema, snapshot_schema());
	return EPROTO;
}

int backup_verify(struct manifest *out, const char *folder, bool shows_progress)
{
	struct manifest m = { .n = 0 };
	struct progress p;
	int err = manifest_read(&m, folder);

	if (err)
		return err;
	err = check_schema(&m, folder);
	progress_begin(&p, shows_progress, manifest_bytes(&m));
	for (size_t i = 0; !err && i < m.n; i++)
		err = check_file(folder, &m.files[i], &p);
	progress_end(&p);
	if (!err)
		err = check_records(&m, folder);
	if (err)
		manifest_close(&m);
	else
		*out = m;
	return err;
}

int backup_tell(const struct manifest *m, const char *what, const char *folder,
	const struct options *o)
{
	json_t *j;
	int failed;

	if (!o->json) {
		printf("%s: %s: %zu files, %.1f MB, schema %" PRId64 ", %" PRId64
		       " calls, of which %" PRId64 " had no end yet.\n",
			folder, what, m->n, (double)manifest_bytes(m) / 1e6, m->schema,
			m->calls, m->open_calls);
		return fflush(stdout) == EOF ? 1 : 0;
	}
	j = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "folder", folder,
		"result", what, "version", m->version, "schema", (json_int_t)m->schema,
		"taken_ms", (json_int_t)m->taken_ms, "files", (json_int_t)m->n, "bytes",
		(json_int_t)manifest_bytes(m), "calls", (json_int_t)m->calls,
		"open_calls", (json_int_t)m->open_calls);
	failed = !j || json_dumpf(j, stdout, JSON_COMPACT) || puts("") == EOF ||
		fflush(stdout) == EOF;
	json_decref(j);
	return failed ? 1 : 0;
}
