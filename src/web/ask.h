/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ask -- what a page asks for at /api/, and what it is answered; for web and app. */
#ifndef WEB_ASK_H
#define WEB_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEB_ASK_MAX 262144 /* bytes of a body: a list of a thousand people has 100 KB */

#define WEB_DEVICE_MAX 96 /* of a device's cookie, with NUL */

#define WEB_SIGN_ON_MAX 128 /* of the cookie of a login at the provider, with NUL */
#define WEB_SIGN_ON_S   600 /* its life: for a password and a second factor there */

struct web_ask {
	uint64_t request;
	uint64_t agent; /* whose session it is; 0: nobody's, at /login/... */
	uint64_t session; /* its number */
	uint64_t
		from; /* the same for the same address (IPv6: /64) while this process lives, and says nothing of it */
	const char *
		device; /* what its cookie says, of WEB_DEVICE_MAX bytes at most; "": none */
	const char *
		sign_on; /* likewise its cookie of a login at the provider that was begun here */
	bool is_throttled; /* too many wrong guesses came from there: a known device only may */
	const char *origin; /* "http://localhost:8080", of the page; with POST */
	bool is_post;
	const char *
		path; /* behind "/api/", or "login/...", "account/..."; borrowed during the call, as the body */
	const char *body; /* of a POST; n bytes, no NUL counted */
	size_t n;
};

struct web_answer {
	unsigned status; /* 200, or what is wrong */
	const char *type; /* of the body; static */
	char *body; /* from malloc(), handed over; NULL: none */
	size_t n;
	/* a cookie to be set; "": none */
	char session[65];
	uint32_t max_age_s;
	char device[WEB_DEVICE_MAX]; /* likewise: this device is known from now on */
	char sign_on[WEB_SIGN_ON_MAX]; /* likewise: a login at the provider begins here */
	bool drops_sign_on; /* and is over */
	bool is_wrong; /* a guess: it counts for the address */
	char file[64]; /* the name under which browsers save it; "": it is not saved */
};

#endif
