/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* person: what the cells of a spreadsheet say of somebody. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/people/person.h"

#define N(t) (sizeof(t) / sizeof *(t))

static const struct person_queue queues[] = { { "10", "Auskunft" }, { "20", "10" },
	{ "30", "Spenden und Gaben" } };
static const struct person_house house = { queues, N(queues) };

/* "office 2 roles=1 queues=5 de=3,fr=1" */
static void told(const struct person *p, char *out, size_t cap)
{
	size_t at = (size_t)snprintf(out, cap, "%s %u roles=%u queues=%u",
		p->at_home ? "home" : "office", p->clearance, p->roles,
		(unsigned)p->queues.w[0]);

	for (size_t i = 0; i < p->n_skills; i++)
		at += (size_t)snprintf(out + at, cap - at, "%c%s=%u", i ? ',' : ' ',
			p->skills[i].name, p->skills[i].level);
}

static void test_cells(void **state)
{
	static const struct {
		const char *what;
		enum person_column column;
		const char *cell;
		enum person_fault fault;
		const char *want; /* NULL: as it began */
	} rows[] = {
		{ "a login", PERSON_LOGIN, " nora.f-2 ", PERSON_GOOD, NULL },
		{ "upper case", PERSON_LOGIN, "Nora", PERSON_BAD_LOGIN, NULL },
		{ "a quote", PERSON_LOGIN, "o'neil", PERSON_BAD_LOGIN, NULL },
		{ "no login", PERSON_LOGIN, "", PERSON_BAD_LOGIN, NULL },
		{ "a name", PERSON_NAME, "Zo\xC3\xAB M\xC3\xBCller", PERSON_GOOD, NULL },
		{ "no name", PERSON_NAME, "  ", PERSON_BAD_NAME, NULL },
		{ "64 bytes of name", PERSON_NAME,
			"012345678901234567890123456789012345678901234567890123456789012"
			"3",
			PERSON_BAD_NAME, NULL },
		{ "home", PERSON_WORKPLACE, "Home", PERSON_GOOD,
			"home 2 roles=1 queues=0" },
		{ "no workplace is the office", PERSON_WORKPLACE, "", PERSON_GOOD, NULL },
		{ "another workplace", PERSON_WORKPLACE, "beach", PERSON_BAD_WORKPLACE,
			NULL },
		{ "skills, sorted, with what is usual", PERSON_SKILLS, "fr de=3",
			PERSON_GOOD, "office 2 roles=1 queues=0 de=3,fr=1" },
		{ "blanks around the sign", PERSON_SKILLS, "de = 15; it",
			PERSON_BAD_SKILL, NULL },
		{ "skills by commas", PERSON_SKILLS, "de=15,it", PERSON_GOOD,
			"office 2 roles=1 queues=0 de=15,it=1" },
		{ "level 16", PERSON_SKILLS, "de=16", PERSON_BAD_LEVEL, NULL },
		{ "level 0", PERSON_SKILLS, "de=0", PERSON_BAD_LEVEL, NULL },
		{ "a skill twice", PERSON_SKILLS, "de fr de=2", PERSON_TWICE_SKILL,
			NULL },
		{ "queues by number and name, a number first", PERSON_QUEUES,
			"10, Spenden und Gaben", PERSON_GOOD,
			"office 2 roles=1 queues=5" },
		{ "no queues", PERSON_QUEUES, "", PERSON_GOOD, NULL },
		{ "an unknown queue", PERSON_QUEUES, "10|40", PERSON_BAD_QUEUE, NULL },
		{ "a clearance", PERSON_CLEARANCE_COLUMN, "Confidential", PERSON_GOOD,
			"office 1 roles=1 queues=0" },
		{ "another clearance", PERSON_CLEARANCE_COLUMN, "secret",
			PERSON_BAD_CLEARANCE, NULL },
		{ "roles", PERSON_ROLES, "agent, staff-body", PERSON_GOOD,
			"office 2 roles=17 queues=0" },
		{ "another role", PERSON_ROLES, "agent boss", PERSON_BAD_ROLE, NULL },
		{ "no role", PERSON_ROLES, "", PERSON_BAD_ROLE, NULL },
	};
	char text[256];

	for (size_t i = 0; i < N(rows); i++) {
		struct person p;
		enum person_fault f;

		person_begin(&p);
		f = person_read(&p, rows[i].column, rows[i].cell, &house);
		told(&p, text, sizeof text);
		if (f != rows[i].fault)
			fail_msg("%s: %s", rows[i].what, person_fault_word(f));
		if (!f &&
			strcmp(text,
				rows[i].want ? rows[i].want
					     : "office 2 roles=1 queues=0") != 0)
			fail_msg("%s: %s", rows[i].what, text);
	}
}

/* An empty cell takes away what was. */
static void test_empties(void **state)
{
	struct person p;

	person_begin(&p);
	assert_false(person_read(&p, PERSON_SKILLS, "de fr", &house));
	assert_false(person_read(&p, PERSON_QUEUES, "10", &house));
	assert_false(person_read(&p, PERSON_SKILLS, "", &house));
	assert_false(person_read(&p, PERSON_QUEUES, "", &house));
	assert_int_equal(p.n_skills, 0);
	assert_true(acd_queues_are_none(&p.queues));
}

static void test_many_skills(void **state)
{
	struct person p;
	char name[8];

	person_begin(&p);
	for (unsigned i = 0; i < ACD_SKILLS_MAX; i++) {
		(void)snprintf(name, sizeof name, "s%u", i);
		assert_true(person_add_skill(&p, name, 1));
	}
	assert_false(person_add_skill(&p, "another", 1));
}

static void test_heads(void **state)
{
	static const struct {
		const char *head;
		enum person_column want;
	} rows[] = { { "login", PERSON_LOGIN }, { " Name ", PERSON_NAME },
		{ "TEAMS", PERSON_QUEUES }, { "queues", PERSON_QUEUES },
		{ "clearance", PERSON_CLEARANCE_COLUMN }, { "salary", PERSON_COLUMNS },
		{ "", PERSON_COLUMNS } };

	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(person_column_of(rows[i].head), rows[i].want);
}

static void test_differs(void **state)
{
	static const struct {
		enum person_column column;
		const char *cell;
	} rows[] = { { PERSON_LOGIN, "uli" }, { PERSON_NAME, "Uli" },
		{ PERSON_WORKPLACE, "home" }, { PERSON_SKILLS, "de=2" },
		{ PERSON_QUEUES, "20" }, { PERSON_CLEARANCE_COLUMN, "general" },
		{ PERSON_ROLES, "lead" } };
	struct person a, b;

	person_begin(&a);
	(void)person_read(&a, PERSON_SKILLS, "de", &house);
	assert_int_equal(person_differs(&a, &a), 0);
	for (size_t i = 0; i < N(rows); i++) {
		b = a;
		assert_false(person_read(&b, rows[i].column, rows[i].cell, &house));
		assert_int_equal(person_differs(&a, &b), 1u << rows[i].column);
	}
}

/* Nothing is told without a word and what would be right. */
static void test_words(void **state)
{
	for (unsigned f = 0; f < PERSON_FAULTS; f++) {
		assert_non_null(person_fault_word((enum person_fault)f));
		assert_non_null(person_fault_mend((enum person_fault)f));
	}
	for (unsigned i = 0; i < PERSON_ROLES_N; i++)
		assert_int_equal(person_role_of(person_role_word(i)), 1u << i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_empties),
		cmocka_unit_test(test_many_skills),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_differs),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests_name("people-person", tests, NULL, NULL);
}
