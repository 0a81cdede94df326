/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * webauthn -- what an authenticator says: authenticator data (W3C Web Authentication Level 2, section 6.1) and the
 * attestation object around it (section 6.5.4).
 *
 * No attestation statement is asked for ("none"), so one that comes is skipped and proves nothing: who made a key is
 * not looked at.  Hostile input, see cbor.h; nothing may stand behind the end.  Slices point into what was given.  Pure.
 */
#ifndef WIRE_WEBAUTHN_H
#define WIRE_WEBAUTHN_H

#include "base/slice.h"
#include "wire/cose.h"

#define WEBAUTHN_HASH   32
#define WEBAUTHN_ID_MAX 1023 /* section 4, "Credential ID" */

struct webauthn_data {
	const uint8_t
		*rp_hash; /* WEBAUTHN_HASH bytes: SHA-256 of the relying party's id */
	bool is_present; /* UP: somebody touched it */
	bool is_verified; /* UV: it knows by finger, face or PIN that it is its owner */
	uint32_t count; /* of signatures; 0: it does not count */
	/* with a new credential */
	bool has_credential;
	struct slice id;
	struct cose_key key;
};

/* EBADMSG; ENOTSUP: a key of an algorithm that is not ours. */
int webauthn_data_read(struct webauthn_data *out, struct slice bytes);
/* The authenticator data of an attestation object.  EBADMSG. */
int webauthn_attestation_read(struct slice *data, struct slice bytes);

#endif
