/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* read -- see read.h.  jansson bounds how deep JSON may be (JSON_PARSER_MAX_DEPTH), the caller how long. */
#include "oidc/read.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"

#define HEADER_BYTES 2048 /* of a token's first part */

static json_t *load(const char *text, size_t n)
{
	json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

static struct slice text_of(const json_t *v)
{
	return json_is_string(v) ? slice_of(json_string_value(v), json_string_length(v))
				 : slice_of("", 0);
}

/* "" where it is not there, no text, or longer than there is room: then it is another's. */
static void copy(char *dst, size_t cap, const json_t *v)
{
	if (slice_copy(text_of(v), dst, cap))
		dst[0] = 0;
}

/* --- addresses --- */

static bool is_loopback(struct slice host)
{
	return slice_is(host, "127.0.0.1") || slice_is(host, "localhost") ||
		slice_is(host, "[::1]");
}

/* RFC 3986 section 3.2: what stands before the path. */
static struct slice authority_of(struct slice rest)
{
	return slice_cut(&rest, '/');
}

static struct slice host_of(struct slice authority)
{
	struct slice rest = authority;

	if (rest.n && rest.p[0] == '[') {
		(void)slice_cut(&rest, ']');
		return slice_of(authority.p, authority.n - rest.n);
	}
	return slice_cut(&rest, ':');
}

bool oidc_is_url(const char *url)
{
	bool is_secure = strncmp(url, "https://", 8) == 0;
	size_t scheme = is_secure ? 8 : strncmp(url, "http://", 7) == 0 ? 7 : 0;
	struct slice authority, host;

	if (!scheme || strlen(url) >= OIDC_URL_MAX)
		return false;
	for (const char *c = url; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("\"'<>\\^`{|}#?@", *c))
			return false;
	authority = authority_of(slice_str(url + scheme));
	host = host_of(authority);
	return host.n > 0 && (is_secure || is_loopback(host));
}

/* An end point may have a query (RFC 6749 section 3.1), so what stands before it is looked at. */
static bool is_endpoint(const char *url)
{
	char plain[OIDC_URL_MAX];
	struct slice rest = slice_str(url);

	return strspn(url,
		       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		       "0123456789-._~:/?[]!$&()*+,;=%") == strlen(url) &&
		!slice_copy(slice_cut(&rest, '?'), plain, sizeof plain) &&
		oidc_is_url(plain);
}

/* --- what it says of itself --- */

static bool lists(const json_t *list, const char *word)
{
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v)
	{
		if (slice_is(text_of(v), word))
			return true;
	}
	return false;
}

int oidc_read_about(
	struct oidc_about *out, const char *issuer, const char *text, size_t n)
{
	json_t *root = load(text, n);
	const json_t *ways = json_object_get(
			     root, "token_endpoint_auth_methods_supported"),
		     *pkce = json_object_get(root, "code_challenge_methods_supported");
	struct oidc_about a = { .takes_basic = !json_is_array(ways) ||
			lists(ways, "client_secret_basic") };
	int err = EBADMSG;

	if (!root)
		return EBADMSG;
	copy(a.authorize, sizeof a.authorize,
		json_object_get(root, "authorization_endpoint"));
	copy(a.token, sizeof a.token, json_object_get(root, "token_endpoint"));
	copy(a.keys, sizeof a.keys, json_object_get(root, "jwks_uri"));
	copy(a.end, sizeof a.end, json_object_get(root, "end_session_endpoint"));
	if (!slice_is(text_of(json_object_get(root, "issuer")), issuer))
		err = EPERM;
	else if (is_endpoint(a.authorize) && is_endpoint(a.token) &&
		is_endpoint(a.keys) && (!*a.end || is_endpoint(a.end)) &&
		(!json_is_array(pkce) || lists(pkce, "S256")))
		err = 0;
	json_decref(root);
	if (!err)
		*out = a;
	return err;
}

/* --- tokens --- */

int oidc_read_header(struct oidc_header *out, const char *token)
{
	struct slice rest = slice_str(token), part = slice_cut(&rest, '.');
	uint8_t bytes[HEADER_BYTES];
	struct oidc_header h = { 0 };
	size_t n = 0;
	json_t *root;
	int err = 0;

	if (base64_read(bytes, sizeof bytes, &n, BASE64_URL, part))
		return EBADMSG;
	root = load((const char *)bytes, n);
	if (!root)
		return EBADMSG;
	h.alg = sign_on_alg(text_of(json_object_get(root, "alg")));
	copy(h.key, sizeof h.key, json_object_get(root, "kid"));
	/* RFC 7515 section 4.1.11: a demand that is not understood */
	if (h.alg == SIGN_ON_NO_ALG || json_object_get(root, "crit"))
		err = EPERM;
	json_decref(root);
	if (!err)
		*out = h;
	return err;
}

int oidc_read_tokens(struct oidc_tokens *out, const char *text, size_t n)
{
	json_t *root = load(text, n);

	if (!root)
		return EBADMSG;
	copy(out->id, sizeof out->id, json_object_get(root, "id_token"));
	copy(out->more, sizeof out->more, json_object_get(root, "refresh_token"));
	json_decref(root);
	return 0;
}

void oidc_read_error(char *out, size_t cap, const char *text, size_t n)
{
	json_t *root = load(text, n);

	copy(out, cap, json_object_get(root, "error"));
	json_decref(root);
}

/* --- claims --- */

