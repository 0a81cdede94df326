/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * person -- somebody of the house as its records have it, and what a line of a spreadsheet makes of it.
 *
 * A column that the spreadsheet has not leaves what was; an empty cell empties it, or sets what is usual.  Lists in a
 * cell stand apart by ',', ';' or '|', skills and roles also by blanks.  Skills are sorted by name, so that equal ones
 * are equal bytes.  Pure; any thread.
 */
#ifndef CORE_PEOPLE_PERSON_H
#define CORE_PEOPLE_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/acd/acd.h"

#define PERSON_TEXT_MAX   64
#define PERSON_SKILL_MAX  32
#define PERSON_ROLES_N    5
#define PERSON_ROLE_AGENT 1u
#define PERSON_ROLE_ADMIN 4u
#define PERSON_ROLES_ALL  31u
#define PERSON_CLEARANCE  2 /* usual: strict, what the workplace gives counts */

struct person_skill {
	char name[PERSON_SKILL_MAX]; /* zeros behind the name */
	uint8_t level;
};

struct person {
	char login[PERSON_TEXT_MAX], name[PERSON_TEXT_MAX];
	bool at_home; /* usually; what counts is said for each shift */
	uint8_t clearance; /* at most, wherever it works: core/home/shift.h */
	uint8_t roles; /* bits; at least one */
	struct acd_queues queues; /* its teams; indices into person_house.queues */
	uint8_t n_skills;
	struct person_skill skills[ACD_SKILLS_MAX];
};

/* What the cells' words mean in this house. */
struct person_queue {
	char number[PERSON_TEXT_MAX], name[PERSON_TEXT_MAX];
};
struct person_house {
	const struct person_queue *queues;
	size_t n_queues; /* at most ACD_QUEUES_MAX */
};

enum person_column {
	PERSON_LOGIN,
	PERSON_NAME,
	PERSON_WORKPLACE,
	PERSON_SKILLS,
	PERSON_QUEUES,
	PERSON_CLEARANCE_COLUMN,
	PERSON_ROLES,
	PERSON_COLUMNS,
};

/* What is wrong with a line; each has a word, and a sentence that says what would be right. */
enum person_fault {
	PERSON_GOOD,
	PERSON_BAD_LOGIN,
	PERSON_BAD_NAME,
	PERSON_BAD_WORKPLACE,
	PERSON_BAD_SKILL,
	PERSON_BAD_LEVEL,
	PERSON_TWICE_SKILL,
	PERSON_MANY_SKILLS,
	PERSON_BAD_QUEUE,
	PERSON_BAD_CLEARANCE,
	PERSON_BAD_ROLE,
	/* of the line among the others, and of the file: people_plan.c */
	PERSON_TWICE, /* the login stands in an earlier line */
	PERSON_CONFIGURED, /* the configuration says what it is */
	PERSON_LEFT,
	PERSON_OWN_ROLE, /* who imports would not be an administrator any more */
	PERSON_NO_LOGIN_COLUMN,
	PERSON_UNKNOWN_COLUMN,
	PERSON_TWICE_COLUMN,
	PERSON_FIELDS, /* more or fewer than the head has */
	PERSON_LONG,
	PERSON_QUOTE,
	PERSON_OPEN_QUOTE,
	PERSON_BYTES,
	PERSON_EMPTY_FILE,
	PERSON_TOO_MANY,
	PERSON_FAULTS,
};

/* "bad_login" ..., the page's; and in English. */
const char *person_fault_word(enum person_fault f);
const char *person_fault_mend(enum person_fault f);

/* "login" ...; "queues" is "teams" too, any case. PERSON_COLUMNS: no such. */
enum person_column person_column_of(const char *head);
const char *person_column_word(enum person_column c);

/* Before any cell of somebody new: at the office, an agent, and nothing else. */
void person_begin(struct person *p);
/* One cell. Of a fault *p is left half-made. */
enum person_fault person_read(struct person *p, enum person_column column,
	const char *cell, const struct person_house *house);
/* A login stands in links, shells and records: nothing in it needs a quote. */
bool person_is_login(const char *s);
/* Which columns differ; bits 1 << column. */
unsigned person_differs(const struct person *a, const struct person *b);
/* A skill with its level, in its place. False: there are too many, or it is there. */
bool person_add_skill(struct person *p, const char *name, uint8_t level);

/* "agent" ...; i below PERSON_ROLES_N. And the bit; 0: no such word. */
const char *person_role_word(unsigned i);
unsigned person_role_of(const char *word);

#endif
