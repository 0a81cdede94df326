/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: srtp.  The bytes as an SRTP and as an SRTCP packet; nobody has the key, so none is taken.  Then as
 * packets to be sent: what is sealed opens again to the same bytes, once.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "relay/srtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MKI 4

static const uint8_t key[SRTP_KEY_SIZE] = "fuzz", salt[SRTP_SALT_SIZE] = "srtp";

static enum srtp_suite suite; /* of this turn */

static void receive(struct srtp_session *rx, const uint8_t *data, size_t size, bool rtcp)
{
	uint8_t *p = malloc(size + 1); /* + 1: never of size 0 */
	size_t n = size;

	if (!p)
		return;
	if (size)
		memcpy(p, data, size);

	int err = rtcp ? srtcp_unprotect(rx, p, &n) : srtp_unprotect(rx, p, &n);

	assert(err == EBADMSG || err == EACCES);
	assert(n == size);
	free(p);
}

/* GCM with a master key identifier, so that both are tried. */
static int new_session(struct srtp_session **out)
{
	int err = srtp_session_new(out, suite, key, salt);

	if (!err && suite == SRTP_GCM)
		err = srtp_session_mki(*out, key, MKI);
	return err;
}

static void there_and_back(const uint8_t *data, size_t size, bool rtcp)
{
	struct srtp_session *tx = NULL, *rx = NULL;
	size_t cap = size + SRTP_ROOM + MKI, n = size;
	uint8_t *p = malloc(cap), *again = malloc(cap);

	if (!p || !again || new_session(&tx) || new_session(&rx))
		goto out;
	if (size)
		memcpy(p, data, size);
	if (rtcp ? srtcp_protect(tx, p, &n, cap) : srtp_protect(tx, p, &n, cap))
		goto out;
	memcpy(again, p, n);

	size_t m = n;

	if ((rtcp ? srtcp_unprotect(rx, p, &n) : srtp_unprotect(rx, p, &n)) != 0)
		abort();
	assert(n == size && memcmp(p, data, n) == 0);
	if ((rtcp ? srtcp_unprotect(rx, again, &m) : srtp_unprotect(rx, again, &m)) !=
		EALREADY)
		abort();
out:
	srtp_session_free(tx);
	srtp_session_free(rx);
	free(p);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct srtp_session *rx;

	for (suite = SRTP_AES_CM_80; suite <= SRTP_GCM; suite++) {
		if (new_session(&rx))
			return 0;
		for (int rtcp = 0; rtcp < 2; rtcp++) {
			receive(rx, data, size, rtcp);
			there_and_back(data, size, rtcp);
		}
		srtp_session_free(rx);
	}
	return 0;
}
