/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: webauthn.  The bytes as CBOR, as a key, as authenticator data and as an attestation object. */
#include <assert.h>
#include <errno.h>

#include "wire/cbor.h"
#include "wire/webauthn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct slice part, struct slice all)
{
	return part.n == 0 || (part.p >= all.p && part.p + part.n <= all.p + all.n);
}

/* What is skipped can be read item by item, to the same end. */
static void read_items(struct slice all)
{
	struct slice rest = all, skipped = all;
	struct cbor_item item;
	uint64_t due = 1;

	if (cbor_skip(&skipped)) {
		assert(skipped.n == all.n);
		return;
	}
	for (; due; due--) {
		assert(!cbor_read(&rest, &item) && is_within(item.bytes, all));
		due += item.type == CBOR_ARRAY  ? item.value
			: item.type == CBOR_MAP ? 2 * item.value
						: 0;
	}
	assert(rest.p == skipped.p && rest.n == skipped.n);
}

static void read_key(struct slice all)
{
	struct slice rest = all;
	struct cose_key key;
	int err = cose_key_read(&rest, &key);

	assert(err == 0 || err == EBADMSG || err == ENOTSUP);
	assert(is_within(rest, all) && (!err || rest.n == all.n));
	if (!err)
		assert(key.n && key.n == cose_point_size(key.alg));
}

static void read_data(struct slice all)
{
	struct webauthn_data d;
	int err = webauthn_data_read(&d, all);

	assert(err == 0 || err == EBADMSG || err == ENOTSUP);
	if (err)
		return;
	assert(d.rp_hash == all.p && all.n >= WEBAUTHN_HASH);
	if (d.has_credential)
		assert(d.id.n && d.id.n <= WEBAUTHN_ID_MAX && is_within(d.id, all));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = { data, size }, inner;

	read_items(all);
	read_key(all);
	read_data(all);
	if (webauthn_attestation_read(&inner, all) == 0) {
		assert(is_within(inner, all));
		read_data(inner);
	}
	return 0;
}
