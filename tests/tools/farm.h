/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * farm -- the loop of the farms: many endpoints in one thread, told what to do by lines of JSON on standard
 * input, telling what happens by lines of JSON on standard output.
 *
 * One epoll, one timer: every FARM_STEP_US one of FARM_SLOTS slots is due, so each endpoint has a turn every
 * 20 ms and the packets of many are spread.  A turn that was missed is made up, and how late the worst
 * one came is kept, for a tester's own lateness is no fault of what it tests.
 */
#ifndef TOOLS_FARM_H
#define TOOLS_FARM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FARM_SLOTS    10
#define FARM_STEP_US  2000
#define FARM_LINE_MAX 16384 /* one command */

/* Lies in whatever owns the descriptor, and is gone only within or after farm_handler.after. */
struct farm_source {
	void (*ready)(void *arg, uint32_t epoll_events);
	void *arg;
};

struct farm_handler {
	/* {"do": what, ...}; NULL or what is wrong with it */
	const char *(*command)(void *arg, const char *what, const json_t *line);
	void (*turn)(void *arg, unsigned int slot, int64_t now_us);
	/* when nothing that was ready is left: now a farm_source may go; NULL: none ever does */
	void (*after)(void *arg);
	void *arg;
};

struct farm {
	struct farm_handler h;
	struct farm_source input, timer;
	int epoll_fd, timer_fd;
	bool quit;
	unsigned int slot;
	int64_t due_us; /* the next turn */
	int64_t late_us; /* the latest turn since farm_late_us() was asked to forget */
	char line[FARM_LINE_MAX];
	size_t n;
};

/* Also: as many descriptors as allowed, a better priority where that is allowed, random() seeded. */
int farm_open(struct farm *f, const struct farm_handler *h);
/* Until the input ends or says {"do":"quit"}. */
void farm_run(struct farm *f);
void farm_close(struct farm *f);
int farm_watch(struct farm *f, int fd, struct farm_source *s, uint32_t events);
void farm_rewatch(struct farm *f, int fd, struct farm_source *s, uint32_t events);
double farm_late_ms(struct farm *f, bool forget);

/* {"event": name, "at_ms": monotonic, ...more}; takes `more` over. */
void farm_say(const char *name, json_t *more);

/* Members of a command; the default when absent or of another type. */
const char *farm_text(const json_t *line, const char *name, const char *absent);
double farm_number(const json_t *line, const char *name, double absent);

#endif
