/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* person -- see person.h. */
#include "core/people/person.h"

#include <string.h>

#include "base/slice.h"
#include "base/text.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyz0123456789.-"

static const char *const columns[PERSON_COLUMNS] = { "login", "name", "workplace",
	"skills", "queues", "clearance", "roles" };
static const char *const roles[PERSON_ROLES_N] = { "agent", "lead", "administrator",
	"officer", "staff-body" };
static const char *const clearances[] = { "general", "confidential", "strict" };

static const struct {
	const char *word, *mend;
} faults[PERSON_FAULTS] = {
	[PERSON_GOOD] = { "good", "nothing" },
	[PERSON_BAD_LOGIN] = { "bad_login",
		"the login must be at most 63 letters a-z, digits, dots and dashes" },
	[PERSON_BAD_NAME] = { "bad_name", "the name must be a text of at most 63 bytes" },
	[PERSON_BAD_WORKPLACE] = { "bad_workplace",
		"the workplace must be office or home" },
	[PERSON_BAD_SKILL] = { "bad_skill",
		"a skill must be at most 31 letters a-z, digits, dots and dashes, such "
		"as de or de=3" },
	[PERSON_BAD_LEVEL] = { "bad_level", "a skill's level must be from 1 to 15" },
	[PERSON_TWICE_SKILL] = { "twice_skill", "each skill must stand there once" },
	[PERSON_MANY_SKILLS] = { "many_skills", "there must be at most 64 skills" },
	[PERSON_BAD_QUEUE] = { "bad_queue",
		"a team must be the number or the name of a queue of this house" },
	[PERSON_BAD_CLEARANCE] = { "bad_clearance",
		"the clearance must be general, confidential or strict" },
	[PERSON_BAD_ROLE] = { "bad_role",
		"a role must be agent, lead, administrator, officer or staff-body, and "
		"there must be one" },
	[PERSON_TWICE] = { "twice", "each login must stand in one line only" },
	[PERSON_CONFIGURED] = { "configured",
		"the configuration file names this person: change it there" },
	[PERSON_LEFT] = { "left",
		"this login was somebody's who has left: take another one" },
	[PERSON_OWN_ROLE] = { "own_role",
		"you would not be an administrator any more: let another one do this" },
	[PERSON_NO_LOGIN_COLUMN] = { "no_login_column",
		"the first line must name the columns, one of them login" },
	[PERSON_UNKNOWN_COLUMN] = { "unknown_column",
		"a column must be login, name, workplace, skills, teams, clearance or "
		"roles" },
	[PERSON_TWICE_COLUMN] = { "twice_column", "each column must be there once" },
	[PERSON_FIELDS] = { "fields",
		"the line must have as many fields as the first one" },
	[PERSON_LONG] = { "long", "a line must have at most 16 fields and 4096 bytes" },
	[PERSON_QUOTE] = { "quote",
		"a field with quotes must stand in quotes, and each quote twice" },
	[PERSON_OPEN_QUOTE] = { "open_quote",
		"the quote that begins in this line must be closed" },
	[PERSON_BYTES] = { "bytes",
		"the file must be UTF-8 (\"CSV UTF-8\" in Excel), without control "
		"characters" },
	[PERSON_EMPTY_FILE] = { "empty_file", "there must be at least one person" },
	[PERSON_TOO_MANY] = { "too_many", "the house must have at most 1024 people" },
};

const char *person_fault_word(enum person_fault f)
{
	return faults[f].word;
}

const char *person_fault_mend(enum person_fault f)
{
	return faults[f].mend;
}

const char *person_column_word(enum person_column c)
{
	return columns[c];
}

enum person_column person_column_of(const char *head)
{
	struct slice s = slice_trim(slice_str(head));

	if (slice_is_nocase(s, "teams"))
		return PERSON_QUEUES;
	for (unsigned i = 0; i < PERSON_COLUMNS; i++)
		if (slice_is_nocase(s, columns[i]))
			return (enum person_column)i;
	return PERSON_COLUMNS;
}

