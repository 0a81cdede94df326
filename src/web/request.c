/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* request -- see request.h */
#include "web/request.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/slice.h"
#include "base/text.h"

#define LINK         "/login/"
#define CALENDAR     "/ical/"
#define CALENDAR_END ".ics"

/* RFC 3986 section 3.2: the port's place in a host, or its end. */
static const char *port_of(const char *host)
{
	const char *end = *host == '[' ? strchr(host, ']') : host;

	return end ? end + strcspn(end, ":") : host + strlen(host);
}

bool request_is_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
	static const char figures[] = "0123456789abcdef:.";
	const char *port = port_of(name);
	size_t n = (size_t)(port - name);
	uint64_t number;

	if (*port && (!slice_u64(slice_str(port + 1), 65535, &number) || !number))
		return false;
	if (*name == '[')
		return n > 3 && name[n - 1] == ']' && strspn(name + 1, figures) == n - 2;
	return n > 0 && strspn(name, letters) == n;
}

void request_host(const char *name, char host[WEB_NAME_MAX])
{
	size_t n = (size_t)(port_of(name) - name);

	if (*name == '[' && n > 1) {
		name++;
		n -= 2;
	}
	(void)slice_copy(slice_of(name, n), host, WEB_NAME_MAX);
}

/* A browser leaves the scheme's own port away. */
static bool is_at(const char *host, const char *name, unsigned port, unsigned own)
{
	char full[WEB_NAME_MAX + 8];

	if (port == own && strcasecmp(host, name) == 0)
		return true;
	return !text_format(full, sizeof full, "%s:%u", name, port) &&
		strcasecmp(host, full) == 0;
}

/* A name without a port is ours at our own, and at the scheme's own, where a proxy or a router leads on. */
static bool is_named(const char *host, const char *name, unsigned port, unsigned own)
{
	if (*port_of(name))
		return strcasecmp(host, name) == 0 ||
			(strtoul(port_of(name) + 1, NULL, 10) == own &&
				strlen(host) == (size_t)(port_of(name) - name) &&
				strncasecmp(host, name, strlen(host)) == 0);
	return is_at(host, name, port, own) || is_at(host, name, own, own);
}

bool request_is_our_host(
	const char *host, const struct request_house *house, bool is_secure)
{
	static const char *const loopback[] = { "127.0.0.1", "localhost", "[::1]" };
	unsigned own = is_secure ? 443 : 80;

	for (size_t i = 0; i < sizeof loopback / sizeof *loopback; i++)
		if (is_at(host, loopback[i], house->port, own))
			return true;
	for (size_t i = 0; is_secure && i < house->n; i++)
		if (is_named(host, house->names[i], house->port, own))
			return true;
	return false;
}

const char *request_scheme(bool is_secure)
{
	return is_secure ? "https://" : "http://";
}

bool request_is_same_origin(const char *origin, const char *host, bool is_secure)
{
	const char *scheme = request_scheme(is_secure);
	size_t n = strlen(scheme);

	return strncmp(origin, scheme, n) == 0 && strcasecmp(origin + n, host) == 0;
}

bool request_is_token(const char *token)
{
	return strlen(token) == WEB_TOKEN_SIZE - 1 &&
		strspn(token, "0123456789abcdef") == WEB_TOKEN_SIZE - 1;
}

bool request_session(const char *cookies, bool is_secure, char token[WEB_TOKEN_SIZE])
{
	const char *wanted = is_secure ? REQUEST_HOST_PREFIX REQUEST_COOKIE
				       : REQUEST_COOKIE;
	struct slice rest = slice_str(cookies);
	char found[WEB_TOKEN_SIZE] = "";
	char one[WEB_TOKEN_SIZE];

	while (rest.n) {
		struct slice value = slice_trim(slice_cut(&rest, ';'));
		struct slice name = slice_cut(&value, '=');

		if (!slice_is(name, wanted))
			continue;
		if (slice_copy(value, one, sizeof one) || !request_is_token(one))
			return false;
		if (*found && strcmp(found, one) != 0)
			return false;
		memcpy(found, one, sizeof found);
	}
	if (!*found)
		return false;
	memcpy(token, found, sizeof found);
	return true;
}

