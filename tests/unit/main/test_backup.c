/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * backup: the two commands with their words; what is in a backup, what is refused and left as it was, and a manifest
 * of somebody else's.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "main/backup.h"
#include "main/commands.h"
#include "store/ledger_file.h"
#include "store/snapshot.h"

static const char *demo; /* its configuration */

struct place {
	char dir[64];
	char state[OPTIONS_PATH_MAX], config[OPTIONS_PATH_MAX], backup[OPTIONS_PATH_MAX];
};

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static char *read_whole(const char *path)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = fopen(path, "r");

	if (!f)
		return NULL;
	if (getdelim(&text, &n, -1, f) < 0 && !text)
		text = strdup("");
	fclose(f);
	return text;
}

static const char *below(const struct place *p, const char *name)
{
	static char path[OPTIONS_PATH_MAX];

	assert_int_equal(text_format(path, sizeof path, "%s/%s", p->dir, name), 0);
	return path;
}

static void make_ledger(const struct place *p)
{
	struct signer *key = NULL;
	struct ledger_file *lf = NULL;
	char path[OPTIONS_PATH_MAX];
	struct ledger_file_config cfg = { path, "test.example", NULL };

	assert_int_equal(options_path(path, p->state, "house.key"), 0);
	assert_int_equal(signer_open(&key, path, true), 0);
	cfg.signer = key;
	assert_int_equal(options_path(path, p->state, "ledger"), 0);
	assert_int_equal(ledger_file_open(&lf, &cfg, 1000), 0);
	ledger_file_close(lf);
	signer_close(key);
}

/* A house that was at work: records, key, ledger, a journal with its key, a token. */
static int house(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	struct store_config records = { .path = NULL };
	struct store *st = NULL;
	char *text = read_whole(demo);

	assert_non_null(p);
	assert_non_null(text);
	assert_int_equal(
		text_copy(p->dir, sizeof p->dir, "/tmp/heimamt-backup-XXXXXX"), 0);
	assert_non_null(mkdtemp(p->dir));
	text_copy(p->state, sizeof p->state, below(p, "state"));
	text_copy(p->backup, sizeof p->backup, below(p, "backup"));
	assert_int_equal(mkdir(p->state, 0700), 0);
	assert_int_equal(mkdir(below(p, "etc"), 0755), 0);
	text_copy(p->config, sizeof p->config, below(p, "etc/heimamt.conf"));
	write_file(p->config, text);
	free(text);
	write_file(below(p, "etc/relay-0.env"), "PORT=40000\n");
	write_file(below(p, "etc/other"), "of somebody else\n");
	records.path = below(p, "state/heimamt.db");
	assert_int_equal(store_open(&st, &records), 0);
	store_close(st);
	make_ledger(p);
	write_file(below(p, "state/caller-token.key"), "secret\n");
	write_file(below(p, "state/lock"), "123");
	assert_int_equal(mkdir(below(p, "state/journal"), 0700), 0);
	write_file(below(p, "state/journal/2026-11-26T10-49-14.123Z.journal"), "jjj");
	write_file(below(p, "state/journal/2026-11-26T10-49-14.123Z.key"), "kkk");
	assert_int_equal(symlink("/etc/passwd", below(p, "state/relay-0.sock")), 0);
	*state = p;
	return 0;
}

static int gone(void **state)
{
	struct place *p = *state;

	copy_remove(p->dir);
	free(p);
	return 0;
}

/* --- a command and what it said --- */

struct said {
	int status;
	char *out, *err;
};

static struct said run(int (*command)(int, char **), const char *const *words)
{
	FILE *was_out = stdout, *was_err = stderr;
	struct said s = { 0 };
	size_t n_out = 0, n_err = 0;
	int argc = 0;

	while (words[argc])
		argc++;
	stdout = open_memstream(&s.out, &n_out);
	stderr = open_memstream(&s.err, &n_err);
	s.status = command(argc, (char **)(uintptr_t)words);
	fclose(stdout);
	fclose(stderr);
	stdout = was_out;
	stderr = was_err;
	return s;
}

