/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * metrics -- what the server tells whoever watches it: GET /metrics in Prometheus's text format 0.0.4, GET /health and
 * /health/live.
 *
 * Of the service and the machine.  Nothing by agent, workplace or caller; how many agents are free only where the staff
 * body approved it, and from five on (app/count.h).  Each family is in metrics[], and in docs/metrics.md, which a test
 * compares.  Labels are queues of the configuration, relays, and words of ours: their number is bounded.
 * Thread: the control loop's.
 */
#ifndef MAIN_METRICS_H
#define MAIN_METRICS_H

#include <stdint.h>
#include <stdio.h>

enum metric {
	METRIC_INFO,
	METRIC_QUEUE_OPEN,
	METRIC_QUEUE_TARGET,
	METRIC_WAITING,
	METRIC_ARRIVED,
	METRIC_ANSWERED,
	METRIC_ANSWERED_IN_TARGET,
	METRIC_ANSWER_WAIT,
	METRIC_ABANDONED,
	METRIC_ABANDONED_IN_TARGET,
	METRIC_DIVERTED,
	METRIC_MENU_LEFT,
	METRIC_ENDED,
	METRIC_CALLS,
	METRIC_AGENTS,
	METRIC_RELAY_UP,
	METRIC_RELAY_LEGS,
	METRIC_RELAY_DRAINING,
	METRIC_PACKETS,
	METRIC_PACKETS_LOST,
	METRIC_SIP_INVITES,
	METRIC_SIP_REFUSED,
	METRIC_SIP_BAD,
	METRIC_SIP_DIALOGS,
	METRIC_CARRIER_UP,
	METRIC_REGISTRATIONS,
	METRIC_REGISTRATIONS_OF,
	METRIC_STORE_WRITABLE,
	METRIC_STORE_BACKLOG,
	METRIC_STORE_DROPPED,
	METRIC_LOOP_LAG,
	METRIC_START_TIME,
	METRIC_CPU,
	METRIC_MEMORY,
	METRIC_OPEN_FDS,
	METRIC_MAX_FDS,
	METRICS
};

struct metric_family {
	const char *name, *type, *help;
};
extern const struct metric_family metrics[METRICS];

/* "# HELP" and "# TYPE" of a family, before its samples. */
void metrics_family(FILE *f, enum metric m);
/* A label's value: backslash, quote and line feed are escaped. */
void metrics_label(FILE *f, const char *value);

/* metrics_process.c: of the process itself, by the names that all exporters have */
void metrics_process(FILE *f);

/* How late the loop is: measured every LAG_MS. */
#define LAG_BOUNDS 7
extern const double lag_bounds_s[LAG_BOUNDS];
struct lag {
	uint64_t buckets[LAG_BOUNDS + 1]; /* each in its own */
	double sum_s;
};

struct centre;
/* Listens where the configuration says so; says what is wrong. */
int metrics_start(struct centre *c);
/* The loop runs once more afterwards. */
void metrics_stop(struct centre *c);

#endif
