/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a spreadsheet of people would change and what is wrong with it; and whose each page's questions are. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/api.h"
#include "app/people_plan.h"
#include "base/log.h"
#include "house.h"

#define N(t) (sizeof(t) / sizeof *(t))
#define HEAD "login,name,workplace,skills,teams,clearance,roles\n"

/* anna is named by the configuration, beat is imported and an administrator, carl has left, dora is not named any more. */
static struct store_person people[] = {
	{ .id = 1,
		.origin = STORE_CONFIGURED,
		.is = { .login = "anna", .name = "Anna", .clearance = 2, .roles = 1 } },
	{ .id = 2,
		.origin = STORE_IMPORTED,
		.is = { .login = "beat",
			.name = "Beat",
			.clearance = 2,
			.roles = 5,
			.queues = { { 1 } } } },
	{ .id = 3,
		.origin = STORE_IMPORTED,
		.left_ms = 1,
		.is = { .login = "carl", .name = "Carl", .clearance = 2, .roles = 1 } },
	{ .id = 4,
		.is = { .login = "dora", .name = "Dora", .clearance = 2, .roles = 1 } },
};
static struct person_queue queues[] = { { "10", "Auskunft" }, { "20", "Spenden" } };
static uint64_t queue_ids[] = { 100, 200 };
static const struct store_people house = { .people = people,
	.n_people = N(people),
	.queues = queues,
	.queue_ids = queue_ids,
	.n_queues = N(queues) };

/* "2 added; 3 changed(name,queues); 4 bad_queue(queues:99)" */
static void told(const struct people_plan *p, char *out, size_t cap)
{
	size_t at = 0;

	*out = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct people_line *l = &p->lines[i];

		at += (size_t)snprintf(out + at, cap - at, "%s%zu %s", i ? "; " : "",
			l->line,
			l->fault ? person_fault_word(l->fault)
				 : people_change_word(l->change));
		if (l->fault && l->column < PERSON_COLUMNS)
			at += (size_t)snprintf(out + at, cap - at, "(%s:%s)",
				person_column_word(l->column), l->cell);
		for (unsigned c = 0; !l->fault && c < PERSON_COLUMNS; c++)
			if (l->differs & 1u << c)
				at += (size_t)snprintf(out + at, cap - at, " %s",
					person_column_word((enum person_column)c));
		assert_true(at < cap);
	}
}

static void test_plans(void **state)
{
	static const struct {
		const char *what, *csv, *want;
	} rows[] = {
		{ "somebody new", HEAD "nora,Nora,home,de=3,10,strict,agent\n",
			"2 added" },
		{ "nobody changes",
			HEAD "beat,Beat,office,,10,strict,agent administrator\n",
			"2 unchanged" },
		{ "what changes is told",
			HEAD "beat,B,home,de,20,general,administrator\n",
			"2 changed name workplace skills queues clearance roles" },
		{ "a column that is missing leaves what is", "login;name\nbeat;Beat\n",
			"2 unchanged" },
		{ "an empty cell empties", "login;teams\nbeat;\n", "2 changed queues" },
		{ "whom the configuration names as it is", "login\nanna\n",
			"2 unchanged" },
		{ "whom it names otherwise", "login,name\nanna,Anne\n",
			"2 configured(login:anna)" },
		{ "who has left", "login,name\ncarl,Carl\n", "2 left(login:carl)" },
		{ "who is not named any more comes anew", "login,name\ndora,Dora\n",
			"2 added" },
		{ "somebody new without a name", "login\nnora\n", "2 bad_name(name:)" },
		{ "a login twice", "login,name\nnora,N\nnora,N\n",
			"2 added; 3 twice(login:nora)" },
		{ "an administrator who would lock itself out",
			"login,roles\nbeat,agent\n", "2 own_role(roles:beat)" },
		{ "several wrong lines, each with its place",
			HEAD "Nora,N,,,,,\nuli,U,,,99,,\nmia,M,moon,,,,agent\n",
			"2 bad_login(login:Nora); 3 bad_queue(queues:99); "
			"4 bad_workplace(workplace:moon)" },
		{ "a field less", HEAD "nora,Nora\nmia,Mia,,,,,agent\n",
			"2 fields; 3 added" },
		{ "a line that is none, and the others go on",
			"login,name\nx,a\"b\nnora,Nora\n", "2 quote; 3 added" },
		{ "an unknown column", "login,salary\nnora,1\n", "1 unknown_column" },
		{ "no login", "name\nNora\n", "1 no_login_column" },
		{ "a column twice", "login,name,name\nnora,N,N\n",
			"1 twice_column(name:name)" },
		{ "a head alone", "login,name\n", "1 empty_file" },
		{ "nothing at all", "", "1 empty_file" },
		{ "no text", "\xff\xfe\n", "1 bytes" },
	};
	char text[512];

	for (size_t i = 0; i < N(rows); i++) {
		struct people_plan *p = NULL;

		assert_int_equal(
			people_plan_make(&p, &house, slice_str(rows[i].csv), 2), 0);
		told(p, text, sizeof text);
		if (strcmp(text, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].what, text);
		people_plan_free(p);
	}
}

