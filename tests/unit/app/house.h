/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * house -- a small centre in a test: two agents, two queues, ports that write down what they are asked.
 *
 * Every call of a port becomes one line of text, e.g. "relay0 JOIN c7 anna" or "view anna ready".  Legs and
 * calls are named after whom they belong to: c7 is the caller of dialog 7, w1 a caller's page, anna
 * an agent's line, hop1 one end of a hop.  The clock stands until house_wait() moves it.
 *
 * Queue 10 has all clips, room for two waiting callers, and is served by anna (home) and beat (office);
 * queue 20 has music only and is anna's.
 */
#ifndef UNIT_APP_HOUSE_H
#define UNIT_APP_HOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/app.h"

#define HOUSE_LINES_MAX   512
#define HOUSE_LINE_MAX    160
#define HOUSE_NAMES_MAX   128
#define HOUSE_NAME_MAX    16
#define HOUSE_DIALOGS_MAX 32
#define HOUSE_TOKEN_SIZE  65

struct house_name {
	uint64_t id;
	char text[HOUSE_NAME_MAX];
	unsigned relay; /* of a leg */
	uint16_t port;
	bool is_leg;
};

struct house {
	struct app *app;
	int64_t now_us;
	uint64_t random;
	/* whom the input at hand is about: what is made meanwhile is named so */
	char subject[HOUSE_NAME_MAX];
	struct house_name names[HOUSE_NAMES_MAX];
	size_t n_names;
	unsigned n_hops;
	char lines[HOUSE_LINES_MAX][HOUSE_LINE_MAX];
	size_t n_lines;
	uint64_t first_version[HOUSE_DIALOGS_MAX]; /* of the first description sent */
	char token[HOUSE_TOKEN_SIZE]; /* of the last login */
	/* trouble to come */
	bool is_sick; /* the store */
	uint16_t full_type; /* relay_send() of this type fails with ENOBUFS ... */
	unsigned full_times; /* ... so often */
};

void house_open(struct house *h, unsigned n_relays);
void house_close(struct house *h);
void house_note(struct house *h, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The pages, by name: anna anna2 beat beat2 w1 w2. Both abort the test when there is none. */
uint64_t house_conn(const char *page);
uint64_t house_agent(const char *name); /* also of the page anna2; 0: a caller page */
const char *house_agent_name(uint64_t id);
/* The newest leg of this name, or the newest call. */
const struct house_name *house_leg(const struct house *h, const char *text);
uint64_t house_call(const struct house *h, const char *text);
const char *house_clip_name(uint32_t clip);
uint32_t house_clip(const char *name);
uint16_t house_relay_type(const char *word);

/* Moves the clock, with a tick at each deadline on the way. */
void house_wait(struct house *h, int64_t ms);

extern const struct app_ports house_ports; /* arg: to be set to the house */

#endif
