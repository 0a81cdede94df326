/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* metrics -- see metrics.h. */
#include "main/metrics.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/count.h"
#include "main/centre.h"

#define LAG_MS 500

const double lag_bounds_s[LAG_BOUNDS] = { 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1 };

static void sample(FILE *f, enum metric m, uint64_t value)
{
	metrics_family(f, m);
	fprintf(f, "%s %" PRIu64 "\n", metrics[m].name, value);
}

/* --- queues --- */

static void queue_labels(FILE *f, const struct count_now *now)
{
	fputs("queue=\"", f);
	metrics_label(f, now->number);
	fputs("\",name=\"", f);
	metrics_label(f, now->name);
	fputc('"', f);
}

static void queue_sample(
	FILE *f, enum metric m, const struct count_now *now, double value)
{
	fprintf(f, "%s{", metrics[m].name);
	queue_labels(f, now);
	fprintf(f, "} %.17g\n", value);
}

static double queue_value(
	enum metric m, const struct count_now *now, const struct count_queue *q)
{
	switch (m) {
	case METRIC_QUEUE_OPEN: return now->is_open;
	case METRIC_QUEUE_TARGET: return (double)now->target_ms / 1000;
	case METRIC_WAITING: return now->waiting;
	case METRIC_ARRIVED: return (double)q->arrived;
	case METRIC_ANSWERED: return (double)q->answered;
	case METRIC_ANSWERED_IN_TARGET: return (double)q->answered_in_target;
	case METRIC_ABANDONED: return (double)q->abandoned;
	case METRIC_ABANDONED_IN_TARGET: return (double)q->abandoned_in_target;
	case METRIC_DIVERTED: return (double)q->diverted;
	default: return 0;
	}
}

static void bucket(FILE *f, const struct count_now *now, const char *le, uint64_t n)
{
	fprintf(f, "%s_bucket{", metrics[METRIC_ANSWER_WAIT].name);
	queue_labels(f, now);
	fprintf(f, ",le=\"%s\"} %" PRIu64 "\n", le, n);
}

static void waits(FILE *f, const struct count_now *now, const struct count_queue *q)
{
	const char *name = metrics[METRIC_ANSWER_WAIT].name;
	uint64_t n = 0;
	char le[16];

	for (size_t i = 0; i < COUNT_BOUNDS; i++) {
		n += q->waits[i];
		(void)snprintf(le, sizeof le, "%u", count_bounds_s[i]);
		bucket(f, now, le, n);
	}
	n += q->waits[COUNT_BOUNDS];
	bucket(f, now, "+Inf", n);
	fprintf(f, "%s_sum{", name);
	queue_labels(f, now);
	fprintf(f, "} %.17g\n%s_count{", (double)q->waited_ms / 1000, name);
	queue_labels(f, now);
	fprintf(f, "} %" PRIu64 "\n", n);
}

static void queues(FILE *f, const struct centre *c)
{
	static const enum metric all[] = { METRIC_QUEUE_OPEN, METRIC_QUEUE_TARGET,
		METRIC_WAITING, METRIC_ARRIVED, METRIC_ANSWERED,
		METRIC_ANSWERED_IN_TARGET, METRIC_ANSWER_WAIT, METRIC_ABANDONED,
		METRIC_ABANDONED_IN_TARGET, METRIC_DIVERTED };
	const struct counts *counts = app_counts(c->app);

	for (size_t m = 0; m < sizeof all / sizeof *all; m++) {
		metrics_family(f, all[m]);
		for (size_t i = 0; i < app_count_queues(c->app); i++) {
			const struct count_queue *q = &counts->queues[i];
			struct count_now now;

			app_count_now(c->app, i, &now);
			if (all[m] == METRIC_ANSWER_WAIT)
				waits(f, &now, q);
			else
				queue_sample(
					f, all[m], &now, queue_value(all[m], &now, q));
		}
	}
}

static void calls(FILE *f, const struct centre *c)
{
	const struct counts *counts = app_counts(c->app);

	metrics_family(f, METRIC_ENDED);
	for (size_t i = 0; i < COUNT_WHYS && *counts->whys[i].word; i++) {
		fprintf(f, "%s{why=\"", metrics[METRIC_ENDED].name);
		metrics_label(f, counts->whys[i].word);
		fprintf(f, "\"} %" PRIu64 "\n", counts->whys[i].n);
	}
	sample(f, METRIC_MENU_LEFT, counts->menu_left);
	sample(f, METRIC_CALLS, app_n_calls(c->app));
}

