/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ledger -- an append-only Merkle log: what was written cannot be changed or dropped unseen.
 *
 * The tree is RFC 9162's (section 2.1): a leaf is hashed with 0x00 before it, an inner node with 0x01.  A leaf
 * here is a commitment, SHA-256 over a secret salt and the entry, so that an entry can be erased with its salt and
 * the tree stays whole (RULES C7).
 *
 * Costs: appending one leaf hashes once, plus one node on average; at most one per level.  A root, and each proof,
 * hashes and reads at most two nodes per level, but for a proof in a tree that is not full: one more root of a
 * smaller tree, so O(log^2 n) reads.  Nothing is kept but the tops of the full subtrees (one per bit of the size);
 * complete nodes are told to the owner as they come to be, and read back through a callback.
 *
 * Pure: SHA-256 itself is the caller's, and so are bytes and files.  Any thread; no state but the caller's.
 */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define LEDGER_HASH 32 /* SHA-256 */
#define LEDGER_SALT \
	32 /* as long as the hash: guessing it is as hard as finding a preimage */
#define LEDGER_LEVELS 63
#define LEDGER_MAX    ((uint64_t)1 << (LEDGER_LEVELS - 1)) /* leaves */

struct ledger_hash {
	uint8_t b[LEDGER_HASH];
};

/* SHA-256 over the parts, one after the other. */
typedef void ledger_sha256_h(
	void *arg, const struct slice *parts, size_t n, struct ledger_hash *out);

struct ledger_sha256 {
	ledger_sha256_h *hash;
	void *arg;
};

/* A tree, as much of it as is needed to go on. All zero: the empty one. */
struct ledger_tree {
	uint64_t n; /* leaves */
	struct ledger_hash top
		[LEDGER_LEVELS]; /* of the full subtree of 2^k leaves, where bit k of n is set */
};

/* Complete node: level 0 are the leaves' hashes; index counts the level's nodes from the left. 0, or an errno, which
 * ends the append and leaves the tree as it was. */
typedef int ledger_node_h(
	void *arg, unsigned level, uint64_t index, const struct ledger_hash *node);
/* The same the other way round; only complete nodes are asked for. */
typedef int ledger_read_h(
	void *arg, unsigned level, uint64_t index, struct ledger_hash *out);

struct ledger_nodes {
	ledger_read_h *read;
	void *arg;
};

/* The hashes that prove something, in the order of RFC 9162 sections 2.1.3 and 2.1.4. */
struct ledger_proof {
	size_t n;
	struct ledger_hash path[LEDGER_LEVELS + 1];
};

/* What stands in the tree for an entry: SHA-256(salt, entry). */
void ledger_commit(const struct ledger_sha256 *sha, const uint8_t salt[LEDGER_SALT],
	struct slice entry, struct ledger_hash *out);
/* RFC 9162 section 2.1.1: SHA-256(0x00, data). */
void ledger_leaf(
	const struct ledger_sha256 *sha, struct slice data, struct ledger_hash *out);
/* The same: SHA-256(0x01, left, right). */
void ledger_node(const struct ledger_sha256 *sha, const struct ledger_hash *left,
	const struct ledger_hash *right, struct ledger_hash *out);

/* Appends a leaf's hash; `told` (NULL: nobody) hears of it and of each node that it completes, upwards. EFBIG:
 * LEDGER_MAX leaves are there; else what `told` said. */
int ledger_append(const struct ledger_sha256 *sha, struct ledger_tree *tree,
	const struct ledger_hash *leaf, ledger_node_h *told, void *arg);
/* The Merkle tree hash; of the empty tree SHA-256 of nothing. */
void ledger_root(const struct ledger_sha256 *sha, const struct ledger_tree *tree,
	struct ledger_hash *out);

/* RFC 9162 section 2.1.3.1: leaf `index` is in the tree of `size` leaves. EINVAL: it is not; else what reading said. */
int ledger_prove_inclusion(const struct ledger_sha256 *sha,
	const struct ledger_nodes *nodes, uint64_t index, uint64_t size,
	struct ledger_proof *out);
/* Section 2.1.4.1: the tree of `size` leaves begins with the one of `old`. From the empty tree, and from a tree to
 * itself, the proof is empty. EINVAL: old is larger. */
int ledger_prove_consistency(const struct ledger_sha256 *sha,
	const struct ledger_nodes *nodes, uint64_t old, uint64_t size,
	struct ledger_proof *out);

/* Sections 2.1.3.2 and 2.1.4.2. Any proof may be asked about, whoever made it. */
bool ledger_includes(const struct ledger_sha256 *sha, const struct ledger_hash *leaf,
	uint64_t index, uint64_t size, const struct ledger_proof *proof,
	const struct ledger_hash *root);
bool ledger_continues(const struct ledger_sha256 *sha, uint64_t old,
	const struct ledger_hash *old_root, uint64_t size, const struct ledger_hash *root,
	const struct ledger_proof *proof);

static inline bool ledger_same(const struct ledger_hash *a, const struct ledger_hash *b)
{
	return slice_eq(slice_of(a->b, LEDGER_HASH), slice_of(b->b, LEDGER_HASH));
}

#endif
