/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* journal -- when a segment begins and ends, and that a world which takes none changes nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/priv.h"
#include "base/log.h"

#define DAY_US INT64_C(86400000000)

struct world {
	int64_t now_us;
	int refuses; /* an errno: each begin */
	size_t takes; /* so many bytes more; then it is full */
	uint8_t random;
	unsigned n_begun, n_ended;
	uint8_t keys[4][16];
	uint8_t text[65536]; /* of the segment that began last */
	size_t n;
};

static int64_t now_us(void *arg)
{
	return ((struct world *)arg)->now_us;
}

static int64_t wall_ms(void *arg)
{
	return 1800000000000 + ((struct world *)arg)->now_us / 1000;
}

static void random_bytes(void *arg, void *p, size_t n)
{
	memset(p, ++((struct world *)arg)->random, n);
}

static int begin(void *arg, int64_t at_ms, const uint8_t key[16])
{
	struct world *w = arg;

	assert_int_equal(at_ms, wall_ms(w));
	if (w->refuses)
		return w->refuses;
	memcpy(w->keys[w->n_begun++ % 4], key, 16);
	w->n = 0;
	return 0;
}

static int put(void *arg, const void *bytes, size_t n)
{
	struct world *w = arg;

	if (n > w->takes || w->n + n > sizeof w->text)
		return ENOSPC;
	w->takes -= n;
	memcpy(w->text + w->n, bytes, n);
	w->n += n;
	return 0;
}

static void end(void *arg)
{
	((struct world *)arg)->n_ended++;
}

static struct app *new_app(struct world *w, bool has_journal, uint64_t segment_bytes)
{
	static const struct app_queue_config queue = {
		.id = 10, .name = "Post", .acd = { .max_waiting = 1 }
	};
	static const struct app_agent_config agent = { .id = 1, .queues = { { 1 } } };
	struct app_config cfg = { .queues = &queue,
		.n_queues = 1,
		.agents = &agent,
		.n_agents = 1,
		.n_relays = 1,
		.journal_bytes = segment_bytes };
	struct app_ports ports = { .arg = w,
		.now_us = now_us,
		.wall_ms = wall_ms,
		.random = random_bytes,
		.journal_begin = has_journal ? begin : NULL,
		.journal_put = put,
		.journal_end = end };
	struct app *app = NULL;

	*w = (struct world){ .now_us = 5000000, .takes = SIZE_MAX };
	assert_int_equal(app_new(&app, &cfg, &ports), 0);
	return app;
}

static void happens(struct app *app, enum acd_event_type type)
{
	app_clock(app);
	assert_int_equal(app_step(app, (struct acd_event){ .type = type }), ACD_DONE);
}

/* Why the segment began, how much was lost before it, and how many events it has by now. */
static void segment_is(const struct world *w, enum acd_journal_begun begun, uint64_t lost,
	uint64_t n_events, enum acd_replayed how)
{
	struct acd_replay *r = malloc(sizeof *r);
	enum acd_replayed got;

	assert_non_null(r);
	got = acd_replay_init(r, w->text, w->n);
	while (got == ACD_REPLAY_SAME)
		got = acd_replay_next(r);
	assert_int_equal(got, how);
	assert_int_equal(r->head.begun, begun);
	assert_int_equal(r->head.lost, lost);
	assert_int_equal(r->n_events, n_events);
	assert_string_equal(r->queues[0], "Post");
	acd_replay_close(r);
	free(r);
}

static void test_day(void **state)
{
	static struct world w;
	struct app *app = new_app(&w, true, 0);

	assert_int_equal(w.n_begun, 0);
	happens(app, ACD_EV_QUEUE_CLOSE);
	w.now_us += DAY_US - 1000;
	happens(app, ACD_EV_QUEUE_OPEN);
	assert_int_equal(w.n_begun, 1);
	segment_is(&w, ACD_BEGUN_STARTED, 0, 2, ACD_REPLAY_OPEN);
	w.now_us += 1000;
	happens(app, ACD_EV_QUEUE_CLOSE);
	assert_int_equal(w.n_begun, 2);
	assert_int_equal(w.n_ended, 1);
	segment_is(&w, ACD_BEGUN_FULL, 0, 1, ACD_REPLAY_OPEN);
	assert_memory_not_equal(w.keys[0], w.keys[1], 16);
	app_end_journal(app);
	app_end_journal(app);
	assert_int_equal(w.n_ended, 2);
	segment_is(&w, ACD_BEGUN_FULL, 0, 1, ACD_REPLAY_ENDED);
	app_free(app);
}

