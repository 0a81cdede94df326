/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * user -- see user.h.  Pure; any thread.
 */
#include "sip/user.h"
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "base/text.h"

static int unescape(char out[TRUNK_USER_MAX + 1], const char *s, size_t n)
{
	size_t len = 0;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)s[i];
		if (c == '%') {
			char two[3] = { 0 };
			if (n - i < 3)
				return EINVAL;
			memcpy(two, s + i + 1, 2);
			if (text_unhex(&c, 1, two) != 0)
				return EINVAL;
			i += 2;
		}
		if (c <= 0x20 || c >= 0x7f)
			return ENOENT;
		if (len == TRUNK_USER_MAX)
			return ENAMETOOLONG;
		out[len++] = (char)c;
	}
	out[len] = 0;
	return len ? 0 : ENOENT;
}

static int unescape_or_empty(char out[TRUNK_USER_MAX + 1], const char *s, size_t n)
{
	int err = unescape(out, s, n);
	if (err)
		out[0] = 0;
	return err;
}

int user_unescape(char out[TRUNK_USER_MAX + 1], const char *user)
{
	return unescape_or_empty(out, user ? user : "", user ? strcspn(user, ";") : 0);
}

/* A display name may itself hold "sip:", so what stands in quotes is stepped over. */
static const char *after_name(const char *s)
{
	s += strspn(s, " \t");
	if (*s != '"')
		return s;
	for (s++; *s && *s != '"'; s++) {
		if (*s == '\\' && s[1])
			s++;
	}
	return *s ? s + 1 : s;
}

int user_asserted(char out[TRUNK_USER_MAX + 1], const char *value)
{
	static const struct {
		const char *text;
		const char *ends;
	} schemes[] = {
		{ "sip:", ";@>" },
		{ "sips:", ";@>" },
		{ "tel:", ";>, " },
	};
	const char *s = after_name(value);
	const char *angle = strchr(s, '<');
	if (angle)
		s = angle + 1;
	s += strspn(s, " \t");
	out[0] = 0;
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		size_t n = strlen(schemes[i].text);
		if (strncasecmp(s, schemes[i].text, n) != 0)
			continue;
		s += n;
		n = strcspn(s, schemes[i].ends);
		if (i < 2 &&
			s[strcspn(s, "@>")] != '@') /* a SIP URI without a user part */
			return ENOENT;
		return unescape_or_empty(out, s, n);
	}
	return ENOENT;
}