const char *person_role_word(unsigned i)
{
	return roles[i];
}

unsigned person_role_of(const char *word)
{
	for (unsigned i = 0; i < PERSON_ROLES_N; i++)
		if (strcmp(roles[i], word) == 0)
			return 1u << i;
	return 0;
}

bool person_is_login(const char *s)
{
	return *s && strlen(s) < PERSON_TEXT_MAX && strspn(s, PLAIN) == strlen(s);
}

void person_begin(struct person *p)
{
	*p = (struct person){ .clearance = PERSON_CLEARANCE, .roles = PERSON_ROLE_AGENT };
}

/* The next of a list, trimmed, as a C string; empty ones are passed over. False: there is no more. */
static bool next_item(
	struct slice *list, const char *apart, char out[PERSON_TEXT_MAX], bool *is_long)
{
	struct slice item;

	do {
		size_t n = 0;

		if (list->n == 0)
			return false;
		while (n < list->n && !strchr(apart, list->p[n]))
			n++;
		item = slice_trim(slice_of(list->p, n));
		*list = slice_from(*list, n + 1);
	} while (item.n == 0);
	*is_long = slice_copy(item, out, PERSON_TEXT_MAX) != 0;
	return true;
}

static enum person_fault read_login(
	struct person *p, struct slice s, const struct person_house *house)
{
	(void)house;
	return slice_copy(s, p->login, sizeof p->login) || !person_is_login(p->login)
		? PERSON_BAD_LOGIN
		: PERSON_GOOD;
}

static enum person_fault read_name(
	struct person *p, struct slice s, const struct person_house *house)
{
	(void)house;
	return s.n == 0 || slice_copy(s, p->name, sizeof p->name) ||
			!text_is_clean_utf8(p->name)
		? PERSON_BAD_NAME
		: PERSON_GOOD;
}

static enum person_fault read_workplace(
	struct person *p, struct slice s, const struct person_house *house)
{
	(void)house;
	p->at_home = slice_is_nocase(s, "home");
	return p->at_home || s.n == 0 || slice_is_nocase(s, "office")
		? PERSON_GOOD
		: PERSON_BAD_WORKPLACE;
}

bool person_add_skill(struct person *p, const char *name, uint8_t level)
{
	struct person_skill skill = { .level = level };
	size_t i = p->n_skills;

	if (p->n_skills == ACD_SKILLS_MAX ||
		text_copy(skill.name, sizeof skill.name, name))
		return false;
	for (size_t k = 0; k < p->n_skills; k++)
		if (strcmp(p->skills[k].name, name) == 0)
			return false;
	for (; i > 0 && strcmp(p->skills[i - 1].name, name) > 0; i--)
		p->skills[i] = p->skills[i - 1];
	p->skills[i] = skill;
	p->n_skills++;
	return true;
}

static enum person_fault read_skill(struct person *p, const char *text)
{
	struct slice rest = slice_str(text), word = slice_trim(slice_cut(&rest, '='));
	uint64_t level = 1;
	char name[PERSON_SKILL_MAX];

	if (slice_copy(word, name, sizeof name) || !*name ||
		strspn(name, PLAIN) != strlen(name))
		return PERSON_BAD_SKILL;
	if (strchr(text, '=') &&
		(!slice_u64(slice_trim(rest), ACD_LEVEL_MAX, &level) || level == 0))
		return PERSON_BAD_LEVEL;
	if (p->n_skills == ACD_SKILLS_MAX)
		return PERSON_MANY_SKILLS;
	return person_add_skill(p, name, (uint8_t)level) ? PERSON_GOOD
							 : PERSON_TWICE_SKILL;
}

static enum person_fault read_skills(
	struct person *p, struct slice s, const struct person_house *house)
{
	char item[PERSON_TEXT_MAX];
	bool is_long;

	(void)house;
	p->n_skills = 0;
	memset(p->skills, 0, sizeof p->skills);
	while (next_item(&s, ",;| \t", item, &is_long)) {
		enum person_fault f = is_long ? PERSON_BAD_SKILL : read_skill(p, item);

		if (f)
			return f;
	}
	return PERSON_GOOD;
}

