/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* libsrtp -- see libsrtp.h */
#include "libsrtp.h"

#include <pthread.h>
#include <stdlib.h>

#include <srtp2/srtp.h>

struct libsrtp {
	srtp_t session;
};

static void init_library(void)
{
	if (srtp_init() != srtp_err_status_ok)
		abort();
}

/* The short tag is RTP's alone: RFC 4568 section 6.2. */
static void set_suite(srtp_policy_t *policy, enum libsrtp_suite suite)
{
	if (suite == LIBSRTP_GCM) {
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy->rtp);
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy->rtcp);
		return;
	}
	srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy->rtcp);
	if (suite == LIBSRTP_CM_32)
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy->rtp);
	else
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy->rtp);
}

int libsrtp_new(struct libsrtp **out, enum libsrtp_suite suite, const uint8_t key[30],
	unsigned long window, bool sends)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	srtp_policy_t policy = { 0 };
	struct libsrtp *s = calloc(1, sizeof *s);

	pthread_once(&once, init_library);
	if (!s)
		return -1;
	set_suite(&policy, suite);
	policy.ssrc.type = sends ? ssrc_any_outbound : ssrc_any_inbound;
	policy.key = (unsigned char *)(uintptr_t)key; /* it is copied */
	policy.window_size = window;
	if (srtp_create(&s->session, &policy) != srtp_err_status_ok) {
		free(s);
		return -1;
	}
	*out = s;
	return 0;
}

void libsrtp_free(struct libsrtp *s)
{
	if (!s)
		return;
	srtp_dealloc(s->session);
	free(s);
}

int libsrtp_protect(struct libsrtp *s, bool rtcp, uint8_t *p, size_t *n)
{
	int size = (int)*n;
	srtp_err_status_t st = rtcp ? srtp_protect_rtcp_mki(s->session, p, &size, 0, 0)
				    : srtp_protect_mki(s->session, p, &size, 0, 0);

	if (st == srtp_err_status_ok)
		*n = (size_t)size;
	return (int)st;
}

int libsrtp_unprotect(struct libsrtp *s, bool rtcp, uint8_t *p, size_t *n)
{
	int size = (int)*n;
	srtp_err_status_t st = rtcp ? srtp_unprotect_rtcp_mki(s->session, p, &size, 0)
				    : srtp_unprotect_mki(s->session, p, &size, 0);

	if (st == srtp_err_status_ok)
		*n = (size_t)size;
	return (int)st;
}

bool libsrtp_is_replay(int status)
{
	return status == srtp_err_status_replay_fail ||
		status == srtp_err_status_replay_old;
}

bool libsrtp_is_forged(int status)
{
	return status == srtp_err_status_auth_fail;
}
