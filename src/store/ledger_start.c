/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger_start -- see ledger_file.h: what a start finds. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/ledger_inner.h"

/* The size and root that the house signed for last. ENOENT: none. A checkpoint that is not ours, or not whole, is
 * worth as much as none: the tree alone counts then, and a witness's memory. */
static int read_checkpoint(
	const struct ledger_file *lf, uint32_t segment, struct checkpoint *out)
{
	char path[LEDGER_PATH_MAX], bytes[NOTE_MAX];
	const struct note_signature *s;
	struct ledger_head head;
	struct note_key key;
	struct note note;
	size_t n;
	int err = ledger_segment_path(lf, segment, ".checkpoint", path);

	if (!err)
		err = ledger_read_text(path, bytes, sizeof bytes, &n);
	if (err)
		return err;
	(void)((err = ledger_segment_head(lf, segment, &head)) ||
		(err = ledger_key_of(lf, &head, &key)) ||
		(err = note_read(&note, slice_of(bytes, n))) ||
		(err = checkpoint_read(out, note.text)));
	s = err ? NULL : note_find(&note, &key);
	if (!s || s->n != NOTE_SIGNATURE ||
		!signer_verify(key.key, note.text, s->bytes)) {
		log_warn("ledger: the checkpoint of segment %" PRIu32
			 " is not signed by this house: it counts for nothing",
			segment);
		return ENOENT;
	}
	return 0;
}

/* Entries count once they are signed for: in the segment that was written to, what is not good behind them is what
 * a crash left. Without any checkpoint only the first entry can be such a thing. */
static bool is_damaged(const struct ledger_read *r, const struct checkpoint *c,
	bool is_last, struct damage *out)
{
	uint64_t counted = c ? c->size : 1;
	bool is_other = c && r->tree.n >= c->size && !ledger_same(&r->root, &c->root);
	bool is_crash = is_last && (c ? r->tree.n >= counted : r->tree.n <= counted);

	out->first_bad = is_other ? 0 : r->tree.n;
	out->is_rewritten = is_other;
	if (!r->has_head)
		return true;
	return is_other || (c && r->tree.n < c->size) ||
		(r->end != LEDGER_ENDS_WELL && !is_crash);
}

static void note_damage(struct ledger_file *lf, const struct damage *d)
{
	log_error("ledger: segment %" PRIu32 " is damaged from entry %" PRIu64
		  " on; another one is begun, and the damage is told until somebody "
		  "acknowledges it",
		d->segment, d->first_bad);
	if (lf->n_damages < SEGMENTS_MAX)
		lf->damages[lf->n_damages++] = *d;
}

static bool read_acknowledgement(struct slice text, uint64_t *segment)
{
	return ledger_number(&text, SEGMENT, ',', segment);
}

/* Which damages before were seen by somebody, and the configuration that was last. */
static void notice(struct ledger_file *lf, const struct ledger_read *r)
{
	struct ledger_hash leaf;
	struct ledger_entry e;
	uint64_t segment;

	for (uint64_t i = 0; i < r->tree.n; i++) {
		if (ledger_read_entry(r, i, &e, &leaf))
			continue;
		if (e.kind == LEDGER_CONFIGURATION)
			(void)slice_copy(
				e.text, lf->configuration, sizeof lf->configuration);
		if (e.kind != LEDGER_ACKNOWLEDGED ||
			!read_acknowledgement(e.text, &segment))
			continue;
		struct damage *d = ledger_damage_of(lf, (uint32_t)segment);

		if (d)
			d->is_acknowledged = true;
	}
}

static int go_on_with(
	struct ledger_file *lf, const char *path, const struct ledger_read *r)
{
	lf->fd = open(path, O_RDWR | O_CLOEXEC);
	if (lf->fd < 0)
		return errno;
	if (r->good < r->n) {
		log_warn("ledger: %zu bytes of an entry that never counted are cut off",
			r->n - r->good);
		if (ftruncate(lf->fd, (off_t)r->good))
			return errno;
	}
	lf->head = r->head;
	lf->now = (struct ledger_mark){ r->good, r->chain, r->tree };
	lf->counted = lf->now;
	return ledger_key_of(lf, &lf->head, &lf->key);
}

/* One segment that is there. */
static int take(struct ledger_file *lf, uint32_t segment, bool is_last, bool *begun)
{
	struct damage d = { .segment = segment };
	struct ledger_read *r = NULL;
	struct checkpoint c;
	char path[LEDGER_PATH_MAX];
	bool has_c = read_checkpoint(lf, segment, &c) == 0;
	int err = ledger_segment_path(lf, segment, "", path);

	if (!err)
		err = ledger_read_file(&r, path, has_c ? c.size : 0, true);
	if (err)
		return err;
	/* its begin did not come to an end: it begins again */
	*begun = !(is_last && !has_c && r->tree.n == 0 &&
		r->n < LEDGER_HEAD_MAX + LEDGER_FIXED + FIRST_MAX + LEDGER_HASH);
	notice(lf, r);
	if (*begun && is_damaged(r, has_c ? &c : NULL, is_last, &d))
		note_damage(lf, &d);
	else if (*begun && is_last)
		err = go_on_with(lf, path, r);
	if (!err)
		err = ledger_finish_erasures(lf, r);
	ledger_read_free(r);
	return err;
}

static uint32_t count_segments(const struct ledger_file *lf)
{
	uint32_t n = 0;
	struct stat st;
	char path[LEDGER_PATH_MAX];

	while (n < SEGMENTS_MAX && !ledger_segment_path(lf, n + 1, "", path) &&
		stat(path, &st) == 0)
		n++;
	return n;
}

int ledger_start(struct ledger_file *lf, int64_t now_ms)
{
	uint32_t n = count_segments(lf);
	bool begun = true;
	int err = 0;

	for (uint32_t i = 1; !err && i <= n; i++)
		err = take(lf, i, i == n, &begun);
	if (err || (n && begun && !ledger_damage_of(lf, n)))
		return err;
	uint32_t next = begun ? n + 1 : n;

	return next > SEGMENTS_MAX
		? EFBIG
		: ledger_begin(lf, next, ledger_damage_of(lf, next - 1), now_ms);
}
