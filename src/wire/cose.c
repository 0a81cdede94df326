/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* cose -- see cose.h. */
#include "wire/cose.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "wire/cbor.h"

#define COORDINATE 32 /* bytes, of both curves */

/* RFC 9052 section 7.1 and RFC 9053 section 7: labels of members. */
enum label { KTY = 1, ALG = 3, CRV = -1, X = -2, Y = -3 };

enum { KTY_OKP = 1, KTY_EC2 = 2, CRV_P256 = 1, CRV_ED25519 = 6 };

struct members {
	unsigned seen;
	int32_t kty, alg, crv;
	struct slice x, y;
};

/* By label; its bit in `seen` is its place. */
static const struct {
	int32_t label;
	bool is_bytes;
	size_t at; /* in struct members */
} known[] = {
	{ KTY, false, offsetof(struct members, kty) },
	{ ALG, false, offsetof(struct members, alg) },
	{ CRV, false, offsetof(struct members, crv) },
	{ X, true, offsetof(struct members, x) },
	{ Y, true, offsetof(struct members, y) },
};
#define N_KNOWN (sizeof known / sizeof *known)
#define ALL_OKP 0x0fu /* without y */
#define ALL_EC2 0x1fu

/* False: of another type, as RS256's modulus, which has crv's label; *rest is untouched. */
static bool read_known(struct slice *rest, size_t i, struct members *m)
{
	void *at = (char *)m + known[i].at;
	struct cbor_item item;

	if (!known[i].is_bytes)
		return cbor_int(rest, at) == 0;
	if (cbor_expect(rest, CBOR_BYTES, &item))
		return false;
	*(struct slice *)at = item.bytes;
	return true;
}

static int read_member(struct slice *rest, struct members *m)
{
	int32_t label;
	size_t i = 0;

	if (cbor_int(rest, &label))
		return EBADMSG; /* a text would be allowed, no algorithm of ours has one */
	while (i < N_KNOWN && known[i].label != label)
		i++;
	if (i == N_KNOWN || !read_known(rest, i, m))
		return cbor_skip(rest);
	if (m->seen >> i & 1)
		return EBADMSG;
	m->seen |= 1u << i;
	return 0;
}

size_t cose_point_size(int32_t alg)
{
	return alg == COSE_ES256    ? 1 + 2 * COORDINATE
		: alg == COSE_EDDSA ? COORDINATE
				    : 0;
}

static int take_ec2(const struct members *m, struct cose_key *out)
{
	if (m->seen != ALL_EC2 || m->kty != KTY_EC2 || m->x.n != COORDINATE ||
		m->y.n != COORDINATE)
		return EBADMSG;
	if (m->crv != CRV_P256)
		return ENOTSUP;
	*out = (struct cose_key){ COSE_ES256, { 4 }, 1 + 2 * COORDINATE };
	memcpy(out->point + 1, m->x.p, COORDINATE);
	memcpy(out->point + 1 + COORDINATE, m->y.p, COORDINATE);
	return 0;
}

static int take_okp(const struct members *m, struct cose_key *out)
{
	if (m->seen != ALL_OKP || m->kty != KTY_OKP)
		return EBADMSG;
	if (m->crv != CRV_ED25519)
		return ENOTSUP;
	if (m->x.n != COORDINATE)
		return EBADMSG;
	*out = (struct cose_key){ COSE_EDDSA, { 0 }, COORDINATE };
	memcpy(out->point, m->x.p, COORDINATE);
	return 0;
}

int cose_key_read(struct slice *rest, struct cose_key *out)
{
	struct members m = { 0 };
	struct slice r = *rest;
	struct cbor_item map;
	int err = cbor_expect(&r, CBOR_MAP, &map);

	for (uint64_t i = 0; !err && i < map.value; i++)
		err = read_member(&r, &m);
	if (err || !(m.seen & 2))
		return EBADMSG;
	if (m.alg == COSE_ES256)
		err = take_ec2(&m, out);
	else
		err = m.alg == COSE_EDDSA ? take_okp(&m, out) : ENOTSUP;
	if (!err)
		*rest = r;
	return err;
}
