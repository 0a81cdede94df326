/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* webauthn -- see webauthn.h. */
#include "wire/webauthn.h"

#include <errno.h>

#include "wire/cbor.h"

/* Section 6.1: 32 bytes of hash, flags, and the counter. */
#define FLAGS_AT 32
#define COUNT_AT 33
#define FIXED    37
#define AAGUID   16 /* section 6.5.1: the model, which is not looked at */
#define LENGTH   2

enum flag { UP = 1, UV = 4, AT = 64, ED = 128 };

/* Section 6.5.1. */
static int read_credential(struct slice *rest, struct webauthn_data *out)
{
	size_t n;

	if (rest->n < AAGUID + LENGTH)
		return EBADMSG;
	n = be16_get(rest->p + AAGUID);
	*rest = slice_from(*rest, AAGUID + LENGTH);
	if (n == 0 || n > WEBAUTHN_ID_MAX || n > rest->n)
		return EBADMSG;
	out->id = (struct slice){ rest->p, n };
	*rest = slice_from(*rest, n);
	out->has_credential = true;
	return cose_key_read(rest, &out->key);
}

/* A map (section 9.5), which is not looked at: no extension was asked for. */
static int skip_extensions(struct slice *rest)
{
	struct slice r = *rest;
	struct cbor_item map;

	return cbor_expect(&r, CBOR_MAP, &map) ? EBADMSG : cbor_skip(rest);
}

int webauthn_data_read(struct webauthn_data *out, struct slice bytes)
{
	struct webauthn_data d = { .rp_hash = bytes.p };
	struct slice rest = slice_from(bytes, FIXED);
	unsigned flags;
	int err = 0;

	if (bytes.n < FIXED)
		return EBADMSG;
	flags = bytes.p[FLAGS_AT];
	d.is_present = flags & UP;
	d.is_verified = flags & UV;
	d.count = be32_get(bytes.p + COUNT_AT);
	if (flags & AT)
		err = read_credential(&rest, &d);
	if (!err && flags & ED)
		err = skip_extensions(&rest);
	if (err)
		return err;
	if (rest.n)
		return EBADMSG;
	*out = d;
	return 0;
}

int webauthn_attestation_read(struct slice *data, struct slice bytes)
{
	struct slice rest = bytes, found = { 0 };
	struct cbor_item map, key, value;
	bool has_data = false;

	if (cbor_expect(&rest, CBOR_MAP, &map))
		return EBADMSG;
	for (uint64_t i = 0; i < map.value; i++) {
		if (cbor_expect(&rest, CBOR_TEXT, &key))
			return EBADMSG;
		if (!slice_is(key.bytes, "authData")) {
			if (cbor_skip(&rest))
				return EBADMSG;
			continue;
		}
		if (has_data || cbor_expect(&rest, CBOR_BYTES, &value))
			return EBADMSG;
		has_data = true;
		found = value.bytes;
	}
	if (!has_data || rest.n)
		return EBADMSG;
	*data = found;
	return 0;
}
