/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sip_srtp -- SRTP with the trunk, its keys in the descriptions (SDES, RFC 4568).  Part of app.
 *
 * Our key is random, per call, and stays for the whole of it: each description tells it again, so that a session
 * refresh changes nothing; only a call that moves to another relay, which begins to count anew, gets another one.
 * It is in no blob of its own: the last description is, and a later process reads it there.  Theirs goes to the
 * relay with each description.  Whoever can read the signalling can read both: docs/sip.md.
 */
#include "app/priv.h"

#include <stdlib.h>
#include <string.h>

#include "relay/srtp.h"

#define PACKET_MS 10 /* the shortest that a telephone sends */

_Static_assert((int)SDESC_SUITE_AES_CM_80 == (int)SRTP_AES_CM_80 &&
		(int)SDESC_SUITE_AES_CM_32 == (int)SRTP_AES_CM_32 &&
		(int)SDESC_SUITE_GCM == (int)SRTP_GCM,
	"a suite has one number");
_Static_assert(SDESC_KEY_SIZE == SRTP_KEY_SIZE && SDESC_SALT_MAX == SRTP_SALT_SIZE &&
		SDESC_MKI_MAX == RP_MKI_MAX,
	"and one size");

void app_srtp_wipe_text(char *sdp)
{
	if (sdp)
		explicit_bzero(sdp, strlen(sdp));
	free(sdp);
}

/* An answer must be in kind, and to the line that we offered (RFC 4568 section 5.1.3). */
static bool answers(const struct app_call *call, const struct sdesc_media *m)
{
	if (!call->crypto.suite)
		return sdesc_profile(m) == SDESC_PROFILE_PLAIN;
	return sdesc_profile(m) == SDESC_PROFILE_SDES &&
		m->crypto.suite == call->crypto.suite &&
		m->crypto.tag == call->crypto.tag;
}

static bool may_take(const struct app_call *call, const struct sdesc_media *m)
{
	switch (sdesc_profile(m)) {
	case SDESC_PROFILE_SDES: return m->crypto.suite && call->srtp != TRUNK_SRTP_NEVER;
	case SDESC_PROFILE_PLAIN: return call->srtp != TRUNK_SRTP_REQUIRED;
	default: return false;
	}
}

enum app_srtp_rank app_srtp_rank(
	const struct app_call *call, const struct sdesc_media *m, bool is_answer)
{
	if (!m->is_audio || !m->port ||
		!(is_answer ? answers(call, m) : may_take(call, m)))
		return APP_SRTP_REFUSED;
	return sdesc_profile(m) == SDESC_PROFILE_SDES ? APP_SRTP_SECURE : APP_SRTP_PLAIN;
}

static void renew(struct app *app, struct sdesc_crypto *c, enum sdesc_suite suite)
{
	*c = (struct sdesc_crypto){ .suite = suite, .tag = 1 };
	app->ports.random(app->ports.arg, c->key, sizeof c->key);
	app->ports.random(app->ports.arg, c->salt, sdesc_salt_size(suite));
}

/* Both keys, as the relay wants them. */
static void join_keys(struct rp_srtp *out, const struct sdesc_crypto *ours,
	const struct sdesc_crypto *theirs)
{
	*out = (struct rp_srtp){ .suite = (uint8_t)ours->suite,
		.mki_size = theirs->mki_size,
		.rx_life = theirs->life };
	memcpy(out->rx_key, theirs->key, sizeof out->rx_key);
	memcpy(out->rx_salt, theirs->salt, sizeof out->rx_salt);
	memcpy(out->tx_key, ours->key, sizeof out->tx_key);
	memcpy(out->tx_salt, ours->salt, sizeof out->tx_salt);
	sdesc_mki_bytes(theirs, out->mki);
}

void app_srtp_take(struct app *app, struct app_call *call, const struct sdesc_media *m,
	struct rp_srtp *out)
{
	struct sdesc_crypto *ours = &call->crypto;

	if (sdesc_profile(m) != SDESC_PROFILE_SDES) {
		explicit_bzero(ours, sizeof *ours);
		return;
	}
	if (ours->suite != m->crypto.suite)
		renew(app, ours, m->crypto.suite);
	/* in the form of theirs: RFC 4568 section 5.1.2 */
	ours->tag = m->crypto.tag;
	ours->mki = m->crypto.mki;
	ours->mki_size = m->crypto.mki_size;
	join_keys(out, ours, &m->crypto);
}

/* One line, with the suite that everybody who speaks SDES has (RFC 4568 section 6.2.1); or plain RTP. */
void app_srtp_offer(struct app *app, struct app_call *call)
{
	if (call->srtp == TRUNK_SRTP_REQUIRED)
		renew(app, &call->crypto, SDESC_SUITE_AES_CM_80);
	else
		explicit_bzero(&call->crypto, sizeof call->crypto);
}

/* The relay that comes next knows no counters of the one before: the same key would be the same keystream again. */
void app_srtp_move(struct app *app, struct app_call *call)
{
	struct rp_srtp *keys = &call->remote.srtp;

	if (!call->crypto.suite)
		return;
	renew(app, &call->crypto, call->crypto.suite);
	if (!keys->suite)
		return; /* told to a former process: heard again with their answer */
	memcpy(keys->tx_key, call->crypto.key, sizeof keys->tx_key);
	memcpy(keys->tx_salt, call->crypto.salt, sizeof keys->tx_salt);
	keys->mki_size = 0; /* our line has none */
}

/*
 * Nobody knows the roll-over counter that the far side has reached, but no more than its packets since the call came.  One
 * turn of 65,536 packets takes 22 minutes where they are of 20 ms, and half as long where they are of 10, of which less is not
 * sent (RFC 3551 section 4.2).  One more because the numbers begin anywhere, and one for a menu before the call counts.
 */
uint8_t app_srtp_rocs(const struct app *app, const struct app_call *call)
{
	int64_t rocs = 2 + (app_now_ms(app) - call->arrived_ms) / (65536 * PACKET_MS);

	if (!call->has_moved)
		return 0;
	return (uint8_t)(rocs < SRTP_ROCS_MAX ? rocs : SRTP_ROCS_MAX);
}

void app_srtp_adopt(struct app *app, struct app_call *call, uint8_t suite)
{
	struct sdesc d;

	if (!suite)
		return;
	if (call->sdp_sent && !sdesc_parse(&d, call->sdp_sent, strlen(call->sdp_sent))) {
		if (d.audio >= 0)
			call->crypto = d.media[d.audio].crypto;
		explicit_bzero(&d, sizeof d);
	}
	/* too long to be kept: they learn of another one with our next description */
	if (call->crypto.suite != suite)
		renew(app, &call->crypto, (enum sdesc_suite)suite);
}
