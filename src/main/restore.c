/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * restore -- heimamt restore: a backup into an empty state folder, where no centre runs.
 *
 * The whole backup is read first: a damaged one changes nothing.  Files are made in STATE/restore.part and get their
 * names at the end, the records last: whatever interrupts it leaves no records, and then it can be done again.
 * The configuration goes where there is none; what is there stays.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "main/backup.h"
#include "main/centre.h"
#include "main/commands.h"
#include "store/snapshot.h"

static const char usage[] =
	"heimamt restore FOLDER [--config FILE] [--state DIR] [--json]\n"
	"  Brings back what heimamt backup saved into FOLDER: into a state folder that "
	"is "
	"empty, where no\n"
	"  centre runs. The backup is read and checked first. The configuration is put "
	"to "
	"--config, and\n"
	"  what belongs to it beside, where nothing of that name is yet; what is there "
	"stays.\n\n"
	"  --config FILE  default /etc/heimamt/heimamt.conf\n"
	"  --state DIR    default /var/lib/heimamt\n"
	"  --json         what was done, for programs\n\n"
	"  Exit status 0: it is done. 1: it is not, and nothing was changed.\n\n"
	"Examples:\n"
	"  heimamt restore /srv/backup/heimamt-2026-11-27\n"
	"  heimamt restore backup --state /tmp/look --config /tmp/look/heimamt.conf\n";

#define PART "restore.part"

struct restore {
	const struct options *o;
	struct manifest m;
	struct progress p;
	char part[OPTIONS_PATH_MAX];
};

static int say(const char *path, int err)
{
	if (err)
		fprintf(stderr, "%s: cannot be restored: %s.\n", path, strerror(err));
	return err;
}

/* What systemd and a former start leave there. */
static bool is_harmless(const char *name)
{
	size_t n = strlen(name);

	return *name == '.' || strcmp(name, "lock") == 0 || strcmp(name, PART) == 0 ||
		(n > 5 && strcmp(name + n - 5, ".sock") == 0);
}

static int check_empty(const char *state)
{
	DIR *d = opendir(state);
	const struct dirent *e;
	int err = d ? 0 : say(state, errno);

	while (d && !err && (e = readdir(d)) != NULL)
		if (!is_harmless(e->d_name)) {
			fprintf(stderr,
				"%s: it is not empty (%s is there). Move away what is in "
				"it, or give another folder with --state.\n",
				state, e->d_name);
			err = ENOTEMPTY;
		}
	if (d)
		closedir(d);
	return err;
}

/* Done by root, it belongs to whom the folder belongs to. */
static int own(const char *path, const struct stat *folder)
{
	if (geteuid() != 0)
		return 0;
	return lchown(path, folder->st_uid, folder->st_gid) ? errno : 0;
}

static int bring(
	struct restore *r, const struct manifest_file *want, const char *to, mode_t mode)
{
	struct manifest_file is = { .size = 0 };
	char from[OPTIONS_PATH_MAX];
	const struct copy_job job = { .from = from,
		.to = to,
		.mode = mode,
		.progress = backup_tell_copy,
		.arg = &r->p };
	int err = options_path(from, r->o->word, want->path);

	if (!err)
		err = copy_file(&is, &job);
	if (!err && strcmp(is.sha256, want->sha256) != 0)
		err = EBADMSG; /* it was another one a moment ago */
	return err;
}

/* --- the state folder --- */

/* Of a file of the manifest in the state folder; NULL: it is none of them. */
static const char *name_in(const struct manifest_file *f, const char *where)
{
	size_t n = strlen(where);

	return strncmp(f->path, where, n) == 0 ? f->path + n : NULL;
}

static int fill_part(struct restore *r)
{
	int err = 0;

	for (size_t i = 0; !err && i < r->m.n; i++) {
		const char *name = name_in(&r->m.files[i], MANIFEST_STATE);
		char to[OPTIONS_PATH_MAX];

		if (!name)
			continue;
		err = copy_make_folders(r->part, name);
		if (!err)
			err = options_path(to, r->part, name);
		if (!err)
			err = bring(r, &r->m.files[i], to, 0600);
		if (err)
			progress_end(&r->p);
		say(r->m.files[i].path, err);
	}
	return err;
}

static int revive(const struct restore *r)
{
	char path[OPTIONS_PATH_MAX];
	int err = options_path(path, r->part, "heimamt.db");

	return say(path, err ? err : snapshot_revive(path));
}

static int own_below(const char *dir, const struct stat *folder)
{
	struct dirent **found = NULL;
	int n = scandir(dir, &found, NULL, alphasort), err = n < 0 ? errno : 0;

	for (int i = 0; i < n; i++) {
		char path[OPTIONS_PATH_MAX];
		struct stat st;

		if (!err && *found[i]->d_name != '.') {
			err = options_path(path, dir, found[i]->d_name);
			if (!err)
				err = own(path, folder);
			if (!err && !lstat(path, &st) && S_ISDIR(st.st_mode))
				err = own_below(path, folder);
		}
		free(found[i]);
	}
	free(found);
	return err;
}

