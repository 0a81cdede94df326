/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * backup -- heimamt backup: everything that the house would miss, in one folder, while calls go on.
 *
 * The order makes it consistent.  While nobody writes records (store/snapshot.h): the keys, each checkpoint of the
 * ledger and then its segment, so that a segment is never shorter than what is signed for it.  Then the records of that
 * moment, the journal, the configuration.  Into FOLDER.part first; the manifest last; then it gets its name.
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
#include "main/commands.h"
#include "store/ledger_read.h"
#include "store/snapshot.h"

static const char usage[] =
	"heimamt backup FOLDER [--config FILE] [--state DIR] [--json]\n"
	"heimamt backup FOLDER --verify [--json]\n"
	"  Saves everything that the house would miss into FOLDER, which must not be "
	"there "
	"yet: records,\n"
	"  ledger, keys, journal, configuration and what it names. The centre may be "
	"running; calls go on.\n"
	"  What is saved is of one moment. The keys are in it: keep it as secret as the "
	"state folder.\n\n"
	"  --verify       reads a backup again, each file and the records, and says "
	"whether it is good\n"
	"  --config FILE  default /etc/heimamt/heimamt.conf\n"
	"  --state DIR    default /var/lib/heimamt\n"
	"  --json         what was done, for programs\n\n"
	"  Exit status 0: it is done, and what was written is good. 1: it is not.\n\n"
	"Examples:\n"
	"  heimamt backup /srv/backup/heimamt-2026-11-27\n"
	"  heimamt backup /srv/backup/heimamt-2026-11-27 --verify\n"
	"  heimamt restore /srv/backup/heimamt-2026-11-27 --state /var/lib/heimamt\n";

#define LEDGER_TRIES 3 /* a segment in which entries are erased at this moment */

struct backup {
	const struct options *o;
	const struct config *c; /* NULL: it has mistakes */
	char part[OPTIONS_PATH_MAX]; /* where it is made */
	struct manifest m;
	struct progress p;
	uint64_t pages_told;
};

static int say(const char *path, int err)
{
	if (err)
		fprintf(stderr, "%s: cannot be saved: %s.\n", path, strerror(err));
	return err;
}

/* from, wherever it is, to the place `path` of the backup. */
static int save(struct backup *b, const char *from, const char *path)
{
	char to[OPTIONS_PATH_MAX];
	struct manifest_file *f;
	const struct copy_job job = { .from = from,
		.to = to,
		.mode = 0600,
		.progress = backup_tell_copy,
		.arg = &b->p };
	int err = manifest_add(&b->m, path, &f);

	if (!err)
		err = copy_make_folders(b->part, path);
	if (!err)
		err = options_path(to, b->part, path);
	if (!err)
		err = copy_file(f, &job);
	if (err)
		progress_end(&b->p);
	return say(from, err);
}

/* --- the folders that are looked through --- */

typedef bool is_saved(const char *name);

/* Regular files of a folder for which `wants` says so, the earliest name first; into `place` of the backup. A folder
 * that is not there has none. */
static int save_folder(
	struct backup *b, const char *folder, const char *place, is_saved *wants)
{
	struct dirent **found = NULL;
	int n = scandir(folder, &found, NULL, alphasort), err = 0;

	if (n < 0)
		return errno == ENOENT ? 0 : say(folder, errno);
	for (int i = 0; i < n; i++) {
		char from[OPTIONS_PATH_MAX], path[MANIFEST_PATH_MAX];
		const char *name = found[i]->d_name;
		struct stat st;

		if (!err && *name != '.' && wants(name) &&
			!options_path(from, folder, name) && !lstat(from, &st) &&
			S_ISREG(st.st_mode)) {
			err = text_format(path, sizeof path, "%s%s", place, name);
			err = err ? say(from, err) : save(b, from, path);
		}
		free(found[i]);
	}
	free(found);
	return err;
}

static int save_below(
	struct backup *b, const char *name, const char *place, is_saved *wants)
{
	char folder[OPTIONS_PATH_MAX];
	int err = options_path(folder, b->o->state, name);

	return err ? say(name, err) : save_folder(b, folder, place, wants);
}

static bool ends_in(const char *name, const char *ending)
{
	size_t n = strlen(name), k = strlen(ending);

	return n > k && strcmp(name + n - k, ending) == 0;
}

/* Keys and secrets, whatever there will be; the records are taken apart, and a lock or a half-made file is nobody's. */
static bool is_of_state(const char *name)
{
	return strncmp(name, "heimamt.db", 10) != 0 && strcmp(name, "lock") != 0 &&
		!ends_in(name, ".part") && !ends_in(name, ".new") &&
		!ends_in(name, ".tmp");
}

