/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger: the tree and its proofs, against RFC 9162's definitions written down as they stand there. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "sha.h"

#define N(a)   (sizeof(a) / sizeof *(a))
#define LEAVES 300
#define LEVELS 10

/* A log that keeps each node it is told of. */
struct log {
	struct ledger_tree tree;
	struct ledger_hash node[LEVELS][LEAVES];
	size_t told[LEVELS];
	int err; /* what told answers */
};

static struct log grown; /* LEAVES leaves: leaf i is the two bytes of i */
static struct ledger_hash roots[LEAVES + 1];

static int keep(void *arg, unsigned level, uint64_t index, const struct ledger_hash *node)
{
	struct log *log = arg;

	if (log->err)
		return log->err;
	assert_true(level < LEVELS && index == log->told[level]);
	log->node[level][log->told[level]++] = *node;
	return 0;
}

static int look(void *arg, unsigned level, uint64_t index, struct ledger_hash *out)
{
	struct log *log = arg;

	assert_true(level < LEVELS && index < log->told[level]);
	*out = log->node[level][index];
	return log->err;
}

static const struct ledger_nodes nodes = { look, &grown };

static int grow(void **state)
{
	(void)state;
	ledger_root(&test_sha, &grown.tree, &roots[0]);
	for (uint16_t i = 0; i < LEAVES; i++) {
		uint8_t data[2];
		struct ledger_hash leaf;

		be16_put(data, i);
		ledger_leaf(&test_sha, slice_of(data, 2), &leaf);
		if (ledger_append(&test_sha, &grown.tree, &leaf, keep, &grown))
			return -1;
		ledger_root(&test_sha, &grown.tree, &roots[i + 1]);
	}
	return 0;
}

/* MTH of section 2.1.1, by its definition. */
static struct ledger_hash mth(size_t start, size_t n)
{
	struct ledger_hash left, right, out;
	size_t k = 1;

	if (n == 1)
		return grown.node[0][start];
	while (k * 2 < n)
		k *= 2;
	left = mth(start, k);
	right = mth(start + k, n - k);
	ledger_node(&test_sha, &left, &right, &out);
	return out;
}