/* Seconds, whole or not (RFC 7519 section 2, NumericDate). False: no number that could be one. */
static bool seconds(const json_t *v, int64_t *out)
{
	double d = json_number_value(v);

	if (!json_is_number(v) || !(d >= 0 && d < 1e15))
		return false;
	*out = (int64_t)d;
	return true;
}

static void read_audience(struct sign_on_claims *c, const char *client, const json_t *aud)
{
	size_t i;
	json_t *v;

	if (json_is_string(aud)) {
		c->n_audience = 1;
		c->is_for_us = slice_is(text_of(aud), client);
		return;
	}
	c->n_audience = json_array_size(aud);
	json_array_foreach(aud, i, v)
	{
		c->is_for_us = c->is_for_us || slice_is(text_of(v), client);
	}
}

/* By its name, or, where there is none of that name, as a path: "realm_access.roles". */
static const json_t *find(const json_t *root, const char *name)
{
	const json_t *v = json_object_get(root, name);
	struct slice rest = slice_str(name);

	if (v)
		return v;
	for (v = root; v && rest.n;) {
		struct slice part = slice_cut(&rest, '.');

		v = json_object_getn(v, (const char *)part.p, part.n);
	}
	return v == root ? NULL : v;
}

static void read_roles(
	struct sign_on_claims *c, const struct sign_on_rules *r, const json_t *groups)
{
	size_t i;
	json_t *v;

	if (json_is_string(groups))
		c->roles = sign_on_roles_of(r, text_of(groups));
	json_array_foreach(groups, i, v)
	{
		if (i < OIDC_GROUPS_MAX && json_is_string(v))
			c->roles |= sign_on_roles_of(r, text_of(v));
	}
}

/* RFC 8176 for amr; of acr the house knows its provider's words. */
static void read_second(
	struct sign_on_claims *c, const struct sign_on_rules *r, const json_t *root)
{
	const json_t *amr = json_object_get(root, "amr");
	size_t i;
	json_t *v;

	c->has_second = sign_on_is_second(r, text_of(json_object_get(root, "acr")));
	json_array_foreach(amr, i, v)
	{
		c->has_second = c->has_second || sign_on_is_second(r, text_of(v));
	}
}

static void fold(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + 32);
}

int oidc_read_claims(struct sign_on_claims *out, const struct oidc_config *cfg,
	const char *text, size_t n)
{
	static const char event[] = "http://schemas.openid.net/event/backchannel-logout";
	struct sign_on_claims c = { .has_nonce = false };
	json_t *root = load(text, n);

	if (!root)
		return EBADMSG;
	copy(c.issuer, sizeof c.issuer, json_object_get(root, "iss"));
	copy(c.subject, sizeof c.subject, json_object_get(root, "sub"));
	c.has_nonce = json_object_get(root, "nonce") != NULL;
	copy(c.nonce, sizeof c.nonce, json_object_get(root, "nonce"));
	c.has_party = json_object_get(root, "azp") != NULL;
	copy(c.party, sizeof c.party, json_object_get(root, "azp"));
	copy(c.session, sizeof c.session, json_object_get(root, "sid"));
	copy(c.number, sizeof c.number, json_object_get(root, "jti"));
	copy(c.login, sizeof c.login, find(root, cfg->login_claim));
	fold(c.login); /* as the login page does */
	read_audience(&c, cfg->rules.client, json_object_get(root, "aud"));
	c.has_expiry = seconds(json_object_get(root, "exp"), &c.expires_s);
	c.has_issued = seconds(json_object_get(root, "iat"), &c.issued_s);
	(void)seconds(json_object_get(root, "nbf"), &c.not_before_s);
	read_roles(&c, &cfg->rules, find(root, cfg->roles_claim));
	read_second(&c, &cfg->rules, root);
	c.is_logout = json_is_object(
		json_object_get(json_object_get(root, "events"), event));
	json_decref(root);
	*out = c;
	return 0;
}

/* --- keys --- */

static bool fits(const json_t *key, enum sign_on_alg alg)
{
	static const char *const names[] = { [SIGN_ON_RS256] = "RS256",
		[SIGN_ON_PS256] = "PS256",
		[SIGN_ON_ES256] = "ES256" };
	const json_t *use = json_object_get(key, "use"),
		     *own = json_object_get(key, "alg");

	if ((use && !slice_is(text_of(use), "sig")) ||
		(own && !slice_is(text_of(own), names[alg])))
		return false;
	if (alg != SIGN_ON_ES256)
		return slice_is(text_of(json_object_get(key, "kty")), "RSA");
	return slice_is(text_of(json_object_get(key, "kty")), "EC") &&
		slice_is(text_of(json_object_get(key, "crv")), "P-256");
}

size_t oidc_read_keys(char **out, size_t cap, const struct oidc_header *h,
	const char *text, size_t n, bool *is_known)
{
	json_t *root = load(text, n), *key;
	size_t i, found = 0;

	*is_known = false;
	json_array_foreach(json_object_get(root, "keys"), i, key)
	{
		bool is_named = *h->key &&
			slice_is(text_of(json_object_get(key, "kid")), h->key);

		if (*h->key && !is_named)
			continue;
		*is_known = true;
		if (found < cap && i < OIDC_KEYS_MAX && fits(key, h->alg) &&
			(out[found] = json_dumps(key, JSON_COMPACT)))
			found++;
	}
	json_decref(root);
	return found;
}