static bool is_checkpoint(const char *name)
{
	return strncmp(name, "ledger-", 7) == 0 && ends_in(name, ".checkpoint");
}

static bool is_segment(const char *name)
{
	return strncmp(name, "ledger-", 7) == 0 && name[7] &&
		strspn(name + 7, "0123456789") == strlen(name + 7);
}

/* Without the keys of its pseudonyms: they are gone after a day, and no copy shall outlive them [RULES N10]. */
static bool is_journal(const char *name)
{
	return ends_in(name, ".journal");
}

static bool is_env(const char *name)
{
	return strncmp(name, "relay-", 6) == 0 && ends_in(name, ".env");
}

static bool is_clip(const char *name)
{
	return ends_in(name, ".wav");
}

static bool is_text(const char *name)
{
	return ends_in(name, ".txt");
}

/* --- the moment --- */

/* Each segment that was copied, read as a start reads it. */
static bool is_ledger_good(const struct backup *b)
{
	bool good = true;

	for (size_t i = 0; good && i < b->m.n; i++) {
		const char *name = b->m.files[i].path;
		struct ledger_read *r = NULL;
		char path[OPTIONS_PATH_MAX];

		if (strncmp(name, MANIFEST_STATE "ledger/", 13) != 0 ||
			!is_segment(name + 13) || options_path(path, b->part, name))
			continue;
		good = ledger_read_file(&r, path, 0, false) == 0 && r->has_head &&
			r->end != LEDGER_ENDS_BAD;
		ledger_read_free(r);
	}
	return good;
}

static int save_ledger_once(struct backup *b)
{
	int err = save_below(b, "ledger", MANIFEST_STATE "ledger/", is_checkpoint);

	return err ? err : save_below(b, "ledger", MANIFEST_STATE "ledger/", is_segment);
}

/* Erasing overwrites an entry while nothing is locked: a copy that saw half of it is made anew. */
static int save_ledger(struct backup *b)
{
	const size_t before = b->m.n;
	char path[OPTIONS_PATH_MAX];
	int err = options_path(path, b->part, MANIFEST_STATE "ledger");

	if (!err)
		err = save_ledger_once(b);
	for (int i = 1; !err && i < LEDGER_TRIES && !is_ledger_good(b); i++) {
		copy_remove(path);
		b->m.n = before;
		err = save_ledger_once(b);
	}
	if (!err && !is_ledger_good(b))
		fputs("The ledger is damaged, and saved as it is: heimamt ledger verify "
		      "says more.\n",
			stderr);
	return err;
}

static int save_frozen(void *arg)
{
	struct backup *b = arg;
	int err = save_folder(b, b->o->state, MANIFEST_STATE, is_of_state);

	return err ? err : save_ledger(b);
}

static void tell_pages(void *arg, uint64_t done, uint64_t all)
{
	struct backup *b = arg;
	const uint64_t page = 4096;

	if (done > b->pages_told)
		progress_add(&b->p, (done - b->pages_told) * page, "records");
	b->pages_told = done;
}

/* The hash of what the database's own copying wrote. */
static int add_records(struct backup *b, const char *path)
{
	struct manifest_file *f;
	const struct copy_job job = { .from = path };
	int err = manifest_add(&b->m, BACKUP_RECORDS, &f);

	return err ? err : copy_file(f, &job);
}

static int save_records(struct backup *b)
{
	char from[OPTIONS_PATH_MAX], to[OPTIONS_PATH_MAX];
	const struct snapshot_config cfg = { .from = from,
		.to = to,
		.frozen = save_frozen,
		.progress = tell_pages,
		.arg = b };
	struct snapshot_info info;
	int err = options_path(from, b->o->state, "heimamt.db");

	if (!err)
		err = options_path(to, b->part, BACKUP_RECORDS);
	if (!err)
		err = copy_make_folders(b->part, BACKUP_RECORDS);
	if (!err)
		err = snapshot_take(&info, &cfg);
	if (!err)
		err = add_records(b, to);
	if (err) {
		progress_end(&b->p);
		fprintf(stderr, "%s: the records cannot be saved: %s.\n", from,
			err == EPROTO ? "a newer heimamt wrote them; use that one"
				      : strerror(err));
		return err;
	}
	b->m.schema = info.schema;
	b->m.taken_ms = info.at_ms;
	b->m.calls = info.calls;
	b->m.open_calls = info.open_calls;
	return text_copy(b->m.version, sizeof b->m.version, HEIMAMT_VERSION);
}

/* --- the configuration --- */

