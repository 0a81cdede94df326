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

static void put_path(const struct ledger_proof *proof)
{
	char text[BASE64_SIZE(LEDGER_HASH) + 1];

	for (size_t i = 0; i < proof->n; i++) {
		ledger_root_text(&proof->path[i], text);
		puts(text);
	}
	puts("");
}

static int put_entry(const struct ledger_read *r, uint64_t index)
{
	struct ledger_hash leaf;
	struct ledger_entry e;
	size_t n = BASE64_SIZE(LEDGER_ENTRY_MAX) + 1;
	char *text = malloc(n);
	struct wbuf w = wbuf_of(text, text ? n : 0);

	if (!text || ledger_read_entry(r, index, &e, &leaf))
		return free(text), 1;
	if (e.state != LEDGER_WHOLE) {
		free(text);
		fprintf(stderr,
			"heimamt: entry %" PRIu64 " was erased: it can be proved no "
			"more what it said.\n",
			index);
		return LEDGER_BAD;
	}
	base64_write(&w, BASE64_PADDED,
		slice_of(r->bytes + r->at[index], LEDGER_FIXED + e.text.n));
	wbuf_u8(&w, 0);
	printf("%s\nextra %s\nindex %" PRIu64 "\n", LEDGER_PROOF_NAME, text, index);
	free(text);
	return 0;
}

static int prove_entry(struct ledger_read *r, const struct ledger_note *c, uint64_t index)
{
	struct ledger_nodes nodes = ledger_read_nodes(r);
	struct ledger_proof proof;

	if (index >= c->checkpoint.size) {
		fprintf(stderr,
			"heimamt: the checkpoint is of %" PRIu64
			" entries, numbered from 0: it says nothing about entry %" PRIu64
			".\n",
			c->checkpoint.size, index);
		return LEDGER_BAD;
	}
	int err = ledger_prove_inclusion(
		&r->sha, &nodes, index, c->checkpoint.size, &proof);
	int status = err ? 1 : put_entry(r, index);

	if (!status)
		put_path(&proof);
	return status;
}

static int prove_growth(struct ledger_read *r, const struct ledger_note *c, uint64_t from)
{
	struct ledger_nodes nodes = ledger_read_nodes(r);
	struct ledger_proof proof;

	if (from > c->checkpoint.size) {
		fprintf(stderr,
			"heimamt: the checkpoint is of %" PRIu64 " entries only.\n",
			c->checkpoint.size);
		return LEDGER_BAD;
	}
	if (ledger_prove_consistency(&r->sha, &nodes, from, c->checkpoint.size, &proof))
		return 1;
	printf("old %" PRIu64 "\n", from);
	put_path(&proof);
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
	if (!status)
		(void)fwrite(c.bytes, 1, c.n, stdout);
	ledger_read_free(r);
	return status;
}