/* want: a piece of what it says to people; of the error output when it fails. */
static void must(int (*command)(int, char **), int status, const char *want,
	const char *const *words)
{
	struct said s = run(command, words);

	if (s.status != status || (want && !strstr(status ? s.err : s.out, want)))
		fail_msg("%s: status %d, said \"%s\" and \"%s\", not \"%s\"", words[1],
			s.status, s.out, s.err, want ? want : "");
	free(s.out);
	free(s.err);
}

#define WORDS(...) ((const char *const[]){ "x", __VA_ARGS__, NULL })

static void back_up(const struct place *p)
{
	must(command_backup, 0, "taken",
		WORDS(p->backup, "--config", p->config, "--state", p->state));
}

/* --- what is in it --- */

static char listed[4096];

static int list_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	size_t n = strlen(listed);

	assert_int_equal(st->st_mode & 077, 0); /* nobody else's */
	if (kind == FTW_F)
		assert_int_equal(text_format(listed + n, sizeof listed - n, "%s ",
					 strchr(path + strlen("/tmp/h"), '/') + 1),
			0);
	return 0;
}

static void test_taken(void **state)
{
	static const char *const want[] = { "backup/manifest.json",
		"backup/config/heimamt.conf", "backup/config/relay-0.env",
		"backup/state/heimamt.db", "backup/state/house.key",
		"backup/state/caller-token.key", "backup/state/ledger/ledger-000001",
		"backup/state/ledger/ledger-000001.checkpoint",
		"backup/state/journal/2026-11-26T10-49-14.123Z.journal" };
	const struct place *p = *state;
	size_t n = 0;

	back_up(p);
	*listed = 0;
	assert_int_equal(nftw(p->backup, list_one, 8, FTW_PHYS), 0);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		if (!strstr(listed, want[i]))
			fail_msg("%s is not in %s", want[i], listed);
	for (const char *at = listed; (at = strchr(at, ' ')) != NULL; at++)
		n++;
	assert_int_equal(n, sizeof want / sizeof *want);
	assert_int_equal(access(below(p, "backup.part"), F_OK), -1);
	must(command_backup, 0, "good", WORDS(p->backup, "--verify"));
	/* not over one that is there, nor into one that was interrupted */
	must(command_backup, 1, "is there already",
		WORDS(p->backup, "--config", p->config, "--state", p->state));
	assert_int_equal(rename(p->backup, below(p, "backup.part")), 0);
	must(command_backup, 1, "interrupted",
		WORDS(p->backup, "--config", p->config, "--state", p->state));
}

static void test_nothing_to_take(void **state)
{
	const struct place *p = *state;

	assert_int_equal(mkdir(below(p, "empty"), 0700), 0);
	must(command_backup, 1, "No such file",
		WORDS(p->backup, "--config", p->config, "--state", below(p, "empty")));
	assert_int_equal(access(p->backup, F_OK), -1);
	assert_int_equal(access(below(p, "backup.part"), F_OK), -1);
	must(command_backup, EXIT_USAGE, NULL, WORDS("--json"));
	must(command_backup, 1, "no backup", WORDS(p->state, "--verify"));
}

/* A mistake in the configuration is no reason to have no backup. */
static void test_wrong_configuration(void **state)
{
	const struct place *p = *state;

	write_file(p->config, "nonsense {\n");
	back_up(p);
	must(command_backup, 0, "good", WORDS(p->backup, "--verify"));
}

/* --- back again --- */

static void must_be_same(const char *a, const char *b)
{
	struct manifest_file one = { .size = 0 }, other = { .size = 0 };

	assert_int_equal(copy_file(&one, &(struct copy_job){ .from = a }), 0);
	assert_int_equal(copy_file(&other, &(struct copy_job){ .from = b }), 0);
	assert_string_equal(one.sha256, other.sha256);
	assert_int_equal(one.changed_s, other.changed_s);
}

