/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* configure -- other rules that the core refuses leave everything as it was. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "app/priv.h"
#include "base/log.h"
#include "house.h"

/* The house's own, but for what is changed here. */
static struct app_config other(
	const struct app *app, struct app_queue_config queues[ACD_QUEUES_MAX])
{
	struct app_config cfg = app->cfg;

	memcpy(queues, app->queues, app->cfg.n_queues * sizeof *queues);
	memcpy(queues[0].name, "Empfang", sizeof "Empfang");
	queues[0].acd.max_waiting = 7;
	queues[cfg.n_queues] = queues[0];
	memcpy(queues[cfg.n_queues].number, "60", sizeof "60");
	queues[cfg.n_queues].id = 60;
	cfg.queues = queues;
	cfg.n_queues++;
	cfg.menus = app->menus;
	cfg.skills[0] = "en";
	cfg.n_skills = 1;
	cfg.session_s = 60;
	cfg.ring_clip = 1;
	return cfg;
}

/* A figure that no image may have: the new core does not take over. */
static void test_refused(void **state)
{
	static struct app_queue_config queues[ACD_QUEUES_MAX];
	static struct house h;
	struct app_config cfg;
	struct app *app;
	double was;

	house_open(&h, 1);
	app = h.app;
	cfg = other(app, queues);
	was = app->acd.queues[0].service_ms;
	app->acd.queues[0].service_ms = NAN;
	assert_int_equal(app_configure(app, &cfg), EPROTO);
	assert_int_equal(app->cfg.n_queues, 4);
	assert_string_equal(app->queues[0].name, "Auskunft");
	assert_int_equal(app->queues[0].acd.max_waiting, 2);
	assert_int_equal(app->acd.n_queues, 4);
	assert_int_equal(app->acd.queues[0].cfg.max_waiting, 2);
	assert_int_equal(app->cfg.n_skills, 0);
	assert_int_equal(app->cfg.session_s, 3600);
	assert_int_equal(app->cfg.ring_clip, 4);

	app->acd.queues[0].service_ms = was;
	assert_int_equal(app_configure(app, &cfg), 0);
	assert_int_equal(app->cfg.n_queues, 5);
	assert_string_equal(app->queues[0].name, "Empfang");
	assert_int_equal(app->acd.queues[0].cfg.max_waiting, 7);
	assert_int_equal(app->cfg.n_skills, 1);
	assert_int_equal(app->cfg.session_s, 60);
	house_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
	};

	log_init("test", LOG_LEVEL_NONE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
