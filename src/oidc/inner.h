/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the files of oidc share; not for anybody else but their tests. */
#ifndef OIDC_INNER_H
#define OIDC_INNER_H

#include "oidc/read.h"

/* --- fetch.c: libcurl; each waits --- */
struct oidc_answer {
	unsigned status; /* of HTTP; 0: nobody answered */
	char *text; /* owned; with NUL */
	size_t n;
};
/* form NULL: GET, else POST. user and secret NULL: none are shown. False: it could not be asked or was too long. */
bool oidc_fetch(struct oidc_answer *out, const struct oidc_config *cfg, const char *url,
	const char *form, const char *user, const char *secret);
void oidc_answer_close(struct oidc_answer *a);

/* --- verify.c: libcjose --- */
enum oidc_signature {
	OIDC_SIGNED,
	OIDC_UNKNOWN_KEY, /* the set has none of that name */
	OIDC_FORGED, /* or a key that is none for it, or too short */
};
/* token: of three parts, its header read. Its claims as text go to *text, to be freed. */
enum oidc_signature oidc_verify(const char *token, const struct oidc_header *h,
	const char *keys, size_t n_keys, char **text, size_t *n);

#endif
