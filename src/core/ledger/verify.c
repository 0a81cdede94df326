/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * verify -- see ledger.h: does a path prove it?  The walks of RFC 9162 sections 2.1.3.2 and 2.1.4.2.
 *
 * fn and sn are the RFC's: the numbers of a node and of the last node on the same level.
 */
#include "core/ledger/ledger.h"

static bool is_power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

/* Up to the next level on which the node is a right child. */
static void climb(uint64_t *fn, uint64_t *sn)
{
	while (*fn && !(*fn & 1)) {
		*fn >>= 1;
		*sn >>= 1;
	}
}

bool ledger_includes(const struct ledger_sha256 *sha, const struct ledger_hash *leaf,
	uint64_t index, uint64_t size, const struct ledger_proof *proof,
	const struct ledger_hash *root)
{
	uint64_t fn = index, sn = size - 1;
	struct ledger_hash r = *leaf;

	if (index >= size)
		return false;
	for (size_t i = 0; i < proof->n; i++) {
		const struct ledger_hash *p = &proof->path[i];

		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			ledger_node(sha, p, &r, &r);
			climb(&fn, &sn);
		} else {
			ledger_node(sha, &r, p, &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && ledger_same(&r, root);
}

/* From the empty tree, and from a tree to itself, there is nothing to walk. */
static bool is_trivial(uint64_t old, const struct ledger_hash *old_root, uint64_t size,
	const struct ledger_hash *root, const struct ledger_sha256 *sha)
{
	struct ledger_hash empty;

	sha->hash(sha->arg, NULL, 0, &empty);
	return old == 0 ? ledger_same(old_root, &empty)
			: old == size && ledger_same(old_root, root);
}

bool ledger_continues(const struct ledger_sha256 *sha, uint64_t old,
	const struct ledger_hash *old_root, uint64_t size, const struct ledger_hash *root,
	const struct ledger_proof *proof)
{
	/* an old tree that is full stands in the path by itself, and is left out: the verifier has it */
	bool is_full = is_power_of_two(old);
	uint64_t fn = old - 1, sn = size - 1;
	size_t i = is_full ? 0 : 1;

	if (old == 0 || old >= size)
		return old <= size && proof->n == 0 &&
			is_trivial(old, old_root, size, root, sha);
	if (proof->n == 0)
		return false;
	struct ledger_hash fr = is_full ? *old_root : proof->path[0], sr = fr;

	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	for (; i < proof->n; i++) {
		const struct ledger_hash *c = &proof->path[i];

		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			ledger_node(sha, c, &fr, &fr);
			ledger_node(sha, c, &sr, &sr);
			climb(&fn, &sn);
		} else {
			ledger_node(sha, &sr, c, &sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && ledger_same(&fr, old_root) && ledger_same(&sr, root);
}