/* By its number, which is its own; else by its name. */
static bool find_queue(
	const struct person_house *house, const char *word, uint32_t *index)
{
	for (int by_name = 0; by_name < 2; by_name++)
		for (uint32_t i = 0; i < house->n_queues; i++) {
			const struct person_queue *q = &house->queues[i];

			if (strcmp(by_name ? q->name : q->number, word) == 0) {
				*index = i;
				return true;
			}
		}
	return false;
}

static enum person_fault read_queues(
	struct person *p, struct slice s, const struct person_house *house)
{
	char item[PERSON_TEXT_MAX];
	uint32_t index;
	bool is_long;

	p->queues = (struct acd_queues){ { 0 } };
	while (next_item(&s, ",;|", item, &is_long)) {
		if (is_long || !find_queue(house, item, &index))
			return PERSON_BAD_QUEUE;
		acd_queues_add(&p->queues, index);
	}
	return PERSON_GOOD;
}

static enum person_fault read_clearance(
	struct person *p, struct slice s, const struct person_house *house)
{
	(void)house;
	p->clearance = PERSON_CLEARANCE;
	if (s.n == 0)
		return PERSON_GOOD;
	for (size_t i = 0; i < sizeof clearances / sizeof *clearances; i++)
		if (slice_is_nocase(s, clearances[i])) {
			p->clearance = (uint8_t)i;
			return PERSON_GOOD;
		}
	return PERSON_BAD_CLEARANCE;
}

static enum person_fault read_roles(
	struct person *p, struct slice s, const struct person_house *house)
{
	char item[PERSON_TEXT_MAX];
	bool is_long;

	(void)house;
	p->roles = 0;
	while (next_item(&s, ",;| \t", item, &is_long)) {
		unsigned role = is_long ? 0 : person_role_of(item);

		if (!role)
			return PERSON_BAD_ROLE;
		p->roles = (uint8_t)(p->roles | role);
	}
	return p->roles ? PERSON_GOOD : PERSON_BAD_ROLE;
}

enum person_fault person_read(struct person *p, enum person_column column,
	const char *cell, const struct person_house *house)
{
	static enum person_fault (*const readers[PERSON_COLUMNS])(
		struct person * p, struct slice s, const struct person_house *house) = {
		[PERSON_LOGIN] = read_login,
		[PERSON_NAME] = read_name,
		[PERSON_WORKPLACE] = read_workplace,
		[PERSON_SKILLS] = read_skills,
		[PERSON_QUEUES] = read_queues,
		[PERSON_CLEARANCE_COLUMN] = read_clearance,
		[PERSON_ROLES] = read_roles,
	};

	return readers[column](p, slice_trim(slice_str(cell)), house);
}

static bool same_skills(const struct person *a, const struct person *b)
{
	if (a->n_skills != b->n_skills)
		return false;
	for (size_t i = 0; i < a->n_skills; i++)
		if (strcmp(a->skills[i].name, b->skills[i].name) != 0 ||
			a->skills[i].level != b->skills[i].level)
			return false;
	return true;
}

unsigned person_differs(const struct person *a, const struct person *b)
{
	const bool differs[PERSON_COLUMNS] = {
		[PERSON_LOGIN] = strcmp(a->login, b->login) != 0,
		[PERSON_NAME] = strcmp(a->name, b->name) != 0,
		[PERSON_WORKPLACE] = a->at_home != b->at_home,
		[PERSON_SKILLS] = !same_skills(a, b),
		[PERSON_QUEUES] = memcmp(&a->queues, &b->queues, sizeof a->queues) != 0,
		[PERSON_CLEARANCE_COLUMN] = a->clearance != b->clearance,
		[PERSON_ROLES] = a->roles != b->roles,
	};
	unsigned bits = 0;

	for (unsigned i = 0; i < PERSON_COLUMNS; i++)
		bits |= differs[i] ? 1u << i : 0;
	return bits;
}