/* The eight leaves that implementations of Certificate Transparency are tested with, and their roots. */
static void test_known_roots(void **state)
{
	static const char *const leaves[] = { "", "00", "10", "2021", "3031", "40414243",
		"5051525354555657", "606162636465666768696a6b6c6d6e6f" };
	static const struct {
		size_t n;
		const char *root;
	} known[] = {
		{ 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ 1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
		{ 3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
		{ 7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
		{ 8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
	};
	struct ledger_tree tree = { 0 };

	(void)state;
	for (size_t i = 0, k = 0; i <= N(leaves); i++) {
		struct ledger_hash root, leaf;
		char hex[2 * LEDGER_HASH + 1];
		uint8_t data[16];

		ledger_root(&test_sha, &tree, &root);
		text_hex(hex, sizeof hex, root.b, LEDGER_HASH);
		if (k < N(known) && known[k].n == i)
			assert_string_equal(hex, known[k++].root);
		if (i == N(leaves)) {
			assert_int_equal(k, N(known));
			break;
		}
		size_t n = strlen(leaves[i]) / 2;

		assert_int_equal(text_unhex(data, n, leaves[i]), 0);
		ledger_leaf(&test_sha, slice_of(data, n), &leaf);
		assert_int_equal(ledger_append(&test_sha, &tree, &leaf, NULL, NULL), 0);
	}
}

static void test_roots_are_mth(void **state)
{
	(void)state;
	for (size_t n = 1; n <= LEAVES; n++) {
		struct ledger_hash root = mth(0, n);

		assert_true(ledger_same(&root, &roots[n]));
	}
	for (unsigned level = 0; level < LEVELS; level++)
		assert_int_equal(grown.told[level], LEAVES >> level);
}

/* Wherever a bit is turned, it proves no more. */
static void assert_brittle_inclusion(
	uint64_t index, uint64_t size, struct ledger_proof *proof)
{
	struct ledger_hash leaf = grown.node[0][index], other = leaf;

	other.b[index % LEDGER_HASH] ^= 1;
	assert_false(
		ledger_includes(&test_sha, &other, index, size, proof, &roots[size]));
	assert_false(
		ledger_includes(&test_sha, &leaf, index, size, proof, &roots[size - 1]));
	for (size_t i = 0; i < proof->n; i++) {
		proof->path[i].b[i % LEDGER_HASH] ^= 0x80;
		assert_false(ledger_includes(
			&test_sha, &leaf, index, size, proof, &roots[size]));
		proof->path[i].b[i % LEDGER_HASH] ^= 0x80;
	}
	proof->n++;
	assert_false(ledger_includes(&test_sha, &leaf, index, size, proof, &roots[size]));
	proof->n--;
	if (proof->n) {
		proof->n--;
		assert_false(ledger_includes(
			&test_sha, &leaf, index, size, proof, &roots[size]));
		proof->n++;
	}
}

static void test_every_inclusion(void **state)
{
	struct ledger_proof proof = { 0 };

	(void)state;
	for (uint64_t size = 1; size <= LEAVES; size++)
		for (uint64_t index = 0; index < size; index++) {
			assert_int_equal(ledger_prove_inclusion(
						 &test_sha, &nodes, index, size, &proof),
				0);
			assert_true(ledger_includes(&test_sha, &grown.node[0][index],
				index, size, &proof, &roots[size]));
			if ((index + size) % 7 == 0)
				assert_brittle_inclusion(index, size, &proof);
		}
}

static void assert_brittle_consistency(
	uint64_t old, uint64_t size, struct ledger_proof *proof)
{
	struct ledger_hash other = roots[old];

	other.b[size % LEDGER_HASH] ^= 1;
	assert_false(ledger_continues(&test_sha, old, &other, size, &roots[size], proof));
	other = roots[size];
	other.b[old % LEDGER_HASH] ^= 1;
	if (old) /* the empty tree begins any */
		assert_false(ledger_continues(
			&test_sha, old, &roots[old], size, &other, proof));
	for (size_t i = 0; i < proof->n; i++) {
		proof->path[i].b[i % LEDGER_HASH] ^= 0x80;
		assert_false(ledger_continues(
			&test_sha, old, &roots[old], size, &roots[size], proof));
		proof->path[i].b[i % LEDGER_HASH] ^= 0x80;
	}
	proof->n++;
	assert_false(
		ledger_continues(&test_sha, old, &roots[old], size, &roots[size], proof));
	proof->n--;
}

static void test_every_consistency(void **state)
{
	struct ledger_proof proof = { 0 };

	(void)state;
	for (uint64_t size = 0; size <= LEAVES; size++)
		for (uint64_t old = 0; old <= size; old++) {
			assert_int_equal(ledger_prove_consistency(
						 &test_sha, &nodes, old, size, &proof),
				0);
			assert_true(ledger_continues(
				&test_sha, old, &roots[old], size, &roots[size], &proof));
			if ((old + size) % 7 == 0)
				assert_brittle_consistency(old, size, &proof);
		}
}

/* RFC 9162 section 2.1.5: the seven leaves of its example. */
static void test_the_example_of_the_rfc(void **state)
{
	static const struct {
		uint64_t index;
		size_t n;
		struct {
			size_t start, n;
		} path[3];
	} paths[] = {
		{ 0, 3, { { 1, 1 }, { 2, 2 }, { 4, 3 } } },
		{ 3, 3, { { 2, 1 }, { 0, 2 }, { 4, 3 } } },
		{ 4, 3, { { 5, 1 }, { 6, 1 }, { 0, 4 } } },
		{ 6, 2, { { 4, 2 }, { 0, 4 } } },
	};
	struct ledger_proof proof;

	(void)state;
	for (size_t i = 0; i < N(paths); i++) {
		assert_int_equal(ledger_prove_inclusion(
					 &test_sha, &nodes, paths[i].index, 7, &proof),
			0);
		assert_int_equal(proof.n, paths[i].n);
		for (size_t k = 0; k < proof.n; k++) {
			struct ledger_hash want = mth(
				paths[i].path[k].start, paths[i].path[k].n);

			assert_true(ledger_same(&proof.path[k], &want));
		}
	}
}

static void test_refusals(void **state)
{
	struct ledger_tree full = { .n = LEDGER_MAX };
	struct ledger_proof proof = { 0 };
	struct log other = { .err = EIO };
	struct ledger_nodes broken = { look, &grown };

	(void)state;
	assert_int_equal(ledger_prove_inclusion(&test_sha, &nodes, 5, 5, &proof), EINVAL);
	assert_int_equal(ledger_prove_inclusion(&test_sha, &nodes, 0, 0, &proof), EINVAL);
	assert_int_equal(
		ledger_prove_consistency(&test_sha, &nodes, 6, 5, &proof), EINVAL);
	assert_false(
		ledger_includes(&test_sha, &grown.node[0][5], 5, 5, &proof, &roots[5]));
	assert_false(
		ledger_includes(&test_sha, &grown.node[0][0], 0, 0, &proof, &roots[0]));
	assert_false(ledger_continues(&test_sha, 6, &roots[6], 5, &roots[5], &proof));
	assert_false(ledger_continues(&test_sha, 3, &roots[3], 5, &roots[5], &proof));
	assert_int_equal(ledger_append(&test_sha, &full, &roots[1], NULL, NULL), EFBIG);
	assert_int_equal(
		ledger_append(&test_sha, &other.tree, &roots[1], keep, &other), EIO);
	assert_int_equal(other.tree.n, 0);
	grown.err = EIO;
	assert_int_equal(ledger_prove_inclusion(&test_sha, &broken, 2, 7, &proof), EIO);
	assert_int_equal(ledger_prove_consistency(&test_sha, &broken, 3, 7, &proof), EIO);
	grown.err = 0;
}

/* With another salt, another commitment; nothing of the entry shows without it. */
static void test_commitments(void **state)
{
	uint8_t salt[LEDGER_SALT] = { 1 };
	struct ledger_hash a, b, c;

	(void)state;
	ledger_commit(&test_sha, salt, slice_str("an entry"), &a);
	ledger_commit(&test_sha, salt, slice_str("an entrz"), &b);
	salt[31] = 1;
	ledger_commit(&test_sha, salt, slice_str("an entry"), &c);
	assert_false(ledger_same(&a, &b) || ledger_same(&a, &c) || ledger_same(&b, &c));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_roots),
		cmocka_unit_test(test_roots_are_mth),
		cmocka_unit_test(test_every_inclusion),
		cmocka_unit_test(test_every_consistency),
		cmocka_unit_test(test_the_example_of_the_rfc),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_commitments),
	};

	return cmocka_run_group_tests(tests, grow, NULL);
}
