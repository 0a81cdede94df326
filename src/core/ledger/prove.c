/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* prove -- see ledger.h: the paths of RFC 9162 sections 2.1.3.1 and 2.1.4.1. */
#include <errno.h>

#include "core/ledger/ledger.h"

struct prover {
	const struct ledger_sha256 *sha;
	const struct ledger_nodes *nodes;
	struct ledger_proof *out;
};

/* The largest power of two below n, as an exponent. n > 1. */
static unsigned split_level(uint64_t n)
{
	unsigned level = 0;

	while ((uint64_t)2 << level < n)
		level++;
	return level;
}

/* MTH of the n leaves from `start`, which is a multiple of a power of two that is not below n: full subtrees from
 * the left, folded from the right. */
static int range_root(
	const struct prover *p, uint64_t start, uint64_t n, struct ledger_hash *out)
{
	struct ledger_hash root = { { 0 } }, left;
	bool begun = false;
	int err = 0;

	for (unsigned level = 0; !err && n >> level; level++) {
		if (!(n >> level & 1))
			continue;
		uint64_t at = start + (n >> (level + 1) << (level + 1));

		err = p->nodes->read(p->nodes->arg, level, at >> level, &left);
		if (!err && begun)
			ledger_node(p->sha, &left, &root, &root);
		else if (!err)
			root = left;
		begun = true;
	}
	if (!err)
		*out = root;
	return err;
}

static int add(struct prover *p, uint64_t start, uint64_t n)
{
	if (p->out->n == sizeof p->out->path / sizeof *p->out->path)
		return EFBIG;
	return range_root(p, start, n, &p->out->path[p->out->n++]);
}

/* What a path was built down from comes last in it. */
static void reverse(struct ledger_proof *proof)
{
	for (size_t i = 0; i < proof->n / 2; i++) {
		struct ledger_hash h = proof->path[i];

		proof->path[i] = proof->path[proof->n - 1 - i];
		proof->path[proof->n - 1 - i] = h;
	}
}

int ledger_prove_inclusion(const struct ledger_sha256 *sha,
	const struct ledger_nodes *nodes, uint64_t index, uint64_t size,
	struct ledger_proof *out)
{
	struct prover p = { sha, nodes, out };
	uint64_t start = 0, n = size;
	int err = 0;

	if (index >= size || size > LEDGER_MAX)
		return EINVAL;
	out->n = 0;
	while (!err && n > 1) {
		uint64_t k = (uint64_t)1 << split_level(n);

		if (index - start < k) {
			err = add(&p, start + k, n - k);
			n = k;
		} else {
			err = add(&p, start, k);
			start += k;
			n -= k;
		}
	}
	reverse(out);
	return err;
}

int ledger_prove_consistency(const struct ledger_sha256 *sha,
	const struct ledger_nodes *nodes, uint64_t old, uint64_t size,
	struct ledger_proof *out)
{
	struct prover p = { sha, nodes, out };
	uint64_t start = 0, m = old, n = size;
	bool is_whole =
		true; /* the old tree is a subtree that the verifier knows: b of SUBPROOF */
	int err = 0;

	if (old > size || size > LEDGER_MAX)
		return EINVAL;
	out->n = 0;
	if (old == 0 || old == size)
		return 0;
	while (!err && m < n) {
		uint64_t k = (uint64_t)1 << split_level(n);

		if (m <= k) {
			err = add(&p, start + k, n - k);
			n = k;
		} else {
			err = add(&p, start, k);
			start += k;
			m -= k;
			n -= k;
			is_whole = false;
		}
	}
	if (!err && !is_whole)
		err = add(&p, start, m);
	reverse(out);
	return err;
}
