/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * oidc -- the provider of identities: OpenID Connect Core 1.0 by the code flow with PKCE (RFC 7636), on libcurl and
 * libcjose.
 *
 * It fetches what the provider says of itself (Discovery 1.0, the issuer compared) and its keys, exchanges codes and
 * refresh tokens, and verifies signatures.  Whether the claims are taken is core/access/sign_on.h's to say.
 *
 * Cost: oidc_run() waits for the network, OIDC_MS at most for each of its requests, three of them at worst.  So it is
 * run on a thread of its own, by as many at once as one likes: what is known of the provider is under a lock that is not
 * held while a request is on its way.
 *
 * What is fetched is bounded (OIDC_BYTES_MAX), redirects are not followed, and only https is spoken, but for an issuer
 * at this machine's loopback.
 */
#ifndef OIDC_OIDC_H
#define OIDC_OIDC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/access/sign_on.h"

#define OIDC_URL_MAX 512
#define OIDC_CODE_MAX \
	2048 /* of a provider's code, which may be a sealed token of its own */
#define OIDC_TOKEN_MAX \
	6144 /* of an ID or logout token in its compact form; a page brings 8 KB at most */
#define OIDC_MORE_MAX 4096 /* of a refresh token */
#define OIDC_BYTES_MAX \
	131072 /* of an answer; a token answer has some KB, the keys of a large provider 20 */
#define OIDC_MS \
	6000 /* of one request: three of them in less than the 30 s that a page waits */
#define OIDC_CONNECT_MS 3000
#define OIDC_FRESH_S \
	3600 /* so long what the provider says of itself is not asked again */
#define OIDC_KEYS_S \
	30 /* so often at most its keys are asked for a key that is not known */
#define OIDC_SECRET_MAX 256
#define OIDC_CLAIM_MAX  64

struct sockaddr;

struct oidc_config {
	struct sign_on_rules rules; /* with issuer and client */
	char secret[OIDC_SECRET_MAX]; /* of the client; "": a public one */
	char ca_file
		[256]; /* who signs the provider's certificate; "": as the system has it */
	/* May a connection to there be made? Any thread; NULL: all may. */
	bool (*may_reach)(const void *arg, const struct sockaddr *sa);
	const void *reach_arg;
	char login_claim[OIDC_CLAIM_MAX],
		roles_claim[OIDC_CLAIM_MAX]; /* "a.b": a member of a member */
};

enum oidc_kind {
	OIDC_BEGIN, /* where its pages are */
	OIDC_EXCHANGE, /* a code for tokens */
	OIDC_REFRESH, /* a refresh token for a confirmation */
	OIDC_LOGOUT, /* a logout token is verified */
};

enum oidc_outcome {
	OIDC_DONE,
	OIDC_AWAY, /* the provider cannot be reached, or says that it is out of order */
	OIDC_DENIED, /* it gives nothing for this code or token */
	OIDC_BAD, /* what it gave is no good: a signature, a form */
	OIDC_CROWDED, /* not done: too many wait */
};

struct oidc_work {
	enum oidc_kind kind;
	/* what is asked */
	char redirect[OIDC_URL_MAX]; /* of an exchange, as the code was asked for */
	char code[OIDC_CODE_MAX]; /* likewise */
	char verifier[64]; /* likewise: 43 characters (RFC 7636 section 4.1) */
	char more
		[OIDC_MORE_MAX]; /* the refresh token; afterwards the next one, "": there is none */
	char token[OIDC_TOKEN_MAX]; /* a logout token */
	uint64_t from; /* who asks: struct web_ask; likewise is_known */
	bool is_known;
	/* what came of it */
	enum oidc_outcome outcome;
	const char *why; /* for the log; static */
	char authorize[OIDC_URL_MAX],
		end[OIDC_URL_MAX]; /* its pages; end "": it has none for leaving */
	bool has_claims; /* a confirmation may come without */
	struct sign_on_claims claims; /* of a token whose signature is good */
	/* of the app */
	void (*done)(struct oidc_work *w); /* on the loop */
	void *arg;
};

struct oidc;

int oidc_start(void); /* once, before any thread: libcurl's. EIO */
int oidc_new(struct oidc **out, const struct oidc_config *cfg); /* copied. ENOMEM */
void oidc_free(struct oidc *o); /* NULL allowed; nothing runs */
/* Any thread. */
void oidc_run(struct oidc *o, struct oidc_work *w);
void oidc_forget(
	struct oidc_work *w); /* overwrites it, also where nobody reads it any more */

/* https, or http to loopback; with a host, without user, query or fragment, of what may stand in a header. */
bool oidc_is_url(const char *url);
/* As a form has it (WHATWG URL, "application/x-www-form-urlencoded"), with NUL; in addresses the same. ENAMETOOLONG. */
int oidc_escape(char *out, size_t cap, const char *text);

#endif
