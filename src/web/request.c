/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* request -- see request.h */
#include "web/request.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <strings.h>

#include "base/slice.h"
#include "base/text.h"

#define LINK         "/login/"
#define CALENDAR     "/ical/"
#define CALENDAR_END ".ics"

bool request_is_our_host(const char *host, uint16_t port)
{
	static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };
	char ours[32];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (text_format(ours, sizeof ours, "%s:%u", names[i], port))
			continue;
		if (strcasecmp(host, ours) == 0)
			return true;
		/* a browser leaves the scheme's own port away */
		if (port == 80 && strcasecmp(host, names[i]) == 0)
			return true;
	}
	return false;
}

bool request_is_same_origin(const char *origin, const char *host)
{
	static const char scheme[] = "http://";

	return strncmp(origin, scheme, sizeof scheme - 1) == 0 &&
		strcasecmp(origin + sizeof scheme - 1, host) == 0;
}

bool request_is_token(const char *token)
{
	return strlen(token) == WEB_TOKEN_SIZE - 1 &&
		strspn(token, "0123456789abcdef") == WEB_TOKEN_SIZE - 1;
}

bool request_session(const char *cookies, char token[WEB_TOKEN_SIZE])
{
	struct slice rest = slice_str(cookies);
	char found[WEB_TOKEN_SIZE] = "";
	char one[WEB_TOKEN_SIZE];

	while (rest.n) {
		struct slice value = slice_trim(slice_cut(&rest, ';'));
		struct slice name = slice_cut(&value, '=');

		if (!slice_is(name, REQUEST_COOKIE))
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
