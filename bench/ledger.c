/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench_ledger -- what an entry of the ledger costs, next to the SHA-256 that it cannot do without.
 *
 * The limit is measured in the same run: as many calls of SHA-256 over messages of the same lengths, and nothing
 * else.  A ratio of 1 would be a ledger that costs nothing of its own.  CPU time, one thread, no disk but for the
 * last line, which says what a sync costs here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/ledger/entry.h"
#include "store/ledger_file.h"

#define ENTRIES 200000u
#define PROOFS  50000u
#define TEXT    200 /* bytes: a signature's entry */
#define ROUNDS  3 /* the best counts */

static struct ledger_sha256 sha;

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double wall_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct world {
	uint8_t *bytes; /* all entries */
	size_t n;
	struct ledger_hash *nodes[LEDGER_LEVELS];
	struct ledger_tree tree;
	struct ledger_hash root;
	struct ledger_proof *proofs;
};

static int keep(void *arg, unsigned level, uint64_t index, const struct ledger_hash *node)
{
	struct world *w = arg;

	w->nodes[level][index] = *node;
	return 0;
}

static int look(void *arg, unsigned level, uint64_t index, struct ledger_hash *out)
{
	struct world *w = arg;

	*out = w->nodes[level][index];
	return 0;
}

static int append(struct world *w)
{
	struct wbuf out = wbuf_of(
		w->bytes, ENTRIES * (size_t)(LEDGER_FIXED + TEXT + LEDGER_HASH));
	struct ledger_entry e = { .kind = LEDGER_SIGNATURE };
	static uint8_t text[TEXT];
	struct ledger_hash chain = { { 0 } }, leaf;
	int err = 0;

	w->tree = (struct ledger_tree){ 0 };
	e.text = slice_of(text, TEXT);
	for (uint32_t i = 0; !err && i < ENTRIES; i++) {
		be32_put(text, i);
		err = ledger_entry_write(&out, &sha, &e, &chain, &leaf);
		if (!err)
			err = ledger_append(&sha, &w->tree, &leaf, keep, w);
	}
	w->n = out.n;
	return err;
}

static int verify(struct world *w)
{
	struct ledger_hash chain = { { 0 } }, leaf;
	struct ledger_tree tree = { 0 };
	struct ledger_entry e;
	size_t n;
	int err = 0;

	for (size_t at = 0; !err && at < w->n; at += n) {
		err = ledger_entry_read(
			&e, &sha, slice_of(w->bytes + at, w->n - at), &chain, &leaf, &n);
		if (!err)
			err = ledger_append(&sha, &tree, &leaf, NULL, NULL);
	}
	ledger_root(&sha, &tree, &w->root);
	return err;
}

static int prove(struct world *w)
{
	const struct ledger_nodes nodes = { look, w };
	int err = 0;

	for (uint32_t i = 0; !err && i < PROOFS; i++)
		err = ledger_prove_inclusion(
			&sha, &nodes, i * (ENTRIES / PROOFS), ENTRIES, &w->proofs[i]);
	return err;
}

static int check(struct world *w)
{
	for (uint32_t i = 0; i < PROOFS; i++) {
		uint32_t at = i * (ENTRIES / PROOFS);

		if (!ledger_includes(
			    &sha, &w->nodes[0][at], at, ENTRIES, &w->proofs[i], &w->root))
			return 1;
	}
	return 0;
}

/* The messages that an entry's hashes are over: commitment, leaf, chain, and one node. */
static int limit(struct world *w)
{
	static const size_t sizes[] = { LEDGER_SALT + TEXT, 1 + LEDGER_LEAF_DATA,
		LEDGER_HASH + LEDGER_LEAF_DATA, 1 + 2 * LEDGER_HASH };
	struct ledger_hash h;

	for (uint32_t i = 0; i < ENTRIES; i++)
		for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
			struct slice part = { w->bytes + i, sizes[k] };

			sha.hash(sha.arg, &part, 1, &h);
		}
	return 0;
}

/* The nodes of the paths, and nothing else: some 18 a proof. */
static int limit_of_checks(struct world *w)
{
	struct ledger_hash h;

	for (uint32_t i = 0; i < PROOFS; i++)
		for (size_t k = 0; k < w->proofs[i].n; k++) {
			struct slice part = { w->bytes + i, 1 + 2 * LEDGER_HASH };

			sha.hash(sha.arg, &part, 1, &h);
		}
	return 0;
}

static double best(struct world *w, int (*run)(struct world *w), double n)
{
	double least = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		double from = cpu_s();

		if (run(w)) {
			fprintf(stderr, "bench_ledger: it does not work\n");
			exit(1);
		}
		double took = (cpu_s() - from) / n;

		least = took < least ? took : least;
	}
	return least;
}

static void tell(const char *what, double s, double floor_s)
{
	printf("%-28s %8.0f ns %10.0f a second", what, s * 1e9, 1 / s);
	if (floor_s > 0)
		printf("   %.2f of SHA-256 alone", s / floor_s);
	puts("");
}

/* One entry a sync, in the folder that was given. */
static void tell_sync(const char *dir)
{
	char key[1024], path[1024];
	struct ledger_file *lf = NULL;
	struct signer *s = NULL;
	const struct ledger_file_config cfg = { path, "bench", NULL };
	struct ledger_file_config with = cfg;
	uint64_t index;
	const int n = 50;

	(void)snprintf(key, sizeof key, "%s/key", dir);
	(void)snprintf(path, sizeof path, "%s/ledger", dir);
	if (signer_open(&s, key, true))
		return;
	with.signer = s;
	if (!ledger_file_open(&lf, &with, 0)) {
		double from = wall_s();

		for (int i = 0; i < n; i++)
			if (ledger_file_put(
				    lf, LEDGER_SIGNATURE, 0, slice_str("{}"), &index) ||
				ledger_file_sync(lf))
				break;
		printf("%-28s %8.2f ms by the wall, on this disk\n",
			"an entry and a sync", (wall_s() - from) / n * 1e3);
	}
	ledger_file_close(lf);
	signer_close(s);
}

int main(void)
{
	struct world w = { 0 };
	char dir[] = "/tmp/heimamt-bench-XXXXXX", command[64];

	w.bytes = calloc(ENTRIES, LEDGER_FIXED + TEXT + LEDGER_HASH);
	w.proofs = calloc(PROOFS, sizeof *w.proofs);
	for (unsigned k = 0; k < LEDGER_LEVELS && ENTRIES >> k; k++)
		w.nodes[k] = calloc(ENTRIES >> k, sizeof **w.nodes);
	if (!w.bytes || !w.proofs || signer_sha256_open(&sha))
		return 1;
	double floor_s = best(&w, limit, ENTRIES);

	tell("SHA-256, the four of an entry", floor_s, 0);
	tell("append", best(&w, append, ENTRIES), floor_s);
	tell("verify an entry of a file", best(&w, verify, ENTRIES), floor_s);
	tell("prove inclusion", best(&w, prove, PROOFS), 0);
	double paths = best(&w, limit_of_checks, PROOFS);

	tell("SHA-256 of a path", paths, 0);
	tell("verify inclusion", best(&w, check, PROOFS), paths);
	if (mkdtemp(dir)) {
		tell_sync(dir);
		(void)snprintf(command, sizeof command, "rm -r %s", dir);
		if (system(command)) /* NOLINT(cert-env33-c): a folder of our own */
			return 1;
	}
	signer_sha256_close(&sha);
	return 0;
}
