/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ask -- what a page asks for at /api/, and what it is answered; for web and app. */
#ifndef WEB_ASK_H
#define WEB_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEB_ASK_MAX 262144 /* bytes of a body: a list of a thousand people has 100 KB */

struct web_ask {
	uint64_t request;
	uint64_t agent; /* whose session it is */
	bool is_post;
	const char *path; /* behind "/api/"; borrowed during the call, as the body */
	const char *body; /* of a POST; n bytes, no NUL counted */
	size_t n;
};

struct web_answer {
	unsigned status; /* 200, or what is wrong */
	const char *type; /* of the body; static */
	char *body; /* from malloc(), handed over; NULL: none */
	size_t n;
	char file[64]; /* the name under which browsers save it; "": it is not saved */
};

#endif
