/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger_erase -- see ledger_file.h: an entry loses salt and text, and keeps its place. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "store/ledger_inner.h"

static int set_state(int fd, uint64_t at, enum ledger_state state)
{
	const uint8_t byte = (uint8_t)state;
	int err = ledger_write_at(fd, &byte, 1, at + LEDGER_STATE_AT);

	return !err && fsync(fd) ? errno : err;
}

/* What a crash interrupts is gone on with at the next start. */
static int wipe(int fd, uint64_t at, size_t text)
{
	static const uint8_t zeros[LEDGER_SALT + LEDGER_TEXT_MAX];
	int err = set_state(fd, at, LEDGER_ERASING);

	if (!err)
		err = ledger_write_at(fd, zeros, LEDGER_SALT + text, at + LEDGER_SALT_AT);
	if (!err && fsync(fd))
		err = errno;
	return err ? err : set_state(fd, at, LEDGER_ERASED);
}

static int wipe_entry(const char *path, const struct ledger_read *r, uint64_t index)
{
	struct ledger_hash leaf;
	struct ledger_entry e;
	int fd, err = ledger_read_entry(r, index, &e, &leaf);

	if (err || e.state == LEDGER_ERASED)
		return err;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = wipe(fd, r->at[index], e.text_size);
	return close(fd) && !err ? errno : err;
}

/* It is said first, and then done: so an erasure that was said is one that will be. */
static int say_erasure(
	struct ledger_file *lf, uint32_t segment, uint64_t index, int64_t now_ms)
{
	char text[128];
	uint64_t said;
	int err = text_format(text, sizeof text, ERASURE, segment, index);

	return err ? err
		   : ledger_file_put(lf, LEDGER_ERASURE, now_ms, slice_str(text), &said);
}

/* A crash may have left an entry twice: what says the same, of the same moment. */
static bool is_twin(const struct ledger_read *r, const struct ledger_entry *e, uint64_t k)
{
	struct ledger_hash leaf;
	struct ledger_entry other;

	return be64_get(r->bytes + r->at[k] + LEDGER_TIME_AT) == e->at_ms &&
		!ledger_read_entry(r, k, &other, &leaf) && other.state == LEDGER_WHOLE &&
		other.kind == e->kind && slice_eq(other.text, e->text);
}

/* Of those that are named, and their twins, the ones that are not gone yet. */
static void mark(
	const struct ledger_read *r, const uint64_t *entries, size_t n, bool *goes)
{
	for (size_t i = 0; i < n; i++) {
		struct ledger_entry e;
		struct ledger_hash leaf;

		if (ledger_read_entry(r, entries[i], &e, &leaf) ||
			e.state == LEDGER_ERASED)
			continue; /* done before a crash */
		goes[entries[i]] = true;
		for (uint64_t k = 0; e.state == LEDGER_WHOLE && k < r->tree.n; k++)
			goes[k] = goes[k] || is_twin(r, &e, k);
	}
}

static int erase_marked(struct ledger_file *lf, const char *path,
	const struct ledger_read *r, const bool *goes, int64_t now_ms)
{
	int err = 0;
	bool any = false;

	for (uint64_t i = 0; !err && i < r->tree.n; i++) {
		if (goes[i])
			err = say_erasure(lf, r->head.segment, i, now_ms);
		any |= goes[i];
	}
	if (!err && any)
		err = ledger_file_sync(lf);
	if (err)
		ledger_file_undo(lf);
	for (uint64_t i = 0; !err && i < r->tree.n; i++)
		if (goes[i])
			err = wipe_entry(path, r, i);
	return err;
}

int ledger_file_erase(struct ledger_file *lf, uint32_t segment, const uint64_t *entries,
	size_t n, int64_t now_ms, size_t *done)
{
	struct ledger_read *r = NULL;
	char path[LEDGER_PATH_MAX];
	bool *goes = NULL;
	size_t there = 0;
	int err = ledger_segment_path(lf, segment, "", path);

	if (!err)
		err = ledger_read_file(&r, path, 0, true);
	if (err)
		return err;
	while (there < n && entries[there] < r->tree.n)
		there++;
	goes = calloc(r->tree.n + 1, sizeof *goes);
	if (goes) {
		mark(r, entries, there, goes);
		err = erase_marked(lf, path, r, goes, now_ms);
	} else {
		err = ENOMEM;
	}
	if (!err)
		*done = there;
	free(goes);
	ledger_read_free(r);
	return err;
}

bool ledger_number(struct slice *s, const char *before, char end, uint64_t *out)
{
	size_t n = strlen(before);

	if (s->n < n || memcmp(s->p, before, n) != 0)
		return false;
	*s = slice_from(*s, n);
	return slice_u64(slice_cut(s, end), UINT64_MAX, out);
}

int ledger_finish_erasures(struct ledger_file *lf, const struct ledger_read *r)
{
	int err = 0;

	for (uint64_t i = 0; !err && i < r->tree.n; i++) {
		uint64_t segment, index;
		struct ledger_read *other = NULL;
		struct ledger_hash leaf;
		struct ledger_entry e;
		char path[LEDGER_PATH_MAX];

		if (ledger_read_entry(r, i, &e, &leaf) || e.kind != LEDGER_ERASURE ||
			!ledger_number(&e.text, SEGMENT, ',', &segment) ||
			!ledger_number(&e.text, ENTRY, '}', &index) ||
			ledger_segment_path(lf, (uint32_t)segment, "", path))
			continue;
		bool is_own = segment == r->head.segment;

		if (!is_own && ledger_read_file(&other, path, 0, true))
			continue; /* damaged beyond reading: told already */
		err = wipe_entry(path, is_own ? r : other, index);
		if (err == ENOENT)
			err = 0; /* behind a damage */
		ledger_read_free(other);
	}
	return err;
}
