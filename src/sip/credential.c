/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * credential -- see credential.h.  Owns nothing; any thread.
 */
#include "sip/credential.h"
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include "base/slice.h"
#include "base/text.h"

#define CHALLENGES_MAX \
	8 /* looked at: one for each algorithm, and some that we do not know */

const char *credential_field(
	const msg_auth_t *au, const char *name, char buf[CREDENTIAL_FIELD])
{
	const char *v = au->au_params ? msg_params_find(au->au_params, name) : NULL;
	size_t n = 0;
	if (!v)
		return NULL;
	bool quoted = *v == '"';
	for (v += quoted; *v && !(quoted && *v == '"'); v++) {
		if (quoted && *v == '\\' && v[1])
			v++;
		if (n == CREDENTIAL_FIELD - 1)
			return "";
		buf[n++] = *v;
	}
	buf[n] = 0;
	return buf;
}

/* It is put between quotes again. */
static bool is_plain(const char *s)
{
	return text_is_clean_utf8(s) && !strpbrk(s, "\"\\");
}

/* "auth,auth-int" has auth */
static bool has_auth(const char *qop)
{
	struct slice rest = slice_str(qop);
	while (rest.n) {
		if (slice_is_nocase(slice_trim(slice_cut(&rest, ',')), "auth"))
			return true;
	}
	return false;
}

/* The algorithm that it asks for; false: none of ours, or it is not whole. */
static bool may_answer(const msg_auth_t *au, enum digest_alg *alg)
{
	char buf[CREDENTIAL_FIELD];
	if (!au->au_scheme || strcasecmp(au->au_scheme, "Digest") != 0)
		return false;
	for (const char *const *need = (const char *const[]){ "realm=", "nonce=", NULL };
		*need; need++) {
		const char *v = credential_field(au, *need, buf);
		if (!v || !*v || !is_plain(v))
			return false;
	}
	const char *v = credential_field(au, "opaque=", buf);
	if (v && !is_plain(v))
		return false;
	v = credential_field(au, "qop=", buf);
	if (v && !has_auth(v))
		return false;
	v = credential_field(au, "algorithm=", buf);
	*alg = v && strcasecmp(v, "SHA-256") == 0 ? DIGEST_SHA256 : DIGEST_MD5;
	/* RFC 7616 section 3.3: MD5 when not present */
	return !v || *alg == DIGEST_SHA256 || strcasecmp(v, "MD5") == 0;
}

static const msg_auth_t *choose(const msg_auth_t *au, enum digest_alg *alg)
{
	const msg_auth_t *best = NULL;
	enum digest_alg this;
	for (int i = 0; au && i < CHALLENGES_MAX; i++, au = au->au_next) {
		if (!may_answer(au, &this) || (best && this >= *alg))
			continue;
		best = au;
		*alg = this; /* the enum has the stronger one first */
	}
	return best;
}

static int hash(char out[DIGEST_HEX_MAX], enum digest_alg alg, const struct credential *c,
	const char *method, const struct digest_answer *a)
{
	char ha1[DIGEST_HEX_MAX];
	int err = digest_ha1(ha1, alg, c->user, a->realm, c->password);
	return err ? err : digest_response(out, alg, ha1, method, a);
}

static int write_it(char out[CREDENTIAL_MAX], const struct digest_answer *a,
	const char *opaque, const char *given_algorithm)
{
	struct wbuf w = wbuf_of(out, CREDENTIAL_MAX - 1);
	wbuf_printf(&w,
		"Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
		"response=\"%s\"",
		a->username, a->realm, a->nonce, a->uri, a->response);
	if (given_algorithm)
		wbuf_printf(&w, ", algorithm=%s", a->algorithm);
	if (a->qop)
		wbuf_printf(
			&w, ", qop=%s, nc=%s, cnonce=\"%s\"", a->qop, a->nc, a->cnonce);
	if (opaque)
		wbuf_printf(&w, ", opaque=\"%s\"", opaque);
	out[w.n] = 0;
	return w.full ? ENOTSUP : 0;
}

int credential_answer(char out[CREDENTIAL_MAX], const struct credential *c,
	const msg_auth_t *challenges, const char *method, const char *uri, bool *stale)
{
	char buf[6][CREDENTIAL_FIELD], response[DIGEST_HEX_MAX], cnonce[33];
	uint8_t rnd[16];
	enum digest_alg alg = DIGEST_MD5;
	const msg_auth_t *au = choose(challenges, &alg);
	if (!au)
		return ENOTSUP;
	if (getentropy(rnd, sizeof rnd) != 0)
		return EIO;
	text_hex(cnonce, sizeof cnonce, rnd, sizeof rnd);
	const char *was_stale = credential_field(au, "stale=", buf[5]);
	struct digest_answer a = {
		.username = c->user,
		.realm = credential_field(au, "realm=", buf[0]),
		.nonce = credential_field(au, "nonce=", buf[1]),
		.uri = uri,
		.algorithm = alg == DIGEST_SHA256 ? "SHA-256" : "MD5",
		.cnonce = cnonce,
		.nc = "00000001",
		.qop = credential_field(au, "qop=", buf[2]) ? "auth" : NULL,
	};
	int err = hash(response, alg, c, method, &a);
	if (err)
		return err;
	a.response = response;
	*stale = was_stale && strcasecmp(was_stale, "true") == 0;
	return write_it(out, &a, credential_field(au, "opaque=", buf[3]),
		credential_field(au, "algorithm=", buf[4]));
}
