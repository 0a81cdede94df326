/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ended -- with a disk that takes nothing, the oldest call is let go beyond ENDED_MAX. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "app/priv.h"
#include "base/log.h"

struct world {
	struct store_marks marks;
	uint64_t first_released, n_released;
	unsigned n_closed;
};

static void no_chance(void *arg, void *bytes, size_t n)
{
	memset(bytes, 7, n);
}

static int64_t clock_at_once(void *arg)
{
	return 1000000;
}

static int relay_send(
	void *arg, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg)
{
	struct world *w = arg;

	w->n_closed += type == RP_LEG_CLOSE;
	return 0;
}

static void sip_hangup(void *arg, uint64_t dialog)
{
}

static void sip_release(void *arg, uint64_t dialog)
{
	struct world *w = arg;

	if (w->n_released++ == 0)
		w->first_released = dialog;
}

static int call_event(void *arg, const struct store_call_event *ev)
{
	((struct world *)arg)->marks.given++;
	return 0;
}

static void marks(void *arg, struct store_marks *out)
{
	*out = ((struct world *)arg)->marks;
}

static struct app *new_app(struct world *w)
{
	static const struct app_queue_config queue = { .id = 10,
		.acd = { .max_waiting = 1 } };
	static const struct app_agent_config agent = { .id = 1, .queues = { { 1 } } };
	static const struct rp_hello_ok hello = { .port = 5000 };
	const struct app_config cfg = { .queues = &queue,
		.n_queues = 1,
		.agents = &agent,
		.n_agents = 1,
		.n_relays = 1 };
	const struct app_ports ports = { .arg = w,
		.now_us = clock_at_once,
		.wall_ms = clock_at_once,
		.random = no_chance,
		.relay_send = relay_send,
		.sip_hangup = sip_hangup,
		.sip_release = sip_release,
		.store_call_event = call_event,
		.store_marks = marks };
	struct app *app = NULL;

	assert_int_equal(app_new(&app, &cfg, &ports), 0);
	app_relay_up(app, 0, &hello);
	return app;
}

/* A former process left it so. */
static void find_ended(struct app *app, uint64_t i)
{
	static struct rp_leg_state leg;
	struct saved_call c = { .id = 10000 + i,
		.queue = 10,
		.dialog = i,
		.arrived_ms = (int64_t)i,
		.state = CALL_ENDED,
		.why = "caller_hung_up" };
	struct rp_blob blob;

	saved_write_call(&blob, &c, NULL, 0, NULL);
	leg.head.leg = 20000 + i;
	leg.len = blob.len;
	memcpy(leg.blob, blob.bytes, blob.len);
	app_found_leg(app, 0, &leg);
}

static void test_oldest_goes(void **state)
{
	struct world w = { .n_closed = 0 };
	struct app *app = new_app(&w);

	for (uint64_t i = 1; i <= ENDED_MAX; i++)
		find_ended(app, i);
	find_ended(app, ENDED_MAX + 1);
	app_adopt(app);
	assert_int_equal(app_n_ended(app), ENDED_MAX);
	assert_int_equal(w.n_released, 1);
	assert_int_equal(w.first_released, 1);
	assert_int_equal(w.n_closed, 1);

	w.marks.kept = w.marks.given;
	app_records_kept(app);
	assert_int_equal(app_n_ended(app), 0);
	assert_int_equal(w.n_released, ENDED_MAX + 1);
	assert_int_equal(w.n_closed, ENDED_MAX + 1);
	app_free(app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oldest_goes),
	};

	log_init("test", LOG_LEVEL_NONE);
	return cmocka_run_group_tests_name("ended", tests, NULL, NULL);
}
