/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * count -- how many calls came, were answered and left, since this process began; for whoever watches the server.
 *
 * Sums by queue, of calls; never by agent or workplace [RULES N1, N5].  Nothing is written down: they are gone with the
 * process.  Thread: the control loop's.
 */
#ifndef APP_COUNT_H
#define APP_COUNT_H

#include "app/app.h"
#include "core/home/board.h"

/* Upper bounds of the waiting time until an answer, in seconds; the last bucket has none. */
#define COUNT_BOUNDS 8
extern const unsigned count_bounds_s[COUNT_BOUNDS];

struct count_queue {
	uint64_t arrived, answered, abandoned, diverted;
	uint64_t answered_in_target, abandoned_in_target; /* the queue's `target` */
	uint64_t waits[COUNT_BOUNDS + 1]; /* until an answer; each in its own bucket */
	uint64_t waited_ms; /* the sum */
};

#define COUNT_WHYS \
	32 /* our own words for a call's end: acd_why_word() and sip.c have 20 */
struct count_why {
	char word[STORE_DETAIL_MAX];
	uint64_t n;
};

/* Packets of talks that are over, by enum store_leg and enum store_direction. */
struct count_packets {
	uint64_t expected, lost;
};

struct counts {
	struct count_queue queues[ACD_QUEUES_MAX];
	struct count_why whys[COUNT_WHYS]; /* the rest, if ever, is in the last one */
	uint64_t menu_left; /* hung up in a menu, before a queue */
	struct count_packets packets[2][2];
};
const struct counts *app_counts(const struct app *app);

/* How it stands now. */
struct count_now {
	uint32_t waiting;
	bool is_open;
	const char *name, *number; /* borrowed */
	int64_t target_ms;
};
size_t app_count_queues(const struct app *app);
void app_count_now(const struct app *app, size_t queue, struct count_now *out);
/* False: the staff body has not approved "metrics" [N7], or fewer than five are in a shift [N5]. */
bool app_count_staff(const struct app *app, struct board_staff *out);

#endif