static void test_restored(void **state)
{
	static const char *const files[] = { "house.key", "caller-token.key",
		"ledger/ledger-000001", "ledger/ledger-000001.checkpoint",
		"journal/2026-11-26T10-49-14.123Z.journal" };
	const struct place *p = *state;
	struct snapshot_info info;
	char to[OPTIONS_PATH_MAX], a[OPTIONS_PATH_MAX], b[OPTIONS_PATH_MAX];

	/* its date goes with a segment */
	assert_int_equal(utimensat(AT_FDCWD,
				 below(p,
					 "state/journal/"
					 "2026-11-26T10-49-14.123Z.journal"),
				 (struct timespec[]){ { 5000, 0 }, { 5000, 0 } }, 0),
		0);
	back_up(p);
	text_copy(to, sizeof to, below(p, "new"));
	text_copy(a, sizeof a, below(p, "new-etc/heimamt.conf"));
	must(command_restore, 0, "restored",
		WORDS(p->backup, "--state", to, "--config", a));
	must_be_same(a, p->config);
	must_be_same(below(p, "new-etc/relay-0.env"), below(p, "etc/relay-0.env"));
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		assert_int_equal(options_path(a, p->state, files[i]), 0);
		assert_int_equal(options_path(b, to, files[i]), 0);
		must_be_same(a, b);
	}
	assert_int_equal(access(below(p, "new/restore.part"), F_OK), -1);
	assert_int_equal(snapshot_check(&info, below(p, "new/heimamt.db")), 0);
}

static void test_restored_again(void **state)
{
	const struct place *p = *state;
	char to[OPTIONS_PATH_MAX], *text;

	back_up(p);
	text_copy(to, sizeof to, below(p, "new"));
	/* what systemd-tmpfiles and a former start leave; and what an interrupted one left */
	assert_int_equal(mkdir(to, 0700), 0);
	write_file(below(p, "new/lock"), "1");
	assert_int_equal(symlink("/run/x", below(p, "new/relay-0.sock")), 0);
	assert_int_equal(mkdir(below(p, "new/restore.part"), 0700), 0);
	write_file(below(p, "new/restore.part/house.key"), "half");
	/* the configuration that is there stays */
	write_file(p->config, "mine\n");
	must(command_restore, 0, "restored",
		WORDS(p->backup, "--state", to, "--config", p->config));
	text = read_whole(p->config);
	assert_string_equal(text, "mine\n");
	free(text);
	/* the state folder itself, as it is after a fault of somebody's */
	must(command_restore, 1, "is not empty",
		WORDS(p->backup, "--state", p->state, "--config", p->config));
	must(command_backup, 0, "taken",
		WORDS(below(p, "backup2"), "--config", p->config, "--state", p->state));
}

static void test_running(void **state)
{
	const struct place *p = *state;
	char to[OPTIONS_PATH_MAX];
	int fd;

	back_up(p);
	text_copy(to, sizeof to, below(p, "new"));
	assert_int_equal(mkdir(to, 0700), 0);
	fd = open(below(p, "new/lock"), O_RDWR | O_CREAT, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	must(command_restore, 1, "another heimamt serve",
		WORDS(p->backup, "--state", to, "--config", p->config));
	assert_int_equal(access(below(p, "new/house.key"), F_OK), -1);
	close(fd);
}

/* --- what is refused; nothing is made for any of them --- */

static void turn(const char *path)
{
	int fd = open(path, O_RDWR);
	char b;

	assert_int_equal(pread(fd, &b, 1, 20), 1);
	b ^= 1;
	assert_int_equal(pwrite(fd, &b, 1, 20), 1);
	close(fd);
}

static void must_be_refused(const struct place *p, const char *why)
{
	char to[OPTIONS_PATH_MAX];

	text_copy(to, sizeof to, below(p, "new"));
	must(command_restore, 1, why, WORDS(p->backup, "--state", to, "--config", to));
	assert_int_equal(access(to, F_OK), -1);
	must(command_backup, 1, why, WORDS(p->backup, "--verify"));
}

static void test_damaged(void **state)
{
	static const char *const files[] = { "state/heimamt.db", "state/house.key",
		"state/ledger/ledger-000001", "config/heimamt.conf" };
	const struct place *p = *state;
	char path[OPTIONS_PATH_MAX];

	back_up(p);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		assert_int_equal(options_path(path, p->backup, files[i]), 0);
		turn(path);
		must_be_refused(p, files[i]);
		turn(path);
		must(command_backup, 0, "good", WORDS(p->backup, "--verify"));
	}
	assert_int_equal(truncate(path, 10), 0);
	must_be_refused(p, "has not the size");
	assert_int_equal(unlink(path), 0);
	must_be_refused(p, "No such file");
	assert_int_equal(symlink("/etc/passwd", path), 0);
	must_be_refused(p, "Invalid argument");
}

