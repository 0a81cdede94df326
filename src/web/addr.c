/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* addr -- see addr.h */
#include "web/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/slice.h"

int addr_read(struct sockaddr_storage *out, const char *text)
{
	struct sockaddr_storage a = { 0 };
	struct sockaddr_in *v4 = (void *)&a;
	struct sockaddr_in6 *v6 = (void *)&a;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
		a.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
		a.ss_family = AF_INET6;
	else
		return EINVAL;
	*out = a;
	addr_unmap(out);
	return 0;
}

void addr_unmap(struct sockaddr_storage *a)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4 = { .sin_family = AF_INET };

	memcpy(&v6, a, sizeof v6);
	if (a->ss_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
		return;
	memcpy(&v4.sin_addr, v6.sin6_addr.s6_addr + 12, sizeof v4.sin_addr);
	v4.sin_port = v6.sin6_port;
	*a = (struct sockaddr_storage){ 0 };
	memcpy(a, &v4, sizeof v4);
}

bool addr_is_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof a6->sin6_addr) == 0;
}

bool addr_is_loopback(const struct sockaddr_storage *a)
{
	const struct sockaddr_in *v4 = (const void *)a;
	const struct sockaddr_in6 *v6 = (const void *)a;

	if (a->ss_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	return a->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

int addr_trust(struct addr_proxies *p, const char *text)
{
	if (p->n == ADDR_PROXIES_MAX)
		return ENOSPC;
	if (addr_read(&p->v[p->n], text))
		return EINVAL;
	p->n++;
	return 0;
}

bool addr_is_trusted(const struct addr_proxies *p, const struct sockaddr_storage *a)
{
	for (size_t i = 0; i < p->n; i++)
		if (addr_is_same(&p->v[i], a))
			return true;
	return false;
}

/* "192.0.2.7", "192.0.2.7:4711", "2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:4711". */
static bool read_one(struct slice s, struct sockaddr_storage *out)
{
	char text[INET6_ADDRSTRLEN];
	const uint8_t *colon = s.n ? memchr(s.p, ':', s.n) : NULL;

	if (s.n && s.p[0] == '[') {
		s = slice_from(s, 1);
		s = slice_cut(&s, ']');
	} else if (colon && !memchr(colon + 1, ':', s.n - (size_t)(colon + 1 - s.p))) {
		s = slice_cut(&s, ':');
	}
	return slice_copy(s, text, sizeof text) == 0 && addr_read(out, text) == 0;
}

bool addr_forwarded(const struct addr_proxies *p, const char *forwarded_for,
	struct sockaddr_storage *out)
{
	size_t n = strlen(forwarded_for);

	while (n) {
		struct sockaddr_storage one;
		size_t from = n;

		while (from && forwarded_for[from - 1] != ',')
			from--;
		if (!read_one(slice_trim(slice_of(forwarded_for + from, n - from)), &one))
			return false;
		if (!addr_is_trusted(p, &one)) {
			*out = one;
			return true;
		}
		n = from ? from - 1 : 0;
	}
	return false;
}

/* --- Forwarded --- */

/* Where the last part of s begins, at a separator that stands in no quotes. */
static size_t last_part(struct slice s, char separator)
{
	bool is_quoted = false;
	size_t from = s.n;

	while (from && (is_quoted || s.p[from - 1] != separator))
		is_quoted ^= s.p[--from] == '"';
	return from;
}

/* A token or a quoted string (RFC 9110 section 5.6); an address needs no escapes, and has none here. */
static bool take_value(struct slice *v)
{
	static const char others[] = "!#$%&'*+-.^_`|~";
	const bool is_quoted = v->n >= 2 && v->p[0] == '"' && v->p[v->n - 1] == '"';

	if (is_quoted)
		*v = slice_of(v->p + 1, v->n - 2);
	for (size_t i = 0; i < v->n; i++) {
		const uint8_t c = v->p[i];
		const bool is_letter = (c >= '0' && c <= '9') ||
			((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (is_quoted ? c < ' ' || c > '~' || c == '"' || c == '\\'
			      : !is_letter && (!c || !strchr(others, c)))
			return false;
	}
	return v->n > 0;
}

struct element {
	struct slice of, proto; /* n 0: not said */
};

/* One of each at most (RFC 7239 section 4). */
static bool read_element(struct slice s, struct element *out)
{
	*out = (struct element){ 0 };
	while (s.n) {
		size_t from = last_part(s, ';');
		struct slice value = slice_trim(slice_of(s.p + from, s.n - from));
		struct slice name = slice_cut(&value, '=');
		struct slice *known = slice_is_nocase(name, "for") ? &out->of
			: slice_is_nocase(name, "proto")           ? &out->proto
								   : NULL;

		if (!name.n || !take_value(&value) || (known && known->n))
			return false;
		if (known)
			*known = value;
		s.n = from ? from - 1 : 0;
	}
	return out->of.n > 0;
}

/* An IPv6 address has its brackets (section 6). */
static bool read_node(struct slice s, struct sockaddr_storage *out)
{
	struct sockaddr_storage a;

	if (!read_one(s, &a) || (a.ss_family == AF_INET6 && s.p[0] != '['))
		return false;
	*out = a;
	return true;
}

bool addr_forwarded_by(const struct addr_proxies *p, const char *forwarded,
	struct sockaddr_storage *out, bool *is_secure)
{
	struct slice rest = slice_str(forwarded);

	while (rest.n) {
		size_t from = last_part(rest, ',');
		struct sockaddr_storage one;
		struct element e;

		if (!read_element(
			    slice_trim(slice_of(rest.p + from, rest.n - from)), &e) ||
			!read_node(e.of, &one))
			return false;
		if (!addr_is_trusted(p, &one)) {
			*out = one;
			*is_secure = slice_is_nocase(e.proto, "https");
			return true;
		}
		rest.n = from ? from - 1 : 0;
	}
	return false;
}