static int give_name(const struct restore *r, const char *name)
{
	char from[OPTIONS_PATH_MAX], to[OPTIONS_PATH_MAX];
	int err = options_path(from, r->part, name);

	if (!err)
		err = options_path(to, r->o->state, name);
	if (!err && rename(from, to))
		err = errno;
	return err;
}

/* The records last: without them there is nothing that a centre would start with. */
static int give_names(const struct restore *r)
{
	struct dirent **found = NULL;
	int n = scandir(r->part, &found, NULL, alphasort), err = n < 0 ? errno : 0;

	for (int i = 0; i < n; i++) {
		const char *name = found[i]->d_name;

		if (!err && *name != '.' && strcmp(name, "heimamt.db") != 0)
			err = give_name(r, name);
		free(found[i]);
	}
	free(found);
	if (!err)
		err = copy_sync_folder(r->o->state);
	if (!err)
		err = give_name(r, "heimamt.db");
	if (!err)
		err = copy_sync_folder(r->o->state);
	return say(r->o->state, err);
}

static int fill_state(struct restore *r)
{
	struct stat folder;
	int err = options_path(r->part, r->o->state, PART);

	if (!err && stat(r->o->state, &folder))
		err = errno;
	if (err)
		return say(r->o->state, err);
	copy_remove(r->part); /* of one that was interrupted */
	if (mkdir(r->part, 0700))
		return say(r->part, errno);
	err = fill_part(r);
	if (!err)
		err = revive(r);
	if (!err)
		err = say(r->part, own_below(r->part, &folder));
	if (!err)
		err = give_names(r);
	copy_remove(r->part);
	return err;
}

/* --- the configuration --- */

static int place_of(const struct restore *r, const char *path, const char *name,
	char to[OPTIONS_PATH_MAX])
{
	const char *slash = strrchr(r->o->config, '/');

	if (strcmp(path, BACKUP_CONFIGURATION) == 0)
		return text_copy(to, OPTIONS_PATH_MAX, r->o->config);
	if (!slash)
		return text_copy(to, OPTIONS_PATH_MAX, name);
	return text_format(to, OPTIONS_PATH_MAX, "%.*s/%s", (int)(slash - r->o->config),
		r->o->config, name);
}

/* The folder of that file, made where it is missing: at most one below the configuration's. */
static int make_folder(const char *to, struct stat *folder)
{
	char path[OPTIONS_PATH_MAX];
	const char *slash = strrchr(to, '/');
	int err = slash > to
		? text_format(path, sizeof path, "%.*s", (int)(slash - to), to)
		: slash ? text_copy(path, sizeof path, "/")
			: text_copy(path, sizeof path, ".");

	if (!err && mkdir(path, 0750) && errno != EEXIST)
		err = errno;
	if (!err && stat(path, folder))
		err = errno;
	return err;
}

static void put_configuration(struct restore *r, const struct manifest_file *f)
{
	const char *name = name_in(f, MANIFEST_CONFIG);
	char to[OPTIONS_PATH_MAX];
	struct stat st;
	int err = name ? place_of(r, f->path, name, to) : 0;

	if (!name)
		return;
	if (!err && !lstat(to, &st))
		err = EEXIST;
	if (!err)
		err = make_folder(to, &st);
	if (!err)
		err = bring(r, f, to, 0640);
	if (!err)
		err = own(to, &st);
	if (err)
		fprintf(stderr, "%s: left as it is (%s); the saved one is %s/%s.\n", to,
			strerror(err), r->o->word, f->path);
}

static int restore(struct restore *r)
{
	int err = options_make_state(r->o);

	if (err)
		return err;
	err = lock_state(r->o->state, false);
	if (!err)
		err = check_empty(r->o->state);
	if (err)
		return err;
	progress_begin(&r->p, !r->o->json, manifest_bytes(&r->m));
	err = fill_state(r);
	progress_end(&r->p);
	for (size_t i = 0; !err && i < r->m.n; i++)
		put_configuration(r, &r->m.files[i]);
	return err;
}

int command_restore(int argc, char **argv)
{
	struct options o;
	struct restore r = { .o = &o };
	int status = options_read(&o, argc, argv, usage);

	if (status)
		return status - 1;
	if (!o.word) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (backup_verify(&r.m, o.word, !o.json))
		return 1;
	status = restore(&r) ? 1 : backup_tell(&r.m, "restored", o.word, &o);
	manifest_close(&r.m);
	return status;
}