/* A pause is not told by itself: which of the others it is, is nobody's business. */
static void agents(FILE *f, const struct centre *c)
{
	struct board_staff s;

	if (!app_count_staff(c->app, &s))
		return;
	metrics_family(f, METRIC_AGENTS);
	fprintf(f, "%s{state=\"free\"} %" PRIu32 "\n", metrics[METRIC_AGENTS].name,
		s.n[BOARD_FREE]);
	fprintf(f, "%s{state=\"call\"} %" PRIu32 "\n", metrics[METRIC_AGENTS].name,
		s.n[BOARD_CALL]);
	fprintf(f, "%s{state=\"other\"} %" PRIu32 "\n", metrics[METRIC_AGENTS].name,
		s.n[BOARD_WORK] + s.n[BOARD_BREAK]);
}

/* --- voice, SIP, records --- */

static void relays(FILE *f, const struct centre *c)
{
	static const enum metric all[] = { METRIC_RELAY_UP, METRIC_RELAY_LEGS,
		METRIC_RELAY_DRAINING };

	for (size_t m = 0; m < sizeof all / sizeof *all; m++) {
		metrics_family(f, all[m]);
		for (unsigned i = 0; i < c->config.n_relays; i++)
			fprintf(f, "%s{relay=\"%u\"} %" PRIu32 "\n", metrics[all[m]].name,
				i,
				all[m] == METRIC_RELAY_UP ? c->relays[i].is_up
					: all[m] == METRIC_RELAY_DRAINING
					? c->relays[i].drains
					: app_relay_legs(c->app, i));
	}
}

static void packets(FILE *f, const struct centre *c)
{
	static const char *const legs[] = {
		[STORE_LEG_CALLER] = "caller", [STORE_LEG_LINE] = "line"
	};
	static const char *const ways[] = { [STORE_IN] = "in", [STORE_OUT] = "out" };

	for (enum metric m = METRIC_PACKETS; m <= METRIC_PACKETS_LOST; m++) {
		metrics_family(f, m);
		for (unsigned l = 0; l < 2; l++)
			for (unsigned w = 0; w < 2; w++) {
				const struct count_packets *p =
					&app_counts(c->app)->packets[l][w];

				fprintf(f,
					"%s{leg=\"%s\",direction=\"%s\"} %" PRIu64 "\n",
					metrics[m].name, legs[l], ways[w],
					m == METRIC_PACKETS ? p->expected : p->lost);
			}
	}
}

static void sip(FILE *f, const struct centre *c)
{
	struct trunk_counters n;

	trunk_counters(c->trunk, &n);
	sample(f, METRIC_SIP_INVITES, n.invites);
	metrics_family(f, METRIC_SIP_REFUSED);
	fprintf(f,
		"%s{why=\"stranger\"} %" PRIu64 "\n%s{why=\"busy\"} %" PRIu64
		"\n%s{why=\"behind\"} %" PRIu64 "\n",
		metrics[METRIC_SIP_REFUSED].name, n.refused_strangers,
		metrics[METRIC_SIP_REFUSED].name, n.refused_busy,
		metrics[METRIC_SIP_REFUSED].name, n.refused_behind);
	sample(f, METRIC_SIP_BAD, n.bad_requests);
	sample(f, METRIC_SIP_DIALOGS, n.dialogs);
}

struct registrations {
	unsigned up, of;
};

static struct registrations registrations(const struct centre *c)
{
	struct trunk_carrier all[TRUNK_CARRIERS_MAX];
	size_t n = c->trunk ? trunk_carriers(c->trunk, all, TRUNK_CARRIERS_MAX) : 0;
	struct registrations r = { 0 };

	for (size_t i = 0; i < n; i++) {
		r.of += all[i].registers;
		r.up += all[i].registers && all[i].state == TRUNK_CARRIER_UP;
	}
	return r;
}

/* Their names are the configuration's; the short form has none. */
static void carriers(FILE *f, const struct centre *c)
{
	struct trunk_carrier all[TRUNK_CARRIERS_MAX];
	size_t n = trunk_carriers(c->trunk, all, TRUNK_CARRIERS_MAX);

	metrics_family(f, METRIC_CARRIER_UP);
	for (size_t i = 0; i < n; i++) {
		fprintf(f, "%s{carrier=\"", metrics[METRIC_CARRIER_UP].name);
		metrics_label(f, all[i].name);
		fprintf(f, "\"} %d\n", all[i].state == TRUNK_CARRIER_UP);
	}
	sample(f, METRIC_REGISTRATIONS, registrations(c).up);
	sample(f, METRIC_REGISTRATIONS_OF, registrations(c).of);
}

static void records(FILE *f, const struct centre *c)
{
	struct store_health h;

	store_health(c->store, &h);
	sample(f, METRIC_STORE_WRITABLE, h.err == 0);
	sample(f, METRIC_STORE_BACKLOG, h.backlog);
	sample(f, METRIC_STORE_DROPPED, h.dropped);
}

