/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* redirect_parse -- see redirect.h: what is asked, and where it leads. */
#include "web/redirect.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/slice.h"
#include "base/text.h"

#define CHALLENGE "/.well-known/acme-challenge/"

static bool is_clean(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7F)
			return false;
	return s.n > 0;
}

/* The next line, without its end; only while s has one. */
static struct slice take_line(struct slice *s)
{
	const char *end = memmem(s->p, s->n, "\r\n", 2);
	struct slice line = slice_of(s->p, (size_t)(end - (const char *)s->p));

	*s = slice_from(*s, line.n + 2);
	return line;
}

/* "http://HOST/PATH" is asked of a proxy, but a server takes it as well (RFC 9112 section 3.2.2): HOST then counts. */
static void take_authority(struct slice *target, struct slice *authority)
{
	static const char scheme[] = "http://";
	const size_t n = sizeof scheme - 1;

	if (target->n < n || strncasecmp((const char *)target->p, scheme, n) != 0)
		return;
	*target = slice_from(*target, n);
	const uint8_t *slash = memchr(target->p, '/', target->n);
	size_t to = slash ? (size_t)(slash - target->p) : target->n;

	*authority = slice_of(target->p, to);
	*target = slash ? slice_from(*target, to) : slice_str("/");
}

static unsigned read_line(
	struct slice line, struct redirect_request *out, struct slice *authority)
{
	struct slice method = slice_cut(&line, ' '), target = slice_cut(&line, ' ');

	if (!method.n || !is_clean(target) ||
		!(slice_is(line, "HTTP/1.1") || slice_is(line, "HTTP/1.0")))
		return 400;
	out->is_head = slice_is(method, "HEAD");
	if (!out->is_head && !slice_is(method, "GET"))
		return 405;
	take_authority(&target, authority);
	if (!target.n || target.p[0] != '/')
		return 400;
	if (slice_copy(target, out->target, sizeof out->target))
		return 414;
	/* HTTP/1.1 has a Host (RFC 9112 section 3.2) */
	return slice_is(line, "HTTP/1.0") || authority->n ? 200 : 0;
}

/* 200; 400 where there are two. */
static unsigned read_fields(struct slice head, struct slice *host)
{
	struct slice line;
	bool has_host = false;

	while ((line = take_line(&head)).n) {
		struct slice value = line;
		struct slice name = slice_cut(&value, ':');

		if (!slice_is_nocase(name, "host"))
			continue;
		if (has_host)
			return 400;
		has_host = true;
		*host = slice_trim(value);
	}
	return has_host ? 200 : 0;
}

unsigned redirect_parse(const char *bytes, size_t n, struct redirect_request *out)
{
	struct slice head = slice_of(bytes, n), authority = { 0 }, host = { 0 };
	char name[WEB_NAME_MAX];
	unsigned status, fields;

	if (!memmem(bytes, n, "\r\n\r\n", 4))
		return n >= PROBE_REQUEST_MAX ? 431 : 0;
	*out = (struct redirect_request){ 0 };
	status = read_line(take_line(&head), out, &authority);
	if (status > 200)
		return status;
	fields = read_fields(head, &host);
	if (fields > 200 || (!status && !fields))
		return 400;
	if (slice_copy(authority.n ? authority : host, name, sizeof name) == 0)
		request_host(name, out->host);
	return 200;
}

const char *redirect_token(const char *target)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *token = target + sizeof CHALLENGE - 1;
	size_t n;

	if (strncmp(target, CHALLENGE, sizeof CHALLENGE - 1) != 0)
		return NULL;
	n = strlen(token);
	return n > 0 && n <= REDIRECT_TOKEN_MAX && strspn(token, letters) == n ? token
									       : NULL;
}

int redirect_location(const struct request_house *house,
	const struct redirect_request *rq, char *out, size_t cap)
{
	char host[WEB_NAME_MAX], port[8] = "";
	const char *name = house->names[0];

	for (size_t i = 0; i < house->n; i++) {
		request_host(house->names[i], host);
		if (strcasecmp(host, rq->host) == 0) {
			name = house->names[i];
			break;
		}
	}
	if (house->port != 443 && strrchr(name, ':') <= strrchr(name, ']'))
		(void)text_format(port, sizeof port, ":%u", house->port);
	return text_format(out, cap, "https://%s%s%s", name, port, rq->target)
		? ENAMETOOLONG
		: 0;
}
