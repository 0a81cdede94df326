/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * leg_srtp -- an RTP leg's SRTP, whose keys control has from the SDP (SDES, RFC 4568).
 *
 * Control tells the keys with the leg and with each description of the far side.  What stays the same keeps its
 * session with counters and windows: a session refresh changes nothing, and no keystream is used twice.  A new key
 * of theirs is tried first from then on; what still comes with the one before (they learn from our answer that
 * they may change) is taken for BEFORE_US, until the new one is heard.  When their key's life is over nothing more is
 * taken with it: the far side falls silent unless it tells a new one.
 *
 * A call that comes from another relay may keep its far side's key, of which the roll-over counter is then unknown here; it is
 * in no packet (RFC 3711 section 3.3.1).  It is looked for by trial, within the bounds that control gives from the call's age,
 * so a young call has one and a call of hours some twenty, and for one packet each SEARCH_US: who floods the port with forged
 * packets makes it cost a thousandth of a core, and delays what is true by as many of its own chances.
 */
#include <errno.h>
#include <string.h>

#include "relay/leg.h"

/* An answer that gets lost is repeated for 32 s, but most are there at once; a gap is no worse than loss. */
#define BEFORE_US (10 * INT64_C(1000000))
/* The pace of true packets. */
#define SEARCH_US (SOUND_FRAME_MS * INT64_C(1000))

static bool is_same(const struct rp_srtp *a, const struct rp_srtp *b,
	const uint8_t *a_key, const uint8_t *b_key, const uint8_t *a_salt,
	const uint8_t *b_salt)
{
	return a->suite == b->suite && !memcmp(a_key, b_key, SRTP_KEY_SIZE) &&
		!memcmp(a_salt, b_salt, SRTP_SALT_SIZE);
}

static bool is_same_rx(const struct rp_srtp *a, const struct rp_srtp *b)
{
	return is_same(a, b, a->rx_key, b->rx_key, a->rx_salt, b->rx_salt);
}

static bool is_same_tx(const struct rp_srtp *a, const struct rp_srtp *b)
{
	return is_same(a, b, a->tx_key, b->tx_key, a->tx_salt, b->tx_salt);
}

static void go_plain(struct leg_srtp *s)
{
	srtp_session_free(s->rx);
	srtp_session_free(s->rx_before);
	srtp_session_free(s->tx);
	explicit_bzero(s, sizeof *s);
}

void leg_srtp_close(struct leg *l)
{
	go_plain(&l->rtp.srtp);
}

/* Takes the new sessions over; NULL: that one stays. */
static void change(struct relay *r, struct leg_srtp *s, struct srtp_session *rx,
	struct srtp_session *tx)
{
	if (rx) {
		srtp_session_free(s->rx_before);
		s->rx_before = s->rx;
		s->before_until_us = r->now_us + BEFORE_US;
		s->rx = rx;
	}
	if (tx) {
		srtp_session_free(s->tx);
		s->tx = tx;
	}
}

int leg_srtp_set(struct relay *r, struct leg *l, const struct rp_srtp *told)
{
	struct leg_srtp *s = &l->rtp.srtp;
	struct srtp_session *rx = NULL, *tx = NULL;
	uint8_t rocs = s->told.rx_rocs;
	int err = 0;

	if (told->mki_size > sizeof told->mki)
		return EINVAL;
	if (told->suite == SRTP_NONE) {
		go_plain(s);
		return 0;
	}
	if (!s->rx || !is_same_rx(&s->told, told))
		err = srtp_session_new(&rx, told->suite, told->rx_key, told->rx_salt);
	if (!err && (!s->tx || !is_same_tx(&s->told, told)))
		err = srtp_session_new(&tx, told->suite, told->tx_key, told->tx_salt);
	if (err) {
		srtp_session_free(rx);
		return err;
	}
	if (!s->rx) /* plain until now: whoever it latched on has proved nothing */
		l->rtp.locked = l->rtp.rtcp_locked = false;
	change(r, s, rx, tx);
	s->told = *told;
	if (!rx && rocs > told->rx_rocs) /* it may not have been heard yet */
		s->told.rx_rocs = rocs;
	(void)srtp_session_mki(s->rx, told->mki, told->mki_size);
	(void)srtp_session_mki(s->tx, told->mki, told->mki_size);
	srtp_session_life(s->rx, told->rx_life);
	return 0;
}

static int unprotect(struct srtp_session *s, bool is_rtcp, uint8_t *p, size_t *n)
{
	return is_rtcp ? srtcp_unprotect(s, p, n) : srtp_unprotect(s, p, n);
}

/* With the new key, or else with the one before, for as long as that is. */
static bool open_either(
	struct relay *r, struct leg_srtp *s, bool is_rtcp, uint8_t *p, size_t *n)
{
	uint8_t copy[UDP_PACKET_MAX]; /* a refusal spoils the bytes */
	size_t was = *n;
	int err;

	memcpy(copy, p, was < sizeof copy ? was : sizeof copy);
	err = unprotect(s->rx, is_rtcp, p, n);
	if (!err || r->now_us >= s->before_until_us) {
		srtp_session_free(s->rx_before);
		s->rx_before = NULL;
		return !err;
	}
	if (was > sizeof copy)
		return false;
	memcpy(p, copy, was);
	return !unprotect(s->rx_before, is_rtcp, p, n);
}

/* By the roll-over counter that is known, or else by one that is found. */
static bool open_lost(struct relay *r, struct leg_srtp *s, uint8_t *p, size_t *n)
{
	uint8_t copy[UDP_PACKET_MAX];
	size_t was = *n;

	memcpy(copy, p, was < sizeof copy ? was : sizeof copy);

	int err = srtp_unprotect(s->rx, p, n);

	if (err != EACCES || was > sizeof copy || r->now_us < s->search_at_us)
		return !err;
	s->search_at_us = r->now_us + SEARCH_US;
	memcpy(p, copy, was);
	return !srtp_unprotect_lost(s->rx, s->told.rx_rocs, p, n);
}

bool leg_srtp_open(struct relay *r, struct leg *l, bool is_rtcp, uint8_t *p, size_t *n)
{
	struct leg_srtp *s = &l->rtp.srtp;

	if (!s->rx)
		return true;
	if (s->rx_before)
		return open_either(r, s, is_rtcp, p, n);
	if (s->told.rx_rocs && !is_rtcp) /* SRTCP tells its index */
		return open_lost(r, s, p, n);
	return !unprotect(s->rx, is_rtcp, p, n);
}

bool leg_srtp_seal(struct leg *l, bool is_rtcp, uint8_t *p, size_t *n, size_t cap)
{
	struct srtp_session *tx = l->rtp.srtp.tx;

	if (!tx)
		return true;
	return !(is_rtcp ? srtcp_protect(tx, p, n, cap) : srtp_protect(tx, p, n, cap));
}