/* Rows: what stands in the manifest in the place of something else. */
static const struct {
	const char *was, *is, *why;
} wrong[] = {
	{ "\"format\": 1", "\"format\": 2", "newer heimamt" },
	{ "\"format\": 1", "\"format\": 0", "is damaged" },
	{ "\"format\": 1", "\"format\": \"x\"", "is damaged" },
	{ "\"schema\": ", "\"schema\": 9", "Use that one, or a newer one" },
	{ "\"files\": [", "\"files\": 3, \"x\": [", "is damaged" },
	{ "state/house.key", "state/../house.key", "is damaged" },
	{ "state/house.key", "state/.key", "is damaged" },
	{ "state/house.key", "state//house.key", "is damaged" },
	{ "state/house.key", "state/", "is damaged" },
	{ "state/house.key", "/etc/house.key", "is damaged" },
	{ "state/house.key", "other/house.key", "is damaged" },
	{ "state/house.key", "state/a/b/house.key", "is damaged" },
	{ "state/house.key", "state/house\\u0007.key", "is damaged" },
	{ "state/heimamt.db", "state/heimamt-db", "No such file" },
	{ "\"size\": ", "\"size\": -", "is damaged" },
	{ "\"sha256\": \"", "\"sha256\": \"zz", "is damaged" },
	{ "}", "", "is damaged" },
};

static void test_manifest(void **state)
{
	const struct place *p = *state;
	char path[OPTIONS_PATH_MAX], *good;

	back_up(p);
	assert_int_equal(options_path(path, p->backup, MANIFEST_NAME), 0);
	good = read_whole(path);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const char *at = strstr(good, wrong[i].was);
		char *bad = NULL;

		assert_non_null(at);
		assert_true(asprintf(&bad, "%.*s%s%s", (int)(at - good), good,
				    wrong[i].is, at + strlen(wrong[i].was)) > 0);
		write_file(path, bad);
		must_be_refused(p, wrong[i].why);
		free(bad);
	}
	write_file(path, "");
	must_be_refused(p, "is damaged");
	assert_int_equal(unlink(path), 0);
	must_be_refused(p, "no backup");
	free(good);
}

/* Records that say another schema than their manifest: put together from two. */
static void test_mixed(void **state)
{
	const struct place *p = *state;
	char path[OPTIONS_PATH_MAX], *text, *at;

	back_up(p);
	assert_int_equal(options_path(path, p->backup, MANIFEST_NAME), 0);
	text = read_whole(path);
	at = strstr(text, "\"schema\": ");
	assert_non_null(at);
	at[strlen("\"schema\": ")] = ' ';
	write_file(path, text);
	free(text);
	must_be_refused(p, "they are damaged");
}

static void test_json(void **state)
{
	const struct place *p = *state;
	struct said s = run(command_backup,
		WORDS(p->backup, "--json", "--config", p->config, "--state", p->state));
	json_t *j = json_loads(s.out, 0, NULL);

	assert_int_equal(s.status, 0);
	assert_non_null(j);
	assert_string_equal(json_string_value(json_object_get(j, "result")), "taken");
	assert_int_equal(json_integer_value(json_object_get(j, "files")), 8);
	assert_int_equal(
		json_integer_value(json_object_get(j, "schema")), snapshot_schema());
	json_decref(j);
	free(s.out);
	free(s.err);
}

#define IN_HOUSE(f) cmocka_unit_test_setup_teardown(f, house, gone)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(test_taken),
		IN_HOUSE(test_nothing_to_take),
		IN_HOUSE(test_wrong_configuration),
		IN_HOUSE(test_restored),
		IN_HOUSE(test_restored_again),
		IN_HOUSE(test_running),
		IN_HOUSE(test_damaged),
		IN_HOUSE(test_manifest),
		IN_HOUSE(test_mixed),
		IN_HOUSE(test_json),
	};

	if (argc < 2) {
		fputs("test_main_backup DEMO\n", stderr);
		return 2;
	}
	demo = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
