/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: stun.  The bytes as they came, and once more with a header and a fingerprint that fit, so that
 * the checksum does not keep the fuzzer from the rest.  What is written in answer reads back.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "wire/stun.h"
#include "wire/stun_inner.h"

#define PASSWORD "VOkJxbRl1RmTxUk/WvJxBt" /* of the vectors in the corpus */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answer_success(const struct stunmsg *m)
{
	struct sockaddr_storage to = { .ss_family = AF_INET };
	struct stunmsg back;
	uint8_t b[STUNMSG_MAX];
	size_t n;

	if (m->has_mapped)
		to = m->mapped;
	assert(!stunmsg_write_success(b, sizeof b, &n, m->tid,
		(const struct sockaddr *)&to, slice_str(PASSWORD)));
	assert(!stunmsg_parse(&back, b, n));
	assert(back.cls == STUNMSG_SUCCESS && back.method == STUNMSG_BINDING);
	assert(back.has_mapped && back.has_fingerprint && back.n_unknown == 0);
	assert(!memcmp(back.tid, m->tid, sizeof back.tid));
	assert(stunmsg_check(&back, b, n, slice_str(PASSWORD)));
	/* a mapped IPv4 address comes back as the IPv4 that it is */
	if (back.mapped.ss_family == to.ss_family)
		assert(!memcmp(&back.mapped, &to, sizeof to));
	else
		assert(to.ss_family == AF_INET6 && back.mapped.ss_family == AF_INET);
}

static void answer_error(const struct stunmsg *m)
{
	struct stunmsg back;
	uint8_t b[STUNMSG_MAX];
	size_t n;
	uint16_t code = m->error_code ? m->error_code : 420;

	assert(!stunmsg_write_error(b, sizeof b, &n, m->tid, code, "Unknown Attribute",
		m->unknown, m->n_unknown, slice_str(PASSWORD)));
	assert(!stunmsg_parse(&back, b, n));
	assert(back.cls == STUNMSG_ERROR && back.error_code == code);
	assert(stunmsg_check(&back, b, n, slice_str(PASSWORD)));
}

static void parse(const uint8_t *p, size_t n)
{
	struct stunmsg m;
	int err = stunmsg_parse(&m, p, n);

	assert(err == 0 || err == EBADMSG);
	if (err)
		return;
	assert(stunmsg_is_likely(p, n) && m.method <= 0xFFF);
	assert(!m.username.n ||
		(m.username.p >= p && m.username.p + m.username.n <= p + n));
	assert(m.n_unknown <= STUNMSG_UNKNOWN_MAX);
	assert(!m.has_integrity ||
		m.integrity_at + STUN_ATTR_HEADER + STUN_INTEGRITY <= n);
	if (stunmsg_check(&m, p, n, slice_str(PASSWORD)))
		assert(m.has_integrity && !stunmsg_check(&m, p, n, slice_str("other")));
	answer_success(&m);
	answer_error(&m);
}

/* The body of `data` behind a header that fits, with the fingerprint at its end. */
static void parse_mended(const uint8_t *data, size_t size)
{
	uint8_t b[STUNMSG_MAX];
	size_t n = size & ~(size_t)3;

	if (n < STUNMSG_HEADER || n + 8 > sizeof b)
		return;
	memcpy(b, data, n);
	b[0] &= 0x3F;
	be16_put(b + 2, (uint16_t)(n + 8 - STUNMSG_HEADER));
	be32_put(b + 4, STUNMSG_COOKIE);
	be16_put(b + n, STUN_FINGERPRINT);
	be16_put(b + n + 2, 4);
	be32_put(b + n + 4, stun_fingerprint(b, n));
	parse(b, n + 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse(data, size);
	parse_mended(data, size);
	return 0;
}
