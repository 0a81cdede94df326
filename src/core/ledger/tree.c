/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tree -- see ledger.h: hashing, appending, the root. */
#include <errno.h>

#include "core/ledger/ledger.h"

void ledger_commit(const struct ledger_sha256 *sha, const uint8_t salt[LEDGER_SALT],
	struct slice entry, struct ledger_hash *out)
{
	const struct slice parts[] = { { salt, LEDGER_SALT }, entry };

	sha->hash(sha->arg, parts, 2, out);
}

void ledger_leaf(
	const struct ledger_sha256 *sha, struct slice data, struct ledger_hash *out)
{
	static const uint8_t prefix[] = { 0x00 };
	const struct slice parts[] = { { prefix, 1 }, data };

	sha->hash(sha->arg, parts, 2, out);
}

void ledger_node(const struct ledger_sha256 *sha, const struct ledger_hash *left,
	const struct ledger_hash *right, struct ledger_hash *out)
{
	static const uint8_t prefix[] = { 0x01 };
	const struct slice parts[] = { { prefix, 1 }, { left->b, LEDGER_HASH },
		{ right->b, LEDGER_HASH } };

	sha->hash(sha->arg, parts, 3, out);
}

/* Like adding one in binary: each full subtree of the same size joins the new one, until a place is free. */
int ledger_append(const struct ledger_sha256 *sha, struct ledger_tree *tree,
	const struct ledger_hash *leaf, ledger_node_h *told, void *arg)
{
	struct ledger_hash node = *leaf;
	unsigned level = 0;

	if (tree->n >= LEDGER_MAX)
		return EFBIG;
	int err = told ? told(arg, 0, tree->n, &node) : 0;

	for (; !err && tree->n >> level & 1; level++) {
		ledger_node(sha, &tree->top[level], &node, &node);
		if (told)
			err = told(arg, level + 1, tree->n >> (level + 1), &node);
	}
	if (err)
		return err;
	tree->top[level] = node;
	tree->n++;
	return 0;
}

void ledger_root(const struct ledger_sha256 *sha, const struct ledger_tree *tree,
	struct ledger_hash *out)
{
	struct ledger_hash root;
	bool begun = false;

	if (tree->n == 0)
		sha->hash(sha->arg, NULL, 0, out);
	for (unsigned level = 0; level < LEDGER_LEVELS; level++) {
		if (!(tree->n >> level & 1))
			continue;
		if (begun)
			ledger_node(sha, &tree->top[level], &root, &root);
		else
			root = tree->top[level];
		begun = true;
	}
	if (begun)
		*out = root;
}
