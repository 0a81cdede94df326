/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ledger_prove -- heimamt ledger prove: for one entry (c2sp.org/tlog-proof) or for a witness (the body that
 * c2sp.org/tlog-witness asks for).  See ledger.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/ledger.h"

static int prove_entry(struct ledger_read *r, const struct ledger_note *c, uint64_t index)
{
	char *text = malloc(LEDGER_PROOF_MAX);
	struct wbuf w = wbuf_of(text, text ? LEDGER_PROOF_MAX : 0);
	int err = text ? ledger_proof_write(
				 &w, r, &c->checkpoint, slice_of(c->bytes, c->n), index)
		       : ENOMEM;

	if (!err)
		(void)fwrite(text, 1, w.n, stdout);
	free(text);
	switch (err) {
	case 0: return 0;
	case ENOENT:
		fprintf(stderr,
			"heimamt: the checkpoint is of %" PRIu64
			" entries, numbered from 0: it says nothing about entry %" PRIu64
			".\n",
			c->checkpoint.size, index);
		return LEDGER_BAD;
	case ENODATA:
		fprintf(stderr,
			"heimamt: entry %" PRIu64 " was erased: it can be proved no "
			"more what it said.\n",
			index);
		return LEDGER_BAD;
	default: return 1;
	}
}

static int prove_growth(struct ledger_read *r, const struct ledger_note *c, uint64_t from)
{
	struct ledger_nodes nodes = ledger_read_nodes(r);
	char text[(LEDGER_LEVELS + 1) * (BASE64_SIZE(LEDGER_HASH) + 1) + 1];
	struct wbuf w = wbuf_of(text, sizeof text);
	struct ledger_proof proof;

	if (from > c->checkpoint.size) {
		fprintf(stderr,
			"heimamt: the checkpoint is of %" PRIu64 " entries only.\n",
			c->checkpoint.size);
		return LEDGER_BAD;
	}
	if (ledger_prove_consistency(&r->sha, &nodes, from, c->checkpoint.size, &proof))
		return 1;
	ledger_path_write(&w, &proof);
	printf("old %" PRIu64 "\n%.*s", from, (int)w.n, text);
	(void)fwrite(c->bytes, 1, c->n, stdout);
	return 0;
}

static int read_all(
	const struct ledger_options *o, struct ledger_note *c, struct ledger_read **r)
{
	char path[OPTIONS_PATH_MAX];
	int err = o->checkpoint
		? text_copy(path, sizeof path, o->checkpoint)
		: text_format(path, sizeof path, "%s.checkpoint", o->words[0]);
	int status = err ? ledger_say(o->words[0], err) : ledger_read_note(c, path);

	if (!status)
		status = ledger_say(o->words[0],
			ledger_read_file(r, o->words[0], c->checkpoint.size, true));
	if (!status &&
		!((*r)->has_root && ledger_same(&(*r)->root, &c->checkpoint.root))) {
		fprintf(stderr,
			"%s: does not agree with its checkpoint; heimamt ledger verify "
			"says "
			"more.\n",
			o->words[0]);
		ledger_read_free(*r);
		status = LEDGER_BAD;
	}
	return status;
}

int ledger_prove(const struct ledger_options *o)
{
	const char *number = o->from ? o->from : o->n_words > 1 ? o->words[1] : "";
	struct ledger_read *r = NULL;
	struct ledger_note c = { .n = 0 };
	uint64_t n;

	if (!slice_u64(slice_str(number), LEDGER_MAX, &n) ||
		(o->from && o->n_words > 1)) {
		fputs("heimamt: say which entry by its number, or --from the size that a "
		      "witness knows.\n",
			stderr);
		return EXIT_USAGE;
	}
	int status = read_all(o, &c, &r);

	if (status)
		return status;
	status = o->from ? prove_growth(r, &c, n) : prove_entry(r, &c, n);
	ledger_read_free(r);
	return status;
}
