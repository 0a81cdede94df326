/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * passkey -- is what a browser brought of an authenticator good?  W3C Web Authentication Level 2, sections 7.1 (a new
 * credential) and 7.2 (an assertion), as far as they concern a house that asks for no attestation and no extension.
 *
 * A challenge is whoever asks's: that it is fresh and used once is not looked at here.
 * Hostile input: the client data are JSON of at most PASSKEY_CLIENT_MAX bytes, the rest see wire/webauthn.h.
 * Any thread; no state.
 */
#ifndef APP_PASSKEY_H
#define APP_PASSKEY_H

#include <stdbool.h>

#include "base/slice.h"
#include "wire/webauthn.h"

#define PASSKEY_CHALLENGE  32 /* bytes; section 13.4.3 wants 16 at least */
#define PASSKEY_CLIENT_MAX 2048 /* about 150 come; browsers may add members */
#define PASSKEY_RP_MAX     64 /* of a host's name, with NUL */

/* What the page was asked, and where. */
struct passkey_ask {
	const uint8_t *challenge; /* PASSKEY_CHALLENGE bytes */
	const char *origin; /* "http://localhost:8080", of the page */
	const char *rp; /* the relying party's id: passkey_rp() */
	bool must_verify; /* by finger, face or PIN: two factors at once */
};

/* The host of an origin, to which passkeys are bound; false: it is an address, which cannot be one (section 5.1.2: a
 * valid domain). */
bool passkey_rp(char rp[PASSKEY_RP_MAX], const char *origin);

/* Each: NULL, or why not, a word for the log and the page: "bad_client_data", "bad_challenge", "bad_origin",
 * "bad_authenticator_data", "bad_rp", "not_present", "not_verified", "bad_key", "bad_signature", "copied" (the
 * authenticator counted less than before: there are two of it). *out is untouched then. */

/* Slices of *out point into the attestation. */
const char *passkey_register(struct webauthn_data *out, struct slice attestation,
	struct slice client, const struct passkey_ask *ask);
/* count: of signatures so far. */
const char *passkey_assert(struct webauthn_data *out, const struct cose_key *key,
	uint32_t count, struct slice data, struct slice client, struct slice signature,
	const struct passkey_ask *ask);

#endif
