/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger_damage -- see ledger_damage.h. */
#include "store/ledger_damage.h"

#include <errno.h>
#include <inttypes.h>

#include "base/text.h"
#include "store/ledger_inner.h"

static struct ledger_damage *find(struct ledger_damage *d, size_t n, uint64_t segment)
{
	for (size_t i = 0; i < n; i++)
		if (d[i].segment == segment)
			return &d[i];
	return NULL;
}

/* The first entry of a segment that follows a damage. False: it follows none. */
static bool read_damage(struct ledger_damage *out, struct slice text)
{
	uint64_t segment, first_bad;

	if (!ledger_number(&text, AFTER, ',', &segment) ||
		!ledger_number(&text, FIRST_BAD, ',', &first_bad))
		return false;
	*out = (struct ledger_damage){ .segment = (uint32_t)segment,
		.first_bad = first_bad,
		.is_rewritten = slice_is(text, REWRITTEN "true}") };
	return true;
}

static void look_at(
	const struct ledger_read *r, struct ledger_damage *out, size_t cap, size_t *n)
{
	for (uint64_t i = 0; i < r->tree.n; i++) {
		struct ledger_damage *known;
		struct ledger_entry e;
		struct ledger_hash leaf;
		uint64_t segment;

		if (r->bytes[r->at[i] + LEDGER_KIND_AT] != LEDGER_SEGMENT &&
			r->bytes[r->at[i] + LEDGER_KIND_AT] != LEDGER_ACKNOWLEDGED)
			continue;
		if (ledger_read_entry(r, i, &e, &leaf))
			continue;
		if (e.kind == LEDGER_SEGMENT && *n < cap && read_damage(&out[*n], e.text))
			(*n)++;
		if (e.kind == LEDGER_ACKNOWLEDGED &&
			ledger_number(&e.text, SEGMENT, ',', &segment)) {
			known = find(out, *n, segment);
			if (known)
				known->is_acknowledged = true;
		}
	}
}

int ledger_damages(const char *dir, struct ledger_damage *out, size_t cap, size_t *n)
{
	char path[LEDGER_PATH_MAX];
	size_t found = 0;
	int err = 0;

	for (uint32_t segment = 1; !err && segment <= SEGMENTS_MAX; segment++) {
		struct ledger_read *r = NULL;

		err = text_format(
			path, sizeof path, "%s/ledger-%06" PRIu32, dir, segment);
		if (!err)
			err = ledger_read_file(&r, path, 0, true);
		if (err == ENOENT)
			break;
		if (!err)
			look_at(r, out, cap, &found);
		ledger_read_free(r);
	}
	if (err && err != ENOENT)
		return err;
	*n = found;
	return 0;
}