/* A house that is full, and a file that is somebody else's. */
static void test_limits(void **state)
{
	size_t cap = 16 * (PEOPLE_LINES_MAX + 10), at;
	char *csv = malloc(cap);
	struct people_plan *p = NULL;

	assert_non_null(csv);
	at = (size_t)snprintf(csv, cap, "login,name\n");
	for (unsigned i = 0; i < PEOPLE_LINES_MAX + 5; i++)
		at += (size_t)snprintf(csv + at, cap - at, "p%u,P\n", i);
	assert_int_equal(people_plan_make(&p, &house, slice_of(csv, at), 0), 0);
	assert_int_equal(p->counts[PEOPLE_ADDED], STORE_PEOPLE_MAX - 2);
	assert_true(p->n <= PEOPLE_LINES_MAX + 1);
	assert_int_equal(p->lines[p->n - 1].fault, PERSON_TOO_MANY);
	people_plan_free(p);
	free(csv);
}

/* --- whose questions they are --- */

#define ADMIN   STORE_ROLE_ADMIN
#define STAFF   STORE_ROLE_STAFF
#define OFFICER STORE_ROLE_OFFICER

/* Each route of ours, said once more: who may. */
static const struct {
	const char *name;
	unsigned roles;
} owners[] = {
	{ "me", STORE_ROLES },
	{ "configuration", ADMIN },
	{ "configuration/read", ADMIN },
	{ "people", ADMIN },
	{ "people-preview", ADMIN },
	{ "people-import", ADMIN },
	{ "people-invite", ADMIN },
	{ "people-leave", ADMIN },
	{ "approvals", ADMIN | OFFICER | STAFF },
	{ "approvals-code", ADMIN },
	{ "approvals-enrol", STAFF },
	{ "approvals-sign", STAFF },
	{ "approvals-withdraw", STAFF },
	{ "approvals-consult", ADMIN },
};

/* anna has these roles alone. */
static void give(struct house *h, unsigned roles)
{
	struct store_people *p = calloc(1, sizeof *p);

	assert_non_null(p);
	p->people = calloc(1, sizeof *p->people);
	assert_non_null(p->people);
	p->n_people = 1;
	p->people[0] = people[0];
	p->people[0].is.roles = (uint8_t)roles;
	app_people(h->app, p);
}

static bool is_let_in(struct house *h, const struct api_route *r)
{
	h->n_lines = 0;
	app_api(h->app,
		&(struct web_ask){ .request = 1,
			.agent = 1,
			.is_post = r->is_post,
			.path = r->name,
			.body = "" });
	assert_int_equal(h->n_lines, 1);
	return strcmp(h->lines[0], "api 1 403") != 0;
}

/* Every route that there is, with each role by itself; one of which nothing is said here is whoever made it's to say. */
static void test_roles(void **state)
{
	static struct house h;
	size_t n, n_walked = 0;
	const struct api_route *routes = api_routes(&n);

	house_open(&h, 1);
	h.lets_go = true;
	for (unsigned role = 1; role <= STORE_ROLES; role <<= 1) {
		give(&h, role);
		for (size_t i = 0; i < n; i++) {
			if (routes[i].is_open)
				continue; /* its token says who may: web's own tests */
			bool in = is_let_in(&h, &routes[i]);

			/* the table's own word, whoever wrote it */
			assert_int_equal(in, (routes[i].roles & role) != 0);
			for (size_t k = 0; k < N(owners); k++) {
				if (strcmp(owners[k].name, routes[i].name) != 0)
					continue;
				n_walked++;
				if (in != ((owners[k].roles & role) != 0))
					fail_msg("%s, role %u", owners[k].name, role);
			}
		}
	}
	assert_int_equal(n_walked, N(owners) * STORE_ROLES_N);
	house_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_roles),
	};

	log_init("test", LOG_LEVEL_NONE);
	return cmocka_run_group_tests_name("app-people", tests, NULL, NULL);
}