static int save_configuration(struct backup *b)
{
	char folder[OPTIONS_PATH_MAX];
	const char *slash = strrchr(b->o->config, '/');
	int err = slash ? text_format(folder, sizeof folder, "%.*s",
				  slash > b->o->config ? (int)(slash - b->o->config) : 1,
				  b->o->config)
			: text_copy(folder, sizeof folder, ".");

	if (!err)
		err = save(b, b->o->config, BACKUP_CONFIGURATION);
	if (!err)
		err = save_folder(b, folder, MANIFEST_CONFIG, is_env);
	if (!err && b->c && *b->c->clips)
		err = save_folder(b, b->c->clips, MANIFEST_CONFIG "clips/", is_clip);
	if (!err && b->c && *b->c->agreement)
		err = save_folder(
			b, b->c->agreement, MANIFEST_CONFIG "agreement/", is_text);
	return err;
}

/* --- the whole --- */

static int sync_folders(const struct backup *b)
{
	static const char *const folders[] = { "state/ledger", "state/journal", "state",
		"config/clips", "config/agreement", "config", "." };
	int err = 0;

	for (size_t i = 0; !err && i < sizeof folders / sizeof *folders; i++) {
		char path[OPTIONS_PATH_MAX];

		err = options_path(path, b->part, folders[i]);
		if (!err)
			err = copy_sync_folder(path);
		if (err == ENOENT)
			err = 0; /* there was nothing for it */
	}
	return err;
}

static int save_all(struct backup *b)
{
	int err = save_records(b);

	if (!err)
		err = save_below(b, "journal", MANIFEST_STATE "journal/", is_journal);
	if (!err)
		err = save_configuration(b);
	if (err)
		return err; /* said */
	err = manifest_write(&b->m, b->part);
	if (!err)
		err = sync_folders(b);
	return say(b->part, err);
}

static uint64_t size_of(const char *folder, const char *name)
{
	char path[OPTIONS_PATH_MAX];
	struct stat st;

	if (options_path(path, folder, name) || stat(path, &st))
		return 0;
	return (uint64_t)st.st_size;
}

/* What there is to do, about: what else there is, is small. */
static uint64_t measure(const struct options *o)
{
	char folder[OPTIONS_PATH_MAX];
	uint64_t all = size_of(o->state, "heimamt.db");
	struct dirent **found = NULL;
	int n = options_path(folder, o->state, "journal")
		? -1
		: scandir(folder, &found, NULL, NULL);

	for (int i = 0; i < n; i++) {
		all += size_of(folder, found[i]->d_name);
		free(found[i]);
	}
	free(found);
	return all;
}

static int make_part(struct backup *b, const char *folder)
{
	struct stat st;
	int err = lstat(folder, &st) ? 0 : EEXIST;

	if (!err)
		err = text_format(b->part, sizeof b->part, "%s.part", folder);
	if (!err && mkdir(b->part, 0700))
		err = errno;
	if (err == EEXIST)
		fprintf(stderr,
			"%s: it is there already%s. Give another folder, or remove it.\n",
			*b->part ? b->part : folder,
			*b->part ? ", from a backup that was interrupted" : "");
	else if (err)
		say(folder, err);
	return err;
}

static int take(const struct options *o, const struct config *c)
{
	char folder[OPTIONS_PATH_MAX] = "";
	struct backup b = { .o = o, .c = c };
	size_t n = strlen(o->word);
	int err;

	while (n > 1 && o->word[n - 1] == '/') /* as a shell completes it */
		n--;
	err = text_format(folder, sizeof folder, "%.*s", (int)n, o->word);
	if (!err)
		err = make_part(&b, folder);
	if (err)
		return 1;
	progress_begin(&b.p, !o->json, measure(o));
	err = save_all(&b);
	progress_end(&b.p);
	manifest_close(&b.m);
	if (!err)
		err = backup_verify(&b.m, b.part, !o->json);
	if (!err && rename(b.part, folder))
		err = say(folder, errno);
	if (err)
		copy_remove(b.part);
	err = err ? 1 : backup_tell(&b.m, "taken", folder, o);
	manifest_close(&b.m);
	return err;
}

static int verify(const struct options *o)
{
	struct manifest m = { .n = 0 };
	int status = backup_verify(&m, o->word, !o->json)
		? 1
		: backup_tell(&m, "good", o->word, o);

	manifest_close(&m);
	return status;
}

int command_backup(int argc, char **argv)
{
	struct options o;
	struct config c = { 0 };
	int err, status = options_read(&o, argc, argv, usage);

	if (status)
		return status - 1;
	if (!o.word) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (o.verify)
		return verify(&o);
	err = config_read(&c, o.config);
	if (err == ENOENT)
		return EXIT_USAGE;
	if (err)
		fputs("The configuration is saved with its mistakes; the folders that "
		      "it names are not.\n",
			stderr);
	status = take(&o, err ? NULL : &c);
	config_close(&c);
	return status;
}
