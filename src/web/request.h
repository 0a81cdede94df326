/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * request -- what web must know of a request's header values, as pure questions.
 *
 * Strings in, answers out; nothing is allocated.  Any thread; no state.
 */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/web.h"

#define REQUEST_COOKIE  "heimamt_session"
#define REQUEST_DEVICE  "heimamt_device"
#define REQUEST_SIGN_ON "heimamt_sign_on"
/* Where the provider of identities tells by itself that somebody is out: no page, no Origin, a form. */
#define REQUEST_NOTICE "/login/sign-on/out"
/* Over TLS: browsers take such a cookie from this very host only, and only with Secure and Path=/ (RFC 6265bis
 * section 4.1.3.2). */
#define REQUEST_HOST_PREFIX "__Host-"

/* Where browsers find the house. */
struct request_house {
	char names[WEB_NAMES_MAX][WEB_NAME_MAX];
	size_t n;
	uint16_t port; /* our own */
};

/* "desk.example.org", "desk.example.org:8443", "192.0.2.7", "[2001:db8::7]": in lower case, nothing else. */
bool request_is_name(const char *name);
/* Without port and brackets. */
void request_host(const char *name, char host[WEB_NAME_MAX]);

/* Is it one of the names under which this server is rightly called?  Anything else is a foreign name that was made to
 * point here (DNS rebinding).  Loopback's always are; the house's own over TLS only. */
bool request_is_our_host(
	const char *host, const struct request_house *house, bool is_secure);

/* "https://" or "http://". */
const char *request_scheme(bool is_secure);

/* RFC 6454: the page that asks must come from the very host that it asks, and as securely. */
bool request_is_same_origin(const char *origin, const char *host, bool is_secure);

/* Exactly 64 lower-case hexadecimal digits. */
bool request_is_token(const char *token);

/* The session's token out of a Cookie header (RFC 6265 section 4.2); false when there is none or more
 * than one that differ. Over TLS the one with the prefix counts alone. */
bool request_session(const char *cookies, bool is_secure, char token[WEB_TOKEN_SIZE]);

/* What a device shows of having been here, likewise; "" for nothing that could be it. */
void request_device(const char *cookies, bool is_secure, char device[WEB_DEVICE_MAX]);

/* Of a login at the provider that was begun here, likewise. */
void request_sign_on(const char *cookies, bool is_secure, char sign_on[WEB_SIGN_ON_MAX]);

/* {"token":"..."}: EBADMSG when it is not such JSON, EACCES when the token cannot be one of ours. */
int request_login_token(const char *body, size_t n, char token[WEB_TOKEN_SIZE]);

/* A Content-Length's digits; false when it is not a number or above max. */
bool request_length(const char *text, uint64_t max, uint64_t *out);

/* Does an If-None-Match header name this ETag (RFC 9110 section 13.1.2; weak comparison)? */
bool request_has_etag(const char *if_none_match, const char *etag);

/* "application/json", with or without parameters. */
bool request_is_json(const char *content_type);

/* "application/x-www-form-urlencoded", likewise. */
bool request_is_form(const char *content_type);

/* "text/csv", likewise (RFC 7111). */
bool request_is_csv(const char *content_type);

/* "/login/TOKEN": a one-time link, whose page only its script acts upon. */
bool request_is_login_link(const char *path);

/* "/ical/TOKEN.ics": an agent's week plan for a calendar program. */
bool request_is_calendar(const char *path);

#endif