static void test_size(void **state)
{
	static struct world w;
	struct app *app = new_app(&w, true, 1000);

	for (int i = 0; i < 400 && w.n_begun < 3; i++)
		happens(app, ACD_EV_QUEUE_OPEN);
	assert_int_equal(w.n_begun, 3);
	segment_is(&w, ACD_BEGUN_FULL, 0, 1, ACD_REPLAY_OPEN);
	app_free(app);
}

/* Full in the middle: what follows is counted, and in a minute there is another segment. */
static void test_full(void **state)
{
	static struct world w;
	struct app *app = new_app(&w, true, 0);

	happens(app, ACD_EV_QUEUE_OPEN);
	w.takes = 0;
	happens(app, ACD_EV_QUEUE_CLOSE);
	assert_int_equal(w.n_ended, 1);
	segment_is(&w, ACD_BEGUN_STARTED, 0, 1, ACD_REPLAY_OPEN);
	w.takes = SIZE_MAX;
	w.now_us += 59999000;
	happens(app, ACD_EV_QUEUE_OPEN);
	assert_int_equal(w.n_begun, 1);
	w.now_us += 1000;
	happens(app, ACD_EV_QUEUE_CLOSE);
	segment_is(&w, ACD_BEGUN_GAP, 2, 1, ACD_REPLAY_OPEN);
	app_free(app);
}

/* Not even a snapshot fits, then no file can be made: it is tried once a minute, and what is lost adds up. */
static void test_refused(void **state)
{
	static struct world w;
	struct app *app = new_app(&w, true, 0);

	w.takes = 200;
	happens(app, ACD_EV_QUEUE_OPEN);
	happens(app, ACD_EV_QUEUE_OPEN);
	assert_int_equal(w.n_begun, 1);
	w.refuses = EMFILE;
	w.now_us += 60000000;
	happens(app, ACD_EV_QUEUE_OPEN);
	w.refuses = 0;
	w.takes = SIZE_MAX;
	happens(app, ACD_EV_QUEUE_OPEN);
	assert_int_equal(w.n_begun, 1);
	w.now_us += 60000000;
	happens(app, ACD_EV_QUEUE_OPEN);
	segment_is(&w, ACD_BEGUN_GAP, 4, 1, ACD_REPLAY_OPEN);
	app_free(app);
}

/* In the middle of taking over what a former process left there is no state to begin with. */
static void test_restoring(void **state)
{
	static struct world w;
	struct app *app = new_app(&w, true, 0);
	struct acd_event ev = { .type = ACD_EV_AGENT_RESTORE,
		.agent = 1,
		.queues = { { 1 } },
		.saved_agent = { .state = ACD_AGENT_PAUSE } };

	w.takes = 0;
	app_clock(app);
	assert_int_equal(app_step(app, ev), ACD_DONE);
	w.takes = SIZE_MAX;
	w.now_us += 60000000;
	happens(app, ACD_EV_RESTORED);
	assert_int_equal(w.n_begun, 1);
	happens(app, ACD_EV_QUEUE_OPEN);
	segment_is(&w, ACD_BEGUN_GAP, 2, 1, ACD_REPLAY_OPEN);
	app_free(app);
}

static void test_none(void **state)
{
	static struct world w;
	struct app *app = new_app(&w, false, 0);

	happens(app, ACD_EV_QUEUE_OPEN);
	app_end_journal(app);
	assert_int_equal(w.n_begun + w.n_ended, 0);
	app_free(app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_day),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_restoring),
		cmocka_unit_test(test_none),
	};

	log_init("test", LOG_LEVEL_NONE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