static void lag(FILE *f, const struct centre *c)
{
	const char *name = metrics[METRIC_LOOP_LAG].name;
	uint64_t n = 0;

	metrics_family(f, METRIC_LOOP_LAG);
	for (size_t i = 0; i < LAG_BOUNDS; i++) {
		n += c->lag.buckets[i];
		fprintf(f, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, lag_bounds_s[i],
			n);
	}
	n += c->lag.buckets[LAG_BOUNDS];
	fprintf(f,
		"%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum %.17g\n%s_count %" PRIu64
		"\n",
		name, n, name, c->lag.sum_s, name, n);
}

static void info(FILE *f)
{
	metrics_family(f, METRIC_INFO);
	fprintf(f, "%s{version=\"%s\"} 1\n", metrics[METRIC_INFO].name, HEIMAMT_VERSION);
}

static void write_metrics(FILE *f, const struct centre *c)
{
	info(f);
	queues(f, c);
	calls(f, c);
	agents(f, c);
	relays(f, c);
	packets(f, c);
	sip(f, c);
	carriers(f, c);
	records(f, c);
	lag(f, c);
	metrics_process(f);
}

/* --- health --- */

/* Without its registrations a house still has its telephones, and carriers that need none. */
static const char *sip_word(const struct centre *c, struct registrations r)
{
	if (!c->trunk)
		return "down";
	return r.of > 0 && r.up == 0 ? "degraded" : "ok";
}

/* May calls come? 200 or 503, and which part says no. */
static unsigned write_health(FILE *f, const struct centre *c)
{
	struct registrations r = registrations(c);
	struct store_health h;
	unsigned up = 0;
	bool is_well;

	store_health(c->store, &h);
	for (unsigned i = 0; i < c->config.n_relays; i++)
		up += c->relays[i].is_up && !c->relays[i].drains;
	is_well = c->is_open && !c->is_ending && !h.err && up > 0 && c->trunk;
	fprintf(f,
		"{\"ready\":%s,\"open\":%s,\"records\":%s,\"relays\":%u,\"relays_of\":%u,"
		"\"sip\":\"%s\",\"registrations\":%u,\"registrations_of\":%u}\n",
		is_well ? "true" : "false", c->is_open ? "true" : "false",
		h.err ? "false" : "true", up, c->config.n_relays, sip_word(c, r), r.up,
		r.of);
	return is_well ? 200 : 503;
}

/* --- the listener --- */

static void on_get(void *arg, const char *path, struct probe_answer *out)
{
	const struct centre *c = arg;
	const bool is_metrics = strcmp(path, "/metrics") == 0,
		   is_live = strcmp(path, "/health/live") == 0;
	FILE *f;

	if (!is_metrics && !is_live && strcmp(path, "/health") != 0)
		return;
	f = open_memstream(&out->body, &out->n);
	out->status = 200;
	out->type = is_metrics ? "text/plain; version=0.0.4; charset=utf-8"
			       : "application/json";
	if (f && is_metrics)
		write_metrics(f, c);
	else if (f && is_live)
		fputs("{\"live\":true}\n", f);
	else if (f)
		out->status = write_health(f, c);
	if (f && fclose(f) == EOF) {
		free(out->body);
		out->body = NULL;
	}
}

static void on_lag(uv_timer_t *t)
{
	struct centre *c = t->data;
	uint64_t now_ns = uv_hrtime();
	double late_s = c->lag_due_ns < now_ns ? (double)(now_ns - c->lag_due_ns) / 1e9
					       : 0;
	size_t i = 0;

	while (i < LAG_BOUNDS && late_s > lag_bounds_s[i])
		i++;
	c->lag.buckets[i]++;
	c->lag.sum_s += late_s;
	c->lag_due_ns = now_ns + LAG_MS * UINT64_C(1000000);
	uv_timer_start(t, on_lag, LAG_MS, 0);
}

int metrics_start(struct centre *c)
{
	const struct probe_handler h = { on_get, c };
	int err;

	if (c->config.metrics_port < 0)
		return 0;
	err = probe_new(&c->probe, &c->loop, c->config.metrics_addr,
		(uint16_t)c->config.metrics_port, &h);
	if (err) {
		fprintf(stderr,
			"metrics: %s port %d cannot be listened on: %s. Set another "
			"metrics.port or metrics.address in %s.\n",
			c->config.metrics_addr, c->config.metrics_port, strerror(err),
			c->options.config);
		return err;
	}
	uv_timer_init(&c->loop, &c->lag_timer);
	c->lag_timer.data = c;
	c->lag_due_ns = uv_hrtime() + LAG_MS * UINT64_C(1000000);
	uv_timer_start(&c->lag_timer, on_lag, LAG_MS, 0);
	return 0;
}

void metrics_stop(struct centre *c)
{
	if (!c->probe)
		return;
	uv_close((uv_handle_t *)&c->lag_timer, NULL);
	probe_free(c->probe);
	c->probe = NULL;
}
