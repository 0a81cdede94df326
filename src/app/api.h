/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * api -- what pages ask for and change over HTTP at /api/NAME, beside the desk's WebSocket.  Part of app.
 *
 * One table (api.c) says who may: a route without the asker's role is 403, whatever it would have answered. A
 * route's `run` is called on a thread of the store (store_ask()), so it sees the records and its question and nothing
 * of the app; `then` is called on the loop, when what `run` wrote is on disk and before the page hears of it.
 */
#ifndef APP_API_H
#define APP_API_H

#include <jansson.h>

#include "app/app.h"
#include "web/ask.h"

struct api_route;

/* A question, with all that its route may know; a copy of its own. */
struct api_ask {
	uint64_t agent; /* who asks */
	uint64_t session; /* by number: struct web_ask */
	unsigned roles; /* enum store_role, of who asks */
	int64_t wall_ms;
	char *rest; /* of the path, behind the route's name and a slash; "" */
	char *body; /* n bytes and a NUL */
	size_t n;
	const struct api_route *route;
	/* for routes with `prepare`: what the app knew when it was asked, from malloc() or NULL; freed with it */
	void *known;
};

struct api_route {
	bool is_post;
	const char *name; /* the path's first part */
	unsigned roles; /* any of them may */
	bool writes; /* else it only reads */
	/* On the loop, first: puts what the app knows into ask->known. NULL: nothing is needed. 0 or an HTTP status. */
	unsigned (*prepare)(struct app *app, struct api_ask *ask);
	/* May be called again, with *out empty. NULL: prepare's `known` is a json_t that is the answer. An errno undoes
	 * what it wrote, and becomes 500 unless *out says something. */
	int (*run)(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
	void (*then)(struct app *app, const struct api_ask *ask,
		const struct web_answer *out); /* NULL: nothing */
	bool is_open; /* needs no session: what it is asked with says who may */
};

/* board.c: how many wait, how many are free; who is present, to leads. */
unsigned api_board(struct app *app, struct api_ask *ask);
/* configuration_api.c: the configuration as it counts; and that its file is read anew. */
unsigned api_configuration(struct app *app, struct api_ask *ask);
unsigned api_configuration_read(struct app *app, struct api_ask *ask);
/* pulse.c: the weekly question, and what came of those before. */
unsigned api_pulse_known(struct app *app, struct api_ask *ask);
int api_pulse_read(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
/* {"answer": 1..5}, once a week. */
unsigned api_pulse_asked(struct app *app, struct api_ask *ask);
int api_pulse_check(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
void api_pulse_take(
	struct app *app, const struct api_ask *ask, const struct web_answer *out);
/* All of them: what tests walk. */
const struct api_route *api_routes(size_t *n);

/* Takes j over and makes it the body; NULL is 500. Nothing of an earlier body is kept. */
void api_answer_json(struct web_answer *out, unsigned status, json_t *j);
/* {"error": code}: what pages turn into words. */
void api_answer_error(struct web_answer *out, unsigned status, const char *code);
/* The body as an object; NULL: it is none, and *out says so (400). To be decref'd. */
json_t *api_body(const struct api_ask *ask, struct web_answer *out);

#endif