/* One in base64url; "" for anything else. */
static void sealed(const char *cookies, const char *wanted, char *out, size_t cap)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-_";
	struct slice rest = slice_str(cookies);

	out[0] = 0;
	while (rest.n) {
		struct slice value = slice_trim(slice_cut(&rest, ';'));
		struct slice name = slice_cut(&value, '=');

		if (!slice_is(name, wanted))
			continue;
		if (slice_copy(value, out, cap) || strspn(out, letters) != strlen(out))
			out[0] = 0;
		return;
	}
}

void request_device(const char *cookies, bool is_secure, char device[WEB_DEVICE_MAX])
{
	sealed(cookies, is_secure ? REQUEST_HOST_PREFIX REQUEST_DEVICE : REQUEST_DEVICE,
		device, WEB_DEVICE_MAX);
}

void request_sign_on(const char *cookies, bool is_secure, char sign_on[WEB_SIGN_ON_MAX])
{
	sealed(cookies, is_secure ? REQUEST_HOST_PREFIX REQUEST_SIGN_ON : REQUEST_SIGN_ON,
		sign_on, WEB_SIGN_ON_MAX);
}

int request_login_token(const char *body, size_t n, char token[WEB_TOKEN_SIZE])
{
	const char *v;
	json_t *root;
	int err = EBADMSG;

	if (n > WEB_BODY_MAX)
		return EBADMSG;
	root = json_loadb(body, n, JSON_REJECT_DUPLICATES, NULL);
	v = json_string_value(json_object_get(root, "token"));
	if (!v)
		goto out;
	err = EACCES;
	if (!request_is_token(v))
		goto out;
	memcpy(token, v, WEB_TOKEN_SIZE);
	err = 0;
out:
	json_decref(root);
	return err;
}

bool request_length(const char *text, uint64_t max, uint64_t *out)
{
	return slice_u64(slice_str(text), max, out);
}

bool request_has_etag(const char *if_none_match, const char *etag)
{
	struct slice rest = slice_str(if_none_match);

	while (rest.n) {
		struct slice one = slice_trim(slice_cut(&rest, ','));

		if (one.n > 2 && memcmp(one.p, "W/", 2) == 0)
			one = slice_from(one, 2);
		if (slice_is(one, etag) || slice_is(one, "*"))
			return true;
	}
	return false;
}

bool request_is_json(const char *content_type)
{
	struct slice rest = slice_str(content_type);

	return slice_is_nocase(slice_trim(slice_cut(&rest, ';')), "application/json");
}

bool request_is_form(const char *content_type)
{
	struct slice rest = slice_str(content_type);

	return slice_is_nocase(
		slice_trim(slice_cut(&rest, ';')), "application/x-www-form-urlencoded");
}

bool request_is_csv(const char *content_type)
{
	struct slice rest = slice_str(content_type);

	return slice_is_nocase(slice_trim(slice_cut(&rest, ';')), "text/csv");
}

bool request_is_calendar(const char *path)
{
	char token[WEB_TOKEN_SIZE];

	if (strncmp(path, CALENDAR, sizeof CALENDAR - 1) != 0 ||
		strlen(path) !=
			sizeof CALENDAR - 1 + WEB_TOKEN_SIZE - 1 + sizeof CALENDAR_END -
				1)
		return false;
	path += sizeof CALENDAR - 1;
	memcpy(token, path, sizeof token - 1);
	token[sizeof token - 1] = 0;
	return request_is_token(token) &&
		strcmp(path + sizeof token - 1, CALENDAR_END) == 0;
}

bool request_is_login_link(const char *path)
{
	return strncmp(path, LINK, sizeof LINK - 1) == 0 &&
		request_is_token(path + sizeof LINK - 1);
}
